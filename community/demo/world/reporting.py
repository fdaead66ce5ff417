"""Two advertisements that somebody reported, so that the moderator finds something to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from forum.events import PostFlagged
from forum.models import Flag

from .diary import Diary
from .people import People
from .plan import Plan
from .talking import EVERYBODY, Draft, Line

ADVERTISEMENTS = {
    "zh-hans": "专业代做账报税，三天出结果，比你们在这里学快多了。价格私聊，朋友圈满意截图一百多张。",
    "en": "Why study? My agency does all this for you within three days. Send me a message for prices, hundreds of happy clients.",
}
NOTES = {"zh-hans": "同一段话在三个帖子里都看到了。", "en": "The third thread with the same text in it."}


@dataclass(frozen=True, kw_only=True)
class Planted:
    """An advertisement: the thread and its place there."""

    draft: Draft
    place: int


def plant(plan: Plan, people: People, drafts: Sequence[Draft]) -> list[Planted]:
    """Add an advertisement to one discussion of each language that everybody reads."""
    planted = []
    dice = plan.dice("advertisements")
    for language, body in ADVERTISEMENTS.items():
        open_ones = [
            one for one in drafts if one.language == language and not one.is_question and one.audience == EVERYBODY
        ]
        authors = [one for one in people.members if one.language == language and one not in people.described]
        if open_ones and authors:
            draft, author = dice.choice(open_ones), dice.choice(authors)
            at = min(plan.ago(minutes=3), max(draft.lines[-1].at, author.joined_at) + timedelta(minutes=20))
            draft.lines.append(Line(author, at, body))
            planted.append(Planted(draft=draft, place=len(draft.lines) - 1))
    return planted


def report(plan: Plan, people: People, planted: Sequence[Planted], diary: Diary) -> None:
    """Let two described members report each of them."""
    dice = plan.dice("reports")
    for one in planted:
        post = one.draft.posts[one.place]
        note = NOTES[one.draft.language]
        for n, member in enumerate(dice.sample(people.described, k=2)):
            at = min(plan.now, post.created_at + timedelta(minutes=1 + n))
            flag = Flag.objects.create(
                post=post, flagger=member, reason=Flag.Reason.SPAM, note=note if n == 0 else "", created_at=at
            )
            fact = PostFlagged(flag_id=flag.pk, post_id=post.pk, flagger_id=member.pk)
            diary.note(fact, at=at, by=member.pk, subject=f"post:{post.pk}")
