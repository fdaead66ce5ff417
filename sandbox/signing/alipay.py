"""
The manner of Alipay: a form, signed inside itself with RSA2, that wants the word `success` for an answer.

Alipay does not tell of a card that was declined, and has no chargebacks: what the bank takes back is a trade that closes
with all of its money given back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sandbox.signing import ciphers, wire

_EAST = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class AlipayScheme:
    app_id: str
    seller_id: str
    private_key: str = field(repr=False)
    shop_key: str = field(repr=False)

    def tells(self, kind: str) -> bool:
        return kind != "payment.declined"

    def dress(self, event: Mapping[str, Any], *, at: int) -> wire.Message:
        fields = self.signed(self._notice(event, at))
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return wire.Message(kind, urlencode(fields).encode())

    def is_acknowledged(self, answer: wire.Answer) -> bool:
        return answer.is_success and answer.body.strip() == b"success"

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        signature = ciphers.sign(joined(fields, apart_from={"sign", "sign_type"}), self.private_key)
        return {**fields, "sign": signature, "sign_type": "RSA2"}

    def _notice(self, event: Mapping[str, Any], at: int) -> dict[str, str]:
        payment = event["payment"]
        given_back = refunded(payment)
        fields = {
            "notify_time": written_time(at),
            "notify_type": "trade_status_sync",
            "notify_id": event["id"].removeprefix("evt_"),
            "charset": "utf-8",
            "version": "1.0",
            "app_id": self.app_id,
            "auth_app_id": self.app_id,
            "seller_id": self.seller_id,
            "trade_no": trade_number(payment),
            "out_trade_no": payment["order_reference"],
            "buyer_id": "2088000000000001",
            "trade_status": trade_status(payment),
            "total_amount": yuan(payment["amount"]),
            "receipt_amount": yuan(payment["amount"]),
            "buyer_pay_amount": yuan(payment["amount"]),
            "gmt_create": written_time(payment["created"]),
            "gmt_payment": written_time(payment["paid_at"] or at),
        }
        back = {"refund_fee": yuan(given_back), "gmt_refund": f"{written_time(event['created'])}.000"}
        return fields | (back if given_back else {})


def from_environment(environment: Mapping[str, str]) -> AlipayScheme | None:
    private_key = environment.get("SANDBOX_ALIPAY_PRIVATE_KEY", "")
    if not private_key:
        return None
    return AlipayScheme(
        app_id=environment.get("ALIPAY_APP_ID", ""),
        seller_id=environment.get("ALIPAY_SELLER_ID", ""),
        private_key=private_key,
        shop_key=environment.get("SANDBOX_ALIPAY_SHOP_KEY", ""),
    )


def joined(fields: Mapping[str, str], *, apart_from: set[str]) -> bytes:
    """Give what is signed: fields that are not empty, by name, as `name=value` with `&` between them."""
    kept = sorted(name for name, value in fields.items() if value and name not in apart_from)
    return "&".join(f"{name}={fields[name]}" for name in kept).encode()


def refunded(payment: Mapping[str, Any]) -> int:
    return int(payment["amount"] if payment["status"] == "disputed" else payment["amount_refunded"])


def trade_status(payment: Mapping[str, Any]) -> str:
    if payment["status"] in {"refunded", "disputed"}:
        return "TRADE_CLOSED"
    return "TRADE_SUCCESS" if payment["status"] == "paid" else "WAIT_BUYER_PAY"


def trade_number(payment: Mapping[str, Any]) -> str:
    """Give a number in Alipay's form: a date, then digits."""
    return f"{datetime.fromtimestamp(payment['created'], UTC):%Y%m%d}22001{int(payment['id'][-12:], 16):015d}"


def written_time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC) + _EAST:%Y-%m-%d %H:%M:%S}"


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
