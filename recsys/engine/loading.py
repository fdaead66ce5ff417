"""Reading of interaction files ``user,item,timestamp[,weight]``, with a look at whether the columns make sense."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from recsys.engine.contract import BadInput
from recsys.engine.dataset import Dataset
from recsys.engine.soundness import check_order, check_positions, what_times_follow

__all__ = ["check_order", "check_positions", "read_csv", "what_times_follow"]

COLUMNS: Final = ("user", "item", "timestamp")
# What bytes become that are no text: halves of characters.
_NO_TEXT: Final = re.compile("[\udc80-\udcff]")


def read_csv(path: Path | str, *, check: bool = True) -> Dataset:
    """
    Read a file whose first line names the columns ``user,item,timestamp`` and perhaps ``weight``, in any order.

    Timestamps are seconds (or any rising number) or ISO 8601; identifiers are kept as text. ``check`` also looks for
    corrupt positions, see :func:`check_positions`.

    :raises BadInput: naming the line, if a value is missing or cannot be read; or if the check fails.
    """
    users: dict[str, int] = {}
    items: dict[str, int] = {}
    columns: tuple[list[int], list[int], list[float], list[float]] = ([], [], [], [])
    for line, (user, item, timestamp, weight) in _lines(Path(path)):
        if not user or not item:
            raise BadInput(f"{path}, line {line}: user and item must not be empty")
        columns[0].append(users.setdefault(user, len(users)))
        columns[1].append(items.setdefault(item, len(items)))
        columns[2].append(_time(timestamp, f"{path}, line {line}"))
        columns[3].append(_weight(weight, f"{path}, line {line}"))
    if not users:
        raise BadInput(f"{path}: no interactions")
    dataset = Dataset.of(
        users=np.array(columns[0]),
        items=np.array(columns[1]),
        times=np.array(columns[2]),
        weights=np.array(columns[3], dtype=np.float32),
        user_ids=tuple(users),
        item_ids=tuple(items),
    )
    if check:
        check_positions(dataset)
    return dataset


def _lines(path: Path) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        reader = csv.reader(file)
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in header]:
            raise BadInput(f"{path}: the first line must name {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
        places = [header.index(name) for name in COLUMNS]
        weighing = header.index("weight") if "weight" in header else None
        for row in reader:
            if not row:
                continue
            if _NO_TEXT.search("".join(row)):
                raise BadInput(f"{path}, line {reader.line_num}: this is not UTF-8")
            if len(row) != len(header):
                raise BadInput(f"{path}, line {reader.line_num}: {len(row)} values instead of {len(header)}")
            user, item, timestamp = (row[place].strip() for place in places)
            yield reader.line_num, (user, item, timestamp, "1" if weighing is None else row[weighing])


def _time(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = _instant(text, where)
    if not np.isfinite(value):
        raise BadInput(f"{where}: the timestamp {text!r} is not a finite number")
    return value


def _instant(text: str, where: str) -> float:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise BadInput(f"{where}: the timestamp {text!r} is neither a number nor ISO 8601") from unreadable
    # A time without a zone is taken as UTC: the machine's own zone must not change a table of figures.
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _weight(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError as unreadable:
        raise BadInput(f"{where}: the weight {text!r} is not a number") from unreadable
    if not (np.isfinite(value) and value >= 0):
        raise BadInput(f"{where}: the weight {text!r} must be a finite number and not negative")
    return value
