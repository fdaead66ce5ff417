"""What earns points."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Merit:
    """One act that earns points: whose, by which rule, for what (``answer:7``), when."""

    user_id: int
    rule: str
    source: str
    at: datetime

    @cached_property
    def key(self) -> str:
        """The ledger's key: one act earns once, however often it is reported."""
        return f"{self.rule}:{self.source}:{self.user_id}"
