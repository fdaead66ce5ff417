"""The hosted pages: what a person who pays sees and does."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from sandbox import addresses, books, languages, operations, renewals, subscriptions, views
from sandbox.books import Books, Payment
from sandbox.provider import Provider
from sandbox.rules import PAYABLE, Choice, Status
from sandbox.views import View
from sandbox.web import HTML, Request, Response, Route, see_other

STATIC = Path(__file__).parent / "static"
_KINDS = {"sandbox.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}


def routes() -> list[Route]:
    return [
        Route("GET", "/pay/<id>", _for_people(show)),
        Route("POST", "/pay/<id>", _for_people(choose)),
        Route("GET", "/pay/<id>/bank", _for_people(show_challenge)),
        Route("POST", "/pay/<id>/bank", _for_people(answer_challenge)),
        Route("POST", "/pay/<id>/subscription", _for_people(play_subscription)),
        Route("GET", "/invoice/<id>", _for_people(show_invoice)),
        Route("POST", "/invoice/<id>", _for_people(pay_invoice)),
        Route("GET", "/static/<name>", static),
    ]


def show(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        payment = books.payment(open_books, id=id)
        begun = subscriptions.begun_by(open_books, payment)
    if payment.status in PAYABLE:
        return _page(payment, views.till(_view(provider, request), payment))
    return _page(payment, views.outcome(_view(provider, request), payment, begun))


def choose(provider: Provider, request: Request, id: str) -> Response:
    """Play the choice and lead on: back to the shop when paid, else to the page where the person can act."""
    named = request.form.get("choice", "")
    if named not in set(Choice):
        return show(provider, request, id)
    with provider.writing() as open_books:
        payment = operations.play(open_books, books.payment(open_books, id=id), Choice(named))
    return _onward(request, payment)


def play_subscription(provider: Provider, request: Request, id: str) -> Response:
    """Let something happen to the subscription that the payment began, and show it."""
    act = renewals.ACTS.get(request.form.get("act", ""))
    with provider.writing() as open_books:
        payment = books.payment(open_books, id=id)
        begun = subscriptions.begun_by(open_books, payment)
        if act is not None and begun is not None:
            act(open_books, begun)
    return see_other(_here(request, payment))


def show_invoice(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        invoice = subscriptions.invoice(open_books, id=id)
        payment = _beginning(open_books, invoice)
    return _page(payment, views.invoice(_view(provider, request), payment, invoice))


def pay_invoice(provider: Provider, request: Request, id: str) -> Response:
    """Pay what is owed with another card, and lead back to the shop."""
    with provider.writing() as open_books:
        invoice = subscriptions.invoice(open_books, id=id)
        payment = _beginning(open_books, invoice)
        if invoice.status != "open":
            return see_other(f"/invoice/{id}")
        renewals.pay(open_books, invoice)
    return see_other(payment.return_url, form_targets=(addresses.origin(payment.return_url),))


def _beginning(open_books: Books, invoice: subscriptions.Invoice) -> Payment:
    of = subscriptions.subscription(open_books, id=invoice.subscription_id)
    return books.payment(open_books, id=of.payment_id)


def show_challenge(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        payment = books.payment(open_books, id=id)
    if payment.status is not Status.AUTHENTICATING:
        return see_other(_here(request, payment))
    return _page(payment, views.challenge(_view(provider, request), payment))


def answer_challenge(provider: Provider, request: Request, id: str) -> Response:
    with provider.writing() as open_books:
        payment = books.payment(open_books, id=id)
        if request.form.get("act") == "refuse":
            payment = operations.decline(open_books, payment)
        else:
            payment = operations.answer_challenge(open_books, payment, code=request.form.get("code", ""))
    if payment.status is Status.AUTHENTICATING:
        page = views.challenge(_view(provider, request), payment)
        return _page(payment, page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _onward(request, payment)


def static(provider: Provider, request: Request, name: str) -> Response:
    if name not in _KINDS:
        return Response(HTTPStatus.NOT_FOUND)
    return Response(HTTPStatus.OK, (STATIC / name).read_bytes(), _KINDS[name])


def _for_people(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Meet a payment that is not there with a page, and a late click with the payment as it now is."""

    def answer(provider: Provider, request: Request, id: str) -> Response:
        try:
            return handler(provider, request, id)
        except books.NotThere:
            page = views.not_there(_view(provider, request))
            return Response(HTTPStatus.NOT_FOUND, page.encode(), HTML, headers={"Vary": "Accept-Language"})
        except operations.NotAllowed:
            with provider.reading() as open_books:
                return see_other(_here(request, books.payment(open_books, id=id)))

    return answer


def _onward(request: Request, payment: Payment) -> Response:
    targets = (addresses.origin(payment.return_url),)
    if payment.status is Status.PAID:
        return see_other(payment.return_url, form_targets=targets)
    return see_other(_here(request, payment), form_targets=targets)


def _here(request: Request, payment: Payment) -> str:
    step = "/bank" if payment.status is Status.AUTHENTICATING else ""
    asked = request.query.get("lang")
    return f"/pay/{payment.id}{step}" + (f"?lang={asked}" if asked in languages.LANGUAGES else "")


def _view(provider: Provider, request: Request) -> View:
    asked = request.query.get("lang")
    language = languages.chosen(asked=asked, accepted=request.headers.get("Accept-Language", ""))
    lasting = f"?lang={asked}" if asked in languages.LANGUAGES else ""
    return View(words=languages.words(language), path=request.path, lasting=lasting, settings=provider.settings)


def _page(payment: Payment, page: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    targets = (addresses.origin(payment.return_url),)
    return Response(status, page.encode(), HTML, headers={"Vary": "Accept-Language"}, form_targets=targets)
