"""The pages of the community."""

from .posts import accept, edit, flag, preview, vote, write
from .threads import ask, community, similar, start, thread

__all__ = ["accept", "ask", "community", "edit", "flag", "preview", "similar", "start", "thread", "vote", "write"]
