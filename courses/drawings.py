"""Which SVG may stand in a lesson: shapes and words, nothing that acts or fetches."""

import re
from xml.etree import ElementTree

ELEMENTS = {
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "marker", "linearGradient", "radialGradient", "stop", "clipPath", "pattern", "symbol",
}  # fmt: skip
_OUTSIDE = re.compile(r"(?:https?:|//|javascript:|data:|url\((?!#|'#|\"#))", re.IGNORECASE)
LONGEST = 200_000
SVG = "{http://www.w3.org/2000/svg}"


def fault(drawing: str) -> str:
    """What is wrong with ``drawing``, or nothing; it is parsed without entities, so that it cannot grow or reach out."""
    if len(drawing) > LONGEST:
        return "the drawing is larger than 200 kB"
    if "<!DOCTYPE" in drawing or "<!ENTITY" in drawing:
        return "the drawing declares entities"
    try:
        root = ElementTree.fromstring(drawing)  # noqa: S314 - entities were refused above
    except ElementTree.ParseError as error:
        return f"the drawing is not XML ({error})"
    return next((found for element in root.iter() if (found := _fault_of(element))), "")


def _fault_of(element: ElementTree.Element) -> str:
    name = element.tag.removeprefix(SVG)
    if name not in ELEMENTS:
        return f"the drawing has a <{name}>"
    for attribute, value in element.attrib.items():
        if attribute.lower().startswith("on") or attribute.endswith("href") or _OUTSIDE.search(value):
            return f"the drawing has {attribute}={value[:40]!r}"
    return ""
