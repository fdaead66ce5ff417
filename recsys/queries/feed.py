"""What is for a member, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from django.db.models import F, FloatField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Extract
from numpy.typing import NDArray
from scipy import sparse

from core.web.naming import address_of, addresses_of
from courses.models import Course
from forum.models import Thread
from recsys import kinds, matrix, rules, serving
from recsys.engine import ranking, reasons
from recsys.models import Dismissal, TopicWish
from topics.models import Topic

from . import places, telling, turns, wording
from .abroad import begun_readably, kept_back
from .halving import HALVED_AMONG, halved
from .knowing import Known, Pick, what_is_known
from .liking import Liking, beyond_the_model

CANDIDATES = 150
OF_EACH_KIND = 10
PER_CREATOR = 3
SPARE = 5
"""So many more are listed than are asked for: what was seen a moment ago may be there no more, and leaves its place to the next."""
BY_ACTS, BY_LIFE = "model", "popular"
"""What ranks a card whose reason is not told yet: what its reader did, or how much life there is."""
WHOLE = HALVED_AMONG
"""So many cards are a whole feed, of which a topic that is wanted less has half of its share."""
RELEVANCE = 0.9
"""How much of a card's worth is its score; the rest is how little it resembles the cards above it."""


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
    return _cards(_picks(known, limit), known)


def part(*, viewer: Any, above: Collection[str], count: int) -> Part:
    """
    The next ``count`` cards of the whole feed, behind those that stand ``above`` already.

    These keep their places while the list is worked out, whatever has become of them since: so nothing of the rest moves, is left out
    or comes twice.
    """
    known = what_is_known(viewer)
    known = replace(known, without=known.without.difference(above))
    listed, acts = _listed(known, WHOLE)
    rest = [place for place, pick in enumerate(listed[:WHOLE]) if pick.item.name not in above]
    shown = _told_at(rest[:count], listed, acts, known)
    fallen = len(rest[:count]) - len(shown)
    if fallen:
        shown = _told_at(rest[: count + fallen], listed, acts, known)
    return Part(cards=_cards(shown, known), is_last=len(rest) <= count + fallen)


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Acts:
    """What a member did, as the model takes it, and what it makes of it."""

    served: serving.Served
    row: sparse.csr_matrix
    ages: sparse.csr_matrix
    scores: NDArray[np.float32]

    def owed_to(self, items: Sequence[kinds.Item], liking: Liking) -> list[telling.Done | None]:
        """The one thing without which each of ``items`` would be worth least."""
        numbers = [self.served.column_of[item.name] for item in items]
        beyond = beyond_the_model(liking, self.row, items, self.served)
        why = reasons.reasons(
            self.served.model, self.row, items=numbers, ages=self.ages, most=1, beyond=beyond, scores=self.scores
        )
        return [telling.Done(self.served.items[one[0].item], one[0].drop) if one else None for one in why]


def _acts_of(known: Known) -> _Acts | None:
    served = serving.current()
    if served is None or not known.history:
        return None
    row, ages = matrix.history_row(known.history, column_of=served.column_of)
    if not row.nnz:
        return None
    return _Acts(served=served, row=row, ages=ages, scores=served.model.scores(row, ages=ages))


def _listed(known: Known, limit: int) -> tuple[list[Pick], _Acts | None]:
    """
    A list of ``limit`` and some to spare, and what the model made of it; what has its place by rank has no reason yet: it takes time to
    find, and not all is shown.
    """
    acts = _acts_of(known)
    among = max(limit, HALVED_AMONG)
    ranked = (
        halved(_ranked(known, acts, 2 * among), known.less, among)
        if known.less
        else _ranked(known, acts, limit + SPARE)
    )
    return places.filled(known, ranked, limit)[: limit + SPARE], acts


def _told(listed: Sequence[Pick], acts: _Acts | None, known: Known) -> list[Pick]:
    """Those of ``listed`` that their reader may see now, as they are now, each with its reason."""
    by_acts = [pick.item for pick in listed if pick.source == BY_ACTS] if acts else []
    owed = dict(zip((item.name for item in by_acts), acts.owed_to(by_acts, known.liking), strict=True)) if acts else {}
    seen = known.shelf.load([*(pick.item.name for pick in listed), *(one.name for one in owed.values() if one)])
    shown = [pick.as_it_is(seen[pick.item.name]) for pick in listed if pick.item.name in seen]
    silent = [pick.item for pick in shown if not pick.because]
    told = telling.told(silent, [owed.get(item.name) for item in silent], liking=known.liking, known=known)
    return [_not_silent(pick if pick.because else next(told)) for pick in shown]


def _told_at(places: Sequence[int], listed: Sequence[Pick], acts: _Acts | None, known: Known) -> list[Pick]:
    """As ``_told``, those at ``places`` alone: which reason a card names depends on those above it, and not on those below."""
    wanted = {listed[place].item.name for place in places}
    told = _told(listed[: max(places, default=-1) + 1], acts, known)
    return [pick for pick in told if pick.item.name in wanted]


def _not_silent(pick: Pick) -> Pick:
    """``pick`` with what may be said of it to anybody, if nothing speaks to its reader."""
    return pick if pick.because else replace(pick, because=pick.item.look.life() or wording.because_it_is_there())


def _ranked(known: Known, acts: _Acts | None, limit: int) -> list[Pick]:
    personal = _personal(known, acts, limit) if acts else []
    chosen = [Pick(item=item, source=BY_ACTS, because="") for item in personal]
    missing = limit - sum(not known.is_foreign(item) for item in personal)
    if missing > 0:
        taken = known.without.union(item.name for item in personal)
        chosen += [Pick(item=item, source=BY_LIFE, because="") for item in _popular(known, taken, missing)]
    back = kept_back((pick.item for pick in chosen), known)
    return begun_readably(sorted(chosen, key=lambda pick: pick.item.name in back), known)[:limit]


def _personal(known: Known, acts: _Acts, limit: int) -> list[kinds.Item]:
    served, scores = acts.served, acts.scores
    allowed = _allowed(served, known)
    first = _best(scores, allowed, CANDIDATES)
    best = first.tolist()
    best_of = {kind: _best_of(kind, first, scores, allowed, served).tolist() for kind in served.columns_of}
    looked_at = list(dict.fromkeys([*best, *chain.from_iterable(best_of.values())]))
    # What may stand at the places that are kept comes along in the same few queries.
    new = places.names_of_new(known, without=known.without, count=places.kept_for_new(limit), more=limit)
    found = known.shelf.glance([*(served.items[n] for n in looked_at), *new, *known.looked_at])
    items = {name: found[name] for name in (served.items[n] for n in looked_at) if name in found}
    liking = known.liking
    there = [n for n in looked_at if served.items[n] in items]
    worths = liking.worths(items[served.items[n]] for n in there)
    worth = {n: score + more for n, score, more in zip(there, scores[0, there].tolist(), worths, strict=True)}
    shown = _varied(served, items, {n: worth[n] for n in best if n in worth}, known, limit)
    shown = _each_kind_in_turn(served, items, shown, best_of, worth, known, limit)
    return [items[served.items[n]] for n in shown]


def _varied(
    served: serving.Served, items: dict[str, kinds.Item], worth: dict[int, float], known: Known, limit: int
) -> list[int]:
    """The best of many kinds; what is in a language that they do not read stands behind the rest and is not left out."""
    shown: list[int] = []
    readable, foreign = list[int](), list[int]()
    for n in worth:
        (foreign if known.is_foreign(items[served.items[n]]) else readable).append(n)
    for numbers in (readable, foreign):
        if numbers and len(shown) < limit:
            among = [items[served.items[n]] for n in numbers]
            best = ranking.varied(
                range(len(numbers)), np.array([worth[n] for n in numbers], dtype=np.float32), k=limit - len(shown),
                topics=aspects_of(among), relevance=RELEVANCE, creators=[item.creator_id for item in among], per_creator=PER_CREATOR,
            )  # fmt: skip
            shown += [numbers[place] for place in best]
    return shown


def aspects_of(items: Sequence[kinds.Item]) -> NDArray[np.float32]:
    """(items, topics and kinds): in what two cards resemble each other, so that ten cards are not of one topic and kind."""
    columns: dict[Any, int] = {}
    aspects = [(*item.topic_ids, item.name.partition(":")[0]) for item in items]
    found = [columns.setdefault(aspect, len(columns)) for own in aspects for aspect in own]
    resemble = np.zeros((len(items), max(len(columns), 1)), dtype=np.float32)
    resemble[np.repeat(np.arange(len(items)), [len(own) for own in aspects]), found] = 1.0
    return resemble


def _each_kind_in_turn(
    served: serving.Served, items: dict[str, kinds.Item], shown: list[int], best_of: dict[str, list[int]],
    worth: dict[int, float], known: Known, limit: int,
) -> list[int]:  # fmt: skip
    """``shown`` with a turn for each kind of which there is something that they can read, once they are past the beginning."""
    if len(known.history) < rules.TURNS_FROM:
        return shown
    readable = {
        kind: sorted((n for n in best if n in worth and not known.is_foreign(items[served.items[n]])), key=lambda n: -worth[n])
        for kind, best in best_of.items()
    }  # fmt: skip
    return turns.in_turns(shown, readable, kind_of=lambda n: served.items[n].partition(":")[0], limit=limit)


def _allowed(served: serving.Served, known: Known) -> NDArray[np.bool_]:
    allowed = served.is_card.copy()
    allowed[[served.column_of[item] for item in known.without if item in served.column_of]] = False
    return allowed


def _best(scores: Any, allowed: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    best = ranking.top_k(scores, k=min(count, len(allowed)), allowed=allowed)[0]
    return best[best != ranking.NOTHING]


def _best_of(
    kind: str, best: NDArray[np.int64], scores: Any, allowed: NDArray[np.bool_], served: serving.Served
) -> NDArray[np.int64]:
    """The best ``OF_EACH_KIND`` of one kind: among the best of all, if these have so many of it."""
    among_them = best[served.kind_of[best] == kind][:OF_EACH_KIND]
    if len(among_them) == OF_EACH_KIND:
        return among_them
    columns = served.columns_of[kind]
    return columns[_best(scores[:, columns], allowed[columns], OF_EACH_KIND)]


def _popular(known: Known, without: frozenset[str], limit: int) -> list[kinds.Item]:
    names = [name for name in _popular_names(known.viewer, sorted(known.stated)) if name not in without]
    items = known.shelf.glance([*names[:CANDIDATES], *known.looked_at])
    liking = known.liking
    taken: Counter[int] = Counter()
    found: list[kinds.Item] = []
    for item in _by_liking([items[name] for name in names if name in items], liking, known):
        taken[item.creator_id] += 1
        if taken[item.creator_id] <= PER_CREATOR and len(found) < limit:
            found.append(item)
    return found


def _by_liking(items: Sequence[kinds.Item], liking: Liking, known: Known) -> list[kinds.Item]:
    by_worth = sorted(items, key=lambda item: -liking.worth(item))
    back = kept_back(by_worth, known)
    return sorted(by_worth, key=lambda item: item.name in back)


def _popular_names(viewer: Any, topic_ids: Sequence[int]) -> list[str]:
    """Courses by learners and threads by life, taken in turns, those of the viewer's topics first; one query."""
    courses = Course.objects.visible_to(viewer).published().order_by("-enrollment_count", "-pk")
    threads = Thread.objects.open_to(viewer).liveliest_first()
    first, *others = [
        _beginning(rows[:many], is_far, kind, worth)
        for kind, everything, worth in (("course", courses, F("enrollment_count")), ("thread", threads, _SECONDS))
        for is_far, many, rows in ((False, 30, everything.filter(_about(topic_ids))), (True, 40, everything))
        if topic_ids or is_far
    ]
    # The parts of a union have no order of their own, so it is made again.
    ordered = sorted(first.union(*others, all=True), key=lambda row: (row[0], -row[1], -row[3]))
    listed = [[f"{kind}:{pk}" for _, _, kind, pk in ordered if kind == wanted] for wanted in ("course", "thread")]
    return [name for pair in _in_turns([list(dict.fromkeys(names)) for names in listed]) for name in pair]


_SECONDS = Extract("last_post_at", "epoch")


def _about(topic_ids: Sequence[int]) -> Q:
    return Q(topics__in=topic_ids) | Q(topics__parent__in=topic_ids)


def _beginning(rows: QuerySet[Any], is_far: bool, kind: str, worth: Any) -> QuerySet[Any, Any]:  # noqa: FBT001 - a column
    named = rows.annotate(
        is_far=Value(is_far), worth=Cast(worth, FloatField()), of_kind=Value(kind, TextField()), number=F("pk")
    )
    return named.values_list("is_far", "worth", "of_kind", "number")


def _in_turns(lists: Sequence[Sequence[str]]) -> Iterable[list[str]]:
    for n in range(max(map(len, lists), default=0)):
        yield [one[n] for one in lists if n < len(one)]


class _Menu:
    """Where the menus of cards lead, found once for all of them."""

    def __init__(self) -> None:
        self.dismiss = addresses_of("recsys:dismiss", "kind:1", Dismissal.Reason.KNOWN.value)
        self.why = addresses_of("recsys:why", "kind:1")
        self._less: dict[str, str] = {}

    def of(self, name: str, topic: Topic | None) -> dict[str, str]:
        """The addresses for the item called ``name``."""
        return {
            "not_interested_url": self.dismiss(name, Dismissal.Reason.NOT_INTERESTED.value),
            "known_url": self.dismiss(name, Dismissal.Reason.KNOWN.value),
            "why_url": self.why(name), "topic": topic.name if topic else "", "less_url": self._less_of(topic.slug) if topic else "",
        }  # fmt: skip

    def _less_of(self, slug: str) -> str:
        if slug not in self._less:
            self._less[slug] = address_of("recsys:wish", slug, TopicWish.Wish.LESS.value)
        return self._less[slug]


def _cards(picks: Iterable[Pick], known: Known) -> list[dict[str, Any]]:
    menu = _Menu()
    return [_card(pick, known, menu) for pick in picks]


def _card(pick: Pick, known: Known, menu: _Menu) -> dict[str, Any]:
    item = pick.item
    languages = {"zh-hans": "中文", "en": "English"}
    topic = item.topics[0] if item.topics else None
    return {
        "name": item.name, "why": pick.because, "url": item.look.url, "title": item.title, "lang": item.language,
        "kind": item.look.kind_label, "facts": item.look.facts, "mean": item.look.mean, "source": pick.source,
        "is_person": item.name.startswith("member:"), "picture_url": item.look.picture_url,
        "is_to_be_noted": known.may_infer and item.name not in known.shown_today,
        "other_language": languages.get(item.language, item.language) if known.is_foreign(item) else "",
        **menu.of(item.name, topic),
    }  # fmt: skip
