"""
Every surface on which something that is paid for could stand, as the running site says it, and those on which it cannot.

A surface is a page whose address names an item, an address for programs, a kind of card, a live stream, a kind of hit, a purpose of
files, a mail, or a line in one's notifications. The names begin with what it is: ``page forum:thread``, ``stream lesson``.
"""

from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, get_resolver

from community.api import api
from core.media import purposes
from core.realtime import guarding
from core.search import kinds as hits
from notifications.models import Kind
from recsys.kinds import registry as cards

OF_OTHERS = (
    "admin:",
    "desk/",
    "account_",
    "mfa_",
    "settings:",
    "demo:",
    "styleguide:",
    "opening:",
    "notifications:no-digest",
)
"""Pages for staff alone, of one's own account, and of the demo: none of them is a member's way to what is sold."""


def standing():
    """The names of all surfaces."""
    return {
        *_pages(get_resolver()),
        *(f"program {method.upper()} {path}" for path, how in api.get_openapi_schema()["paths"].items() for method in how),
        *(f"card {kind}" for kind in cards._kinds),
        *(f"stream {kind}" for kind in guarding._guards),
        *(f"hit {kind}" for kind in hits.known),
        *(f"file {purpose}" for purpose in purposes.known),
        *(f"mail {name}" for name in _mails()),
        *(f"note {kind}" for kind in Kind.values),
    }  # fmt: skip


def _pages(resolver, before="", space=""):
    for one in resolver.url_patterns:
        pattern = f"{before}{one.pattern}"
        if not isinstance(one, URLPattern):
            yield from _pages(one, pattern, f"{space}{one.namespace}:" if one.namespace else space)
        elif ("<" in pattern) and not (name := f"{space}{one.name or pattern}").startswith(OF_OTHERS):
            yield f"page {name}"


def _mails():
    folders = [Path(folder) for engine in settings.TEMPLATES for folder in engine["DIRS"]]
    for folder in folders:
        for path in folder.glob("*/mail/*.subject.txt"):
            yield f"{path.parent.parent.name}/{path.name.removesuffix('.subject.txt')}"


APART = {
    "Only who owns it opens it, and what stands there is theirs: an order, a coupon, a statement, a course that they teach.": {
        "page payments:cancel", "page payments:code", "page payments:codes_csv", "page payments:coupon", "page payments:end_coupon",
        "page payments:invoice", "page payments:make_codes", "page payments:order", "page payments:receipt",
        "page payments:receipt_pdf", "page payments:refund", "page payments:resume_renewal", "page payments:statement",
        "page payments:statement_csv", "page payments:stop_renewal", "page payments:take_back_payout", "page studio:arrange",
        "page studio:course", "page studio:edit", "page studio:lesson", "page studio:move", "page studio:new-lesson",
        "page studio:publish", "page surveys:add-question", "page surveys:build", "page surveys:move-on", "page surveys:question",
        "page surveys:remove", "page surveys:results", "page surveys:results-csv",
    },
    "It sells: titles, price and the outline of what is in it are for everybody.": {
        "page payments:bundle", "page payments:checkout", "page payments:claim", "page payments:gift", "page payments:trial",
        "card course", "card lesson", "hit course", "file lesson-beginning", "page courses:begin", "page courses:review",
    },
    "It is for everybody, or about people, and nothing that is sold stands there.": {
        "page accounts:act", "page accounts:profile", "page icon", "page legal", "page surveys:survey", "page surveys:thanks",
        "card group", "card member", "file face", "file logo", "page recsys:take_back_wish", "page recsys:wish", "page media:upload",
        "stream user", "stream teacher",
    },
    "Drawn as a guest sees the page, whoever asks; what is not for guests is not there.": {"page picture"},
    "It takes what a member of a group does, or wants to be, and leads back; what is said in groups is asked of their page.": {
        "page forum:act-in-group", "page forum:answer-request", "page forum:invite", "page forum:keep-member",
    },
    "It takes a wish back and answers with nothing but that.": {"page recsys:undo"},
    "What a provider says; nobody reads there.": {"page payments:webhook"},
    "A mail about an account or one's own money: titles of what one bought, numbers, no content.": {
        "mail accounts/existing_account", "mail accounts/notice", "mail accounts/reset", "mail accounts/unknown_account",
        "mail accounts/verify", "mail accounts/welcome", "mail notifications/declined", "mail notifications/given",
        "mail notifications/owed", "mail notifications/paid", "mail notifications/payout", "mail notifications/refunded",
        "mail notifications/renewal", "mail notifications/renewed", "note paid", "note refunded", "note declined",
        "note invoice", "note gift", "note renewal", "note owed", "note payout", "note badge", "note level",
    },
    "A moderator's word about what one wrote oneself reaches its writer, whatever they hold by then.": {
        "mail notifications/hidden", "mail notifications/restored",
    },
    "Of a group by its name and what it is about, to who keeps it or was asked into it; nothing that is said there.": {
        "mail notifications/invited", "note joining", "note let_in", "note invited",
    },
    "To the teacher, about their own course.": {"mail notifications/question", "note question"},
}  # fmt: skip
"""Why nothing paid can stand on these."""
