"""
Where a process ends itself with -9: between two named steps of a payment, and at its first passing only.

The house knows nothing of it: the function behind a step is wrapped in the process that is to die, before it begins.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Point:
    """Who dies, at which function, and whether before or after it has done its work."""

    who: str
    module: str
    name: str
    is_after: bool = False
    of: str = ""


POINTS = {
    "the order is placed, no attempt begun": Point("web", "payments.operations.buying", "start_payment"),
    "the attempt is kept, the provider not called": Point("web", "payments.providers.sandbox", "create_checkout", of="Sandbox"),
    "the provider has answered, nobody wrote it down": Point(
        "web", "payments.providers.sandbox", "create_checkout", is_after=True, of="Sandbox"
    ),
    "the message is verified, not kept": Point("web", "payments.operations.webhooks", "_keep"),
    "the message is kept, not acknowledged": Point("web", "payments.operations.webhooks", "_keep", is_after=True),
    "the message is acknowledged, not claimed": Point("web", "payments.operations", "work_off_at_once"),
    "the message is claimed after the answer, not worked off": Point("web", "payments.operations.webhooks", "take_in"),
    "the money is taken in after the answer, the message not marked": Point(
        "web", "payments.operations.webhooks", "take_in", is_after=True
    ),
    "the message is claimed, not worked off": Point("worker", "payments.operations.webhooks", "take_in"),
    "the sale is booked, nothing granted, nothing committed": Point("worker", "payments.operations.moving", "grant_order"),
    "the money is taken in, the message not marked": Point("worker", "payments.operations.webhooks", "take_in", is_after=True),
    "the refund is decided, the buyer not answered": Point("web", "payments.operations", "request_refund", is_after=True),
    "the refund is claimed, the provider not asked": Point("worker", "payments.operations.returning", "_ask_for"),
    "the provider has given it back, nobody wrote it down": Point(
        "worker", "payments.operations.returning", "_ask_for", is_after=True
    ),
}  # fmt: skip


def arm(name: str) -> None:
    """Let this process die at the point called ``name``."""
    point = POINTS[name]
    holder: Any = import_module(point.module)
    if point.of:
        holder = getattr(holder, point.of)
    setattr(holder, point.name, _dying(getattr(holder, point.name), is_after=point.is_after))


def _dying(step: Callable[..., Any], *, is_after: bool) -> Callable[..., Any]:
    def die(*arguments: Any, **options: Any) -> Any:
        if is_after:
            step(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return die
