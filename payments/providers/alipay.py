"""
Alipay: its page on a desk, its wallet on a phone, RSA2 both ways.

The buyer is sent to an address that we sign ourselves, so that nothing is asked beforehand; Alipay knows of the trade
once the buyer is there. Its notices do not say when they were sent in a way that can be relied on: a repeat is harmless
because the notice's number is taken once, and nothing is taken in that Alipay, asked, does not say as well.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import alipay_bill, rsa, told, wire
from .interface import (
    Checkout,
    Event,
    Forged,
    Hint,
    Listed,
    NotUnderstood,
    Refused,
    Returned,
    Seen,
    Status,
    Unreachable,
    Wanted,
)
from .keys import WithKeys
from .numbers import reference_of, trade_number
from .renewing import RenewsByHand

BEIJING = ZoneInfo("Asia/Shanghai")
BILLS_AT = "dwbillcenter.alipay.com"
_FORM = "application/x-www-form-urlencoded;charset=utf-8"
_FIELD = re.compile(r"[a-z_]{1,40}")
_TAKEN, _NOT_THERE = "10000", "ACQ.TRADE_NOT_EXIST"
_TRY_AGAIN = frozenset({"20000", "ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"})
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
_KNOWN = _PAID | {"WAIT_BUYER_PAY", "TRADE_CLOSED"}
# The gateway leads on to the page itself, and a browser asks ``form-action`` of each step.
_ORIGINS = (
    "https://openapi.alipay.com",
    "https://unitradeprod.alipay.com",
    "https://excashier.alipay.com",
    "https://mclient.alipay.com",
)


class Alipay(RenewsByHand, WithKeys):
    """Speaks to ``openapi.alipay.com``, or to the sandbox in its manner."""

    name = "alipay"
    label = _("Alipay")
    note = _("You scan or log in on Alipay's own page; on a phone the app opens.")
    icon = "scan"
    currencies = frozenset({"CNY"})
    signs_time = False
    time_zone = "Asia/Shanghai"

    @property
    def account(self) -> str:
        """Ours at Alipay: the app, and the seller that it belongs to."""
        return f"{self.key('app_id')}/{self.key('seller_id')}"

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where the signed address leads, step by step."""
        return (self.origin,) if self.is_play else _ORIGINS

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``. Asks nobody: the address that the buyer is sent to is the request."""
        method = "alipay.trade.wap.pay" if wanted.is_phone else "alipay.trade.page.pay"
        addresses = {"return_url": wanted.return_url, "notify_url": wanted.webhook_url}
        fields = self._signed(method, trade_fields(wanted), **addresses)
        number = trade_number(reference=wanted.reference, key=wanted.key)
        return Checkout(provider_id=number, url=f"{self.url}?{urlencode(fields)}")

    def fetch(self, *, provider_id: str) -> Seen | None:
        """See ``Provider``. Before the buyer has come to Alipay's page there is no trade."""
        answer = self._call("alipay.trade.query", {"out_trade_no": provider_id})
        if answer.get("sub_code") == _NOT_THERE:
            return None
        _require_taken(answer)
        return self._seen(answer, account=self.account, was_paid="send_pay_date" in answer)

    def trace(self, hint: Hint) -> Seen | None:
        """See ``Provider``."""
        return self.fetch(provider_id=hint.number)

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        sent = {
            "out_trade_no": provider_id,
            "out_request_no": key,
            "refund_amount": told.written(amount),
            "refund_reason": reason,
        }
        answer = self._call("alipay.trade.refund", sent)
        _require_taken(answer)
        number = told.text(answer, "trade_no")
        # It also answers well for a refund that it has only begun; whether money moved is asked for separately.
        return Returned(provider_id=number, is_settled=answer.get("fund_change") == "Y" or self._is_back(sent))

    def listed(self, day: date) -> list[Listed]:
        """See ``Provider``. Alipay makes the list of a day in the morning after it."""
        sent = {"bill_type": "trade", "bill_date": day.isoformat()}
        answer = self._call("alipay.data.dataservice.bill.downloadurl.query", sent)
        if answer.get("sub_code") == "isp.bill_not_exist":
            return []
        _require_taken(answer)
        hosts = [self.origin.partition("://")[2]] if self.is_play else [BILLS_AT]
        url = wire.require_host(str(answer.get("bill_download_url")), *hosts)
        return alipay_bill.read(wire.exchange("GET", url, headers={}).body)

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        notice = self._require_signature(body)
        account = f"{told.text(notice, 'app_id')}/{told.text(notice, 'seller_id')}"
        kind = f"{told.text(notice, 'notify_type')}.{told.text(notice, 'trade_status')}"
        return Event(account=account, id=told.text(notice, "notify_id"), kind=kind[:64])

    def read(self, body: bytes) -> Seen | Hint | None:
        """See ``Provider``."""
        notice = _fields(body)
        if notice.get("notify_type") != "trade_status_sync":
            return None
        account = f"{told.text(notice, 'app_id')}/{told.text(notice, 'seller_id')}"
        return self._seen(notice, account=account, was_paid="gmt_payment" in notice)

    def acknowledgment(self) -> str:
        """Alipay wants this word and nothing else, or it tells again for a day."""
        return "success"

    def _seen(self, trade: Mapping[str, Any], *, account: str, was_paid: bool) -> Seen:
        number, status = told.text(trade, "out_trade_no"), told.text(trade, "trade_status")
        amount = told.decimal(trade, "total_amount")
        refunded = told.decimal(trade, "refund_fee", default="0.00")
        if status not in _KNOWN:
            raise NotUnderstood(f"status {status}")
        # Closed is what an unpaid trade becomes in time, and a paid one when all of it went back.
        if status == "TRADE_CLOSED" and was_paid:
            found, refunded = Status.REFUNDED, amount
        else:
            found = Status.PAID if status in _PAID else Status.OPEN
        if trade.get("trans_currency", "CNY") != "CNY":
            raise NotUnderstood("another currency")
        return Seen(
            account=account,
            provider_id=number,
            reference=reference_of(number),
            amount=amount,
            currency="CNY",
            status=found,
            refunded=refunded,
        )

    def _is_back(self, sent: Mapping[str, str]) -> bool:
        asked = {"out_trade_no": sent["out_trade_no"], "out_request_no": sent["out_request_no"]}
        answer = self._call("alipay.trade.fastpay.refund.query", asked)
        return answer.get("code") == _TAKEN and answer.get("refund_status") == "REFUND_SUCCESS"

    def _require_signature(self, body: bytes) -> dict[str, str]:
        public_key = self.key("public_key")
        try:
            notice = _fields(body)
        except NotUnderstood as unreadable:
            # What cannot be taken apart can have no signature either.
            raise Forged("no notice") from unreadable
        if notice.get("sign_type") != "RSA2":
            raise Forged("not RSA2")
        message = to_be_signed({name: value for name, value in notice.items() if name != "sign_type"})
        if not rsa.is_signed(message, signature=notice.get("sign", ""), public_key=public_key):
            raise Forged("wrong signature")
        return notice

    def _signed(self, method: str, content: Mapping[str, Any], **more: str) -> dict[str, str]:
        fields = {
            "app_id": self.key("app_id"),
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": timezone.localtime(timezone.now(), BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **more,
        }
        return fields | {"sign": rsa.sign(to_be_signed(fields), private_key=self.key("private_key"))}

    def _call(self, method: str, content: Mapping[str, Any]) -> dict[str, Any]:
        body = urlencode(self._signed(method, content)).encode()
        answer = wire.exchange("POST", self.url, headers={"Content-Type": _FORM}, body=body).body
        return self._answer(answer, node=f"{method.replace('.', '_')}_response")

    def _answer(self, body: bytes, *, node: str) -> dict[str, Any]:
        whole = wire.as_object(body)
        signed = signed_part(body.decode(), node=node) if node in whole else ""
        signature = whole.get("sign")
        if not signed or not isinstance(signature, str):
            raise NotUnderstood(f"no {node}")
        if not rsa.is_signed(signed.encode(), signature=signature, public_key=self.key("public_key")):
            raise NotUnderstood("an answer that Alipay did not sign")
        return wire.as_object(signed.encode())


def trade_fields(wanted: Wanted) -> dict[str, Any]:
    """What a trade is asked for with, field by field."""
    return {
        "out_trade_no": trade_number(reference=wanted.reference, key=wanted.key),
        "total_amount": told.written(wanted.amount),
        "subject": _plain(wanted.description)[:128],
        "product_code": "QUICK_WAP_WAY" if wanted.is_phone else "FAST_INSTANT_TRADE_PAY",
        "time_expire": timezone.localtime(wanted.expires_at, BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    }


def to_be_signed(fields: Mapping[str, str]) -> bytes:
    """The bytes that Alipay signs: every field but the signature that is not empty, by name, joined as in an address."""
    pairs = sorted((name, value) for name, value in fields.items() if name != "sign" and value)
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def signed_part(body: str, *, node: str) -> str:
    """
    The object called ``node`` exactly as it stands in ``body``: those characters are signed and no others.

    Empty where it is not there.
    """
    start = body.find(f'"{node}"')
    start = body.find("{", start) if start >= 0 else -1
    if start < 0:
        return ""
    _, end = json.JSONDecoder().raw_decode(body, start)
    return body[start:end]


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=60)
    except ValueError as unreadable:
        raise NotUnderstood("not a form") from unreadable
    if len(dict(pairs)) != len(pairs) or not all(_FIELD.fullmatch(name) for name, _ in pairs):
        raise NotUnderstood("a field twice, or of no name")
    return dict(pairs)


def _require_taken(answer: Mapping[str, Any]) -> None:
    code, detail = answer.get("code"), answer.get("sub_code")
    if code in _TRY_AGAIN or detail in _TRY_AGAIN:
        raise Unreachable(f"{code} {detail}")
    if code != _TAKEN:
        raise Refused(f"{code} {detail}")


def _plain(words: str) -> str:
    """``words`` without the signs that Alipay refuses in a subject."""
    return re.sub(r"[/=&]+", " ", words).strip() or "-"
