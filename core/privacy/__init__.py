"""
The registry of exporters and erasers: every row about a person is covered by one.

Owns export and erasure requests, and the list of those who were erased.
Publishes Erased.
Listens to nothing; exports and deletions of files leave through the outbox.
"""

from .registry import DELETE, Attachment, Row, covers, erases, exempt, exports

__all__ = ["DELETE", "Attachment", "Row", "covers", "erases", "exempt", "exports"]
