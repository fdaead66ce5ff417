"""
The manner of WeChat Pay, API v3: a notice sealed with AES-256-GCM, signed with its time in four headers.

WeChat does not tell of a payment that failed, and has no chargebacks: what the bank takes back is told as a refund of all.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.signing import ciphers, wire

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_EAST = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class WeChatScheme:
    app_id: str
    mch_id: str
    key_id: str
    private_key: str = field(repr=False)
    shop_key: str = field(repr=False)
    api_key: str = field(repr=False)

    def tells(self, kind: str) -> bool:
        return kind != "payment.declined"

    def dress(self, event: Mapping[str, Any], *, at: int) -> wire.Message:
        body = wire.json_body(self._notice(event))
        nonce = hashlib.sha256(f"{event['id']}{at}".encode()).hexdigest()[:32]
        return wire.Message({"Content-Type": "application/json", **self.signed_headers(body, at=at, nonce=nonce)}, body)

    def is_acknowledged(self, answer: wire.Answer) -> bool:
        return answer.is_success

    def signed_headers(self, body: bytes, *, at: int, nonce: str) -> dict[str, str]:
        message = b"%d\n%s\n%s\n" % (at, nonce.encode(), body)
        return {
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.key_id,
            "Wechatpay-Signature": ciphers.sign(message, self.private_key),
            "Wechatpay-Signature-Type": SCHEME,
            "Wechatpay-Timestamp": str(at),
        }

    def _notice(self, event: Mapping[str, Any]) -> dict[str, Any]:
        kind, original, about = self._about(event)
        # The same bytes on every attempt, so the seal must be the same; an event is sealed once and never changes.
        nonce = hashlib.sha256(event["id"].encode()).hexdigest()[:12]
        sealed = ciphers.seal(json.dumps(about).encode(), key=self.api_key, nonce=nonce, data=original)
        return {
            "id": event["id"].removeprefix("evt_"),
            "create_time": written_time(event["created"]),
            "resource_type": "encrypt-resource",
            "event_type": kind,
            "summary": "支付成功" if kind == "TRANSACTION.SUCCESS" else "退款成功",
            "resource": {
                "original_type": original,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": sealed,
                "associated_data": original,
                "nonce": nonce,
            },
        }

    def _about(self, event: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
        payment = event["payment"]
        if event["type"] == "payment.paid":
            return "TRANSACTION.SUCCESS", "transaction", self.transaction(payment)
        amount = event["refund"]["amount"] if "refund" in event else payment["amount"] - payment["amount_refunded"]
        id = event["refund"]["id"] if "refund" in event else f"dispute_{payment['id']}"
        return "REFUND.SUCCESS", "refund", self._refund(payment, id=id, amount=amount, at=event["created"])

    def transaction(self, payment: Mapping[str, Any]) -> dict[str, Any]:
        """Give the trade as notices and answers show it."""
        state = "SUCCESS" if payment["status"] == "paid" else "NOTPAY"
        back = payment["status"] in {"refunded", "disputed"} or payment["amount_refunded"]
        shown = {
            "appid": self.app_id,
            "mchid": self.mch_id,
            "out_trade_no": payment["order_reference"],
            "trade_state": "REFUND" if back else state,
            "trade_state_desc": "",
            "amount": {"total": payment["amount"], "currency": payment["currency"]},
        }
        if payment["paid_at"] is None:
            return shown
        return shown | {
            "transaction_id": transaction_id(payment),
            "trade_type": "NATIVE",
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": written_time(payment["paid_at"]),
            "payer": {"openid": "oSandbox0000000000000000000"},
            "amount": {
                "total": payment["amount"],
                "payer_total": payment["amount"],
                "currency": payment["currency"],
                "payer_currency": payment["currency"],
            },
        }

    def _refund(self, payment: Mapping[str, Any], *, id: str, amount: int, at: int) -> dict[str, Any]:
        return {
            "mchid": self.mch_id,
            "out_trade_no": payment["order_reference"],
            "transaction_id": transaction_id(payment),
            "out_refund_no": id,
            "refund_id": refund_id(id),
            "refund_status": "SUCCESS",
            "success_time": written_time(at),
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": payment["amount"],
                "refund": amount,
                "payer_total": payment["amount"],
                "payer_refund": amount,
            },
        }


def from_environment(environment: Mapping[str, str]) -> WeChatScheme | None:
    private_key = environment.get("SANDBOX_WECHAT_PRIVATE_KEY", "")
    if not private_key:
        return None
    return WeChatScheme(
        app_id=environment.get("WECHAT_APP_ID", ""),
        mch_id=environment.get("WECHAT_MCH_ID", ""),
        key_id=environment.get("WECHAT_PLATFORM_KEY_ID", ""),
        private_key=private_key,
        shop_key=environment.get("SANDBOX_WECHAT_SHOP_KEY", ""),
        api_key=environment.get("WECHAT_API_KEY", ""),
    )


def transaction_id(payment: Mapping[str, Any]) -> str:
    """Give a number in WeChat's form: 28 digits, of which the first say that it is one."""
    return f"4200{datetime.fromtimestamp(payment['created'], UTC):%Y%m%d}{int(payment['id'][-12:], 16):016d}"


def refund_id(id: str) -> str:
    return f"5030{int(hashlib.sha256(id.encode()).hexdigest()[:14], 16):024d}"[:28]


def written_time(at: float) -> str:
    return datetime.fromtimestamp(int(at), _EAST).isoformat()
