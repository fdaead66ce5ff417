"""The HTML of the hosted pages: no script, no style but the one sheet, every outside word escaped."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from sandbox import money
from sandbox.books import Payment
from sandbox.environment import Settings
from sandbox.languages import HTML_LANGUAGES, LANGUAGES, Words
from sandbox.rules import ONE_TIME_CODE, WRONG_CODES_ALLOWED, Choice, Status
from sandbox.subscriptions import Invoice, Standing, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Who looks: the language, the page's path, and the part of the address that a language asked for adds."""

    words: Words
    path: str
    lasting: str
    settings: Settings

    def say(self, message: str, **values: object) -> str:
        """Give ``message`` in the person's language, with values put in, safe to stand in HTML."""
        return escape(self.words.gettext(message).format(**values))


def till(view: View, payment: Payment) -> str:
    """Write the page where a person chooses how the payment ends."""
    _ = view.say
    return _sheet(
        view,
        title=_("Pay {amount}", amount=_amount(payment)),
        body=f"""
{_bill(view, payment)}
{_declined(view) if payment.status is Status.DECLINED else ""}
<form method="post" action="{_here(view, payment)}">
{_choices(view, _("An ordinary day"), _ORDINARY)}
{_choices(view, _("A hard hour"), _HARD)}
<button class="go">{_("Pay {amount}", amount=_amount(payment))}</button>
</form>
{_leave(view, payment, _("Go back without paying"))}""",
    )


def challenge(view: View, payment: Payment) -> str:
    """Write the page on which the bank asks for a one-time code."""
    _ = view.say
    return _sheet(
        view,
        title=_("Your bank asks"),
        body=f"""
{_bill(view, payment)}
<h2>{_("Is it you?")}</h2>
<p>{_("A real bank would send a code to your phone. Here it is always {code}.", code=ONE_TIME_CODE)}</p>
{_wrong_code(view, payment) if payment.wrong_codes else ""}
<form method="post" action="{_here(view, payment, "/bank")}">
<label class="field" for="code">{_("One-time code")}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" autofocus{_marks(payment)}>
<button class="go" name="act" value="confirm">{_("Confirm the payment")}</button>
<button class="quiet" name="act" value="refuse">{_("This was not me")}</button>
</form>""",
    )


def outcome(view: View, payment: Payment, begun: Subscription | None = None) -> str:
    """Write the page of a payment that has been taken, with what became of it, and of what it began."""
    _ = view.say
    title, lead = _OUTCOMES[payment.status]
    return _sheet(
        view,
        title=_(title),
        body=f"""
{_bill(view, payment)}
<h2>{_(title)}</h2>
<p>{_(lead)}</p>
{_given_back(view, payment) if payment.amount_refunded else ""}
<p><a class="go" href="{escape(payment.return_url)}">{_("Back to the shop")}</a></p>
{_renewals(view, payment, begun) if begun else ""}
{_dispute(view, payment) if payment.status is Status.PAID else ""}""",
    )


def invoice(view: View, payment: Payment, owed: Invoice) -> str:
    """Write the page where a renewal is paid that could not be taken."""
    _ = view.say
    amount = money.written(owed.amount, payment.currency)
    title = _("Pay {amount}", amount=amount) if owed.status == "open" else _("Nothing is owed")
    pay = f"""<p>{_("The card that was used before was declined. Another one is used now.")}</p>
<form method="post" action="/invoice/{owed.id}{view.lasting}"><button class="go">{title}</button></form>"""
    return _sheet(
        view,
        title=title,
        body=f"""
{_bill(view, payment)}
<h2>{title}</h2>
{pay if owed.status == "open" else ""}
{_leave(view, payment, _("Back to the shop"))}""",
    )


def not_there(view: View) -> str:
    _ = view.say
    title = _("There is no such payment")
    lead = _("The address is incomplete, or the payment was made in another sandbox. Start again from the shop.")
    return _sheet(view, title=title, body=f"<h2>{title}</h2>\n<p>{lead}</p>")


def _sheet(view: View, *, title: str, body: str) -> str:
    _ = view.say
    return f"""<!doctype html>
<html lang="{HTML_LANGUAGES[view.words.language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title} · {_("Sandbox Pay")}</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/sandbox.css">
</head>
<body>
<header><p class="brand"><img src="/static/mark.svg" alt="" width="28" height="28">{_("Sandbox Pay")}</p>
<nav aria-label="{_("Language")}">{_languages(view)}</nav></header>
<p class="play" role="note">{_("Play money: nothing here costs anything.")}</p>
<main>{body}
</main>
</body>
</html>
"""


def _languages(view: View) -> str:
    current = ' aria-current="true"'
    return " ".join(
        f'<a href="{escape(view.path)}?lang={code}" lang="{HTML_LANGUAGES[code]}" hreflang="{HTML_LANGUAGES[code]}"'
        f"{current if code == view.words.language else ''}>{name}</a>"
        for code, name in LANGUAGES.items()
    )


def _bill(view: View, payment: Payment) -> str:
    _ = view.say
    return f"""<section class="bill">
<h1>{escape(payment.description)}</h1>
<p class="amount">{escape(_amount(payment))} <small>{escape(payment.currency)}</small></p>
<p class="order">{_("Order {reference}", reference=payment.order_reference)}</p>
</section>"""


def _choices(view: View, legend: str, choices: dict[Choice, tuple[str, str]]) -> str:
    shown = "\n".join(_choice(view, choice, *words) for choice, words in choices.items())
    return f"<fieldset><legend>{legend}</legend>\n{shown}\n</fieldset>"


def _choice(view: View, choice: Choice, name: str, lead: str) -> str:
    checked = " checked" if choice is Choice.APPROVE else ""
    told = view.say(lead, slow=f"{view.settings.slow_after:g}", dispute=f"{view.settings.dispute_after:g}")
    return f"""<div class="choice">
<input type="radio" name="choice" id="{choice}" value="{choice}"{checked} aria-describedby="{choice}-lead">
<label for="{choice}">{view.say(name)}</label>
<p id="{choice}-lead">{told}</p>
</div>"""


def _declined(view: View) -> str:
    words = view.say("The bank said no. Nothing was charged; choose again, or go back to the shop.")
    return f'<p class="notice" role="alert">{words}</p>'


def _wrong_code(view: View, payment: Payment) -> str:
    left = WRONG_CODES_ALLOWED - payment.wrong_codes
    words = view.say("That is not the code. Tries left before the bank says no: {left}.", left=left)
    return f'<p class="notice" role="alert" id="wrong">{words}</p>'


def _marks(payment: Payment) -> str:
    return ' aria-invalid="true" aria-describedby="wrong"' if payment.wrong_codes else ""


def _given_back(view: View, payment: Payment) -> str:
    given = money.written(payment.amount_refunded, payment.currency)
    return f"<p>{view.say('Given back so far: {amount}.', amount=given)}</p>"


def _renewals(view: View, payment: Payment, begun: Subscription) -> str:
    _ = view.say
    lead = _LEADS["stops" if begun.stops and begun.status is not Standing.CANCELED else begun.status]
    until = datetime.fromtimestamp(begun.period_end, UTC).date().isoformat()
    buttons = "\n".join(
        f'<button class="quiet" name="act" value="{act}">{_(words)}</button>' for act, words in _acts(begun).items()
    )
    return f"""<h2>{_("This payment renews itself")}</h2>
<p>{_(lead, until=until)}</p>
<form method="post" action="{_here(view, payment, "/subscription")}">{buttons}</form>"""


def _acts(begun: Subscription) -> dict[str, str]:
    if begun.status is Standing.CANCELED:
        return {}
    return _STOPPED if begun.stops else _ACTS


def _dispute(view: View, payment: Payment) -> str:
    return f"""<form method="post" action="{_here(view, payment)}">
<button class="quiet" name="choice" value="{Choice.CHARGEBACK}">{view.say("Dispute this payment at the bank")}</button>
</form>"""


def _leave(view: View, payment: Payment, words: str) -> str:
    return f'<p class="leave"><a href="{escape(payment.return_url)}">{words}</a></p>'


def _here(view: View, payment: Payment, step: str = "") -> str:
    return f"/pay/{payment.id}{step}{view.lasting}"


def _amount(payment: Payment) -> str:
    return money.written(payment.amount, payment.currency)


def _(message: str) -> str:
    """Mark ``message`` for the catalog; it is translated where it is shown."""
    return message


_ORDINARY = {
    Choice.APPROVE: (_("Approve"), _("The payment goes through and the shop hears of it at once.")),
    Choice.DECLINE: (_("Decline"), _("The bank says no. Nothing is charged, and you may try again.")),
    Choice.CHALLENGE: (_("3-D Secure"), _("The bank asks for a one-time code first.")),
}
_HARD = {
    Choice.SLOW: (_("Late notice"), _("Paid at once, but the shop hears of it {slow} seconds later.")),
    Choice.DUPLICATE: (_("Repeated notice"), _("The shop gets the same notice three times at once.")),
    Choice.OUT_OF_ORDER: (
        _("Out of order"),
        _("A first card is declined and a second one pays, but the shop hears of the decline last."),
    ),
    Choice.WRONG_AMOUNT: (_("Wrong amount"), _("What is taken differs from the price by the smallest unit.")),
    Choice.CHARGEBACK: (_("Chargeback"), _("Paid now, disputed by the cardholder {dispute} seconds later.")),
    Choice.LOST: (_("Lost notice"), _("Paid, but the shop is never told; only comparing the books finds it.")),
}
_LEADS = {
    Standing.ACTIVE: _("Paid until {until}. It is renewed then, or at once if you say so."),
    Standing.PAST_DUE: _("The renewal until {until} was declined and is owed."),
    Standing.CANCELED: _("It has ended; nothing more is taken."),
    "stops": _("It ends on {until}; nothing more is taken."),
}
_ACTS = {
    "renew": _("Renew it now"),
    "decline": _("Decline the renewal"),
    "renew_untold": _("Renew it, and tell nobody"),
    "stop": _("Stop it at the end of the period"),
    "end": _("End it now"),
}
_STOPPED = {"go_on": _("Let it go on"), "end": _("End it now")}
_OUTCOMES = {
    Status.PAID: (_("Paid"), _("The payment went through. You can close this page or go back to the shop.")),
    Status.REFUNDED: (_("Refunded"), _("The shop gave the whole amount back.")),
    Status.DISPUTED: (_("Disputed"), _("The bank took the amount back and asks the shop for its side.")),
}
