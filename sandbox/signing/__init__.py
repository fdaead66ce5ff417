"""
How a notice about a payment is dressed for the wire: one module for each provider's manner.

A scheme decides headers *and* body, because some providers sign inside the body or encrypt it, and says what counts as
an acknowledgment, because some want a word and not a status. A new one is a module with ``from_environment`` and a line
in ``SCHEMES``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from sandbox.signing import alipay, sandbox, stripe, wechat
from sandbox.signing.wire import Answer, Message, UnfitSecret

__all__ = ["SCHEMES", "Answer", "Message", "Scheme", "UnfitSecret", "from_environment"]


class Scheme(Protocol):
    def tells(self, kind: str) -> bool:
        """Say whether the provider tells shops of events of ``kind`` at all."""

    def dress(self, event: Mapping[str, Any], *, at: int) -> Message:
        """Make the request for ``event`` as of second ``at``; every attempt is signed anew."""

    def is_acknowledged(self, answer: Answer) -> bool:
        """Say whether ``answer`` ends the deliveries."""


SCHEMES = {
    "sandbox": sandbox.from_environment,
    "stripe": stripe.from_environment,
    "alipay": alipay.from_environment,
    "wechat": wechat.from_environment,
}


def from_environment(environment: Mapping[str, str]) -> Mapping[str, Scheme]:
    """
    Give the schemes whose keys are there; the others cannot be asked for.

    :raises UnfitSecret: if a key is there and of the wrong kind.
    """
    makers = cast("Mapping[str, Callable[[Mapping[str, str]], Scheme | None]]", SCHEMES)
    found = {name: make(environment) for name, make in makers.items()}
    return {name: scheme for name, scheme in found.items() if scheme is not None}
