"""SHA256withRSA and AES-GCM for the manners of Alipay and WeChat; the one module that needs a package, `cryptography`."""

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa as keys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def new_pair() -> tuple[str, str]:
    """Make a private and a public key, each as bare base64."""
    private = keys.generate_private_key(public_exponent=65537, key_size=2048)
    der, pkcs8, plain = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    public = private.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _bare(private.private_bytes(der, pkcs8, plain)), _bare(public)


def sign(message: bytes, private_key: str) -> str:
    key: Any = serialization.load_der_private_key(base64.b64decode(private_key), password=None)
    return _bare(key.sign(message, padding.PKCS1v15(), hashes.SHA256()))


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    key: Any = serialization.load_der_public_key(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(private_key: str) -> str:
    key: Any = serialization.load_der_private_key(base64.b64decode(private_key), password=None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return _bare(key.public_key().public_bytes(serialization.Encoding.DER, form))


def seal(text: bytes, *, key: str, nonce: str, data: str) -> str:
    return _bare(AESGCM(key.encode()).encrypt(nonce.encode(), text, data.encode()))


def _bare(data: bytes) -> str:
    return base64.b64encode(data).decode()
