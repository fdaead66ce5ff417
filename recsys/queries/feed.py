"""What is for a member, and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recsys import rules

from . import places, telling, wording
from .abroad import begun_readably, kept_back
from .by_acts import Acts, acts_of, personal
from .by_life import popular
from .cards import cards
from .halving import halved
from .knowing import Known, Pick, what_is_known

SPARE = 5
"""So many more are listed than are asked for: what was seen a moment ago may be there no more, and leaves its place to the next."""
LONG = rules.WHOLE + SPARE
BY_ACTS, BY_LIFE = "model", "popular"
"""What ranks a card whose reason is not told yet: what its reader did, or how much life there is."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some cards of a feed; behind the last ones there are none."""

    cards: list[dict[str, Any]]
    is_last: bool


def feed(*, viewer: Any, limit: int = 10, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """
    Up to ``limit`` cards for ``viewer``, none of ``without``, each with a true reason, in the form that ``feed_card.html`` takes.

    The list is worked out anew from the latest facts (one fold-in); what is owned, dismissed, resting or not theirs to
    see is left out inside the SQL. Members without a history get what fits their interests, then what is popular, and
    the cards say so.
    """
    known = _known(viewer, without)
    return cards(_picks(known, limit), known)


def part(*, viewer: Any, above: Collection[str], count: int, without: Collection[str] = ()) -> Part:
    """
    The next ``count`` cards of the whole feed, none of ``without``, behind those that stand ``above`` already.

    These keep their places while the list is worked out, whatever has become of them since: so nothing of the rest moves, is left out
    or comes twice.
    """
    known = what_is_known(viewer)
    known = replace(known, without=known.without.difference(above).union(without))
    listed, acts = _listed(known, rules.WHOLE)
    rest = [place for place, pick in enumerate(listed[: rules.WHOLE]) if pick.item.name not in above]
    shown = _told_at(rest[:count], listed, acts, known)
    fallen = len(rest[:count]) - len(shown)
    if fallen:
        shown = _told_at(rest[: count + fallen], listed, acts, known)
    return Part(cards=cards(shown, known), is_last=len(rest) <= count + fallen)


def picks(*, viewer: Any, limit: int, without: Collection[str] = ()) -> list[Pick]:
    """The items of the feed in their order, none of ``without``; a longer list begins with the shorter one."""
    return _picks(_known(viewer, without), limit)


def content_ids(*, viewer: Any, limit: int) -> list[str]:
    """The names of the items, as the document's endpoint returns them; neither people nor groups are content."""
    known = replace(_known(viewer, ()), may_be_found=False, joinable={})
    names = [pick.item.name for pick in _listed(known, limit)[0]]
    return list(known.shelf.load(names))[:limit]


def _known(viewer: Any, without: Collection[str]) -> Known:
    known = what_is_known(viewer)
    return replace(known, without=known.without.union(without))


def _picks(known: Known, limit: int) -> list[Pick]:
    listed, acts = _listed(known, limit)
    told = _told(listed[:limit], acts, known)
    fallen = len(listed[:limit]) - len(told)
    return _told(listed[: limit + fallen], acts, known) if fallen else told


def _listed(known: Known, limit: int) -> tuple[list[Pick], Acts | None]:
    """
    A list of ``limit`` and some to spare, and what the model made of it; what has its place by rank has no reason yet: it takes time to
    find, and not all is shown.
    """
    acts = acts_of(known)
    among = max(limit, rules.WHOLE)
    ranked = (
        halved(_ranked(known, acts, 2 * among), known.less, among)
        if known.less
        else _ranked(known, acts, limit + SPARE)
    )
    return places.filled(known, ranked, limit)[: limit + SPARE], acts


def _told(listed: Sequence[Pick], acts: Acts | None, known: Known) -> list[Pick]:
    """Those of ``listed`` that their reader may see now, as they are now, each with its reason."""
    by_acts = [pick.item for pick in listed if pick.source == BY_ACTS] if acts else []
    owed = dict(zip((item.name for item in by_acts), acts.owed_to(by_acts, known.liking), strict=True)) if acts else {}
    seen = known.shelf.load([*(pick.item.name for pick in listed), *(one.name for one in owed.values() if one)])
    shown = [pick.as_it_is(seen[pick.item.name]) for pick in listed if pick.item.name in seen]
    silent = [pick.item for pick in shown if not pick.because]
    told = telling.told(silent, [owed.get(item.name) for item in silent], liking=known.liking, known=known)
    return [_not_silent(pick if pick.because else next(told)) for pick in shown]


def _told_at(where: Sequence[int], listed: Sequence[Pick], acts: Acts | None, known: Known) -> list[Pick]:
    """As ``_told``, those at the places ``where`` alone: which reason a card names depends on those above it, and not on those below."""
    wanted = {listed[place].item.name for place in where}
    told = _told(listed[: max(where, default=-1) + 1], acts, known)
    return [pick for pick in told if pick.item.name in wanted]


def _not_silent(pick: Pick) -> Pick:
    """``pick`` with what may be said of it to anybody, if nothing speaks to its reader."""
    return pick if pick.because else pick._replace(because=pick.item.look.life() or wording.because_it_is_there())


def _ranked(known: Known, acts: Acts | None, limit: int) -> list[Pick]:
    own = personal(known, acts, limit) if acts else []
    missing = limit - sum(not known.is_foreign(item) for item in own)
    if missing > 0 and limit < LONG:
        # What stands behind for its language depends on all that is listed, and a longer list begins with the shorter one.
        return _ranked(known, acts, LONG)[:limit]
    chosen = [Pick(item=item, source=BY_ACTS, because="") for item in own]
    if missing > 0:
        taken = known.without.union(item.name for item in own)
        chosen += [Pick(item=item, source=BY_LIFE, because="") for item in popular(known, taken, missing)]
    back = kept_back((pick.item for pick in chosen), known)
    return begun_readably(sorted(chosen, key=lambda pick: pick.item.name in back), known)[:limit]
