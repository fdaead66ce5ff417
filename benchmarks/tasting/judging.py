"""
In a world that stands: the feed, popularity and TruncatedSVD against the interests that neither database nor engine sees.

Run as a process of its own by ``benchmarks.taste``, since it needs the world's database and folder; prints one line of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import django
import numpy as np

from benchmarks.tasting.day import at_noon

K = 10
FACTORS = 16
ASKED = 60
COLD_SHARE = 0.1
LOOKED_AT = 200


def main() -> None:
    """Judge the world to which the environment points, at its last minute."""
    with at_noon():
        django.setup()
        print(json.dumps(_found()))


def _found() -> dict[str, Any]:
    from django.conf import settings
    from django.core.cache import cache

    from accounts.models import User
    from surveys.models import Submission
    from surveys.queries import ONBOARDING

    # The worlds share a broker, and what one of them kept there for a minute is not of the next one.
    cache.clear()
    hidden = json.loads((Path(settings.VAR) / "demo" / "interests.json").read_text())
    # Of those who answered the survey for newcomers the database knows a part of what is asked here.
    told = Submission.objects.filter(survey__slug=ONBOARDING).values("user")
    members = list(User.objects.filter(username__in=hidden).exclude(pk__in=told).order_by("pk"))
    asked = members[:: max(1, len(members) // ASKED)][:ASKED]
    lists = {name: of(asked) for name, of in _ways().items()}
    return {"lists": _judged(lists, asked, hidden), "cold": _cold()}


def _ways() -> dict[str, Callable[[Sequence[Any]], list[list[str]]]]:
    return {"feed": _feed, "popularity": _popularity, "TruncatedSVD": _svd}


def _feed(members: Sequence[Any]) -> list[list[str]]:
    from recsys.queries import content_ids

    return [content_ids(viewer=member, limit=K) for member in members]


def _popularity(members: Sequence[Any]) -> list[list[str]]:
    weights, items = _interactions()[1:]
    totals = np.asarray(weights.sum(axis=0)).ravel()
    return [_allowed(member, totals, items) for member in members]


def _svd(members: Sequence[Any]) -> list[list[str]]:
    """The document's method, by scikit-learn's own TruncatedSVD with the same factors on both sides."""
    from sklearn.decomposition import TruncatedSVD

    rows, weights, items = _interactions()
    model = TruncatedSVD(n_components=FACTORS, random_state=0).fit(weights)
    scores = model.transform(weights) @ model.components_
    nobody = np.asarray(weights.sum(axis=0)).ravel()
    return [_allowed(one, scores[rows[one.pk]] if one.pk in rows else nobody, items) for one in members]


def _interactions() -> tuple[dict[int, int], Any, list[str]]:
    from django.utils import timezone

    from recsys import matrix

    data = matrix.build(until=timezone.now())
    return {member: row for row, member in enumerate(data.members)}, data.weights, data.items


def _allowed(member: Any, scores: Any, items: Sequence[str]) -> list[str]:
    """The best ten that ``member`` may see, does not have and can read: the same rules as in the feed."""
    from recsys.queries.knowing import what_is_known

    known = what_is_known(member)
    order = [items[n] for n in np.argsort(-scores, kind="stable") if not items[n].startswith("lesson:")]
    free = [name for name in order if name not in known.without]
    found: list[str] = []
    # Much of what is popular stands in paid courses: one looks on until ten are found that this member may see.
    for start in range(0, len(free), LOOKED_AT):
        names = free[start : start + LOOKED_AT]
        seen = known.shelf.load(names)
        found += [name for name in names if name in seen and seen[name].language in member.reads]
        if len(found) >= K:
            break
    return found[:K]


def _judged(lists: dict[str, list[list[str]]], members: Sequence[Any], hidden: dict[str, Any]) -> dict[str, Any]:
    from recsys import kinds
    from topics.models import Topic

    slugs = dict(Topic.objects.values_list("pk", "slug"))
    everything = {name for shown in lists.values() for one in shown for name in one}
    about = {name: {slugs[topic] for topic in topics} for name, topics in kinds.topics_of(everything).items()}
    return {
        way: {
            "precision": float(np.mean([_hits(one, hidden[member.username], about) for one, member in zip(shown, members, strict=True)])),
            "covered": len({name for one in shown for name in one}),
            "shown": float(np.mean([len(one) for one in shown])),
            "told": float(np.mean([sum(bool(about.get(name)) for name in one) for one in shown])),
        }
        for way, shown in lists.items()
    }  # fmt: skip


def _hits(shown: Iterable[str], likes: Iterable[str], about: dict[str, set[str]]) -> float:
    wanted = set(likes)
    return sum(bool(about.get(name, set()) & wanted) for name in shown) / K


def _cold() -> dict[str, float]:
    """NDCG@10 among items that were held out entirely, of the site's default with and without what items are about."""
    from django.utils import timezone

    from recsys import features, matrix
    from recsys.engine.evaluation import Split, measure
    from recsys.measuring import fitted

    data = matrix.build(until=timezone.now())
    counts = np.diff(data.weights.tocsc().indptr)
    able = np.nonzero(counts >= 5)[0]
    new = np.zeros(len(data.items), dtype=bool)
    new[np.random.default_rng(0).permutation(able)[: max(1, round(COLD_SHARE * len(able)))]] = True
    seen, seen_ages = _without(data.weights, new), _without(data.ages, new)
    wanted = _without(data.weights, ~new)
    asked = np.nonzero((np.diff(wanted.indptr) > 0) & (np.diff(seen.indptr) > 0))[0]
    split = Split("new items", seen, seen_ages, seen[asked], seen_ages[asked], wanted[asked], asked, 1.0)
    known = features.build(data)
    models = {
        name: fitted(seen, seen_ages, what, shown=data.is_card)
        for name, what in (("with content", known), ("without", None))
    }
    found = {name: measure(model, split, allowed=new).ndcg_10.mean for name, model in models.items()}
    shares = models["with content"].chosen["shares"]
    return {
        **found,
        "share of content": (shares.get("content", 0.0) + shares.get("profile", 0.0)) / sum(shares.values()),
    }


def _without(matrix: Any, columns: Any) -> Any:
    """``matrix`` without the entries in ``columns``, stored zeros kept: the age of what is newest is one."""
    from scipy import sparse

    kept = ~columns[matrix.indices]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))])
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


if __name__ == "__main__":
    main()
