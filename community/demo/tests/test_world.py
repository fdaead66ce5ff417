"""The demo world: believable, complete, and true to its own rules."""

import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Count, F, Max, Sum

import recsys.operations
import recsys.queries
import surveys.queries
from accounts.models import User
from community.demo.bar import ROLES
from community.demo.world import content, reducing, tastes
from community.demo.world.plan import Plan
from core.audience import keys_of
from core.events import sequencing
from core.events.models import DeadLetter, StoredFact
from courses.models import Course, Enrollment, Lesson, LessonProgress, Review
from forum.models import Flag, Group, GroupMember, JoinRequest, Post, Thread, Vote
from gamification.models import Grant, Tally
from ledger import words
from ledger.models import Entry, Transaction
from ledger.verification import verify
from notifications.models import Notification
from payments.models import Coupon, CouponCode, Entitlement, Gift, Order, OrderLine, Payout, PriceRule, Product
from payments.rules import PayoutState
from recsys import serving
from recsys.models import Interaction
from surveys.models import Effect, Survey
from topics.models import Topic

pytestmark = pytest.mark.usefixtures("world")
WRITTEN_TITLES = {thread.title for thread in content.threads()}
WRITTEN_TITLES |= {thread["title"] for group in content.groups() for thread in group["threads"]}


class TestLongLessons:
    """Three at least in each language, with code, a figure of ours and an exercise."""

    EXERCISE = {"zh-hans": "## 自己动手", "en": "## Try it"}

    def long_ones(self, language):
        lessons = []
        for path in sorted((content.FOLDER / "courses").rglob("*.md")):
            text = path.read_text(encoding="utf-8").split("---\n", 2)[2]
            prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            words = len(re.findall(r"[\u4e00-\u9fff]", prose)), len(re.findall(r"[A-Za-z'’-]+", prose))
            is_long = words[0] >= 1_500 if language == "zh-hans" else words[0] < 50 and words[1] >= 800
            if is_long and "```" in text and ".svg)" in text and self.EXERCISE[language] in text:
                lessons.append(path.name)
        return lessons

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_there_are_three_of_them(self, language):
        assert len(self.long_ones(language)) >= 3

    def test_the_first_page_of_every_list_was_written(self):
        kinds = Counter(thread.is_question for thread in content.threads())
        assert min(kinds.values()) >= 60


class TestPeople:
    def test_the_cast_is_who_it_is_everywhere(self):
        people = {
            user.username: user for user in User.objects.filter(username__in=("ada", "ben", "cleo", "dora", "eli"))
        }
        assert people["ada"].taught_courses.exists()
        assert people["ben"].enrollments.exists()
        assert not people["cleo"].enrollments.exists()
        assert (people["dora"].is_staff, people["dora"].is_superuser) == (True, False)
        assert people["dora"].has_perm("forum.change_flag")
        assert not people["dora"].has_perm("payments.view_order")
        assert people["eli"].is_superuser

    def test_nobody_has_a_password(self):
        assert not any(user.has_usable_password() for user in User.objects.all())

    def test_names_are_told_apart(self, world):
        plan, _said = world
        assert User.objects.count() == plan.members
        assert User.objects.values("handle_skeleton").distinct().count() == plan.members


class TestTime:
    def test_nothing_happens_in_the_future_and_the_newest_post_is_minutes_old(self, world):
        plan, _said = world
        lived = StoredFact.objects.exclude(name="recsys.ModelTrained")
        assert lived.aggregate(last=Max("happened_at"))["last"] <= plan.now
        newest = Post.objects.aggregate(last=Max("created_at"))["last"]
        assert timedelta() <= plan.now - newest <= timedelta(minutes=10)

    def test_nobody_does_anything_before_they_joined(self):
        early = Post.objects.filter(created_at__lt=F("author__joined_at")).count()
        early += Vote.objects.filter(created_at__lt=F("voter__joined_at")).count()
        early += Enrollment.objects.filter(enrolled_at__lt=F("user__joined_at")).count()
        assert early == 0

    def test_a_thread_begins_with_its_first_post_and_ends_with_its_last(self):
        for thread in Thread.objects.prefetch_related("posts"):
            moments = sorted(post.created_at for post in thread.posts.all())
            first = next(post for post in thread.posts.all() if post.is_first)
            assert (thread.created_at, thread.last_post_at, first.created_at) == (moments[0], moments[-1], moments[0])
            assert thread.reply_count == len(moments) - 1

    def test_several_discussions_span_weeks(self):
        spans = [one.last_post_at - one.created_at for one in Thread.objects.filter(kind=Thread.Kind.DISCUSSION)]
        assert sum(span > timedelta(days=14) for span in spans) >= 5

    def test_the_last_week_is_lively(self, world):
        plan, _said = world
        tallies = Tally.objects.filter(date__gt=(plan.now - timedelta(days=7)).date())
        assert tallies.values("user_id").distinct().count() >= 20


class TestWords:
    def test_no_body_stands_twice_in_a_thread_nor_more_than_five_times_in_all(self):
        in_thread = Post.objects.values("thread", "source").annotate(count=Count("pk")).filter(count__gt=1)
        assert list(in_thread) == []
        assert max(Counter(Post.objects.values_list("source", flat=True)).values()) <= 5

    def test_nobody_says_the_same_twice(self):
        said = Post.objects.values("author", "source").annotate(count=Count("pk")).filter(count__gt=1)
        assert list(said) == []

    def test_no_review_says_what_another_one_says(self):
        bodies = list(Review.objects.exclude(body="").values_list("body", flat=True))
        assert bodies
        assert len(bodies) == len(set(bodies))

    def test_what_was_generated_names_the_lesson_that_it_stands_under(self):
        lessons = {f"lesson:{one.pk}": (one.title, one.course.title) for one in Lesson.objects.select_related("course")}
        generated = Post.objects.filter(thread__in=Thread.objects.exclude(title__in=WRITTEN_TITLES)).select_related(
            "thread"
        )
        assert generated.count() > 100
        assert [
            post.source for post in generated if not any(title in post.source for title in lessons[post.thread.about])
        ] == []

    def test_the_written_threads_fill_the_first_pages(self):
        titles = list(Thread.objects.order_by("-last_post_at", "-pk").values_list("title", flat=True))
        assert set(titles[: len(WRITTEN_TITLES)]) == WRITTEN_TITLES
        assert len(titles) > len(WRITTEN_TITLES)

    def test_the_written_answers_are_accepted_where_their_file_says_so(self):
        for thread in content.threads():
            row = Thread.objects.select_related("accepted_answer").get(title=thread.title)
            accepted = row.accepted_answer.source if row.accepted_answer else None
            assert accepted == (thread.posts[thread.accepted].body if thread.accepted else None)


class TestAccess:
    def test_who_wrote_or_voted_under_a_paid_lesson_held_its_key(self):
        staff = set(User.objects.filter(is_staff=True).values_list("pk", flat=True))
        for thread in (
            Thread.objects.exclude(about="").exclude(audience__contains=["public"]).prefetch_related("posts__votes")
        ):
            allowed = set(Entitlement.objects.filter(key=thread.audience[0]).values_list("user_id", flat=True))
            allowed |= staff | set(
                Course.objects.filter(pk=int(thread.audience[0].removeprefix("course:"))).values_list(
                    "teacher_id", flat=True
                )
            )
            there = {post.author_id for post in thread.posts.all()} | {
                vote.voter_id for post in thread.posts.all() for vote in post.votes.all()
            }
            assert there <= allowed, thread.title

    def test_who_wrote_or_read_in_a_group_was_in_it_by_then(self):
        said = (
            Thread.objects.filter(board__group__isnull=False).select_related("board__group").prefetch_related("posts")
        )
        assert {thread.board.group.entry for thread in said} == {"open", "request", "invited", "paid"}
        for thread in said:
            since = dict(thread.board.group.memberships.values_list("user_id", "joined_at"))
            assert thread.audience == [thread.board.group.key]
            assert [post for post in thread.posts.all() if since[post.author_id] > post.created_at] == []
            viewed = StoredFact.objects.filter(name="forum.ThreadViewed", payload__thread_id=thread.pk)
            assert {fact.payload["user_id"] for fact in viewed} <= set(since)
            assert thread.view_count == viewed.count() > 0

    def test_each_group_has_an_owner_and_somebody_waits_to_be_let_in(self):
        owners = {
            one.slug: [row.user.username for row in one.memberships.filter(role="owner")] for one in Group.objects.all()
        }
        assert owners == {
            "ledger-evenings": ["ada"], "red-pencils": ["yan"], "twelve-books": ["ingrid"], "price-table": ["zhouhe"],
        }  # fmt: skip
        assert set(JoinRequest.objects.values_list("group__slug", "user__username")) == {
            ("red-pencils", "songyu"), ("red-pencils", "kofi"),
        }  # fmt: skip

    def test_whoever_bought_a_seat_paid_for_it_and_sits_there_since(self):
        sold = Entitlement.objects.filter(product__kind="seat").select_related("line__order")
        sits = GroupMember.objects.filter(is_bought=True)
        assert {(one.user_id, one.line.order.paid_at) for one in sold} == set(sits.values_list("user_id", "joined_at"))
        assert (set(sits), sits.count() > 0) == (set(sits.present()), True)
        assert {one.line.title for one in sold} == {"定价小桌", "The price table"}

    def test_there_is_something_that_cleo_must_not_see(self):
        cleo = User.objects.get(username="cleo")
        hidden = Thread.objects.exclude(pk__in=Thread.objects.open_to(cleo))
        assert hidden.exists()
        assert hidden.filter(title__in=WRITTEN_TITLES).exists()

    def test_entitlements_open_what_was_paid_for(self):
        ben = User.objects.get(username="ben")
        own = OrderLine.objects.filter(order__buyer=ben, order__gift__isnull=True)
        bought = set(own.values_list("product__subject", flat=True))
        assert bought
        assert bought <= keys_of(ben)


class TestMoney:
    def test_every_enrollment_and_every_seat_has_its_order_and_its_entitlement(self):
        held = {(row.user_id, f"course:{row.course_id}") for row in Enrollment.objects.all()}
        sits = GroupMember.objects.filter(is_bought=True).select_related("group")
        held |= {(row.user_id, row.group.seat_key) for row in sits}
        assert set(Entitlement.objects.values_list("user_id", "key")) == held
        lines = OrderLine.objects.select_related("order__gift", "product")
        holders = {(self.holder(line.order), line.product.subject) for line in lines}
        assert {holder for holder in holders if holder[0]} == held

    @staticmethod
    def holder(order):
        """Whom an order let in; of a gift that waits nobody."""
        return order.gift.claimed_by_id if hasattr(order, "gift") else order.buyer_id

    def test_who_learns_in_each_language_has_given_something_that_was_taken_and_something_that_waits(self):
        given = Gift.objects.order_by("order__buyer__username", "claimed_at")
        assert [(one.order.buyer.username, one.claimed_by is not None) for one in given.select_related("order__buyer")] == [
            ("ben", True), ("ben", False), ("mujin", True), ("mujin", False),
        ]  # fmt: skip
        taken = [one for one in given if one.claimed_by]
        assert {one.claimed_by.language == one.order.buyer.language for one in taken} == {True}
        assert {one.claimed_by.entitlements.get(line__order=one.order).cause for one in taken} == {"gift"}

    def test_two_courses_are_sold_together_for_less_in_each_language(self):
        bundles = Product.objects.filter(kind="bundle").order_by("pk")
        assert [one.language for one in bundles] == ["zh-hans", "en"]
        for one in bundles:
            parts = [part.product for part in one.parts.select_related("product")]
            assert {part.language for part in parts} == {one.language}
            assert one.price_minor < sum(part.price_minor for part in parts)

    def test_the_code_of_which_the_bar_tells_counts_and_something_is_cheaper_for_everybody(self, world):
        plan, _said = world
        told = " ".join(str(one.words) for role in ROLES for one in role.tries)
        code = CouponCode.objects.get(code=reducing.WELCOME)
        assert code.code in told
        assert (code.coupon.creator, code.coupon.percent, code.coupon.starts_at < plan.now) == (None, 10, True)
        hers = Coupon.objects.get(creator__username="ada")
        assert sorted(hers.codes.values_list("cap", flat=True), key=bool) == [None, *[1] * reducing.SINGLE]
        rules = PriceRule.objects.in_force(at=plan.now).select_related("product")
        assert sorted(one.product.language for one in rules) == ["en", "zh-hans"]

    def test_the_teacher_has_been_paid_and_waits_for_more_and_every_state_is_there(self):
        payouts = Payout.objects.order_by("asked_at")
        assert [one.state for one in payouts.filter(creator__username="ada")] == ["paid", "asked"]
        assert set(payouts.values_list("state", flat=True)) == set(PayoutState.values)
        assert all(one.asked_at == min(move.happened_at for move in one.moves.all()) for one in payouts)

    def test_the_books_hold_all_of_it(self):
        assert {label: finding.violations for label, finding in verify() if finding.violations} == {}

    def test_the_journal_holds_what_was_paid(self):
        paid = Order.objects.aggregate(sum=Sum("total_minor"))["sum"]
        assert paid > 0
        taken = Entry.objects.filter(account__kind="customers").aggregate(sum=Sum("amount"))["sum"]
        assert taken == -paid
        assert Entry.objects.filter(account__unit="CNY").aggregate(sum=Sum("amount"))["sum"] == 0

    def test_receipts_are_numbered_in_the_order_of_paying(self):
        orders = Order.objects.order_by("paid_at", "buyer_id")
        assert [order.receipt_number for order in orders] == [f"2026-{n:06d}" for n in range(1, orders.count() + 1)]


class TestDerived:
    def test_counts_equal_their_rows(self):
        for post in Post.objects.annotate(given=Count("votes")):
            assert post.vote_count == post.given
        for course in Course.objects.all():
            assert course.enrollment_count == course.enrollments.count()
            assert course.rating_count == course.reviews.count()

    def test_reviews_come_from_those_who_studied_enough(self):
        for review in Review.objects.select_related("course"):
            done = LessonProgress.objects.filter(
                user=review.user_id, lesson__course=review.course_id, completed_at__lte=review.created_at
            )
            assert review.lessons_done == done.count() >= review.course.lesson_count * 0.25

    def test_the_listeners_have_read_everything_and_buried_nothing(self):
        assert not DeadLetter.objects.exists()
        assert not sequencing.is_anything_waiting()
        assert Interaction.objects.exists()

    def test_whatever_is_booked_is_read_in_words(self):
        booked = set(Transaction.objects.order_by().values_list("kind", flat=True).distinct())
        assert {"sale", "vote_received"} < booked
        assert {kind for kind in booked if words.transaction(kind) == kind} == set()

    def test_points_and_badges_are_dated_by_what_earned_them(self, world):
        plan, _said = world
        points = StoredFact.objects.filter(name="gamification.PointsGiven")
        assert points.filter(happened_at__lt=plan.now - timedelta(days=30)).exists()
        assert not points.filter(happened_at__gt=plan.now).exists()
        assert Grant.objects.filter(granted_at__lt=plan.now - timedelta(days=30)).exists()
        ben = User.objects.get(username="ben")
        earned = Tally.objects.filter(user=ben).aggregate(sum=Sum("points"))["sum"]
        assert (
            sum(entry.amount for entry in Entry.objects.filter(account__owner=f"user:{ben.pk}", account__unit="PTS"))
            == earned
        )

    def test_nobody_is_told_what_is_weeks_old(self):
        # This world ended long before today, so there is nothing left to tell.
        assert Notification.objects.count() == 0

    def test_the_moderator_finds_reports(self):
        open_reports = Flag.objects.filter(resolved_at__isnull=True).values("post").distinct().count()
        assert open_reports == 2

    def test_the_first_model_was_trained_and_said_how_good_it_is(self, world):
        _plan, said = world
        assert any("NDCG@10" in words for words in said)


class TestTastes:
    def test_they_stand_in_a_file_and_nowhere_else(self):
        found = json.loads((settings.VAR / "demo" / "interests.json").read_text())
        assert set(found) >= {"ben", "heqiu"}
        assert all(2 <= len(topics) <= 3 for topics in found.values())

    def test_three_times_in_ten_people_act_against_them(self):
        dice = Plan(seed=1, now=None).dice("test")
        taste = tastes.Taste(topics={"sql": 1.0}, liveliness=1.0)
        chosen = Counter(
            tastes.choose(dice, taste, ["sql", "color", "reading"], lambda one: [one]) for _ in range(4_000)
        )
        assert 0.67 < chosen["sql"] / 4_000 < 0.73

    def test_enrollments_follow_them(self, world):
        found = json.loads((settings.VAR / "demo" / "interests.json").read_text())
        liked = total = 0
        for row in Enrollment.objects.select_related("user").prefetch_related("course__topics"):
            total += 1
            liked += any(topic.slug in found[row.user.username] for topic in row.course.topics.all())
        assert liked / total > 0.25


class TestTheSurvey:
    """What members answered to the school, so that the owner of a demo sees results: it says nothing of any topic."""

    @pytest.fixture
    def survey(self):
        return Survey.objects.get(slug="how-is-it-going")

    def test_every_question_has_enough_answers_to_be_shown(self, survey):
        found = surveys.queries.results(survey=surveys.queries.with_questions(pk=survey.pk))
        assert [one.is_shown for one in found] == [True] * 4
        assert all(sum(bar.count for bar in one.bars) >= one.answered for one in found[:3])
        assert (1 < found[2].mean < 5, len(set(found[3].texts)) == len(found[3].texts)) == (True, True)

    def test_nobody_answered_before_they_were_there_or_twice(self, survey):
        given = survey.submissions.select_related("user")
        assert all(one.user.joined_at <= one.submitted_at for one in given)
        told = StoredFact.objects.filter(name="surveys.SurveyAnswered", subject=f"survey:{survey.pk}")
        assert sorted(told.values_list("actor_id", flat=True)) == sorted(one.user_id for one in given)

    def test_it_says_nothing_of_what_they_like(self, survey):
        assert not Effect.objects.filter(choice__question__survey=survey).exists()


class TestTheFirstSurvey:
    """What members said when they came: an answer like anybody's, and no window on what they secretly like."""

    @pytest.fixture
    def given(self):
        survey = Survey.objects.get(slug=surveys.queries.ONBOARDING)
        return list(survey.submissions.select_related("user").order_by("pk"))

    @pytest.fixture
    def said(self, given):
        """The topics that each named."""
        named = Effect.objects.filter(choice__answers__submission__in=given)
        pairs = named.values_list("choice__answers__submission__user__username", "topic__slug")
        return {one.user.username: {slug for name, slug in pairs if name == one.user.username} for one in given}

    def test_two_in_five_answered_it_on_the_day_on_which_they_came(self, given):
        members = json.loads((settings.VAR / "demo" / "interests.json").read_text())
        assert 0.3 < len(given) / len(members) < 0.5
        assert all(timedelta() < one.submitted_at - one.user.joined_at < timedelta(hours=1) for one in given)

    def test_each_is_told_with_its_topics_as_the_site_would(self, given, said):
        facts = StoredFact.objects.filter(name="surveys.SurveyAnswered", subject=f"survey:{given[0].survey_id}")
        told = {fact.actor_id: fact.payload["topic_ids"] for fact in facts}
        ids = dict(Topic.objects.values_list("slug", "pk"))
        assert told == {one.user_id: sorted(ids[slug] for slug in said[one.user.username]) for one in given}

    def test_most_of_it_is_true_and_hardly_anybody_tells_all(self, said):
        hidden = json.loads((settings.VAR / "demo" / "interests.json").read_text())
        true = [slug in hidden[name] for name, slugs in said.items() for slug in slugs]
        assert 0.5 < sum(true) / len(true) < 0.9
        assert sum(set(hidden[name]) <= slugs for name, slugs in said.items()) <= 0.2 * len(said)

    def test_it_is_a_reason_on_their_cards(self, given):
        whys = [card["why"] for one in given[:10] for card in recsys.queries.feed(viewer=one.user, limit=10)]
        assert any(why.startswith("You said that ") for why in whys)


class TestRecommendations:
    """What an active member sees: mostly for reasons of their own, of several kinds, and theirs to change."""

    IMPERSONAL = {"popular", "new"}
    CARDS, ACTIVE = 20, 15
    KINDS = {
        "model": "did it", "habits": "does it often", "follows": "follows who made it", "groups": "shares a group", "authors": "knows who made it", "answerable": "could answer",
        "onward": "comes next", "path": "the next step", "people": "likes the same",
    }  # fmt: skip
    """What speaks for a card, by source; what a member stated is told apart by its sentence."""

    @pytest.fixture(autouse=True)
    def _model(self, settings, world):
        serving.forget()
        yield
        serving.forget()

    @pytest.fixture
    def active(self):
        """Those who did much, every fourth of them, so that the quieter are among them."""
        done = Interaction.objects.values("user").annotate(things=Count("pk")).filter(things__gte=self.ACTIVE)
        people = User.objects.filter(pk__in=done.values("user"), is_active=True, is_staff=False).order_by("pk")
        return list(people)[::4]

    def kind(self, card):
        """Of what kind a reason is: all that one did is one kind, whatever its sentence; so is what one said of a topic."""
        stated = ("You wanted", "You said", "You follow")
        return self.KINDS.get(card["source"]) or next(words for words in stated if card["why"].startswith(words))

    def test_seven_in_ten_of_the_first_cards_of_each_are_for_reasons_of_their_own_of_three_kinds(self, active):
        assert len(active) >= 10
        shares, kinds = {}, {}
        for user in active:
            cards = recsys.queries.feed(viewer=user, limit=self.CARDS)
            personal = [card for card in cards if card["source"] not in self.IMPERSONAL]
            shares[user.username] = len(personal) / len(cards)
            kinds[user.username] = Counter(map(self.kind, personal))
        assert min(shares.values()) >= 0.7, sorted(shares.values())
        assert {name: counted for name, counted in kinds.items() if len(counted) < 3} == {}
        # None of them drowns the others.
        assert {name: counted for name, counted in kinds.items() if max(counted.values()) > 14} == {}

    def test_less_of_a_topic_halves_it_in_forty_cards_and_can_be_undone(self, active):
        for user in active[:5]:
            before = recsys.queries.picks(viewer=user, limit=40)
            topic, usual = Counter(topic for pick in before for topic in pick.item.topic_ids).most_common(1)[0]
            recsys.operations.wish(user=user, topic=Topic.objects.get(pk=topic), wish="less")
            after = recsys.queries.picks(viewer=user, limit=40)
            recsys.operations.take_back_wish(user=user, topic=Topic.objects.get(pk=topic))
            assert sum(topic in pick.item.topic_ids for pick in after) <= usual / 2
            assert [one.item.name for one in recsys.queries.picks(viewer=user, limit=40)] == [
                one.item.name for one in before
            ]


def test_the_texts_to_which_the_footer_leads_are_there(world, page_of):
    kinds = ("terms", "privacy", "refunds", "rules")
    assert [page_of().get(f"/legal/{kind}/").status_code for kind in kinds] == [200] * 4
