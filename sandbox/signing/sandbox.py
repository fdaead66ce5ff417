"""The sandbox's own manner: the event as it is, signed with its time in ``Sandbox-Signature``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.signing import wire


@dataclass(frozen=True, slots=True)
class SandboxScheme:
    secret: str = field(repr=False)

    def tells(self, kind: str) -> bool:
        return True

    def dress(self, event: Mapping[str, Any], *, at: int) -> wire.Message:
        body = wire.json_body(event)
        signature = wire.timestamped_signature(body, secret=self.secret, at=at)
        return wire.Message({"Content-Type": "application/json", "Sandbox-Signature": signature}, body)

    def is_acknowledged(self, answer: wire.Answer) -> bool:
        return answer.is_success


def from_environment(environment: Mapping[str, str]) -> SandboxScheme | None:
    secret = wire.secret(environment, "SANDBOX_WEBHOOK_SECRET", prefix="whsec_sandbox_")
    return SandboxScheme(secret) if secret else None
