"""What others must hear."""

from core.events import Fact


class Erased(Fact):
    """A person was erased: whatever was derived from their acts (vectors, boards, caches) forgets them."""

    user_id: int
