"""
Drawings in SVG that come with an imported course.

SVG is a document that can run programs, so none is taken from an upload. A course's own figures are: they pass a strict
allowlist of shapes and attributes, are written anew, and are shown by ``<img>`` only, where no browser runs programs or loads
anything; their responses carry ``sandbox`` and ``default-src 'none'`` and offer themselves as a download, so that opening
one as a page does nothing either. Turning them into pixels was refused: it would need a renderer, and blur text.
"""

import re
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from .refusals import UploadRefused

LARGEST = 200_000
MOST_ELEMENTS = 5_000
SVG = "http://www.w3.org/2000/svg"

ELEMENTS = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc", "defs",
    "linearGradient", "radialGradient", "stop", "clipPath", "marker", "pattern",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points",
    "dx", "dy", "rotate", "transform", "id",
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-opacity", "stroke-miterlimit", "opacity", "color", "font-family", "font-size", "font-style",
    "font-weight", "text-anchor", "dominant-baseline", "letter-spacing", "textLength", "lengthAdjust", "offset",
    "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod", "clip-path", "clip-rule",
    "clipPathUnits", "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight", "refX", "refY", "orient",
    "markerUnits", "patternUnits", "patternTransform", "patternContentUnits", "preserveAspectRatio", "vector-effect",
})  # fmt: skip
SAID = frozenset({"role", "aria-label", "aria-hidden", "lang"})
_HARMLESS = re.compile(
    r"(?:[^(){}<>\\;&]|(?:matrix|translate|scale|rotate|skewX|skewY|rgba?|hsla?)\([-+\d.,%\s e]*\)|url\(#[\w-]+\))*"
)


def written_anew(source: bytes) -> bytes:
    """
    The drawing, holding shapes and words only.

    :raises UploadRefused: if it is no SVG, too large, or holds anything else: what is not understood is not cut out.
    """
    # Entities could name files and grow without end; a drawing needs neither.
    if (
        len(source) > LARGEST
        or b"<!" in source.replace(b"<!--", b"").replace(b"<![CDATA[", b"")
        or b"<?xml-stylesheet" in source
    ):
        raise _refusal()
    try:
        root = ET.fromstring(source)  # noqa: S314 - no document type, no entity gets this far
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _refusal() from error
    _check(root)
    ET.register_namespace("", SVG)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return written


def _check(root: ET.Element) -> None:
    if root.tag != f"{{{SVG}}}svg" or sum(1 for _each in root.iter()) > MOST_ELEMENTS:
        raise _refusal()
    for element in root.iter():
        name = str(element.tag).removeprefix(f"{{{SVG}}}")
        if name not in ELEMENTS or not all(_is_harmless(*pair) for pair in element.attrib.items()):
            raise _refusal()


def _is_harmless(name: str, value: str) -> bool:
    if name in SAID:
        return True
    return name in ATTRIBUTES and len(value) <= LARGEST and _HARMLESS.fullmatch(value) is not None


def _refusal() -> UploadRefused:
    return UploadRefused(_("This drawing holds more than shapes and words, so it is not taken."))
