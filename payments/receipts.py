"""A receipt as a PDF: one page, Chinese and Latin from one font that is embedded, so that it looks alike everywhere."""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "receipt"
MARGIN, LEADING = 64.0, 20.0
WIDTH, HEIGHT = float(A4[0]), float(A4[1])
FOOT = 96.0
LOGO_WIDTH, LOGO_HEIGHT = 160.0, 40.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table; a strong one is set larger, with a rule above."""

    text: str
    amount: str
    is_strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Everything that is drawn, in the reader's language."""

    title: str
    number: str
    author: str
    paid_at: datetime
    facts: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    note: str
    logo: bytes = b""


def draw(receipt: Receipt) -> bytes:
    """Give the PDF; long tables go on over as many pages as they need."""
    _load_font()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=True)
    canvas.setTitle(f"{receipt.title} {receipt.number}")
    canvas.setAuthor(receipt.author)
    canvas.setCreator(receipt.author)
    canvas.setSubject(receipt.number)
    # Whenever it is drawn, the file is the same and as old as the payment.
    canvas.setDateFormatter(lambda *_: f"{receipt.paid_at.astimezone(UTC):D:%Y%m%d%H%M%SZ}")
    down = _head(canvas, receipt)
    for row in receipt.rows:
        down = _row(canvas, row, down)
    _note(canvas, receipt.note)
    canvas.save()
    return made.getvalue()


@functools.cache
def _load_font() -> None:
    with as_file(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc") as path:
        pdfmetrics.registerFont(TTFont(FONT, str(path), subfontIndex=0))


def _head(canvas: Canvas, receipt: Receipt) -> float:
    down: float = HEIGHT - MARGIN - _logo(canvas, receipt.logo)
    canvas.setFont(FONT, 22)
    canvas.drawString(MARGIN, down - 22, receipt.title)
    canvas.setFont(FONT, 12)
    canvas.drawRightString(WIDTH - MARGIN, down - 22, receipt.number)
    down -= 64
    canvas.setFont(FONT, 10.5)
    for name, value in receipt.facts:
        canvas.drawString(MARGIN, down, name)
        for line in simpleSplit(value, FONT, 10.5, WIDTH - 2 * MARGIN - 120) or [""]:
            canvas.drawString(MARGIN + 120, down, line)
            down -= LEADING
    return down - LEADING


def _logo(canvas: Canvas, picture: bytes) -> float:
    """Draw the school's logo at the top and return the room that it took."""
    if not picture:
        return 0.0
    image = ImageReader(io.BytesIO(picture))
    canvas.drawImage(
        image, MARGIN, HEIGHT - MARGIN - LOGO_HEIGHT, width=LOGO_WIDTH, height=LOGO_HEIGHT, mask="auto",
        preserveAspectRatio=True, anchor="w",
    )  # fmt: skip
    return LOGO_HEIGHT + LEADING


def _row(canvas: Canvas, row: Row, down: float) -> float:
    size = 13 if row.is_strong else 10.5
    lines = simpleSplit(row.text, FONT, size, WIDTH - 2 * MARGIN - 120) or [""]
    if down - len(lines) * LEADING < FOOT:
        canvas.showPage()
        down = HEIGHT - MARGIN
    if row.is_strong:
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, down + LEADING * 0.8, WIDTH - MARGIN, down + LEADING * 0.8)
    canvas.setFont(FONT, size)
    canvas.drawRightString(WIDTH - MARGIN, down, row.amount)
    for line in lines:
        canvas.drawString(MARGIN, down, line)
        down -= LEADING
    return down


def _note(canvas: Canvas, note: str) -> None:
    canvas.setFont(FONT, 9)
    down = MARGIN
    for line in reversed(simpleSplit(note, FONT, 9, WIDTH - 2 * MARGIN)):
        canvas.drawString(MARGIN, down, line)
        down += 13
