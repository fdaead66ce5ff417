"""Reading of interaction files ``user,item,timestamp[,weight]``, with a look at whether the columns make sense."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.dataset import Dataset

COLUMNS: Final = ("user", "item", "timestamp")
_POSITIONS: Final = 5
_LEAST_EVENTS: Final = 200
_MOST_FIXED: Final = 0.9


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


def check_positions(dataset: Dataset) -> None:
    """
    Compare the newest positions of all histories with the rest: are their items as guessable as everybody else's?

    At each of the five newest positions, the items should be drawn from the distribution that the other positions
    show. A column that was shuffled, numbered by another table or cut off wrongly breaks this, and then ranks models
    upside down. Two measures per position: the share of items that occur elsewhere at all, and the mean popularity
    percentile there. Drift lowers them a little, corruption to chance.

    :raises BadInput: naming the position, if one is far below the others. Positions with few events are not judged.
    """
    ages = dataset.ages()
    judged = [age for age in range(_POSITIONS) if int((ages == age).sum()) >= _LEAST_EVENTS]
    if len(judged) < 3 or dataset.shape[1] < 20:
        return
    measures = np.array([_guessable(dataset, ages == age) for age in judged])
    for age, (seen, percentile) in zip(judged, measures, strict=True):
        others = np.median(measures[np.array(judged) != age], axis=0)
        # 0.5 is what items drawn by chance would have.
        if seen < 0.5 * others[0] or percentile - 0.5 < 0.25 * (others[1] - 0.5):
            raise BadInput(
                f"position {age} counted from the newest looks corrupt: {seen:.0%} of its items occur elsewhere "
                f"(others {others[0]:.0%}), their mean popularity percentile there is {percentile:.2f} "
                f"(others {others[1]:.2f}); are all identifiers of one kind?"
            )


def check_order(dataset: Dataset) -> None:
    """
    See whether the times put anything in order: where they follow from the member or from the item, the newest entry is any entry.

    Such a column (one date for everybody, the number of a row of another table) makes an exam by time one that nobody can prepare
    for, and it is passed best by whoever guesses the numbering. Entries of whoever has only one are not judged.

    :raises BadInput: saying from which column the times follow, if they do in nine of ten entries.
    """
    if name := what_times_follow(dataset):
        raise BadInput(
            f"the timestamps follow from the {name} and put nothing in order: in nine of ten entries every row of one {name} has "
            f"the same; use --split strong, or a file with the time of each row"
        )


def what_times_follow(dataset: Dataset) -> str:
    """The column from which the times follow, ``user`` or ``item``; empty where they order something, or where there are few entries."""
    columns = (("user", dataset.users), ("item", dataset.items)) if len(dataset) >= _LEAST_EVENTS else ()
    return next((name for name, owners in columns if _fixed(owners, dataset.times) > _MOST_FIXED), "")


def _fixed(owners: Integers, times: NDArray[np.float64]) -> float:
    """Which share of the entries that are not the only one of their owner have the one time that all of them have."""
    first, last = (np.full(owners.max() + 1, start) for start in (np.inf, -np.inf))
    np.minimum.at(first, owners, times)
    np.maximum.at(last, owners, times)
    among = np.bincount(owners)[owners] > 1
    return float((first == last)[owners][among].mean()) if among.any() else 0.0


def _guessable(dataset: Dataset, here: np.ndarray) -> tuple[float, float]:
    elsewhere = np.bincount(dataset.items[~here], minlength=dataset.shape[1])
    found = dataset.items[here]
    return float((elsewhere[found] > 0).mean()), float(_percentiles(elsewhere)[found].mean())


def _percentiles(counts: np.ndarray) -> Floats:
    # Mean rank among equals, so that a drawn-by-chance item has 0.5 in the mean.
    ordered = np.sort(counts)
    below, up_to = np.searchsorted(ordered, counts, "left"), np.searchsorted(ordered, counts, "right")
    return np.asarray((below + up_to) / (2 * len(counts)), dtype=np.float32)


def _lines(path: Path) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in header]:
            raise BadInput(f"{path}: the first line must name {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
        places = [header.index(name) for name in COLUMNS]
        weighing = header.index("weight") if "weight" in header else None
        for row in reader:
            if not row:
                continue
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
