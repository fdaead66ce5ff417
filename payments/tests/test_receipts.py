"""Receipts as files, the queue of invoices, and why somebody may see something."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdf
import pytest

from core.audit.models import AuditEntry
from core.events.testing import published
from payments import events, operations, printing, queries, receipts
from payments.models import InvoiceRequest, Tier
from payments.providers import Status

pytestmark = pytest.mark.django_db
PAID = datetime(2026, 11, 27, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def text(answer):
    return " ".join(answer.content.decode().split())


def read(body):
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    return "\n".join(page.extract_text() for page in pages), pages


class TestReceipts:
    def test_it_says_in_chinese_and_latin_what_was_paid(self, ada, ben, enter, sell, told):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20)
        operations.share_code(coupon=coupon, code="春天")
        product = sell(title="从一袋豆子算起 Coffee")
        order, payment = operations.check_out(buyer=ben, product_ids=[product.pk], provider="till", code="春天")
        told(payment, Status.PAID)
        operations.refund_as_staff(order=order, amount=1000, by=ada, reason="kindness")
        order.refresh_from_db()
        answer = enter(ben).get(f"{order.get_absolute_url()}receipt.pdf?lang=zh-hans")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        said, _ = read(answer.content)
        for words in (
            "收据",
            order.receipt_number,
            "Ben",
            order.reference,
            "从一袋豆子算起 Coffee",
            "¥199.00",
            "春天",
            "−¥39.80",
            "¥159.20",
            "−¥10.00",
        ):
            assert words in said, words

    def test_the_font_is_in_the_file(self, ben, enter, sell, bought):
        order, _ = bought(ben, sell(title="豆子"))
        _, pages = read(enter(ben).get(f"{order.get_absolute_url()}receipt.pdf").content)
        used = [font.get_object() for font in pages[0]["/Resources"]["/Font"].values()]
        files = [font["/FontDescriptor"].get("/FontFile2") for font in used if "/FontDescriptor" in font]
        assert files and all(file is not None for file in files)

    def test_a_long_one_goes_on_over_the_page(self):
        rows = [receipts.Row(text=f"第 {number} 课，" + "很长的名字" * 30, amount="¥1") for number in range(30)]
        drawn = receipts.draw(
            receipts.Receipt(
                title="收据", number="1", author="学社", paid_at=PAID, facts=[("From", "学社")], rows=rows, note="注"
            )
        )
        said, pages = read(drawn)
        assert len(pages) > 1
        assert [f"第{number}课" in "".join(said.split()) for number in range(30)] == [True] * 30

    def test_the_file_says_of_itself_whose_it_is_and_when_it_was_paid(self):
        drawn = receipts.draw(
            receipts.Receipt(
                title="收据", number="2026-000001", author="提灯学社", paid_at=PAID, facts=[], rows=[], note=""
            )
        )
        about = pypdf.PdfReader(io.BytesIO(drawn)).metadata
        assert (about.title, about.author, about.creator) == ("收据 2026-000001", "提灯学社", "提灯学社")
        assert about.creation_date == about.modification_date == datetime(2026, 11, 27, 15, 30, tzinfo=UTC)

    def test_it_goes_along_with_the_letter_in_the_language_of_the_buyer(self, ben, enter, sell, bought):
        order, _ = bought(ben, sell(title="从一袋豆子算起"))
        goes = printing.enclose_receipt(order.reference, "zh-hans")
        assert (goes.name, goes.media_type) == (f"receipt-{order.receipt_number}.pdf", "application/pdf")
        assert goes.body.startswith(b"%PDF")

    def test_an_order_without_one_encloses_none(self, ben, sell, begin):
        order, _ = begin(ben, sell())
        assert [printing.enclose_receipt(one, "en") for one in (order.reference, "GONE-0000-0000")] == [None, None]

    @pytest.mark.leak
    def test_nobody_else_gets_it(self, ben, cleo, client, enter, sell, bought):
        order, _ = bought(ben, sell())
        address = f"{order.get_absolute_url()}receipt.pdf"
        assert [enter(who).get(address).status_code for who in (ben, cleo)] == [200, 404]
        assert client.get(address).status_code == 302

    def test_an_unpaid_order_has_none(self, ben, enter, sell, begin):
        order, _ = begin(ben, sell())
        assert enter(ben).get(f"{order.get_absolute_url()}receipt.pdf").status_code == 404


class TestInvoices:
    COMPANY = {"kind": "company", "title": "提灯学社有限公司", "tax_number": "9131 0000 ma1k 0000 0X"}

    def ask(self, client, order, **fields):
        return client.post(f"{order.get_absolute_url()}invoice/", self.COMPANY | fields, follow=True)

    def test_a_buyer_asks_and_may_correct_it_until_it_is_issued(self, ada, ben, enter, sell, bought):
        order, _ = bought(ben, sell())
        client = enter(ben)
        for title in ("提灯学设", "提灯学社"):
            page = text(self.ask(client, order, title=title))
        assert ("It is in the queue" in page, "asked for" in page) == (True, True)
        asked = InvoiceRequest.objects.get()
        assert (asked.title, asked.tax_number) == ("提灯学社", "91310000MA1K00000X")
        operations.note_invoice(request=asked, number="25312000000012345678", by=ada)
        assert "25312000000012345678" in text(client.get(order.get_absolute_url()))
        assert client.get(f"{order.get_absolute_url()}invoice/").status_code == 404
        assert published(events.InvoiceIssued) == [events.InvoiceIssued(order_id=order.pk, buyer_id=ben.pk)]
        assert AuditEntry.objects.filter(act="payments.invoice").count() == 1

    @pytest.mark.parametrize("number", ["", "123", "91310000MA1K-0000X"])
    def test_a_company_needs_a_real_tax_number(self, ben, enter, sell, bought, number):
        order, _ = bought(ben, sell())
        answer = self.ask(enter(ben), order, tax_number=number)
        assert (answer.status_code, InvoiceRequest.objects.count()) == (422, 0)

    def test_refused_it_says_why_and_can_be_asked_for_again(self, ada, ben, enter, sell, bought):
        order, _ = bought(ben, sell())
        client = enter(ben)
        self.ask(client, order)
        operations.refuse_invoice(request=InvoiceRequest.objects.get(), reason="The name is misspelled", by=ada)
        assert "The name is misspelled" in text(client.get(order.get_absolute_url()))
        self.ask(client, order, title="提灯学社")
        assert InvoiceRequest.objects.get().refused_at is None

    def test_not_for_what_is_not_theirs_not_paid_or_given_back(self, ada, ben, cleo, sell, begin, bought):
        unpaid, _ = begin(ben, sell("course:1"))
        paid, _ = bought(ben, sell("course:2"))
        fields = {"kind": "person", "title": "Ben"}
        for order, who in ((unpaid, ben), (paid, cleo)):
            with pytest.raises(operations.NoInvoice):
                operations.ask_for_invoice(order=order, by=who, **fields)
        operations.request_refund(order=paid, by=ben)
        with pytest.raises(operations.NoInvoice):
            operations.ask_for_invoice(order=paid, by=ben, **fields)

    def test_noted_once(self, ada, ben, enter, sell, bought):
        order, _ = bought(ben, sell())
        self.ask(enter(ben), order)
        asked = InvoiceRequest.objects.get()
        operations.note_invoice(request=asked, number="1", by=ada)
        with pytest.raises(operations.NoInvoice):
            operations.note_invoice(request=asked, number="2", by=ada)
        asked.refresh_from_db()
        assert asked.number == "1"


class TestWhy:
    def test_bought_given_and_by_membership(self, ada, ben, cleo, sell, bought, told):
        product = sell()
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader", trial_days=7)
        operations.include(tier=tier, product=product, by=ada)
        order, _ = bought(ben, product)
        operations.start_trial(tier=tier, user=ben)
        gift, payment = operations.check_out(
            buyer=ada, product_ids=[product.pk], provider="till", gift=operations.GiftWish()
        )
        told(payment, Status.PAID)
        operations.claim_gift(gift=gift.gift, by=cleo)
        his, hers = queries.why(ben, "course:42"), queries.why(cleo, "course:42")
        assert [(one.cause, one.tier, one.order_url) for one in his] == [
            ("purchase", "", order.get_absolute_url()), ("trial", "Reader", ""),
        ]  # fmt: skip
        assert [(one.cause, one.giver, one.order_url) for one in hers] == [("gift", "Ada", "")]
        operations.request_refund(order=order, by=ben)
        assert [one.cause for one in queries.why(ben, "course:42")] == ["trial"]
