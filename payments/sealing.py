"""Where a creator's money goes: kept locked, opened for whoever transfers it."""

import json

from core.web.sealing import reseal, seal, unseal

PURPOSE = "payees"


def lock(*, name: str, number: str, bank: str = "") -> str:
    """Lock a name and a number."""
    return seal(json.dumps({"name": name, "number": number, "bank": bank}), purpose=PURPOSE)


def unlock(sealed: str) -> dict[str, str]:
    """Name, number and bank; nothing where they were erased."""
    found: dict[str, str] = json.loads(unseal(sealed, purpose=PURPOSE)) if sealed else {}
    return found


def relock(sealed: str) -> str:
    """The same, locked with the key of now."""
    return reseal(sealed, purpose=PURPOSE)
