"""Putting things into the index and taking them out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.utils import timezone

from core.text import detect_language, plain_text, tokens
from core.text.characters import fold

from .documents import Document
from .fields import vector
from .kinds import known
from .models import SearchDocument

PORTION = 200
LONGEST_BODY = 100_000
_KEPT = [
    "title", "title_folded", "body", "words", "audience", "language", "author_id", "topic_ids", "url", "happened_at",
    "indexed_at",
]  # fmt: skip


def index(
    *,
    kind: str,
    object_id: int,
    title: str,
    body: str,
    audience: Sequence[str],
    url: str,
    language: str = "",
    author_id: int | None = None,
    topic_ids: Sequence[int] = (),
    happened_at: datetime | None = None,
) -> None:
    """Let a thing be found by those who hold one of the keys of ``audience``; again, to bring it up to date."""
    document = Document(
        kind=kind, object_id=object_id, title=title, body=body, language=language, audience=audience, url=url,
        author_id=author_id, topic_ids=topic_ids, happened_at=happened_at,
    )  # fmt: skip
    index_many([document])


def index_many(documents: Iterable[Document]) -> int:
    """Index all of ``documents``, in portions; return how many there were."""
    waiting, count = iter(documents), 0
    while portion := list(islice(waiting, PORTION)):
        rows = {(one.kind, one.object_id): _row(one) for one in portion}
        SearchDocument.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=_KEPT
        )
        count += len(portion)
    return count


def remove(*, kind: str, object_id: int) -> None:
    """Let a thing no longer be found."""
    SearchDocument.objects.filter(kind=kind, object_id=object_id).delete()


def remove_author(*, author_id: int) -> int:
    """Forget everything by one author, as when a person is erased; return how much it was."""
    return SearchDocument.objects.filter(author_id=author_id).delete()[0]


def reindex(*, kind: str) -> int:
    """Make all documents of ``kind`` again and drop those of things that are gone; return how many there are."""
    began = timezone.now()
    count = index_many(known[kind].documents())
    SearchDocument.objects.filter(kind=kind, indexed_at__lt=began).delete()
    return count


def _row(document: Document) -> SearchDocument:
    body = plain_text(document.body[:LONGEST_BODY])
    now = timezone.now()
    return SearchDocument(
        kind=document.kind,
        object_id=document.object_id,
        title=document.title,
        title_folded=fold(document.title),
        body=body,
        words=vector(title=tokens(document.title), body=tokens(body)),
        audience=list(document.audience),
        language=document.language or detect_language(f"{document.title}\n{body}"),
        author_id=document.author_id,
        topic_ids=list(document.topic_ids),
        url=document.url,
        happened_at=document.happened_at or now,
        indexed_at=now,
    )
