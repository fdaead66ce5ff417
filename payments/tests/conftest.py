"""The cast, what they sell and buy, and a till to pay at."""

import os
import threading
import uuid
from datetime import UTC, datetime

import psycopg2
import pytest

from accounts import operations as joining
from accounts.models import User
from ledger import queries as books
from ledger.rules import AccountName
from payments import fulfilment, operations
from payments.providers import Status, registry
from payments.providers.sandbox import Sandbox
from payments.tests import parties
from payments.views import webhook


@pytest.fixture(autouse=True)
def own_cache(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }


@pytest.fixture
def member():
    def make(name, **fields):
        user = User(name=name, email=f"{name.lower()}@example.test", language="en", **fields)
        return joining.join(user=user, is_verified=True)

    return make


@pytest.fixture
def fay(member):
    """Owns the site with Eli: what needs a second person."""
    return member("Fay", is_staff=True, is_superuser=True)


@pytest.fixture
def enter(client_class):
    def entered(user):
        client = client_class(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return entered


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


@pytest.fixture(autouse=True)
def _pays_at_the_till(till):
    """Those that play with the sandbox switch it on themselves."""


@pytest.fixture
def fulfilled(monkeypatch):
    """What the room that owns "book" was told; its hooks run in the same transaction."""
    monkeypatch.setattr(fulfilment, "_kinds", {})
    told, far = [], {}
    fulfilment.register(
        "book",
        granted=lambda entitlement: told.append(("granted", entitlement.key, entitlement.user_id)),
        ended=lambda entitlement: told.append(("ended", entitlement.key, entitlement.user_id)),
        describe=lambda product: fulfilment.Description(
            title=product.title, url="/courses/coffee/", begin="Read the first lesson", language=product.language
        ),
        progress=lambda user, subject: far.get((user.pk, subject), 0),
    )
    return type("Room", (), {"told": told, "far": far})


@pytest.fixture
def sell(ada):
    def sold(subject="course:42", amount=19900, *, creator=None, **terms):
        return operations.set_price(
            kind="book",
            subject=subject,
            title=terms.pop("title", "Coffee from nothing"),
            amount=amount,
            currency=terms.pop("currency", "CNY"),
            creator=creator or ada,
            by=creator or ada,
            language="en",
            **terms,
        )

    return sold


@pytest.fixture
def begin(till):
    """An order of one product with an open payment at the till."""

    def begun(buyer, product):
        order, payment = operations.check_out(buyer=buyer, product_ids=[product.pk], provider="till")
        return order, payment

    return begun


@pytest.fixture
def told(till):
    """Let something happen at the till and take it in, as if its message had arrived."""

    def tell(payment, status, **changes):
        seen = till.happens(payment.provider_id, status, **changes)
        return operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    return tell


@pytest.fixture
def bought(begin, told):
    def buy(buyer, product):
        order, payment = begin(buyer, product)
        told(payment, Status.PAID)
        order.refresh_from_db()
        payment.refresh_from_db()
        return order, payment

    return buy


@pytest.fixture
def balance():
    def of(kind, owner, unit="CNY"):
        return books.balance(AccountName(kind, owner, unit))

    return of


@pytest.fixture
def clock(time_machine):
    """A clock that a test moves on."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    return time_machine


@pytest.fixture
def owner(own_database):
    """A connection with the rights of the tables' owner, past which only triggers and constraints stand."""
    made = psycopg2.connect(os.environ["MIGRATE_DATABASE_URL"], dbname=own_database)
    yield made
    made.close()


@pytest.fixture
def site(own_database, settings):
    """Our own web server, for the provider to call."""
    with parties.our_site() as address:
        settings.SITE_URL = address
        yield address


@pytest.fixture
def all_hands_busy(monkeypatch):
    """Nobody works a message off when it comes; it waits for the worker."""
    monkeypatch.setattr(webhook, "_HANDS", threading.BoundedSemaphore(1))
    with webhook._HANDS:
        yield


@pytest.fixture
def sandbox(site, settings, tmp_path, monkeypatch):
    """The provider's process; the only one here."""
    monkeypatch.setattr(registry, "_known", {"sandbox": Sandbox()})
    port = parties.free_port()
    settings.SANDBOX_URL, settings.SANDBOX_SECRET_KEY = f"http://127.0.0.1:{port}", parties.KEY
    with parties.sandbox_process(port, tmp_path / "state"):
        yield port


@pytest.fixture(scope="session")
def keys_of_nowhere(tmp_path_factory):
    """The keys of every scheme, made once: four pairs for RSA take longer than most tests."""
    return parties.made_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def schemes(keys_of_nowhere, site, settings, tmp_path, monkeypatch):
    """The sandbox with the keys of every scheme, and the real adapters turned to it."""
    port = parties.free_port()
    keys = parties.standing_at(keys_of_nowhere, url=f"http://127.0.0.1:{port}", shop=site)
    settings.PAYMENT_KEYS = parties.ours(keys)
    monkeypatch.setattr(registry, "_known", {name: make() for name, make in parties.REAL.items()})
    with parties.sandbox_process(port, tmp_path / "state", keys=keys):
        yield keys


@pytest.fixture
def play(worker):
    """Choose at the hosted page how a payment ends, then work until ``until`` is true."""

    def choose(payment, choice, *, until):
        status, _, _ = parties.ask("POST", payment.checkout_url, {"choice": choice})
        assert status == 303
        parties.eventually(until, worker)

    return choose
