"""Texts that a copy of the database alone does not open: locked with keys derived from the site's own."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def seal(text: str, *, purpose: str) -> str:
    """Lock ``text``; what was locked for one ``purpose`` does not open for another."""
    return _locks(purpose)[0].encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Open what ``seal`` locked, also with the keys that were in use before."""
    return MultiFernet(_locks(purpose)).decrypt(sealed.encode()).decode()


def reseal(sealed: str, *, purpose: str) -> str:
    """Lock with the key of now what was locked with it or with one of before."""
    return MultiFernet(_locks(purpose)).rotate(sealed.encode()).decode()


def _locks(purpose: str) -> list[Fernet]:
    return [Fernet(_derived(key, purpose)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _derived(key: str | bytes, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"lyceum {purpose}".encode())
    return base64.urlsafe_b64encode(derive.derive(force_bytes(key)))
