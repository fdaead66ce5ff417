"""What is closed is closed for those too who have it open: a board for others, and a course that a membership no longer includes."""

import pytest

from core.realtime import sending
from core.realtime.models import Stream
from core.realtime.tests.conftest import house, live, say  # noqa: F401 - fixtures
from courses import operations as teaching
from forum import operations as talking
from forum.models import Board, Group
from payments import operations as payments
from payments.models import Entitlement, Product, Tier

pytestmark = [pytest.mark.commits, pytest.mark.leak]


@pytest.fixture
def tier(live):  # noqa: F811
    return Tier.objects.create(slug=f"t{live.port}-{Tier.objects.count()}", name_zh="读者", name_en="Reader")


@pytest.fixture
def reader(live, tier):  # noqa: F811
    """Somebody in the tier."""
    user = live.join()
    payments.grant(user=user, key=tier.key, cause="staff", by=live.join(is_staff=True), reason="test")
    return user


def listening(live, stream, user=None):  # noqa: F811
    page = live.open(live.enter(user) if user else None)
    assert page.listen(stream)["listening"] == stream
    return page


def hears(page):
    return page.until(lambda said: "closed" in said or said.get("action") == "append").get("closed") is None


def last_number(stream):
    return Stream.objects.filter(name=stream).values_list("seq", flat=True).first() or 0


def at_least_once(act):
    """For controls: the watch may happen to look just between a message and its arrival, and asks for rights then."""
    return any(act() for _ in range(6))


class TestABoard:
    @pytest.fixture
    def board(self, tier):
        return Board.objects.create(
            slug=tier.slug, name_zh="广场", name_en="The square", audience=["public", "members"]
        )

    @pytest.fixture
    def thread(self, live, board):  # noqa: F811
        return talking.start_thread(by=live.join(), title="Hello", source="·", audience=board.audience, board=board)

    def close(self, board, tier):
        board.audience = [tier.key, "staff"]
        board.save()
        talking.take_threads_along(board=board)

    def test_is_closed_for_whoever_has_a_thread_of_it_open(self, live, board, thread, tier, reader):  # noqa: F811
        stream = f"thread:{thread.pk}"
        pages = [listening(live, stream, who) for who in (reader, live.join(), None)]
        self.close(board, tier)
        say(stream)
        assert [hears(page) for page in pages] == [True, False, False]

    def test_control_whom_nobody_asks_again_goes_on_hearing(self, live, board, tier, monkeypatch):  # noqa: F811
        monkeypatch.setattr(sending, "recheck_streams", lambda **_: None)

        def goes_on():
            board.audience = ["public", "members"]
            board.save()
            thread = talking.start_thread(
                by=live.join(), title="Hello", source="·", audience=board.audience, board=board
            )
            page = listening(live, f"thread:{thread.pk}", live.join())
            self.close(board, tier)
            say(f"thread:{thread.pk}")
            return hears(page)

        assert at_least_once(goes_on)

    def test_whoever_stays_misses_nothing_and_hears_nothing_twice(self, live, board, thread, tier, reader):  # noqa: F811
        stream = f"thread:{thread.pk}"
        page = listening(live, stream, reader)
        say(stream)
        self.close(board, tier)
        say(stream)
        assert page.seqs(3) == [1, 2, 3]


class TestAMembership:
    @pytest.fixture
    def lesson(self, live):  # noqa: F811
        ada = live.join()
        course = teaching.create_course(
            by=ada, title=f"Coffee with {ada}", language="en", summary="From bean to price."
        )
        lesson = teaching.add_lesson(course=course, section="One", title="The second", source="·")
        payments.set_price(
            kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
        )
        teaching.publish_course(course=course, by=ada)
        return lesson

    @pytest.fixture
    def product(self, lesson, tier):
        product = Product.objects.get(subject=lesson.course.key)
        payments.include(tier=tier, product=product, by=lesson.course.teacher)
        return product

    def test_that_no_longer_includes_a_course_closes_it(self, live, lesson, product, tier, reader):  # noqa: F811
        stream = f"lesson:{lesson.pk}"
        page, teachers = listening(live, stream, reader), listening(live, stream, lesson.course.teacher)
        payments.exclude(tier=tier, product=product, by=lesson.course.teacher)
        # It is told by another stream, and what is said in the same moment may be quicker.
        assert page.until(lambda said: "closed" in said) == {"closed": stream}
        say(stream)
        assert hears(teachers)
        assert "refused" in page.listen(stream)
        assert not [said for said in page.heard if "seq" in said]

    def test_control_whom_nobody_asks_again_goes_on_hearing(self, live, lesson, product, tier, reader, monkeypatch):  # noqa: F811
        monkeypatch.setattr(sending, "recheck_members", lambda **_: None)

        def goes_on():
            payments.include(tier=tier, product=product, by=lesson.course.teacher)
            page = live.open(live.enter(reader))
            page.listen(f"lesson:{lesson.pk}", seq=last_number(f"lesson:{lesson.pk}"))
            payments.exclude(tier=tier, product=product, by=lesson.course.teacher)
            say(f"lesson:{lesson.pk}")
            return hears(page)

        assert at_least_once(goes_on)


class TestAGroup:
    @pytest.fixture
    def owner(self, live):  # noqa: F811
        return live.join()

    def group(self, live, owner, entry="open", price=None):  # noqa: F811
        words = {f"{field}_{language}": "Birds" for field in ("name", "about") for language in ("zh", "en")}
        group = Group(slug=f"g{live.port}-{Group.objects.count()}", entry=entry, **words)
        return talking.open_group(group=group, by=owner, price=price, currency="CNY")

    def said_in(self, group, owner):
        board = Board.objects.get(group=group)
        return talking.start_thread(by=owner, title="Hello", source="·", audience=board.audience, board=board)

    def inside(self, live, group):  # noqa: F811
        user = live.join()
        talking.join(group=group, by=user)
        return user

    def test_closes_for_whoever_leaves_or_is_taken_out_while_a_thread_is_open(self, live, owner):  # noqa: F811
        group = self.group(live, owner)
        stays, goes, out = (self.inside(live, group) for _ in range(3))
        stream = f"thread:{self.said_in(group, owner).pk}"
        pages = [listening(live, stream, who) for who in (stays, goes, out)]
        talking.leave(group=group, by=goes)
        talking.remove_member(group=group, user=out, by=owner)
        for page in pages[1:]:
            assert page.until(lambda said: "closed" in said) == {"closed": stream}
        say(stream)
        assert hears(pages[0])
        assert "refused" in pages[1].listen(stream)

    def test_closes_for_whoever_has_their_money_back_or_whose_membership_ends(self, live, owner, tier, reader):  # noqa: F811
        group = self.group(live, owner, entry="paid", price=9900)
        payments.include(tier=tier, product=Product.objects.get(subject=group.seat_key), by=owner)
        talking.join(group=group, by=reader)
        stays, goes = live.join(), live.join()
        seats = [payments.grant(user=who, key=group.seat_key, cause="purchase") for who in (stays, goes)]
        stream = f"thread:{self.said_in(group, owner).pk}"
        pages = [listening(live, stream, who) for who in (stays, goes, reader)]
        payments.end_entitlement(entitlement=seats[1], cause="refund")
        payments.end_entitlement(entitlement=Entitlement.objects.get(user=reader), cause="refund")
        for page in pages[1:]:
            assert page.until(lambda said: "closed" in said) == {"closed": stream}
        say(stream)
        assert hears(pages[0])
        assert "refused" in pages[1].listen(stream)

    def test_control_whom_nobody_asks_again_goes_on_hearing(self, live, owner, monkeypatch):  # noqa: F811
        monkeypatch.setattr(sending, "recheck", lambda **_: None)

        def goes_on():
            group = self.group(live, owner)
            goes = self.inside(live, group)
            stream = f"thread:{self.said_in(group, owner).pk}"
            page = listening(live, stream, goes)
            talking.leave(group=group, by=goes)
            say(stream)
            return hears(page)

        assert at_least_once(goes_on)
