"""
What staff did: append-only and hash-chained.

Owns audit entries.
Publishes nothing.
Listens to nothing.
"""
