"""A till that renews memberships by itself, and tells of it in whatever order it is asked to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from payments.providers import Bill, Notice, Refused, Seen, Standing, Status, Subscribed
from payments.tests.playing import ACCOUNT, Till


class Kiosk(Till):
    """``subs`` is how each subscription stands here, ``owed`` the bill of those that are late."""

    name = "kiosk"
    label = "Kiosk"
    can_renew = True
    checkout_origins = ("https://kiosk.example",)

    def __init__(self):
        super().__init__()
        self.subs, self.owed, self.wanted, self.count = {}, {}, {}, 0

    def create_checkout(self, wanted):
        checkout = super().create_checkout(wanted)
        self.wanted[checkout.provider_id] = wanted
        return replace(checkout, url=f"{self.checkout_origins[0]}/pay/{checkout.provider_id}")

    # What the world does.

    def subscribe(self, number):
        """The buyer pays at the checkout; gives how the payment stands now."""
        wanted, sub = self.wanted[number], self._number("sub")
        seen = self.happens(number, Status.PAID, subscription=sub)
        self.subs[sub] = Subscribed(
            account=ACCOUNT, provider_id=sub, reference=wanted.reference, currency=wanted.currency, standing=Standing.ACTIVE,
            is_stopped=False, renews_at=datetime.now(UTC) + timedelta(days=30), first=_bill(seen, is_first=True),
        )  # fmt: skip
        return seen

    def renew(self, sub, *, amount=None):
        """Take the next period, or what is owed; gives the notice of it."""
        wanted = self._wanted(sub)
        number = self.owed.pop(sub, None) or self._number("in")
        seen = Seen(
            account=ACCOUNT, provider_id=number, reference=wanted.reference, amount=amount or wanted.renewal.amount,
            currency=wanted.currency, status=Status.PAID, fee=23, subscription=sub,
        )  # fmt: skip
        self.payments[number] = seen
        now = self.subs[sub]
        self.subs[sub] = replace(
            now, standing=Standing.ACTIVE, pay_url="", renewals=(*now.renewals, _bill(seen)),
            renews_at=now.renews_at + timedelta(days=30),
        )  # fmt: skip
        return self.notice(sub, _bill(seen))

    def fail(self, sub):
        """The next period cannot be taken; gives the notice of it."""
        self.owed.setdefault(sub, self._number("in"))
        url = f"https://kiosk.example/owed/{self.owed[sub]}"
        self.subs[sub] = replace(self.subs[sub], standing=Standing.LATE, pay_url=url)
        wanted = self._wanted(sub)
        bill = Bill(provider_id=self.owed[sub], amount=wanted.renewal.amount, currency=wanted.currency, is_paid=False)
        return self.notice(sub, bill)

    def stop(self, sub, *, stops=True):
        self.subs[sub] = replace(self.subs[sub], is_stopped=stops)
        return self.notice(sub)

    def end(self, sub):
        self.owed.pop(sub, None)
        self.subs[sub] = replace(self.subs[sub], standing=Standing.ENDED, pay_url="")
        return self.notice(sub)

    def notice(self, sub, bill=None):
        wanted = self._wanted(sub)
        return Notice(account=ACCOUNT, subscription=sub, reference=wanted.reference, key=wanted.key, bill=bill)

    # What it is asked.

    def subscription(self, *, provider_id):
        self._answer("subscription", provider_id)
        return self.subs.get(provider_id)

    def listed(self, day):
        """What was taken, with the subscription of what was renewed."""
        return [
            replace(line, subscription=self.payments[line.provider_id].subscription)
            if line.provider_id.startswith("in_")
            else line
            for line in super().listed(day)
        ]

    def set_renewal(self, *, provider_id, goes_on):
        self._answer("set_renewal", provider_id)
        if self.subs[provider_id].standing is Standing.ENDED:
            raise Refused("ended")
        self.stop(provider_id, stops=not goes_on)

    def end_subscription(self, *, provider_id):
        self._answer("end_subscription", provider_id)
        if self.subs[provider_id].standing is Standing.ENDED:
            raise Refused("ended")
        self.end(provider_id)

    def _wanted(self, sub):
        return next(self.wanted[seen.provider_id] for seen in self.payments.values() if seen.subscription == sub)

    def _number(self, kind):
        self.count += 1
        return f"{kind}_{self.count}"


def _bill(seen, *, is_first=False):
    return Bill(
        provider_id=seen.provider_id, amount=seen.amount, currency=seen.currency, is_paid=True, is_first=is_first
    )
