"""
The one visibility rule: things carry the keys that open them, viewers hold keys.

Owns no table; others register who holds which key.
Publishes nothing.
Listens to nothing.
"""

from .fields import AudienceField
from .keys import grants, grants_by_rows, hides_by_rows, keys_of
from .querysets import AudienceQuerySet

__all__ = ["AudienceField", "AudienceQuerySet", "grants", "grants_by_rows", "hides_by_rows", "keys_of"]
