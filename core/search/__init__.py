"""
Search in Chinese and English over whatever rooms hand it, visibility inside the SQL.

Owns search documents.
Publishes nothing.
Listens to nothing.
"""

from .kinds import register

__all__ = ["register"]
