"""A passkey as a phone would have made it, so that pages which read one can be looked at."""

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData


def passkey(*, name: str, host: str = "localhost") -> dict[str, Any]:
    """What allauth stores about a new passkey; its private half is thrown away, so nobody can log in with it."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    number = hashlib.sha256(name.encode()).digest()[:16]
    attested = AttestedCredentialData.create(b"\0" * 16, number, ES256.from_cryptography_key(public))  # type: ignore[no-untyped-call]
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    about = AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 0, attested)
    client = CollectedClientData.create(
        type=CollectedClientData.TYPE.CREATE, challenge=b"\0" * 32, origin=f"https://{host}"
    )
    response = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", about, {})),
    }
    encoded = websafe_encode(number)
    credential = {
        "id": encoded,
        "rawId": encoded,
        "type": "public-key",
        "response": response,
        "clientExtensionResults": {},
    }
    return {"name": name, "credential": credential}
