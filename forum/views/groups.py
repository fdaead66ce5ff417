"""Groups: the list, the page of one, coming and going, and letting in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import members
from core.web.limits import limited
from forum import operations, queries, shapes
from forum.forms import InviteForm, JoinForm, RoleForm
from payments.queries import prices_for, product_of
from payments.shapes import offer, other_ways

ACTS: dict[str, tuple[Callable[..., Any], str | Promise]] = {
    "join": (operations.join, gettext_lazy("You are in. What is said here is for members alone.")),
    "ask": (operations.ask_to_join, gettext_lazy("Those who keep the group see your request. You hear from them in your inbox.")),
    "withdraw": (operations.withdraw_request, gettext_lazy("Your request is taken back.")),
    "accept": (operations.accept_invitation, gettext_lazy("You are in. What is said here is for members alone.")),
    "decline": (operations.decline_invitation, gettext_lazy("You declined the invitation. Nobody is told.")),
    "leave": (operations.leave, gettext_lazy("You left the group.")),
}  # fmt: skip
"""What somebody may do about their own membership, and what is said when it is done."""
GOES_AWAY = {"decline", "leave"}
REFUSALS: dict[type[Exception], str | Promise] = {
    operations.NotOpen: gettext_lazy("This group is not joined in this way."),
    operations.NotWelcome: gettext_lazy("You cannot join this group unless somebody who keeps it invites you."),
    operations.NotInvited: gettext_lazy("The invitation is not there any more."),
    operations.LastOwner: gettext_lazy("A group keeps an owner. Make somebody else one first."),
}  # fmt: skip


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """The groups that there are for this viewer, their own first."""
    page = queries.group_list(viewer=request.user, page=request.GET.get("page", 1))
    # Whoever is in is not told again what it costs.
    prices = prices_for([one.seat_key for one in page if one.needs_seat and not one.role], viewer=request.user)
    rows = [{"group": one, "price": prices.get(one.seat_key)} for one in page]
    return render(request, "forum/groups.html", {"page": page, "rows": rows})


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """One group, as this viewer may see it."""
    return _page(request, _group(request, slug))


@require_POST
@login_required
@limited(scope="coming and going", rate="60/h")
def act_in_group(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Join a group, ask to be let in, answer an invitation, or go."""
    if name not in ACTS:
        raise Http404
    found, words = _group(request, slug), JoinForm(request.POST)
    if name == "ask" and not words.is_valid():
        return _page(request, found, asking=words)
    act, said = ACTS[name]
    try:
        act(group=found, by=request.user, **(words.cleaned_data if name == "ask" else {}))
    except tuple(REFUSALS) as refused:
        messages.error(request, str(REFUSALS[type(refused)]))
        return redirect(found)
    messages.success(request, str(said))
    return redirect("forum:groups" if name in GOES_AWAY else found)


@require_POST
@login_required
@limited(scope="invitations into groups", rate="30/h")
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a member into the group."""
    found = _group(request, slug)
    form = InviteForm(request.POST, members=members(viewer=request.user))
    if not form.is_valid():
        return _page(request, found, inviting=form)
    user = form.cleaned_data["member"]
    _or_refuse(operations.invite, group=found, user=user, by=request.user)
    messages.success(request, _("%(name)s is invited.") % {"name": user})
    return redirect(found)


@require_POST
@login_required
def answer_request(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let in who asked, or refuse them."""
    found = _group(request, slug)
    asked = get_object_or_404(found.requests, pk=pk)
    _or_refuse(
        operations.answer_request, request=asked, by=request.user, is_accepted=request.POST.get("answer") == "accept"
    )
    return redirect(found)


@require_POST
@login_required
def keep_member(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Give a member another role, take them out, or take their invitation back."""
    found = _group(request, slug)
    user = get_object_or_404(members(viewer=request.user), username__iexact=username)
    form = RoleForm(request.POST)
    whom = {"group": found, "user": user, "by": request.user}
    match request.POST.get("act"):
        case "remove":
            _or_refuse(operations.remove_member, **whom)
        case "take_back":
            _or_refuse(operations.take_back_invitation, **whom)
        case "role" if form.is_valid():
            _or_refuse(operations.set_role, role=form.cleaned_data["role"], **whom)
        case _:
            raise Http404
    return redirect(found)


def _page(
    request: HttpRequest, found: Any, *, inviting: InviteForm | None = None, asking: JoinForm | None = None
) -> HttpResponse:
    shown = queries.group_page(group=found, viewer=request.user, page=request.GET.get("page", 1))
    if inviting is not None and not shown.may_keep:
        raise PermissionDenied
    context = {
        "shown": shown, "group": found, "rows": [shapes.thread_row(thread) for thread in shown.threads],
        "members": [shapes.group_member(one) for one in shown.members or []],
        "requests": [shapes.waiting(one) for one in shown.requests],
        "invited": [shapes.person(one.user) | {"username": one.user.username} for one in shown.invitations],
        "offer": _offer(found, viewer=request.user) if shown.may_buy else None, "holds_seat": shown.holds_seat,
        "ask_form": asking or JoinForm(), "invite_form": inviting or InviteForm(members=members(viewer=request.user)),
    }  # fmt: skip
    return render(request, "forum/group.html", context, status=422 if inviting or asking else 200)


def _offer(group: Any, *, viewer: Any) -> dict[str, Any] | None:
    """What a seat costs, or in which memberships it is; None where it cannot be had."""
    product = product_of(group.seat_key)
    if product is not None and product.is_on_sale:
        return offer(product, buyer=viewer, label=_("Buy a seat"), kept=_("Yours for as long as the group exists"))
    ways = other_ways(product) if product else []
    words = {"words": _("With a membership"), "label": _("See the memberships")}
    return {**words, "url": reverse("payments:membership"), "ways": ways} if ways else None


def _group(request: HttpRequest, slug: str) -> Any:
    found = queries.groups_for(request.user).select_related("board").prefetch_related("topics")
    return get_object_or_404(found, slug=slug)


def _or_refuse(act: Callable[..., Any], **given: Any) -> None:
    try:
        act(**given)
    except (operations.NotAKeeper, operations.LastOwner) as refused:
        raise PermissionDenied from refused
