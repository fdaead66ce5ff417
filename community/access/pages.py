"""The rows of the pages."""

from collections.abc import Callable
from typing import Any

from community.demo import troubles
from notifications.tokens import for_no_digest

from .personas import EVERYBODY, MEMBERS, NOBODY, Persona
from .rows import NOT_THEIRS, NOTHING_HERE, UNKNOWN, WAY_IN, Answer, Row
from .stage import Stage

P = Persona
# Staff keep the rules inside a paid course too, so they read what stands there.
IN_THE_ROOM = frozenset({P.ENROLLED, P.TEACHER, P.MODERATOR, P.OWNER})
TEACHER = frozenset({P.TEACHER})
BUYER = frozenset({P.ENROLLED})
WAITING = frozenset({P.MEMBER})
"""Whose orders wait, each in another way."""
OWNER = frozenset({P.OWNER})
STAFF = frozenset({P.MODERATOR, P.OWNER})


def _lesson(kind: str) -> Callable[[Stage], list[Any]]:
    return lambda stage: [stage.course.slug, stage.lesson_of(kind).pk]


def _waiting(how: str) -> Callable[[Stage], list[Any]]:
    return lambda stage: [stage.attempt(how).order.reference]


PAGES = [
    # ── The roof ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="home", case="welcome", may=EVERYBODY, seen_by=P.GUEST, is_main=True),
    Row(name="home", case="member", may=EVERYBODY, seen_by=P.ENROLLED, is_main=True),
    Row(name="home", case="newcomer", may=EVERYBODY, seen_by=P.NEWCOMER),
    Row(name="home", case="member, more", may=EVERYBODY, seen_by=P.ENROLLED, query="cards=25"),
    Row(name="feed", may=MEMBERS, gives=Answer.SENT_ON),
    Row(name="me", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="search", case="empty", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="search", case="hits", may=EVERYBODY, seen_by=P.ENROLLED, query="q=Python"),
    Row(name="search", case="no hits", may=EVERYBODY, seen_by=P.GUEST, query="q=xyzzyx"),
    Row(name="legal", case="terms", may=EVERYBODY, seen_by=P.GUEST, fill=["terms"]),
    Row(name="legal", case="privacy", may=EVERYBODY, seen_by=P.GUEST, fill=["privacy"]),
    Row(name="legal", case="refunds", may=EVERYBODY, seen_by=P.GUEST, fill=["refunds"]),
    Row(name="legal", case="rules", may=EVERYBODY, seen_by=P.GUEST, fill=["rules"]),
    Row(name="opening:checklist", may=OWNER, seen_by=P.OWNER),
    Row(name="opening:begin", may=NOBODY, door=NOTHING_HERE, fill=["no-such-token"]),
    Row(name="robots", may=EVERYBODY),
    Row(name="icon", may=EVERYBODY, fill=[192]),
    Row(name="logo", case="none yet", may=NOBODY, door=NOTHING_HERE),
    Row(name="sitemap", may=EVERYBODY),
    Row(name="school_picture", may=EVERYBODY),
    Row(name="picture", case="of a course", may=EVERYBODY, fill=lambda s: ["course", s.course.pk]),
    Row(name="picture", case="of a talk inside a course", may=NOBODY, door=NOTHING_HERE, fill=lambda s: ["thread", s.inside.pk]),
    Row(name="healthz", may=EVERYBODY),
    Row(name="readyz", may=EVERYBODY),
    Row(name="offline", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="offline_worker", may=EVERYBODY),
    Row(name="metrics", case="from this machine", may=EVERYBODY),
    # ── Courses ───────────────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="courses:list", may=EVERYBODY, seen_by=P.GUEST, is_main=True),
    Row(name="courses:learning", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="courses:learning", case="nothing yet", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="courses:figure", case="of a free lesson", may=EVERYBODY,
        fill=lambda s: [s.free_figure.pk, s.free_figure.digest]),
    Row(name="courses:figure", case="of a paid lesson", may=IN_THE_ROOM, door=NOTHING_HERE,
        fill=lambda s: [s.paid_figure.pk, s.paid_figure.digest]),
    Row(name="courses:detail", may=EVERYBODY, seen_by=P.GUEST, fill=lambda s: [s.course.slug], is_main=True),
    Row(name="courses:detail", case="enrolled", may=EVERYBODY, seen_by=P.ENROLLED, fill=lambda s: [s.course.slug]),
    Row(name="courses:begin", method="POST", may=MEMBERS, fill=lambda s: [s.course.slug]),
    Row(name="courses:review", method="POST", may=MEMBERS, fill=lambda s: [s.course.slug]),
    Row(name="courses:lesson", case="free", may=EVERYBODY, seen_by=P.GUEST, fill=lambda s: [s.course.slug, s.preview.pk]),
    Row(name="courses:lesson", case="paid", may=IN_THE_ROOM, door=WAY_IN, seen_by=P.ENROLLED,
        fill=lambda s: [s.course.slug, s.lesson.pk], is_main=True),
    Row(name="courses:lesson", case="paid, from outside", may=IN_THE_ROOM, door=WAY_IN, seen_by=P.NEWCOMER,
        fill=lambda s: [s.course.slug, s.lesson.pk]),
    *(
        Row(name="courses:lesson", case=f"as {kind}", may=IN_THE_ROOM, door=WAY_IN, seen_by=P.ENROLLED,
            fill=_lesson(kind))
        for kind in ("video", "audio", "pdf", "image")
    ),
    Row(name="courses:complete", method="POST", may=IN_THE_ROOM, door=NOT_THEIRS, fill=lambda s: [s.course.slug, s.lesson.pk]),
    Row(name="courses:watched", method="POST", case="no recording", may=NOBODY, fill=lambda s: [s.course.slug, s.lesson.pk]),
    # ── The studio: whoever is logged in may begin to teach, and sees what is theirs ──────────────────────────────────
    Row(name="studio:home", may=MEMBERS, seen_by=P.TEACHER, is_main=True),
    Row(name="studio:home", case="nothing yet", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="studio:new", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="studio:course", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:edit", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:arrange", method="POST", may=TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:move", method="POST", may=TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:publish", method="POST", may=TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:new-lesson", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: [s.course.pk]),
    Row(name="studio:lesson", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: [s.course.pk, s.lesson.pk]),
    Row(name="studio:lesson", case="with a film", may=TEACHER, seen_by=P.TEACHER,
        fill=lambda s: [s.course.pk, s.lesson_of("video").pk]),
    # ── The community ─────────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="forum:list", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="forum:list", case="mine", may=EVERYBODY, seen_by=P.NEWCOMER, query="show=mine"),
    Row(name="forum:ask", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="forum:ask", case="under a paid lesson", may=IN_THE_ROOM, door=NOT_THEIRS,
        query=lambda s: f"about=lesson:{s.lesson.pk}"),
    Row(name="forum:start", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="forum:similar", may=MEMBERS, query="title=refund"),
    Row(name="forum:preview", method="POST", may=MEMBERS),
    Row(name="forum:write", method="POST", case="inside a course", may=IN_THE_ROOM, fill=lambda s: [s.inside.pk]),
    Row(name="forum:thread", case="question", may=EVERYBODY, seen_by=P.ENROLLED,
        fill=lambda s: [s.question.pk, s.question.slug], is_main=True),
    Row(name="forum:thread", case="discussion", may=EVERYBODY, seen_by=P.GUEST, fill=lambda s: [s.discussion.pk, s.discussion.slug]),
    Row(name="forum:thread", case="inside a course", may=IN_THE_ROOM, door=NOTHING_HERE, fill=lambda s: [s.inside.pk, s.inside.slug]),
    Row(name="forum:short", may=EVERYBODY, gives=Answer.MOVED, fill=lambda s: [s.question.pk]),
    Row(name="forum:vote", method="POST", may=MEMBERS - {P.ENROLLED}, door=NOT_THEIRS, fill=lambda s: [s.post.pk]),
    Row(name="forum:accept", method="POST", may=NOBODY, fill=[0]),
    Row(name="forum:edit", may=BUYER, door=NOT_THEIRS, seen_by=P.ENROLLED, fill=lambda s: [s.post.pk]),
    Row(name="forum:edit", case="somebody else's", may=BUYER, door=NOT_THEIRS, seen_by=P.NEWCOMER, fill=lambda s: [s.post.pk]),
    Row(name="forum:flag", may=MEMBERS, seen_by=P.NEWCOMER, fill=lambda s: [s.post.pk]),
    Row(name="forum:groups", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="forum:groups", case="of a member", may=EVERYBODY, seen_by=P.ENROLLED, is_main=True),
    Row(name="forum:group", case="open, from outside", may=EVERYBODY, seen_by=P.NEWCOMER, fill=lambda s: [s.group("open").slug]),
    Row(name="forum:group", case="open, from inside", may=EVERYBODY, seen_by=P.ENROLLED, fill=lambda s: [s.group("open").slug], is_main=True),
    Row(name="forum:group", case="kept by a teacher", may=EVERYBODY, seen_by=P.TEACHER, fill=lambda s: [s.group("open").slug]),
    Row(name="forum:group", case="on request", may=EVERYBODY, seen_by=P.NEWCOMER, fill=lambda s: [s.group("request").slug]),
    Row(name="forum:group", case="on request, kept by the school", may=EVERYBODY, seen_by=P.OWNER, fill=lambda s: [s.group("request").slug]),
    Row(name="forum:group", case="by a seat, from outside", may=EVERYBODY, seen_by=P.NEWCOMER, fill=lambda s: [s.group("paid").slug], is_main=True),
    Row(name="forum:group", case="by a seat, from inside", may=EVERYBODY, seen_by=P.ENROLLED, fill=lambda s: [s.group("paid").slug]),
    Row(name="forum:group", case="by invitation", may=IN_THE_ROOM, door=NOTHING_HERE, seen_by=P.MODERATOR,
        fill=lambda s: [s.group("invited").slug]),
    Row(name="forum:thread", case="inside a group by invitation", may=TEACHER | BUYER, door=NOTHING_HERE,
        fill=lambda s: [s.inside_group.pk, s.inside_group.slug]),
    Row(name="forum:list", case="the board of a group", may=TEACHER | BUYER, door=NOTHING_HERE, seen_by=P.ENROLLED,
        query=lambda s: f"board=group-{s.group('invited').pk}"),
    Row(name="forum:act-in-group", method="POST", may=MEMBERS, fill=lambda s: [s.group("open").slug, "join"]),
    Row(name="forum:act-in-group", method="POST", case="by invitation", may=IN_THE_ROOM, fill=lambda s: [s.group("invited").slug, "join"]),
    Row(name="forum:act-in-group", method="POST", case="by a seat", may=MEMBERS, fill=lambda s: [s.group("paid").slug, "join"]),
    Row(name="forum:act-in-group", method="POST", case="no such act", may=NOBODY, fill=lambda s: [s.group("open").slug, "dissolve"]),
    Row(name="forum:invite", method="POST", may=OWNER, door=NOT_THEIRS, fill=lambda s: [s.group("request").slug]),
    Row(name="forum:answer-request", method="POST", may=OWNER, door=NOT_THEIRS, fill=lambda s: [s.group("request").slug, s.request.pk]),
    Row(name="forum:keep-member", method="POST", case="no such act", may=NOBODY, fill=lambda s: [s.group("open").slug, "ada"]),
    # ── Recognition, news ─────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="gamification:board", may=MEMBERS, seen_by=P.ENROLLED, is_main=True),
    # The newcomer has asked and was answered; it is the owner who takes no part and has nothing.
    Row(name="gamification:points", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="gamification:points", case="of a newcomer", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="gamification:points", case="nothing yet", may=MEMBERS, seen_by=P.OWNER),
    Row(name="notifications:list", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="notifications:list", case="of a newcomer", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="notifications:list", case="nothing yet", may=MEMBERS, seen_by=P.OWNER),
    Row(name="notifications:open", may=BUYER, gives=Answer.SENT_ON, fill=lambda s: [s.notification.pk]),
    Row(name="notifications:read-all", method="POST", may=MEMBERS),
    Row(name="notifications:preferences", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="notifications:no-digest", case="out of a letter", may=EVERYBODY, seen_by=P.GUEST,
        fill=lambda s: [for_no_digest(s.question.author)]),
    Row(name="notifications:no-digest", case="not our link", may=NOBODY, door=NOTHING_HERE, fill=["no-such-token"]),
    Row(name="live:since", case="in the open", may=EVERYBODY, query=lambda s: f"topic={s.live_topic}&seq=0"),
    Row(name="insights:needs", may=OWNER, seen_by=P.OWNER),
    Row(name="insights:needs-csv", may=OWNER),
    Row(name="recsys:dismiss", method="POST", may=MEMBERS, fill=lambda s: [s.course.key, "not_interested"]),
    Row(name="recsys:undo", method="POST", may=MEMBERS, fill=lambda s: [s.course.key]),
    Row(name="recsys:why", may=MEMBERS, seen_by=P.ENROLLED, fill=lambda s: [s.course.key]),
    Row(name="recsys:related", case="beside a course", may=EVERYBODY, seen_by=P.ENROLLED, fill=lambda s: [s.course.key]),
    Row(name="recsys:related", case="beside a talk inside a course", may=IN_THE_ROOM, door=NOTHING_HERE,
        fill=lambda s: [f"thread:{s.inside.pk}"]),
    Row(name="recsys:answerable", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="recsys:interests", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="recsys:add", method="POST", may=MEMBERS),
    Row(name="recsys:wish", method="POST", may=MEMBERS, fill=lambda s: [s.topic.slug, "pinned"]),
    Row(name="recsys:take_back_wish", method="POST", may=MEMBERS, fill=lambda s: [s.topic.slug]),
    # ── The interface for programs: nobody without a token ──────────────────────────────────────────────────────────────
    Row(name="api:api-root", may=NOBODY, door=NOTHING_HERE),
    Row(name="api:openapi-json", may=EVERYBODY),
    Row(name="api:recommend", method="POST", may=NOBODY, door=UNKNOWN),
    Row(name="api:recommendations", may=NOBODY, door=UNKNOWN),
    Row(name="api:related", may=NOBODY, door=UNKNOWN, fill=lambda s: [s.course.key]),
    Row(name="api:answerable", may=NOBODY, door=UNKNOWN),
    Row(name="settings:tokens", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="settings:end_token", method="POST", may=NOBODY, fill=[0]),
    # ── Buying ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="payments:checkout", may=MEMBERS, seen_by=P.NEWCOMER, fill=lambda s: [s.product.pk], is_main=True),
    Row(name="payments:checkout", case="owned already", may=MEMBERS, seen_by=P.ENROLLED, fill=lambda s: [s.product.pk]),
    Row(name="payments:reductions", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="payments:membership", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="payments:membership", case="renews by itself", may=EVERYBODY, seen_by=P.MEMBER),
    Row(name="payments:membership", case="owes a renewal", may=EVERYBODY, seen_by=P.ENDED),
    Row(name="payments:bundle", may=EVERYBODY, seen_by=P.GUEST, fill=lambda s: [s.bundle]),
    Row(name="payments:bundle", case="no such bundle", may=NOBODY, door=NOTHING_HERE, fill=["nothing"]),
    Row(name="payments:gift", may=EVERYBODY, seen_by=P.GUEST, fill=lambda s: [s.gift.token]),
    Row(name="payments:gift", case="to be taken", may=EVERYBODY, seen_by=P.NEWCOMER, fill=lambda s: [s.gift.token]),
    Row(name="payments:gift", case="no such gift", may=NOBODY, door=NOTHING_HERE, seen_by=P.GUEST, fill=["nothing"]),
    Row(name="payments:claim", method="POST", case="no such gift", may=NOBODY, fill=["nothing"]),
    Row(name="payments:stop_renewal", method="POST", case="no such subscription", may=NOBODY, fill=[0]),
    Row(name="payments:resume_renewal", method="POST", case="no such subscription", may=NOBODY, fill=[0]),
    Row(name="payments:trial", method="POST", may=MEMBERS, fill=["no-such-tier"]),
    Row(name="payments:orders", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="payments:orders", case="nothing yet", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="payments:order", may=BUYER, seen_by=P.ENROLLED, fill=lambda s: [s.order.reference]),
    *(
        Row(name="payments:order", case=case, may=WAITING, seen_by=P.MEMBER, fill=_waiting(case))
        for case in ("transfer", "code", "declined", "unknown")
    ),
    Row(name="payments:order", case="a gift", may=WAITING, seen_by=P.MEMBER, fill=lambda s: [s.gift.order.reference]),
    Row(name="payments:receipt", may=BUYER, seen_by=P.ENROLLED, fill=lambda s: [s.order.reference]),
    Row(name="payments:receipt_pdf", may=BUYER, fill=lambda s: [s.order.reference]),
    Row(name="payments:invoice", may=BUYER, seen_by=P.ENROLLED, fill=lambda s: [s.order.reference]),
    Row(name="payments:refund", may=BUYER, seen_by=P.ENROLLED, fill=lambda s: [s.order.reference]),
    Row(
        name="payments:code", case="nothing to scan", may=NOBODY, fill=lambda s: [s.order.reference]
    ),
    Row(name="payments:cancel", method="POST", may=BUYER, fill=lambda s: [s.order.reference]),
    # What one has earned is shown to oneself alone; who sells nothing has no statement.
    Row(name="payments:earnings", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="payments:earnings", case="nothing yet", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="payments:payee", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="payments:statement", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: s.statement),
    Row(name="payments:statement_csv", may=TEACHER, fill=lambda s: s.statement),
    Row(name="payments:ask_for_payout", method="POST", may=MEMBERS),
    Row(name="payments:take_back_payout", method="POST", may=TEACHER, fill=lambda s: [s.payout.pk]),
    Row(name="payments:coupons", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="payments:coupons", case="nothing yet", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="payments:new_coupon", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="payments:coupon", may=TEACHER, seen_by=P.TEACHER, fill=lambda s: [s.coupon.pk]),
    Row(name="payments:make_codes", method="POST", may=TEACHER, fill=lambda s: [s.coupon.pk]),
    Row(name="payments:codes_csv", may=TEACHER, fill=lambda s: [s.coupon.pk]),
    Row(name="payments:end_coupon", method="POST", may=TEACHER, fill=lambda s: [s.coupon.pk]),
    # Its door is a signature: whoever has none is turned away, whatever their session says.
    Row(name="payments:webhook", method="POST", may=EVERYBODY, fill=["sandbox"]),
    # ── People ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="accounts:profile", may=EVERYBODY, seen_by=P.NEWCOMER, fill=["ada"]),
    Row(name="accounts:profile", case="one's own", may=EVERYBODY, seen_by=P.ENROLLED, fill=["ben"]),
    Row(name="accounts:act", method="POST", may=MEMBERS, fill=["ada", "follow"]),
    Row(name="accounts:preferences", method="POST", may=EVERYBODY),
    Row(name="settings:index", may=MEMBERS, gives=Answer.SENT_ON),
    Row(name="settings:profile", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="settings:face", method="POST", may=MEMBERS),
    Row(name="settings:remove_face", method="POST", may=MEMBERS),
    Row(name="settings:security", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="settings:end_session", method="POST", may=NOBODY, fill=[0]),
    Row(name="settings:preferences", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="settings:privacy", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="settings:data", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="settings:ask_for_copy", method="POST", may=MEMBERS),
    Row(name="settings:copy", may=BUYER, fill=lambda s: [s.copy.pk]),
    Row(name="settings:leave", method="POST", may=MEMBERS),
    Row(name="settings:stay", method="POST", may=MEMBERS),
    # ── Surveys, files, texts ─────────────────────────────────────────────────────────────────────────────────────────
    Row(name="surveys:onboarding", may=MEMBERS, seen_by=P.NEWCOMER),
    Row(name="surveys:skip", method="POST", may=MEMBERS),
    Row(name="surveys:survey", may=MEMBERS, seen_by=P.ENROLLED, fill=lambda s: [s.survey.slug]),
    Row(name="surveys:list", may=OWNER, seen_by=P.OWNER),
    Row(name="surveys:begin", may=OWNER, seen_by=P.OWNER),
    Row(name="surveys:build", may=OWNER, seen_by=P.OWNER, fill=lambda s: [s.survey.pk]),
    Row(name="surveys:add-question", may=OWNER, seen_by=P.OWNER, fill=lambda s: [s.survey.pk]),
    Row(name="surveys:question", may=OWNER, seen_by=P.OWNER, fill=lambda s: [s.survey.pk, s.survey_question.pk]),
    Row(name="surveys:remove", method="POST", case="no such question", may=NOBODY, fill=lambda s: [s.survey.pk, 0]),
    Row(name="surveys:move-on", method="POST", case="no such act", may=NOBODY, fill=lambda s: [s.survey.pk, "dance"]),
    Row(name="surveys:thanks", case="nothing answered", may=MEMBERS, gives=Answer.SENT_ON, fill=lambda s: [s.survey.pk]),
    Row(name="surveys:results-csv", may=STAFF, door=NOT_THEIRS, fill=lambda s: [s.survey.pk]),
    Row(name="surveys:results", may=STAFF, door=NOT_THEIRS, seen_by=P.OWNER, fill=lambda s: [s.survey.pk]),
    Row(name="text:preview", method="POST", may=MEMBERS),
    Row(name="media:of", case="a key that nobody made", may=NOBODY, door=NOTHING_HERE, fill=["0" * 22]),
    Row(name="media:open", case="a key that nobody made", may=NOBODY, door=NOTHING_HERE, fill=["0" * 22]),
    Row(name="media:signed", case="forged", may=NOBODY, door=NOTHING_HERE, fill=["forged"]),
    Row(name="media:upload", method="POST", case="for no known purpose", may=NOBODY, fill=["nothing"]),
    # ── Demo sites only ───────────────────────────────────────────────────────────────────────────────────────────────
    Row(name="ui:theme", method="POST", may=EVERYBODY),
    Row(name="ui:language", method="POST", may=EVERYBODY),
    Row(name="styleguide:components", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="styleguide:mail", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="styleguide:page", may=EVERYBODY, seen_by=P.GUEST, fill=["thread"]),
    Row(name="demo:enter", method="POST", may=EVERYBODY),
    Row(name="demo:mailbox", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="demo:enclosed", case="no such letter", may=NOBODY, door=NOTHING_HERE, fill=["nothing", 0]),
    *(Row(name="demo:trouble", case=name, may=EVERYBODY, seen_by=P.GUEST, fill=[name]) for name in troubles.NAMES),
]  # fmt: skip
