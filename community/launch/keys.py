"""Secrets of a self-started site: made at the first start, kept in ``var/`` for the owner's eyes only."""

import json
import os
import secrets
from pathlib import Path

PREFIXES = {"SECRET_KEY": "", "SANDBOX_SECRET_KEY": "sk_sandbox_", "SANDBOX_WEBHOOK_SECRET": "whsec_sandbox_"}


def load(folder: Path) -> dict[str, str]:
    """The secrets kept in ``folder``, made now where they are missing."""
    path = folder / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    made = {name: kept.get(name) or prefix + secrets.token_urlsafe(36) for name, prefix in PREFIXES.items()}
    if made != kept:
        _write(path, json.dumps(made))
    return made


def _write(path: Path, text: str) -> None:
    # Created with its final mode: a file that is first readable and then not has been readable.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
