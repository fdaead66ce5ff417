"""Pictures: decoded, bounded, turned upright, cut, and written anew, so that nothing hidden in them survives."""

import math
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .purposes import Limits
from .refusals import UploadRefused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 16_000


@dataclass(frozen=True, kw_only=True)
class Crop:
    """The square that somebody chose: left and side as parts of the width, top of the height (0 to 1)."""

    left: float
    top: float
    side: float


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as it will be kept."""

    body: bytes
    content_type: str
    extension: str
    width: int
    height: int


def written_anew(file: IO[bytes], *, limits: Limits, crop: Crop | None = None) -> Picture:
    """
    Decode ``file`` and encode it again, without place, camera and other data that it carried along.

    :raises UploadRefused: if it is no picture, has too many pixels, or moves.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
            _check(image)
            return _encoded(_fitted(image, limits, crop), is_photo=image.format == "JPEG")
    except UploadRefused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, ValueError,
            SyntaxError, EOFError, IndexError, OverflowError, MemoryError) as error:  # fmt: skip
        raise UploadRefused(_("This picture cannot be read. Save it as JPEG, PNG or WebP and try again.")) from error


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise UploadRefused(_("This picture has too many pixels: at most 25 million."))
    if getattr(image, "is_animated", False):
        raise UploadRefused(_("Moving pictures are not taken."))


def _fitted(image: Image.Image, limits: Limits, crop: Crop | None) -> Image.Image:
    target = _enough(image, limits, crop)
    # JPEG can be decoded at a fraction of its size, and everything after works on what is left: 25 million pixels in full
    # depth, twice, would be most of the memory that a process has.
    image.draft("RGB", target)
    wanted_mode = "RGBA" if "A" in image.mode or "transparency" in image.info else "RGB"
    image = image if image.mode == wanted_mode else image.convert(wanted_mode)
    image.thumbnail(target, Image.Resampling.LANCZOS)
    ImageOps.exif_transpose(image, in_place=True)
    if crop is not None:
        image = image.crop(_box(image, crop))
    return ImageOps.fit(image, (limits.square,) * 2, Image.Resampling.LANCZOS) if limits.square else image


def _enough(image: Image.Image, limits: Limits, crop: Crop | None) -> tuple[int, int]:
    """The size from which the wanted part can still be cut at twice its pixels."""
    width, height = image.size
    part = max(0.05, min(1.0, crop.side)) if crop is not None else 1.0
    if not limits.square:
        return (math.ceil(limits.largest_side / part),) * 2
    shrink = min(1.0, 2 * limits.square / (part * min(width, height)))
    return math.ceil(width * shrink), math.ceil(height * shrink)


def _box(image: Image.Image, crop: Crop) -> tuple[int, int, int, int]:
    width, height = image.size
    side = max(1, min(round(crop.side * width), width, height))
    left = max(0, min(round(crop.left * width), width - side))
    top = max(0, min(round(crop.top * height), height - side))
    return left, top, left + side, top + side


def _encoded(image: Image.Image, *, is_photo: bool) -> Picture:
    # A new canvas: what Pillow keeps beside the pixels (comments, profiles, positions) stays behind.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    body = BytesIO()
    if is_photo:
        bare.save(body, "JPEG", quality=85, optimize=True, progressive=True)
    else:
        bare.save(body, "WEBP", quality=88, method=4)
    kind = ("image/jpeg", "jpg") if is_photo else ("image/webp", "webp")
    return Picture(body=body.getvalue(), content_type=kind[0], extension=kind[1], width=bare.width, height=bare.height)
