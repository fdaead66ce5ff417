"""The way in: everything of a world, in the order in which it has to be made."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

import recsys.operations
from notifications.models import Notification

from . import (
    answering,
    arriving,
    attending,
    bundling,
    catalogue,
    chattering,
    enrolling,
    giving,
    ground,
    grouping,
    joining,
    listening,
    measuring,
    money,
    paying_out,
    people,
    reducing,
    reporting,
    searching,
    studying,
    talking,
    tastes,
    written,
)
from .composing import Composer
from .diary import Diary
from .plan import Plan

Say = Callable[[str], None]
UNREAD = timedelta(hours=8)
"""Members look at their notifications once a day; what is younger than this waits for them."""


def build(plan: Plan, *, say: Say) -> None:
    """
    Make the whole world of ``plan`` in an empty site, then let the listeners read its facts and train the first model.

    Its rows are written in one transaction: a world that is interrupted before they stand leaves nothing behind.
    """
    began = time.monotonic()
    with transaction.atomic():
        _write(plan, say)
    say("letting the listeners read")
    listening.catch_up(say)
    _look_at_notifications(plan)
    _train(plan, say)
    listening.catch_up(say)
    say(f"the world is made, in {time.monotonic() - began:.1f} s")


def _write(plan: Plan, say: Say) -> None:
    diary, composer = Diary(), Composer()
    topics = ground.lay(plan)
    everybody = people.invite(plan, diary)
    say(f"{len(everybody.by_name)} people have come")
    likes = tastes.draw(plan, everybody)
    say(f"what they secretly like stands in {tastes.keep(likes, everybody)}")
    shelves = catalogue.publish(plan, everybody, topics, diary)
    say(f"{len(shelves)} courses with {sum(len(one.lessons) for one in shelves.values())} lessons are out")
    groups = grouping.open_groups(plan, everybody, topics, diary)
    seats = [seat for one in groups for seat in one.seats]
    joining.offer(plan, everybody, shelves, seats)
    bundling.bundle(everybody, shelves)
    reducing.reduce(plan, everybody, shelves)
    threads = written.chosen(plan)
    learners = enrolling.enroll(plan, everybody, shelves, likes, threads)
    gifts = giving.give(plan, everybody, shelves, learners)
    account = getattr(settings, "SANDBOX_ACCOUNT_ID", "acct_sandbox")
    money.sell(plan, learners, diary, account=account, gifts=gifts, seats=seats)
    paying_out.pay(plan, everybody, diary)
    studying.study(plan, everybody, shelves, learners, likes, diary, composer)
    say(f"{sum(map(len, learners.values()))} enrollments are paid for and studied")
    drafts = written.drafts(plan, everybody, shelves, threads)
    planted = reporting.plant(plan, everybody, drafts)
    left = plan.posts - sum(len(one.lines) for one in drafts)
    drafts += chattering.drafts(plan, shelves, learners, composer, posts=left)
    drafts += measuring.long_thread(plan, everybody, shelves)
    talking.write(plan, drafts, topics, diary)
    reporting.report(plan, everybody, planted, diary)
    say(f"{len(drafts)} threads with {sum(len(one.lines) for one in drafts)} posts are written")
    attending.attend(plan, drafts, attending.Readership(everybody, learners, likes), diary)
    measuring.read_more(plan, everybody, drafts, diary)
    attending.count_views(drafts)
    grouping.gather(plan, everybody, groups, likes, topics, diary)
    say(f"{len(groups)} groups have gathered")
    searching.search(plan, everybody, likes, topics, diary)
    arriving.say(plan, everybody, likes, diary)
    answering.answer(plan, everybody, diary)
    say(f"{diary.tell():,} facts are told")


def _look_at_notifications(plan: Plan) -> None:
    old = Notification.objects.filter(read_at__isnull=True, created_at__lt=plan.now - UNREAD)
    old.update(read_at=F("created_at") + timedelta(hours=1))


def _train(plan: Plan, say: Say) -> None:
    try:
        trained = recsys.operations.retrain(as_of=plan.now)
    except recsys.operations.TooLittleToLearn:
        say("too few people for a model; popularity and interests serve")
        return
    report = trained.model.report
    why = "" if trained.is_in_service else f" (not put in service: {trained.model.refused_because})"
    say(
        f"the first model is trained: NDCG@10 {report['ndcg_10']:.3f}, popularity alone {report['popularity_ndcg_10']:.3f}{why}"
    )
