"""What files are for: rooms register their purposes, each with its limits and its rule of who may read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MEGABYTE = 1024 * 1024


class Kind(StrEnum):
    """What a file turns out to be when it is decoded."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    CAPTIONS = "captions"
    PDF = "pdf"
    FIGURE = "figure"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What may be stored for a purpose.

    ``largest_side`` bounds the pixels of pictures as they are kept; ``square`` makes them that many pixels wide and high.
    ``FIGURE`` (a drawing in SVG) is for what comes from the owner's own hands, such as an imported course; never for uploads.
    """

    kinds: frozenset[Kind] = frozenset({Kind.IMAGE})
    size: int = 8 * MEGABYTE
    per_user: int = 500
    quota: int = 200 * MEGABYTE
    largest_side: int = 2_400
    square: int = 0


MayRead = Callable[[Any, Any], bool]
MayUpload = Callable[[Any], bool]


def _nobody(user: Any) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One purpose, as ``register`` took it."""

    name: str
    limits: Limits = field(default_factory=Limits)
    may_read: MayRead
    may_upload: MayUpload = _nobody
    is_public: bool = False
    outlives_owner: bool = False


known: dict[str, Purpose] = {}


class UnknownPurpose(LookupError):
    """No room has registered this purpose."""


def register(
    purpose: str,
    *,
    limits: Limits | None = None,
    may_read: MayRead | None = None,
    may_upload: MayUpload = _nobody,
    is_public: bool = False,
    outlives_owner: bool = False,
) -> None:
    """
    Let files be stored for ``purpose``; ``may_read(viewer, asset)`` is asked at every single request for one of them.

    ``is_public`` is for what everybody may see and many pages show, such as faces and covers: it has a lasting address that
    browsers keep, and nobody is asked. ``may_upload(user)`` opens the upload of the editor; without it only operations store.
    ``outlives_owner`` is for what others have paid for: when its owner leaves it stays, and says no longer whose it was.

    :raises ValueError: unless it is either public or says who may read.
    """
    if is_public == (may_read is not None):
        raise ValueError(f"{purpose}: say who may read, or that it is public")
    if may_upload is not _nobody and limits is not None and Kind.FIGURE in limits.kinds:
        raise ValueError(f"{purpose}: drawings are not taken from uploads")
    known[purpose] = Purpose(
        name=purpose,
        limits=limits or Limits(),
        may_read=may_read or _everybody,
        may_upload=may_upload,
        is_public=is_public,
        outlives_owner=outlives_owner,
    )


def purpose(name: str) -> Purpose:
    """
    The purpose called ``name``.

    :raises UnknownPurpose: if nobody registered it.
    """
    try:
        return known[name]
    except KeyError as error:
        raise UnknownPurpose(name) from error


def _everybody(viewer: Any, asset: Any) -> bool:
    return True
