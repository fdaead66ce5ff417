"""SHA256withRSA, as Alipay (RSA2) and WeChat Pay sign; keys are PEM, or the bare base64 that their consoles hand out."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

_LINE = 64


def sign(message: bytes, *, private_key: str) -> str:
    """The signature of ``message`` in base64."""
    return base64.b64encode(private_key_of(private_key).sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(message: bytes, *, signature: str, public_key: str) -> bool:
    """Whether ``signature`` (base64) over ``message`` is that of the key."""
    try:
        public_key_of(public_key).verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def require_keys(*, private_key: str, public_key: str) -> None:
    """
    Pass if both can be read.

    :raises ValueError: if one of them cannot.
    """
    private_key_of(private_key)
    public_key_of(public_key)


@lru_cache(maxsize=8)
def private_key_of(key: str) -> RSAPrivateKey:
    """
    The key that is written so.

    :raises ValueError: if it is none of RSA.
    """
    # Alipay's tool writes PKCS#1 for some languages and PKCS#8 for others; nothing in the bare form says which.
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            found = load_pem_private_key(_pem(key, label), password=None)
        except ValueError:
            continue
        if isinstance(found, RSAPrivateKey):
            return found
    raise ValueError("A private key of RSA is expected.")


@lru_cache(maxsize=8)
def public_key_of(key: str) -> RSAPublicKey:
    """
    The key that is written so, alone or in a certificate.

    :raises ValueError: if it is none of RSA.
    """
    pem = _pem(key, "PUBLIC KEY")
    found = load_pem_x509_certificate(pem).public_key() if b"CERTIFICATE" in pem else load_pem_public_key(pem)
    if not isinstance(found, RSAPublicKey):
        raise ValueError("A public key of RSA is expected.")  # noqa: TRY004 - it is the value of a setting
    return found


def _pem(key: str, label: str) -> bytes:
    if key.lstrip().startswith("-----"):
        return key.strip().encode()
    bare = "".join(key.split())
    lines = "\n".join(bare[start : start + _LINE] for start in range(0, len(bare), _LINE))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()
