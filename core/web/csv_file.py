"""Tables as files that a spreadsheet opens, and that cannot make it compute anything."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets take a file without it for one in the language of the machine.
_BYTE_ORDER_MARK = "\ufeff"


def csv_response(*, name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """
    Answer with ``rows`` under ``columns`` as the file ``name``.csv, in UTF-8.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
    """
    written = io.StringIO(_BYTE_ORDER_MARK)
    written.seek(0, io.SEEK_END)
    writer = csv.writer(written)
    for row in (columns, *rows):
        writer.writerow([_harmless(cell) for cell in row])
    answer = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _harmless(cell: Any) -> Any:
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else cell
    text = str(cell)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
