"""The table of what was measured, with its goals."""

from collections.abc import Mapping

from .asking import Measured

LISTS = {"catalogue", "thread list"}
SHARE, QUERIES, QUERIES_OF_LISTS, KILOBYTE = 0.15, 25, 15, 1_000
LIST_SIZE, LATER_PAGE = 60, 1.3


def written(
    found: Mapping[tuple[str, str], Measured],
    *,
    queries: Mapping[tuple[str, str], int],
    machine: str,
    facts: int,
    members: int,
) -> str:
    """The table in Markdown: req/s beside the bare page's of the same kind of visitor, times, queries, size, and what misses a goal."""
    lines = [
        f"{machine}; {facts:,} facts; {members} members in turns; gunicorn, 2 workers × 8 threads, 8 connections.",
        "",
        "| page | as | req/s | × bare | p50 ms | p95 ms | queries | kB |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        _line(name, kind, one, found, queries) for (name, kind), one in sorted(found.items(), key=lambda row: row[0][1])
    ]
    missed = _missed(found, queries)
    lines += ["", "Goals missed: " + ("; ".join(missed) if missed else "none") + "."]
    return "\n".join(lines)


def _line(
    name: str,
    kind: str,
    one: Measured,
    found: Mapping[tuple[str, str], Measured],
    queries: Mapping[tuple[str, str], int],
) -> str:
    share = one.rate / found["bare", kind].rate
    return (
        f"| {name} | {kind} | {one.rate:.0f} | {share:.2f} | {one.percentile(0.5):.0f} | {one.percentile(0.95):.0f} "
        f"| {queries.get((name, kind), '')} | {one.size / KILOBYTE:.0f} |"
    )


def _missed(found: Mapping[tuple[str, str], Measured], queries: Mapping[tuple[str, str], int]) -> list[str]:
    missed = []
    for (name, kind), one in found.items():
        if name in LISTS and one.rate < SHARE * found["bare", kind].rate:
            missed.append(f"{name} as {kind} below {SHARE} × bare")
        if name in LISTS and one.size > LIST_SIZE * KILOBYTE:
            missed.append(f"{name} as {kind} above {LIST_SIZE} kB")
        if queries.get((name, kind), 0) > (QUERIES_OF_LISTS if name in LISTS else QUERIES):
            missed.append(f"{name} as {kind}: {queries[name, kind]} queries")
    return missed + _later(found)


def _later(found: Mapping[tuple[str, str], Measured]) -> list[str]:
    """Whether the tenth page of a long thread costs more than it may, beside its first."""
    missed = []
    for kind in sorted({kind for _, kind in found}):
        first, tenth = (
            next((one for (name, k), one in found.items() if k == kind and name.endswith(ending)), None)
            for ending in ("page 1", "page 10")
        )
        if first and tenth and tenth.percentile(0.5) > LATER_PAGE * first.percentile(0.5):
            missed.append(f"page 10 as {kind} takes more than {LATER_PAGE} × page 1")
    return missed
