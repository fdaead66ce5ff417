"""Groups at the desk: what a seat in one costs stands there."""

import pytest

from forum import operations
from forum.models import Board, Group, GroupMember
from forum.tests.grouping import opened
from payments.models import Product
from topics.models import Topic

pytestmark = pytest.mark.django_db
LIST = "/desk/forum/group/"


@pytest.fixture
def table(ada):
    return opened(ada, "paid", "table", price=9900, currency="CNY")


@pytest.fixture
def seat(table):
    return Product.objects.get(subject=table.seat_key)


def change(page, group, **changes):
    """Save the form as it stands there, with ``changes``."""
    address = f"{LIST}{group.pk}/change/"
    form = page.get(address).context["adminform"].form
    names = ("name_zh", "name_en", "slug", "about_zh", "about_en", "entry", "order")
    typed = {name: getattr(group, name) for name in names} | {"price": form["price"].value() or ""}
    page.post(address, typed | {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0} | changes)
    return typed["price"]


def test_the_price_stands_there_and_is_changed_there(table, seat, eli, desk_of):
    page = desk_of(eli)
    assert str(change(page, table, price="120")) == "99.00"
    seat.refresh_from_db()
    assert (seat.price_minor, seat.currency) == (12_000, "CNY")
    change(page, table, price="")
    assert not Product.objects.on_sale().filter(pk=seat.pk).exists()


def test_a_group_is_made_a_paid_one_and_who_was_in_it_stays(ada, ben, eli, desk_of):
    group = opened(ada)
    operations.join(group=group, by=ben)
    change(desk_of(eli), group, entry="paid", price="50")
    group.refresh_from_db()
    assert (group.entry, Product.objects.get(subject=group.seat_key).price_minor) == ("paid", 5000)
    assert sorted(one.user.username for one in group.memberships.present()) == ["ada", "ben"]


def test_its_topics_are_ticked_in_their_branches(table, eli, desk_of):
    crafts = Topic.objects.create(slug="crafts", name_zh="手艺", name_en="Crafts")
    pricing = Topic.objects.create(slug="pricing", name_zh="定价", name_en="Pricing", parent=crafts)
    page = desk_of(eli)
    change(page, table, topics=[pricing.pk])
    form = page.get(f"{LIST}{table.pk}/change/").context["adminform"].form
    assert (list(table.topics.all()), form["topics"].value()) == ([pricing], [pricing.pk])


def test_it_names_who_keeps_it_and_counts_the_others(table, ada, ben, cleo, eli, desk_of):
    GroupMember.objects.bulk_create(
        GroupMember(group=table, user=user, role=role) for user, role in ((ben, "moderator"), (cleo, "member"))
    )
    page = desk_of(eli)
    shown = page.get(f"{LIST}{table.pk}/change/").content.decode()
    assert [name in shown for name in ("Ada", "Ben", "Cleo")] == [True, True, False]
    assert '<td class="field-member_count">3</td>' in page.get(LIST).content.decode()


def test_one_of_which_a_seat_was_on_sale_is_not_deleted(table, ada, eli, desk_of):
    page, free = desk_of(eli), opened(ada)
    assert [page.post(f"{LIST}{one.pk}/delete/", {"post": "yes"}).status_code for one in (table, free)] == [403, 302]
    assert (list(Group.objects.all()), Board.objects.filter(group=table).exists()) == ([table], True)
