"""What is said in a group is read by who is in it: not by who was, was taken out, waits, or was only asked; nor by who once paid for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.audience.keys import forget
from forum import operations as forum
from forum.models import Board, Group, GroupMember, JoinRequest
from payments import operations as payments
from payments.models import Entitlement, Product, Tier

from .asking import CANARY, EXPECTED, asks, found, seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.leak]


@pytest.fixture(params=["request", "paid"])
def group(request, ada):
    words = {f"{field}_{language}": "Birds" for field in ("name", "about") for language in ("zh", "en")}
    group = Group(slug="birds", entry=request.param, **words)
    return forum.open_group(group=group, by=ada, price=9900, currency="CNY")


@pytest.fixture
def inside(group, personas, ada):
    """Everybody who is to find it is in the group; the others are out of it, each in another way."""
    come = sit if group.entry == "paid" else are_let_in
    come(group, {name: who for name, who in personas.items() if who is not None}, ada)
    for who in personas.values():
        if who is not None:
            forget(who)


def are_let_in(group, people, ada):
    ways = [left, taken_out, waiting, asked, refused]
    for name, who in people.items():
        way = stays if EXPECTED[name] else ways.pop(0) if ways else left
        way(group, who, ada)


def sit(group, people, ada):
    """Whose seat is paid for, given, or in their membership; and who had one until the money, the time or the membership was over."""

    def given(name, **span):
        return payments.grant(user=people[name], key=group.seat_key, cause="purchase", **span)

    for name in ("Buyer", "Gifted"):
        given(name)
    payments.end_entitlement(entitlement=given("Refunded"), cause="refund")
    over = given("Expired", ends_at=timezone.now() + timedelta(days=1))
    # The sweep has not come by yet: its time alone closes the door.
    Entitlement.objects.filter(pk=over.pk).update(ends_at=timezone.now())
    payments.include(tier=Tier.objects.get(), product=Product.objects.get(subject=group.seat_key), by=ada)
    for name in ("Renewing", "Owing", "Stopped"):
        forum.join(group=group, by=people[name])
    # They sat down while they were members, and nobody has cleared away after them.
    lapsed = [people[name] for name in ("GivenUp", "TakenBack", "Lapsed")]
    GroupMember.objects.bulk_create(GroupMember(group=group, user=who, is_bought=True) for who in lapsed)


def stays(group, who, ada):
    forum.invite(group=group, user=who, by=ada)
    forum.accept_invitation(group=group, by=who)


def left(group, who, ada):
    stays(group, who, ada)
    forum.leave(group=group, by=who)


def taken_out(group, who, ada):
    stays(group, who, ada)
    forum.remove_member(group=group, user=who, by=ada)


def waiting(group, who, ada):
    forum.ask_to_join(group=group, by=who)


def asked(group, who, ada):
    forum.invite(group=group, user=who, by=ada)


def refused(group, who, ada):
    waiting(group, who, ada)
    forum.answer_request(request=JoinRequest.objects.get(group=group, user=who), by=ada, is_accepted=False)


@pytest.fixture
def song(group, inside, ada, worker):
    """What is said in it; the listeners have read of it."""
    board = Board.objects.get(group=group)
    begun = forum.start_thread(
        by=ada,
        title=f"How the {CANARY} sings",
        source=f"The {CANARY} sings at dawn.",
        audience=board.audience,
        board=board,
    )
    worker()
    return begun


@asks("page forum:group")
def test_its_page(personas, group, song, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get(group.get_absolute_url()))) == EXPECTED


def test_its_board_and_the_list_of_all(personas, group, song, page_of):
    for address in (f"/community/?board=group-{group.pk}", "/community/", "/community/?kind=discussion"):
        assert seen_by(personas, lambda who, address=address: found(page_of(who).get(address))) == EXPECTED


def test_the_thread_itself(personas, song, page_of):
    def look(who):
        answer = page_of(who).get(f"/t/{song.pk}/", follow=True)
        return found(answer) or any(CANARY in address for address, _ in answer.redirect_chain)

    assert seen_by(personas, look) == EXPECTED


def test_writing_in_it(personas, song, page_of):
    def writes(who):
        answer = page_of(who).post(f"/t/{song.pk}/write/", {"body": "Lovely."})
        return answer.status_code == 302 and "login" not in answer.headers["Location"]

    assert seen_by(personas, writes) == EXPECTED


def test_the_search_and_the_feed(personas, song, page_of):
    assert seen_by(personas, lambda who: "/t/" in page_of(who).get(f"/search/?q={CANARY}").content.decode()) == EXPECTED
    feeds = seen_by(personas, lambda who: found(page_of(who).get("/feed/", headers={"hx-request": "true"})))
    assert {name for name, sees in feeds.items() if sees} <= {name for name, may in EXPECTED.items() if may}


def test_the_list_of_groups_says_nothing_of_it_to_anybody(personas, song, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get("/groups/"))) == dict.fromkeys(EXPECTED, False)


def test_no_seat_brings_in_who_only_holds_it(personas, group, song, page_of):
    """A key that is sold is no membership: by itself it reads nothing."""
    payments.grant(user=personas["Free"], key=group.seat_key, cause="purchase")
    forum.leave(group=group, by=personas["Free"])
    forget(personas["Free"])
    assert not found(page_of(personas["Free"]).get(group.get_absolute_url()))
