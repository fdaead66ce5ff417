"""Reading and uploading files."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from core.web.limits import limited

from . import operations, purposes, signing
from .models import Asset
from .refusals import UploadRefused
from .serving import LASTING, PRIVATE, send


@require_safe
def of(request: HttpRequest, key: str) -> HttpResponse:
    """Lead who may read a private file to a link of their own; to everybody else there is nothing here."""
    asset = get_object_or_404(Asset, key=key, deleted_at=None)
    if not asset.may_be_read_by(request.user):
        raise Http404
    response = HttpResponseRedirect(asset.signed_url(request.user))
    response.headers["Cache-Control"] = PRIVATE
    return response


@require_safe
def signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """
    Send a private file to the viewer whom the link names, if they may read it at this moment.

    The files' own origin sees no session, so the link says who asks; where a session is seen, it must be the same person.
    """
    found = signing.read(token)
    if found is None:
        raise Http404
    key, viewer_id = found
    viewer = _viewer(viewer_id)
    asset = get_object_or_404(Asset, key=key, deleted_at=None)
    is_someone_else = request.user.is_authenticated and request.user.pk != viewer_id
    if viewer is None or is_someone_else or not asset.may_be_read_by(viewer):
        raise Http404
    return send(request, asset, caching=PRIVATE)


@require_safe
def shared(request: HttpRequest, key: str) -> HttpResponseBase:
    """Send a file of a purpose that is public; browsers may keep it, as its bytes never change."""
    public = [purpose.name for purpose in purposes.known.values() if purpose.is_public]
    asset = get_object_or_404(Asset, key=key, deleted_at=None, purpose__in=public)
    return send(request, asset, caching=LASTING)


@require_POST
@login_required
@limited(scope="upload", rate="30/m,300/d")
def upload(request: HttpRequest, purpose: str) -> JsonResponse:
    """Store one file for an editor; answer with its address and the Markdown that shows it, or with why it is not taken."""
    known = purposes.known.get(purpose)
    if known is None or not known.may_upload(request.user):
        raise Http404
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"refusal": ""}, status=400)
    try:
        asset = operations.store(file=file, purpose=purpose, by=request.user)
    except UploadRefused as refused:
        return JsonResponse({"refusal": refused.messages[0]}, status=422)
    return JsonResponse({"url": asset.url, "markdown": _markdown(asset)}, status=201)


def _viewer(viewer_id: int) -> Any:
    return get_user_model().objects.filter(pk=viewer_id, is_active=True).first() if viewer_id else AnonymousUser()


def _markdown(asset: Asset) -> str:
    name = asset.original_name.rpartition(".")[0].translate(str.maketrans("[]\\`*_<>!", "         ")).strip()
    return f"{'!' if asset.kind == purposes.Kind.IMAGE else ''}[{name}]({asset.url})"
