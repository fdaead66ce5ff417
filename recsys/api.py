"""Recommendations for programs: the document's own endpoint, and one that says why."""

from collections.abc import Iterable
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from accounts.models import User
from accounts.queries import members
from core.web.api_tokens import TokenAuth, may

from . import queries
from .kinds import is_name

OF_ONESELF = "recommendations:read"
OF_ANYBODY = "recommendations:read-all"
AT_MOST = 100

Limit = Annotated[int, Query(ge=1, le=AT_MOST)]

router = Router(tags=["recommendations"], auth=TokenAuth(OF_ONESELF))


class Wanted(Schema):
    """For whom, and how many."""

    user_id: int
    num_recommendations: int = Field(10, ge=1, le=AT_MOST)


class ContentIds(Schema):
    """Names of items, ``kind:id``, the best first."""

    content_ids: list[str]


class Recommendation(Schema):
    """
    One item with a true reason.

    ``source`` is what speaks for it: model, habits, interests, follows, groups, authors, answerable, onward, path, people, popular, new, also or
    alike.
    """

    content_id: str
    title: str
    language: str
    url: str
    source: str
    because: str


class Recommendations(Schema):
    """The best first."""

    recommendations: list[Recommendation]


@router.post("/recommend", response=ContentIds, summary="What to show somebody")
def recommend(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    """For oneself, or for anybody with the scope ``recommendations:read-all``."""
    viewer = _viewer(request, wanted.user_id)
    return {"content_ids": queries.content_ids(viewer=viewer, limit=wanted.num_recommendations)}


@router.get("/v1/recommendations", response=Recommendations, summary="What to show the owner of the token, and why")
def recommendations(request: HttpRequest, limit: Limit = 10) -> dict[str, Any]:
    """Each with its true reason, in the language of the owner of the token."""
    with _in_their_language(request):
        return _written(queries.picks(viewer=request.user, limit=limit))


@router.get("/v1/related/{str:content_id}", response=Recommendations, summary="What stands beside something, and why")
def related(request: HttpRequest, content_id: str, limit: Limit = 4) -> dict[str, Any]:
    """What its people also took and what is about the same, as the owner of the token would see it on its page."""
    with _in_their_language(request):
        found = queries.related(viewer=request.user, name=content_id, limit=limit) if is_name(content_id) else None
        if found is None:
            raise HttpError(404, f"There is no {content_id} that the owner of this token may see.")
        return _written(found)


@router.get("/v1/answerable", response=Recommendations, summary="Questions that the owner of the token could answer")
def answerable(request: HttpRequest, limit: Limit = 4) -> dict[str, Any]:
    """Waiting questions on topics about which they gave answers or said something, the least answered first."""
    with _in_their_language(request):
        return _written(queries.answerable(viewer=request.user, limit=limit))


def _in_their_language(request: HttpRequest) -> translation.override:
    # A token is read after the language of the request was chosen, by what the program's headers say.
    return translation.override(request.user.language)  # type: ignore[union-attr]


def _written(picks: Iterable[queries.Pick]) -> dict[str, Any]:
    return {"recommendations": [_recommendation(pick) for pick in picks]}


def _recommendation(pick: queries.Pick) -> dict[str, Any]:
    return {
        "content_id": pick.item.name,
        "title": pick.item.title,
        "language": pick.item.language,
        "url": f"{settings.SITE_URL}{pick.item.look.url}",
        "source": pick.source,
        "because": pick.because,
    }


def _viewer(request: HttpRequest, user_id: int) -> User:
    own: User = request.user  # type: ignore[assignment]
    if user_id == own.pk:
        return own
    if not may(request, OF_ANYBODY):
        raise HttpError(403, f"This token may only ask for its owner, {own.pk}; for others it needs {OF_ANYBODY}.")
    found = members(viewer=own).filter(pk=user_id).first()
    if found is None:
        raise HttpError(404, f"There is no member {user_id}.")
    return found
