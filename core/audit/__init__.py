"""
What staff did: append-only and hash-chained.

Owns audit entries and the seals that chain them.
Publishes nothing.
Listens to nothing.
"""

from .recording import record

__all__ = ["record"]
