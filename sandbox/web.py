"""Requests, answers and the way from one to the other; knows nothing of payments."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 65_536
HTML = "text/html; charset=utf-8"
JSON = "application/json"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action {targets}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STANDING_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Message
    body: bytes

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True, max_num_fields=20))

    @cached_property
    def form(self) -> dict[str, str]:
        return self.form_of(limit=20)

    def form_of(self, *, limit: int) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=limit))


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    # Browsers also ask this of the address that a form's answer redirects to.
    form_targets: Sequence[str] = ()

    def all_headers(self) -> dict[str, str]:
        policy = POLICY.format(targets=" ".join(("'self'", *self.form_targets)))
        standing = {**STANDING_HEADERS, "Content-Security-Policy": policy, "Content-Length": str(len(self.body))}
        return {**standing, **({"Content-Type": self.kind} if self.body else {}), **self.headers}


Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path in which ``<name>`` stands for one segment, handed over by that name."""

    method: str
    path: str
    handler: Handler

    def match(self, path: str) -> dict[str, str] | None:
        pattern = re.sub(r"<(\w+)>", r"(?P<\1>[A-Za-z0-9_.-]{1,80})", self.path)
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


def see_other(location: str, *, form_targets: Sequence[str] = ()) -> Response:
    return Response(303, headers={"Location": location}, form_targets=form_targets)
