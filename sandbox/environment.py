"""What the process is told from outside, and where it refuses to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox import signing

PLAYGROUNDS = frozenset({"demo", "test", "development"})


class Refused(Exception):
    """The environment is none in which play money may be taken for money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All times are in seconds."""

    account: str
    secret_key: str = field(repr=False)
    schemes: Mapping[str, signing.Scheme] = field(repr=False)
    public_url: str
    stripe_key: str = field(default="", repr=False)
    stripe_webhook_url: str = ""
    slow_after: float = 20.0
    late_after: float = 1.0
    dispute_after: float = 5.0
    retry_after: float = 1.0
    retry_at_most: float = 300.0
    attempts: int = 12
    answer_within: float = 5.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, public_url: str, **pace: float) -> "Settings":
        """
        Read account and keys, taking no default for anything secret.

        :raises Refused: outside a playground, or when a key is absent or does not say that it is the sandbox's.
        """
        stay_in_the_playground(environment)
        return cls(
            account=environment.get("SANDBOX_ACCOUNT_ID", "acct_sandbox"),
            secret_key=_key(environment, "SANDBOX_SECRET_KEY", prefix="sk_sandbox_"),
            schemes=_schemes(environment),
            public_url=public_url.rstrip("/"),
            stripe_key=_stripe_key(environment),
            stripe_webhook_url=environment.get("SANDBOX_STRIPE_WEBHOOK_URL", ""),
            **pace,  # type: ignore[arg-type]
        )


def stay_in_the_playground(environment: Mapping[str, str]) -> None:
    """Refuse every environment that does not call itself a demo, a test or development; silence is production."""
    named = environment.get("LYCEUM_ENVIRONMENT", "")
    if named not in PLAYGROUNDS:
        allowed = ", ".join(sorted(PLAYGROUNDS))
        raise Refused(f"LYCEUM_ENVIRONMENT is {named!r}; the sandbox runs only in: {allowed}.")


def _schemes(environment: Mapping[str, str]) -> Mapping[str, signing.Scheme]:
    try:
        schemes = signing.from_environment(environment)
    except signing.UnfitSecret as unfit:
        raise Refused(str(unfit)) from unfit
    if "sandbox" not in schemes:
        raise Refused("SANDBOX_WEBHOOK_SECRET is not set.")
    return schemes


def _stripe_key(environment: Mapping[str, str]) -> str:
    # A shop's own live key must never be what opens this API, nor travel to it.
    return _key(environment, "STRIPE_SECRET_KEY", prefix="sk_test_") if environment.get("STRIPE_SECRET_KEY") else ""


def _key(environment: Mapping[str, str], name: str, *, prefix: str) -> str:
    value = environment.get(name, "")
    if not value.startswith(prefix) or len(value) < len(prefix) + 16:
        raise Refused(f"{name} must begin with {prefix} and go on for at least 16 characters.")
    return value
