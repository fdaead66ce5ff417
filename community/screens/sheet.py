"""The contact sheet: every picture on one page, those with faults first."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from .walking import Seen, Theme

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<style>
body { font: 14px/1.5 system-ui; margin: 2rem; background: #eee; color: #222; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; background: #fff; padding: .6rem; border-radius: .4rem; }
img { width: 100%; height: 18rem; object-fit: cover; object-position: top; border: 1px solid #ddd; }
li { color: #a00; overflow-wrap: anywhere; }
</style>"""


def faults(seen: Sequence[Seen]) -> list[str]:
    """One line for each fault."""
    return [line for one in seen for line in one.sayings()]


def write(seen: Sequence[Seen], *, themes: Sequence[Theme], into: Path) -> Path:
    """Write ``index.html`` and ``faults.txt`` beside the pictures, and return where the sheet is."""
    ordered = sorted(seen, key=lambda one: (not any(one.faults.values()), one.shot.title, one.shot.width))
    figures = "".join(_figure(one, theme) for one in ordered for theme in themes)
    sheet = into / "index.html"
    sheet.write_text(f"{HEAD}<h1>{len(seen)} pages, {len(faults(seen))} faults</h1><main>{figures}</main></html>")
    (into / "faults.txt").write_text("".join(f"{line}\n" for line in faults(ordered)))
    return sheet


def _figure(one: Seen, theme: Theme) -> str:
    found = [*one.faults.get("both", []), *one.faults.get(theme, [])]
    file, words = one.shot.file(theme), f"{one.shot.title} · {one.shot.width} · {theme} · {one.shot.language}"
    lines = "".join(f"<li>{escape(fault)}</li>" for fault in found)
    return f'<figure><a href="{file}"><img loading="lazy" src="{file}" alt=""></a><figcaption>{escape(words)}<ul>{lines}</ul></figcaption></figure>'
