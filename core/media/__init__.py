"""
Files that people upload: checked, re-encoded, stored out of reach, served by signed links.

Owns assets.
Publishes nothing.
Listens to nothing.
"""

from .purposes import Limits, register
from .refusals import UploadRefused

__all__ = ["Limits", "UploadRefused", "register"]
