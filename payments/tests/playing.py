"""A provider in memory that does what providers do, and does it wrong when asked to."""

import hashlib
import hmac
import json
import threading
import time

from payments.providers import Checkout, Listed, Refused, Returned, Seen, Status, Unreachable
from payments.providers.sandbox import Sandbox

ACCOUNT = "acct_till"
SECRET = "whsec_sandbox_0123456789abcdef"


class Killed(BaseException):
    """Our process ended in the middle of a call."""


class Till(Sandbox):
    """Keeps its books here instead of in a process; its messages are signed and read as the sandbox's are."""

    name = "till"
    label = "Till"
    note = "Coins"
    is_configured = True
    checkout_origins = ("https://till.example",)
    account = ACCOUNT

    def __init__(self):
        self.payments, self.checkouts, self.refunds = {}, {}, {}
        self.silent_before = self.silent_after = self.refuses = self.refuses_refunds = self.is_slow_to_refund = (
            self.dies
        ) = False
        self.calls = []
        self._lock = threading.Lock()

    def create_checkout(self, wanted):
        with self._lock:
            self._answer("create", wanted.key)
            number = self.checkouts.setdefault(wanted.key, f"till_{wanted.key}")
            self.payments.setdefault(
                number,
                Seen(
                    account=ACCOUNT,
                    provider_id=number,
                    reference=wanted.reference,
                    amount=wanted.amount,
                    currency=wanted.currency,
                    status=Status.OPEN,
                ),
            )
            self._lose_answer()
            return Checkout(provider_id=number, url=f"https://till.example/pay/{number}")

    def fetch(self, *, provider_id):
        self._answer("fetch", provider_id)
        return self.payments[provider_id]

    def listed(self, day):
        """What was taken and given back, whichever day it is; a till is emptied every evening."""
        self._answer("listed", day)
        return [
            Listed(
                reference=seen.reference, provider_id=seen.provider_id, currency=seen.currency, captured=seen.amount,
                returned=seen.refunded, fee=seen.fee,
            )
            for seen in self.payments.values()
            if seen.took_money
        ]  # fmt: skip

    def refund(self, *, provider_id, amount, currency, key, reason):
        with self._lock:
            self._answer("refund", key)
            if self.refuses_refunds:
                raise Refused("no")
            if key not in self.refunds:
                seen = self.payments[provider_id]
                if seen.status not in {Status.PAID, Status.REFUNDED} or seen.refunded + amount > seen.amount:
                    raise Refused("too much")
                self.give_back(provider_id, amount)
                self.refunds[key] = amount
            self._lose_answer()
            return Returned(provider_id=f"re_{key}", is_settled=not self.is_slow_to_refund)

    def happens(self, provider_id, status, **changes):
        """Let the payment be ``status`` at the provider, and say so."""
        now = self.payments[provider_id]
        fields = {name: getattr(now, name) for name in now.__dataclass_fields__}
        fee = fields["fee"] or (fields["amount"] * 6 // 1000 if status != Status.DECLINED else 0)
        self.payments[provider_id] = Seen(**{**fields, "status": status, "fee": fee, **changes})
        return self.payments[provider_id]

    def give_back(self, provider_id, amount):
        """Give money back at the provider, by hand."""
        seen = self.payments[provider_id]
        back = seen.refunded + amount
        return self.happens(provider_id, Status.REFUNDED if back == seen.amount else seen.status, refunded=back)

    def _answer(self, call, about):
        self.calls.append((call, about))
        if self.silent_before:
            raise Unreachable("silent")
        if self.dies:
            raise Killed
        if self.refuses:
            raise Refused("no")

    def _lose_answer(self):
        if self.silent_after:
            raise Unreachable("the answer was lost")


def message(seen, *, kind="payment.paid", id="evt_1", **payment):
    """The sandbox's message about ``seen``, as an object; ``payment`` changes what it says of it."""
    return {
        "id": id,
        "type": kind,
        "created": int(time.time()),
        "account": seen.account,
        "payment": {
            "id": seen.provider_id,
            "order_reference": seen.reference,
            "amount": seen.amount,
            "currency": seen.currency,
            "status": str(seen.status),
            "amount_refunded": seen.refunded,
            "fee": seen.fee,
            "created": int(time.time()),
            "paid_at": int(time.time()),
            **payment,
        },
    }


def body_of(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body, *, secret=SECRET, at=None):
    moment = int(time.time() if at is None else at)
    return f"t={moment},v1={hmac.new(secret.encode(), b'%d.%s' % (moment, body), hashlib.sha256).hexdigest()}"


def deliver(client, event, *, provider="till", header=None, body=None):
    sent = body_of(event) if body is None else body
    return client.post(
        f"/pay/{provider}/webhook/",
        sent,
        content_type="application/json",
        headers={"Sandbox-Signature": signature(sent) if header is None else header},
    )
