"""
WeChat Pay, API v3: a QR code on a desk (native), the wallet on a phone (H5).

Every request is signed by us, every answer and every notice by WeChat; what a notice says is encrypted besides. Signing,
verifying and opening are wechatpayv3's; the wire and the five minutes are ours, since it accepts a notice of yesterday.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wechatpayv3 import utils as theirs

from . import rsa, told, wechat_bill, wire
from .interface import Checkout, Event, Forged, Hint, Listed, NotUnderstood, Refused, Returned, Seen, Status, Wanted
from .keys import WithKeys
from .numbers import reference_of, trade_number
from .renewing import RenewsByHand

TOLERANCE_SECONDS = 300
_CODE = "weixin://"
_OPEN = frozenset({"NOTPAY", "USERPAYING", "ACCEPT", "CLOSED", "REVOKED"})
_STATUSES = {
    **dict.fromkeys(_OPEN, Status.OPEN),
    "PAYERROR": Status.DECLINED,
    "SUCCESS": Status.PAID,
    # Something of it went back; how much is told by the refunds.
    "REFUND": Status.PAID,
}
_SETTLED = {"SUCCESS": True, "PROCESSING": False}
_HEADERS = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")


class WeChat(RenewsByHand, WithKeys):
    """Speaks to ``api.mch.weixin.qq.com``, or to the sandbox in its manner."""

    name = "wechat"
    label = _("WeChat Pay")
    note = _("Scan a code with WeChat; on a phone it opens by itself.")
    icon = "scan"
    currencies = frozenset({"CNY"})
    tells_returned = False
    time_zone = "Asia/Shanghai"

    @property
    def account(self) -> str:
        """Ours at WeChat: the app, and the merchant that it belongs to."""
        return f"{self.key('app_id')}/{self.key('mch_id')}"

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where a phone is sent; a desk shows a code and stays here."""
        return (self.origin,) if self.is_play else ("https://wx.tenpay.com",)

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``. A phone of which the address is not known is shown a code too: H5 asks for it."""
        number = trade_number(reference=wanted.reference, key=wanted.key)
        fields = self._standing() | trade_fields(wanted)
        if wanted.is_phone and wanted.payer_address:
            answer = self._call("POST", "/v3/pay/transactions/h5", fields | _scene(wanted))
            url = self._required(answer.get("h5_url"))
            joint = "&" if "?" in url else "?"
            return Checkout(provider_id=number, url=f"{url}{joint}redirect_url={quote(wanted.return_url, safe='')}")
        answer = self._call("POST", "/v3/pay/transactions/native", fields)
        code = str(answer.get("code_url"))
        return Checkout(provider_id=number, qr=code if code.startswith(_CODE) else self._required(code))

    def fetch(self, *, provider_id: str) -> Seen | None:
        """See ``Provider``."""
        asked = urlencode({"mchid": self.key("mch_id")})
        answer = self._call("GET", f"/v3/pay/transactions/out-trade-no/{provider_id}?{asked}")
        return _seen(answer, refunded=0)

    def trace(self, hint: Hint) -> Seen | None:
        """See ``Provider``."""
        return self.fetch(provider_id=hint.number)

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        trade = self.fetch(provider_id=provider_id)
        if trade is None:
            raise Refused("no such trade")
        sent = {
            "out_trade_no": provider_id,
            "out_refund_no": key,
            "reason": reason,
            "amount": {"refund": amount, "total": trade.amount, "currency": currency},
        }
        answer = self._call("POST", "/v3/refund/domestic/refunds", sent)
        status = told.text(answer, "status")
        if status not in _SETTLED:
            raise Refused(f"refund {status}")
        return Returned(provider_id=told.text(answer, "refund_id"), is_settled=_SETTLED[status])

    def listed(self, day: date) -> list[Listed]:
        """See ``Provider``. WeChat makes the list of a day in the morning after it."""
        asked = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL"})
        try:
            answer = self._call("GET", f"/v3/bill/tradebill?{asked}")
        except Refused as refused:
            if "NO_STATEMENT_EXIST" in str(refused):
                return []
            raise
        url = self._required(answer.get("download_url"))
        path = urlsplit(url.removeprefix(self.url))
        target = path.path + (f"?{path.query}" if path.query else "")
        # The list itself is not signed; the answer that names it is, and says its hash.
        bill = wire.exchange("GET", url, headers=self._headers("GET", target, b"")).body
        if hashlib.sha1(bill, usedforsecurity=False).hexdigest() != str(answer.get("hash_value")).lower():
            raise NotUnderstood("another list than was promised")
        return wechat_bill.read(bill)

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        self._require_signature(headers, body, at=at)
        notice, about = self._opened(body)
        return Event(account=_account(about), id=told.text(notice, "id"), kind=told.text(notice, "event_type"))

    def read(self, body: bytes) -> Seen | Hint | None:
        """See ``Provider``."""
        notice, about = self._opened(body)
        kind = told.text(notice, "event_type")
        if kind == "TRANSACTION.SUCCESS":
            return _seen(about, refunded=0)
        if kind == "REFUND.SUCCESS":
            return self._returned(about)
        return None

    def acknowledgment(self) -> str:
        """Any 2xx will do."""
        return ""

    def _returned(self, about: Mapping[str, Any]) -> Seen:
        """A refund says how much went back this time, which is at least what went back in all."""
        number, amount = told.text(about, "out_trade_no"), told.part(about, "amount")
        total, refunded = told.number(amount, "total"), told.number(amount, "refund")
        return Seen(
            # Notices of refunds name the merchant and not the app, which the number of the trade stands for.
            account=f"{self.key('app_id')}/{told.text(about, 'mchid')}",
            provider_id=number,
            reference=reference_of(number),
            amount=total,
            currency="CNY",
            status=Status.REFUNDED if refunded == total else Status.PAID,
            refunded=refunded,
        )

    def _standing(self) -> dict[str, str]:
        return {"appid": self.key("app_id"), "mchid": self.key("mch_id")}

    def _required(self, url: Any) -> str:
        hosts = {origin.partition("://")[2] for origin in (*self.checkout_origins, self.origin)}
        return wire.require_host(str(url), *hosts)

    def _call(self, method: str, target: str, sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = b"" if sent is None else json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
        headers = self._headers(method, target, body)
        answer = wire.exchange(method, f"{self.url}{target}", headers=headers, body=body or None)
        told_by = {name: answer.headers.get(name.lower(), "") for name in _HEADERS}
        try:
            self._require_signature(told_by, answer.body, at=timezone.now())
        except Forged as forged:
            raise NotUnderstood("an answer that WeChat did not sign") from forged
        return wire.as_object(answer.body)

    def _headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Authorization": self._authorization(method, target, body),
            "Content-Type": "application/json",
            "User-Agent": "Lyceum",
            # Which of WeChat's keys the answer is to be signed with.
            "Wechatpay-Serial": self.key("platform_key_id"),
        }

    def _authorization(self, method: str, target: str, body: bytes) -> str:
        key = rsa.private_key_of(self.key("private_key"))
        whose = (self.key("mch_id"), self.key("serial"))
        said: str = theirs.build_authorization(target, method, *whose, key, body.decode(), secrets.token_hex(16))
        return said

    def _require_signature(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> None:
        moment, nonce, signature, serial = (headers.get(name, "") for name in _HEADERS)
        if serial != self.key("platform_key_id"):
            raise Forged("another key")
        # A doubled header reaches us joined by a comma, and a time is digits only.
        if not moment.isascii() or not moment.isdecimal() or len(moment) > len("9999999999") or not nonce:
            raise Forged("no signature")
        if not is_signed(body, moment=moment, nonce=nonce, signature=signature, key=self.key("platform_public_key")):
            raise Forged("wrong signature")
        if abs(at.timestamp() - int(moment)) > TOLERANCE_SECONDS:
            raise Forged("not of now")

    def _opened(self, body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        notice = wire.as_object(body)
        sealed = told.part(notice, "resource")
        if sealed.get("algorithm") != "AEAD_AES_256_GCM":
            raise NotUnderstood("another cipher")
        return notice, wire.as_object(unsealed(sealed, api_key=self.key("api_key")))


def trade_fields(wanted: Wanted) -> dict[str, Any]:
    """What a trade is asked for with beside whose it is, field by field; the same for the same attempt."""
    return {
        "description": wanted.description[:127],
        "out_trade_no": trade_number(reference=wanted.reference, key=wanted.key),
        "time_expire": wanted.expires_at.replace(microsecond=0).isoformat(),
        "notify_url": wanted.webhook_url,
        "amount": {"total": wanted.amount, "currency": wanted.currency},
    }


def unsealed(sealed: Mapping[str, Any], *, api_key: str) -> bytes:
    """
    What stands in the ``resource`` of a notice.

    :raises NotUnderstood: if it was not sealed with our key.
    """
    ciphertext, nonce = sealed.get("ciphertext"), sealed.get("nonce")
    if not isinstance(ciphertext, str) or not isinstance(nonce, str):
        raise NotUnderstood("nothing sealed")
    try:
        _require_base64(ciphertext)
        opened: str | None = theirs.aes_decrypt(nonce, ciphertext, str(sealed.get("associated_data") or ""), api_key)
    except ValueError as unreadable:
        raise NotUnderstood("not sealed as agreed") from unreadable
    if opened is None:
        raise NotUnderstood("sealed with another key")
    return opened.encode()


def is_signed(body: bytes, *, moment: str, nonce: str, signature: str, key: str) -> bool:
    """Whether ``signature`` (base64) is that of ``key`` over time, chance and raw ``body``."""
    try:
        _require_base64(signature)
        return bool(theirs.rsa_verify(moment, nonce, body.decode(), signature, rsa.public_key_of(key)))
    except ValueError:
        return False


def _require_base64(written: str) -> None:
    # The package passes over what does not belong there: one signature could be written in many ways.
    base64.b64decode(written, validate=True)


def _scene(wanted: Wanted) -> dict[str, Any]:
    return {"scene_info": {"payer_client_ip": wanted.payer_address, "h5_info": {"type": "Wap"}}}


def _seen(trade: Mapping[str, Any], *, refunded: int) -> Seen:
    number, state = told.text(trade, "out_trade_no"), told.text(trade, "trade_state")
    amount = told.part(trade, "amount")
    if state not in _STATUSES:
        raise NotUnderstood(f"state {state}")
    return Seen(
        account=_account(trade),
        provider_id=number,
        reference=reference_of(number),
        amount=told.number(amount, "total"),
        currency=told.text(amount, "currency"),
        status=_STATUSES[state],
        refunded=refunded,
    )


def _account(about: Mapping[str, Any]) -> str:
    app_id = about.get("appid")
    return f"{app_id if isinstance(app_id, str) else ''}/{told.text(about, 'mchid')}"
