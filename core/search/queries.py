"""Finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, Count, ExpressionWrapper, F, FloatField, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.safestring import SafeString

from .asking import Question, question
from .fields import Rank
from .marking import marked, marked_excerpt
from .models import SearchDocument

MOST_CANDIDATES = 5_000
"""So many documents are ranked at most: what a very common word finds beyond them is not looked at."""

MOST_HITS = 50
LEAST_SIMILARITY = 0.45
SHORTEST_GUESS = 4


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found, as it is shown."""

    kind: str
    object_id: int
    title_html: SafeString
    excerpt_html: SafeString
    url: str
    language: str
    author_id: int | None
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of what was found; ``is_guess`` when only titles that look like the question were."""

    hits: tuple[Hit, ...]
    total: int
    has_more: bool
    is_guess: bool
    counts: Mapping[str, int] = field(default_factory=dict)


NOTHING = Page(hits=(), total=0, has_more=False, is_guess=False)


def find(
    *,
    text: str,
    viewer: Any,
    kinds: Sequence[str] = (),
    languages: Sequence[str] = (),
    limit: int = 20,
    offset: int = 0,
) -> Page:
    """
    What ``viewer`` may see that answers ``text``, best first: title before body, then the newer.

    What is in ``languages`` stands before what is not, whatever it answers; ``counts`` of the page says how much each has.

    Documents with all words come first in turn; if there are none, those that lack one; if none, titles that look alike.
    """
    asked, visible = question(text), _visible(viewer, kinds)
    limit, offset = max(1, min(limit, MOST_HITS)), max(0, min(offset, MOST_CANDIDATES))
    for query in filter(None, (asked.asks_all, asked.asks_all_but_one)):
        if candidates := _numbers(visible.filter(words__answers=query)):
            return _page(candidates, _score(asked), asked, slice(offset, offset + limit), languages, is_guess=False)
    # Of three letters nobody can tell what was mistyped.
    may_guess = bool(asked.terms) and len(asked.folded) >= SHORTEST_GUESS
    return _guess(visible, asked, slice(offset, offset + limit), languages) if may_guess else NOTHING


def alike(*, text: str, viewer: Any, kinds: Sequence[str] = (), limit: int = 5) -> tuple[Hit, ...]:
    """What ``viewer`` may see whose title shares two words with ``text``, best first: for who is about to write the same."""
    asked, visible = question(text), _visible(viewer, kinds)
    candidates = _numbers(visible.filter(words__answers=asked.asks_two_in_the_title)) if asked.terms else []
    return _page(candidates, _score(asked), asked, slice(0, limit), (), is_guess=True).hits if candidates else ()


def _visible(viewer: Any, kinds: Sequence[str]) -> QuerySet[SearchDocument]:
    visible = SearchDocument.objects.visible_to(viewer)
    return visible.filter(kind__in=list(kinds)) if kinds else visible


def _numbers(found: QuerySet[SearchDocument]) -> list[int]:
    # Cut before ranking, so that a word which half of all documents hold does not cost a rank for each of them. As a
    # subquery the cut could be made once for every row, when Postgres has not yet counted a table that grew fast.
    return list(found.values_list("pk", flat=True)[:MOST_CANDIDATES])


def _score(asked: Question) -> ExpressionWrapper:
    is_title = Case(
        When(title_folded=asked.folded, then=Value(1.0)),
        When(title_folded__contains=asked.folded, then=Value(0.4)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    answers = Rank(F("words"), Value(asked.ranks_by)) + is_title
    return ExpressionWrapper(answers * _freshness(), FloatField())


def _freshness() -> ExpressionWrapper:
    """From 1.25 for what is new down to 1; half of the advantage is gone after four months."""
    days = Func(
        Now() - F("happened_at"),
        template="greatest(extract(epoch FROM %(expressions)s) / 86400.0, 0)",
        output_field=FloatField(),
    )
    return ExpressionWrapper(Value(1.0) + Value(0.25) / (Value(1.0) + days / Value(120.0)), FloatField())


def _guess(visible: QuerySet[SearchDocument], asked: Question, cut: slice, languages: Sequence[str]) -> Page:
    """Titles that look like what was typed: for typing errors."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LEAST_SIMILARITY)])
        alike = _numbers(visible.filter(title_folded__trigram_word_similar=asked.folded))
    score = TrigramWordSimilarity(asked.folded, "title_folded")
    return _page(alike, score, asked, cut, languages, is_guess=True) if alike else NOTHING


def _page(
    candidates: Sequence[int], score: Any, asked: Question, cut: slice, languages: Sequence[str], *, is_guess: bool
) -> Page:
    found: QuerySet[Any] = SearchDocument.objects.filter(pk__in=candidates)
    is_foreign = Case(When(language__in=list(languages), then=Value(0)), default=Value(1), output_field=IntegerField())
    scored = found.annotate(score=score, is_foreign=is_foreign).defer("words", "title_folded", "audience")
    hits = tuple(_hit(row, asked) for row in scored.order_by("is_foreign", "-score", "-happened_at", "-pk")[cut])
    counts = dict(found.order_by().values_list("language").annotate(Count("pk"))) if languages else {}
    return Page(hits=hits, total=len(candidates), has_more=cut.stop < len(candidates), is_guess=is_guess, counts=counts)


def _hit(row: SearchDocument, asked: Question) -> Hit:
    return Hit(
        kind=row.kind,
        object_id=row.object_id,
        title_html=marked(row.title, asked),
        excerpt_html=marked_excerpt(row.body, asked),
        url=row.url,
        language=row.language,
        author_id=row.author_id,
        happened_at=row.happened_at,
    )
