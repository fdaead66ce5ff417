"""
Versions of trained models in one folder, one of them in service.

Each version is a folder of its own that is never changed after it was written; a small file names the one in service
and is replaced in one step. Processes that still map the former version keep it until they look again.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from recsys.engine.contract import BadInput, DamagedModel, Model

_POINTER: Final = "in-service"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def store(model: Model, root: Path | str, *, version: str) -> Path:
    """
    Save ``model`` as ``version`` under ``root``, not yet in service.

    :raises BadInput: if the name is not usable or taken.
    """
    folder = _folder(Path(root), version)
    if folder.exists():
        raise BadInput(f"version {version!r} exists already: versions are never overwritten")
    # Written beside its place and moved there whole, so that a broken write leaves no version behind.
    partial = folder.with_name(f".{version}.{os.getpid()}")
    try:
        model.save(partial)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def put_in_service(root: Path | str, *, version: str) -> None:
    """
    Let ``version`` be the one in service from now on; rolling back is the same with a former version.

    :raises BadInput: if there is no such version.
    """
    root = Path(root)
    if not _folder(root, version).is_dir():
        raise BadInput(f"there is no version {version!r}")
    partial = root / f".{_POINTER}.{os.getpid()}"
    partial.write_text(version, encoding="utf-8")
    partial.replace(root / _POINTER)


def in_service(root: Path | str) -> str | None:
    """
    Name the version in service, None when there was never one.

    :raises DamagedModel: if the file that names it is unreadable.
    """
    try:
        version = (Path(root) / _POINTER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as unreadable:
        raise DamagedModel(f"{root}: it cannot be read which version is in service") from unreadable
    if not _NAME.fullmatch(version):
        raise DamagedModel(f"{root}: {version[:40]!r} does not name a version")
    return version


def versions(root: Path | str) -> list[str]:
    """List all versions, the newest last by the time they were stored."""
    root = Path(root)
    if not root.is_dir():
        return []
    folders = [folder for folder in root.iterdir() if folder.is_dir() and _NAME.fullmatch(folder.name)]
    return [folder.name for folder in sorted(folders, key=lambda folder: (folder.stat().st_mtime_ns, folder.name))]


def folder_of(root: Path | str, *, version: str) -> Path:
    """Give the folder of ``version``, to be opened with ``load``."""
    return _folder(Path(root), version)


def forget(root: Path | str, *, version: str) -> None:
    """
    Delete ``version``.

    :raises BadInput: if it is in service.
    """
    if in_service(root) == version:
        raise BadInput(f"version {version!r} is in service")
    shutil.rmtree(_folder(Path(root), version))


def _folder(root: Path, version: str) -> Path:
    if not _NAME.fullmatch(version):
        raise BadInput(f"{version!r} is not usable as the name of a version")
    return root / version
