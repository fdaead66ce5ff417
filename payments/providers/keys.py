"""What every adapter that has keys shares: where they are, and what follows from their absence."""

from urllib.parse import urlsplit

from django.conf import settings

from .interface import NotConfigured


class WithKeys:
    """Reads the keys of ``name`` when they are needed; there are either all of them or none, see the settings."""

    name = ""
    is_by_hand = False
    signs_time = True
    tells_returned = True
    time_zone = "UTC"

    @property
    def is_configured(self) -> bool:
        """Whether the keys are there."""
        return self.name in settings.PAYMENT_KEYS

    def key(self, name: str) -> str:
        """
        One of the keys.

        :raises NotConfigured: if there are none.
        """
        if not self.is_configured:
            raise NotConfigured(self.name)
        found: str = settings.PAYMENT_KEYS[self.name][name]
        return found

    @property
    def url(self) -> str:
        """Where the provider is, without a slash at the end."""
        return self.key("url").rstrip("/")

    @property
    def is_play(self) -> bool:
        """Whether the provider is one on this machine, to play against."""
        return urlsplit(self.url).hostname in {"127.0.0.1", "localhost"}

    @property
    def origin(self) -> str:
        """Scheme, host and port of the provider."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
