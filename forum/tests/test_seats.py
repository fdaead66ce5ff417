"""Groups of which seats are bought: paid for, in; given back or run out, out; and nobody is put out who sits there for another reason."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.audience.keys import forget
from core.events.testing import published
from forum import operations, queries
from forum.events import GroupJoined, GroupLeft
from forum.models import GroupMember, JoinRequest, Thread
from payments import operations as payments
from payments.models import Entitlement, Product, Tier
from payments.providers import Status
from payments.queries import why

from .grouping import inside, opened, said_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(table):
    return Product.objects.get(subject=table.seat_key)


def reads(who, thread):
    forget(who)
    return Thread.objects.open_to(who).filter(pk=thread.pk).exists()


def given(group, user, **span):
    """A seat of which nothing matters but that it is held."""
    return payments.grant(user=user, key=group.seat_key, cause="purchase", **span)


def runs_out(entitlement):
    """Its time is over, and the sweep has not come by."""
    now = timezone.now()
    Entitlement.objects.filter(pk=entitlement.pk).update(ends_at=now, due_at=now)


def names(group):
    return sorted(one.user.username for one in group.memberships.present())


def shown(group, viewer):
    """What the page of the group says of who is in it: to its owner by name, to the viewer what they are."""
    forget(viewer)
    found = queries.groups_for(viewer).select_related("board").get(pk=group.pk)
    return found.member_count, found.role


class TestBuying:
    def buy(self, till, buyer, product):
        order, payment = payments.check_out(buyer=buyer, product_ids=[product.pk], provider="till")
        seen = till.happens(payment.provider_id, Status.PAID)
        payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        order.refresh_from_db()
        return order

    def test_paid_for_one_is_in_and_given_back_one_is_out_while_what_was_said_stays(self, table, seat, till, ada, cleo):
        thread = said_in(table, ada)
        order = self.buy(till, cleo, seat)
        assert (reads(cleo, thread), names(table), shown(table, cleo)) == (True, ["ada", "cleo"], (2, "member"))
        operations.reply(thread=thread, by=cleo, source="I am glad to be here.")
        payments.request_refund(order=order, by=cleo)
        assert (reads(cleo, thread), names(table), shown(table, cleo)) == (False, ["ada"], (1, ""))
        assert list(thread.posts.in_order().values_list("author__username", flat=True)) == ["ada", "cleo"]
        assert [fact.user_id for fact in published(GroupJoined)] == [ada.pk, cleo.pk]
        assert published(GroupLeft) == [GroupLeft(group_id=table.pk, user_id=cleo.pk)]

    def test_whoever_buys_again_is_in_again(self, table, seat, till, ada, cleo):
        thread = said_in(table, ada)
        payments.request_refund(order=self.buy(till, cleo, seat), by=cleo)
        self.buy(till, cleo, seat)
        assert (reads(cleo, thread), names(table)) == (True, ["ada", "cleo"])

    def test_what_comes_in_is_the_schools_and_can_be_given_back_whatever_was_read(self, seat):
        assert (seat.kind, seat.share_percent, seat.refund_max_progress) == ("seat", 0, 100)

    def test_the_order_bears_the_name_of_the_group_in_the_buyers_language(self, table, seat, till, cleo):
        order = self.buy(till, cleo, seat)
        assert order.lines.get().title == "The bean group"

    def test_a_gift_brings_in_who_takes_it(self, table, seat, till, ada, ben, cleo):
        thread = said_in(table, ada)
        order, payment = payments.check_out(
            buyer=ben, product_ids=[seat.pk], provider="till", gift=payments.GiftWish(recipient="Cleo")
        )
        seen = till.happens(payment.provider_id, Status.PAID)
        payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        payments.claim_gift(gift=order.gift, by=cleo)
        assert (reads(cleo, thread), reads(ben, thread), names(table)) == (True, False, ["ada", "cleo"])


class TestOpeningOne:
    def test_the_list_says_what_a_seat_costs_to_whoever_has_none(self, table, ada, cleo, page_of):
        pages = [page_of(who).get("/groups/").content.decode() for who in (cleo, ada)]
        assert ["By buying a seat" in page for page in pages] == [True, True]
        assert ["¥99" in page for page in pages] == [True, False]

    def test_without_a_price_nothing_is_sold_and_nobody_comes_in(self, ada, ben):
        group = opened(ada, "paid", "later")
        with pytest.raises(operations.NotOpen):
            operations.join(group=group, by=ben)
        with pytest.raises(operations.NotOpen):
            operations.ask_to_join(group=group, by=ben)
        assert (names(group), Product.objects.filter(subject=group.seat_key).exists()) == (["ada"], False)

    def test_joined_in_another_way_no_seat_is_sold_and_who_has_one_keeps_it(self, table, seat, ada, cleo):
        thread = said_in(table, ada)
        given(table, cleo)
        table.entry = "request"
        operations.change_group(group=table, by=ada, price=9900, currency="CNY")
        assert (Product.objects.on_sale().filter(pk=seat.pk).exists(), reads(cleo, thread)) == (False, True)

    def test_renamed_the_seats_are_called_as_it_is(self, table, seat, ada):
        table.name_en = "The long table"
        operations.change_group(group=table, by=ada, price=12_000, currency="CNY")
        seat.refresh_from_db()
        assert (seat.title, seat.price_minor) == ("豆子小组 · The long table", 12_000)

    def test_the_database_keeps_who_keeps_it(self, table):
        with pytest.raises(IntegrityError, match="who_keeps_a_group_does_not_buy_it"), transaction.atomic():
            GroupMember.objects.filter(group=table, role="owner").update(is_bought=True)


@pytest.mark.leak
class TestWhenItEnds:
    def test_by_its_time_the_door_closes_before_anybody_has_swept(self, table, ada, cleo):
        thread = said_in(table, ada)
        seat = given(table, cleo, ends_at=timezone.now() + timedelta(days=1))
        assert reads(cleo, thread)
        runs_out(seat)
        assert (reads(cleo, thread), names(table), shown(table, cleo)) == (False, ["ada"], (2, ""))
        assert list(queries.joined_by(cleo)) == []
        payments.end_what_is_over()
        assert not GroupMember.objects.filter(group=table, user=cleo).exists()
        assert shown(table, cleo) == (1, "")
        assert published(GroupLeft) == [GroupLeft(group_id=table.pk, user_id=cleo.pk)]

    def test_one_of_two_reasons_is_not_the_last(self, table, ada, cleo):
        thread = said_in(table, ada)
        first, second = given(table, cleo), given(table, cleo)
        payments.end_entitlement(entitlement=first, cause="refund")
        assert (reads(cleo, thread), names(table)) == (True, ["ada", "cleo"])
        payments.end_entitlement(entitlement=second, cause="refund")
        assert (reads(cleo, thread), names(table)) == (False, ["ada"])

    def test_a_seat_elsewhere_is_another_matter(self, table, ada, cleo):
        other = opened(ada, "paid", "other")
        given(table, cleo)
        payments.end_entitlement(entitlement=given(other, cleo), cause="refund")
        assert (names(table), names(other)) == (["ada", "cleo"], ["ada"])

    def test_who_was_in_it_without_one_stays(self, table, ada, cleo):
        operations.invite(group=table, user=cleo, by=ada)
        operations.accept_invitation(group=table, by=cleo)
        payments.end_entitlement(entitlement=given(table, cleo), cause="refund")
        assert names(table) == ["ada", "cleo"]

    def test_who_was_invited_and_bought_one_stays_too(self, table, ada, cleo):
        operations.invite(group=table, user=cleo, by=ada)
        payments.end_entitlement(entitlement=given(table, cleo), cause="refund")
        assert names(table) == ["ada", "cleo"]

    def test_who_was_made_a_moderator_is_not_put_out(self, table, ada, cleo):
        seat = given(table, cleo)
        operations.set_role(group=table, user=cleo, role="moderator", by=ada)
        payments.end_entitlement(entitlement=seat, cause="refund")
        assert inside(table) == {("ada", "owner"), ("cleo", "moderator")}

    def test_invited_afterwards_they_come_back_without_paying(self, table, ada, cleo):
        thread = said_in(table, ada)
        runs_out(given(table, cleo))
        operations.invite(group=table, user=cleo, by=ada)
        operations.accept_invitation(group=table, by=cleo)
        payments.end_what_is_over()
        assert (reads(cleo, thread), names(table)) == (True, ["ada", "cleo"])


class TestComingAndGoing:
    def test_whoever_leaves_is_out_and_comes_back_by_what_was_paid(self, table, ada, cleo):
        thread = said_in(table, ada)
        given(table, cleo)
        operations.leave(group=table, by=cleo)
        assert (reads(cleo, thread), names(table)) == (False, ["ada"])
        operations.join(group=table, by=cleo)
        assert (reads(cleo, thread), names(table)) == (True, ["ada", "cleo"])

    def test_it_is_there_for_who_left_even_when_it_is_shown_to_nobody_else(self, table, ada, ben, cleo):
        given(table, cleo)
        operations.leave(group=table, by=cleo)
        table.entry = "invited"
        operations.change_group(group=table, by=ada)
        forget(cleo)
        assert [list(queries.groups_for(who)) for who in (cleo, ben)] == [[table], []]
        operations.join(group=table, by=cleo)
        assert names(table) == ["ada", "cleo"]

    @pytest.mark.leak
    def test_who_was_taken_out_stays_out_whatever_they_hold(self, table, ada, cleo):
        thread = said_in(table, ada)
        given(table, cleo)
        operations.remove_member(group=table, user=cleo, by=ada)
        assert not reads(cleo, thread)
        given(table, cleo)
        with pytest.raises(operations.NotWelcome):
            operations.join(group=table, by=cleo)
        assert (reads(cleo, thread), names(table)) == (False, ["ada"])


class TestAMembershipThatIncludesIt:
    @pytest.fixture
    def reader(self, tier, seat, ada, cleo):
        payments.include(tier=tier, product=seat, by=ada)
        return payments.grant(user=cleo, key=tier.key, cause="purchase", ends_at=timezone.now() + timedelta(days=30))

    def test_lets_one_take_a_seat_and_ends_it(self, table, reader, ada, cleo):
        thread = said_in(table, ada)
        assert (reads(cleo, thread), names(table)) == (False, ["ada"])
        operations.join(group=table, by=cleo)
        assert (reads(cleo, thread), [one.tier for one in why(cleo, table.seat_key)]) == (True, ["Reader"])
        payments.end_entitlement(entitlement=reader, cause="refund")
        assert (reads(cleo, thread), GroupMember.objects.filter(user=cleo).exists()) == (False, False)
        assert published(GroupLeft) == [GroupLeft(group_id=table.pk, user_id=cleo.pk)]

    @pytest.mark.leak
    def test_that_includes_it_no_more_closes_it_at_once(self, table, reader, tier, seat, ada, cleo):
        thread = said_in(table, ada)
        operations.join(group=table, by=cleo)
        payments.exclude(tier=tier, product=seat, by=ada)
        assert (reads(cleo, thread), names(table), shown(table, cleo)) == (False, ["ada"], (1, ""))

    def test_that_includes_it_no_more_says_who_left(self, table, reader, tier, seat, ada, ben, cleo):
        """At once, and not when the membership ends; who is asked back sits down anew."""
        for who in (ben, cleo):
            payments.grant(user=who, key=tier.key, cause="purchase")
            operations.join(group=table, by=who)
        payments.exclude(tier=tier, product=seat, by=ada)
        assert list(GroupMember.objects.filter(group=table).values_list("user", flat=True)) == [ada.pk]
        assert published(GroupLeft) == [GroupLeft(group_id=table.pk, user_id=who.pk) for who in (ben, cleo)]
        payments.include(tier=tier, product=seat, by=ada)
        assert names(table) == ["ada"]
        payments.end_entitlement(entitlement=reader, cause="refund")
        assert len(published(GroupLeft)) == 2

    def test_that_includes_it_no_more_puts_nobody_out_who_sits_there_for_another_reason(
        self, table, reader, tier, seat, ada, ben, cleo, dora
    ):
        other = Tier.objects.create(slug="patron", name_zh="赞助者", name_en="Patron")
        other.refresh_from_db()
        payments.include(tier=other, product=seat, by=ada)
        payments.grant(user=ben, key=tier.key, cause="purchase")
        payments.grant(user=ben, key=other.key, cause="purchase")
        given(table, cleo)
        operations.invite(group=table, user=dora, by=ada)
        operations.accept_invitation(group=table, by=dora)
        operations.join(group=table, by=ben)
        payments.exclude(tier=tier, product=seat, by=ada)
        assert (names(table), published(GroupLeft)) == (["ada", "ben", "cleo", "dora"], [])

    @pytest.mark.parametrize("count", [1, 3])
    def test_to_clear_one_seat_asks_as_often_as_to_clear_three(
        self, table, tier, seat, ada, member, count, django_assert_num_queries
    ):
        payments.include(tier=tier, product=seat, by=ada)
        for nth in range(count):
            who = member(f"Reader {nth}")
            payments.grant(user=who, key=tier.key, cause="purchase")
            operations.join(group=table, by=who)
        tier.inclusions.all().delete()
        with django_assert_num_queries(6):
            operations.clear_seats(key=table.seat_key)
        assert (names(table), len(published(GroupLeft))) == (["ada"], count)


class TestForWhomItIsNot:
    def test_who_is_in_already_or_was_taken_out_is_told_so_before_paying(
        self, table, seat, till, ada, ben, cleo, page_of
    ):
        JoinRequest.objects.create(group=table, user=cleo, refused_at=timezone.now())
        for who, words in ((ada, "You are in this group already"), (cleo, "unless somebody who keeps it invites you")):
            with pytest.raises(payments.NotForThem):
                payments.check_out(buyer=who, product_ids=[seat.pk], provider="till")
            page = page_of(who)
            said = unescape(page.get(seat.get_absolute_url()).content.decode())
            assert (words in said, "Pay ¥" in said) == (True, False)
            answer = page.post(seat.get_absolute_url(), {"way": "till", "act": "pay", "seen": "9900"})
            assert (answer.status_code, answer.headers["Location"]) == (302, seat.get_absolute_url())
        assert "Pay ¥" in unescape(page_of(ben).get(seat.get_absolute_url()).content.decode())

    def test_a_gift_waits_for_somebody_else(self, table, seat, till, ada, ben, cleo, page_of):
        order, payment = payments.check_out(
            buyer=ben, product_ids=[seat.pk], provider="till", gift=payments.GiftWish(recipient="Ada")
        )
        seen = till.happens(payment.provider_id, Status.PAID)
        payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        answer = page_of(ada).post(f"/gifts/{order.gift.token}/claim/")
        assert (answer.status_code, "Pass the link on" in answer.content.decode()) == (409, True)
        payments.claim_gift(gift=order.gift, by=cleo)
        assert names(table) == ["ada", "cleo"]


class TestItsPage:
    def text(self, page_of, who, group):
        return unescape(page_of(who).get(group.get_absolute_url()).content.decode())

    def test_says_what_it_costs_to_everybody_who_is_not_in_it(self, table, seat, page_of, ada, cleo):
        for who in (None, cleo):
            said = self.text(page_of, who, table)
            assert (f'href="{seat.get_absolute_url()}"' in said, "Buy a seat" in said, "¥99" in said) == (True,) * 3
        assert "Buy a seat" not in self.text(page_of, ada, table)

    def test_says_so_when_none_is_on_sale(self, page_of, ada, cleo):
        group = opened(ada, "paid", "later")
        for who in (None, cleo):
            assert "none is on sale now" in self.text(page_of, who, group)

    def test_names_the_memberships_in_which_it_is(self, table, seat, tier, page_of, ada, cleo):
        payments.include(tier=tier, product=seat, by=ada)
        assert "Included in the membership “Reader”" in self.text(page_of, cleo, table)
        payments.withdraw(subject=table.seat_key, by=ada)
        said = self.text(page_of, cleo, table)
        assert ("With a membership" in said, "Buy a seat" in said) == (True, False)

    def test_lets_one_back_who_left(self, table, page_of, cleo):
        given(table, cleo)
        page = page_of(cleo)
        page.post(f"{table.get_absolute_url()}leave/")
        assert "Take your seat" in self.text(page_of, cleo, table)
        page.post(f"{table.get_absolute_url()}join/")
        assert names(table) == ["ada", "cleo"]

    def test_the_list_says_what_a_seat_costs(self, table, page_of, cleo):
        said = unescape(page_of(cleo).get("/groups/").content.decode())
        assert ("By buying a seat" in said, "¥99" in said) == (True, True)
