"""The journal and what is on its way out, at the desk: in words, and found by their codes too."""

import pytest

from core.events import outbox
from ledger import operations as books
from ledger.models import Transaction
from ledger.rules import AccountName, Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale():
    lines = [
        Line(AccountName(kind, owner, "CNY"), amount)
        for kind, owner, amount in [("customers", "till", -100), ("creator", "user:7", 80), ("platform", "house", 20)]
    ]
    return books.post(key="sale:payment:7", kind="sale", lines=lines)


@pytest.mark.parametrize(
    ("language", "sold", "share", "taken_back"),
    [("en", "Sale", "Share of the creator", "Taken back: Sale"), ("zh-hans", "售出", "创作者分成", "撤回：售出")],
)
def test_the_journal_is_read_in_words(eli, desk_of, sale, language, sold, share, taken_back):
    books.reverse(transaction=sale, key="sale:payment:7:wrong")
    desk = desk_of(eli, language=language)
    rows = rows_of(desk, "/desk/ledger/transaction/?q=sale:payment:7")
    assert (f">{sold}<" in rows, f">{taken_back}<" in rows, ">sale<" in rows) == (True, True, False)
    assert f"{share} · user:7 · CNY" in desk.get(f"/desk/ledger/transaction/{sale.pk}/change/").content.decode()
    assert share in rows_of(desk, "/desk/ledger/account/?q=creator")


def test_the_journal_is_filtered_by_what_happened(eli, desk_of, sale):
    books.reverse(transaction=sale, key="sale:payment:7:wrong")
    rows = rows_of(desk_of(eli), "/desk/ledger/transaction/?kind=sale")
    assert ("sale:payment:7<" in rows, "sale:payment:7:wrong" in rows) == (True, False)
    assert Transaction.objects.count() == 2


@pytest.mark.parametrize(("language", "mail"), [("en", "Mail"), ("zh-hans", "邮件")])
def test_what_is_on_its_way_out_is_read_and_filtered_in_words(eli, desk_of, language, mail):
    outbox.enqueue(kind="mail", key="letter:1", payload={})
    outbox.enqueue(kind="privacy.discard", key="copy:1", payload={"file_name": "a"})
    rows = rows_of(desk_of(eli, language=language), "/desk/events/outboxmessage/?kind=mail")
    assert (f">{mail}<" in rows, "letter:1" in rows, "copy:1" in rows) == (True, True, False)


def rows_of(desk, address):
    """The rows of a list at the desk."""
    return desk.get(address).content.decode().partition("<tbody")[2].partition("</tbody>")[0]
