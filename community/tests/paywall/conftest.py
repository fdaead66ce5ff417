"""Who asks, what there is to be found, and what stands only in what is paid for."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from accounts.models import User
from core.media import testing as recordings
from core.search import operations as searching
from courses import handlers, operations
from courses.models import Course
from forum import operations as forum
from forum.models import Thread
from payments import operations as payments
from payments import providers
from payments.models import Entitlement, Gift, Order, Subscription, Tier
from payments.operations import renewing
from payments.providers import registry
from payments.tests.renewing import Kiosk

from .asking import CANARY, EXPECTED


@pytest.fixture(scope="module")
def town(module_database, django_db_blocker):
    """Who teaches, what is sold and who came to where they are, for all tests of a module; what a test does there is taken back."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        kiosk = Kiosk()
        patch.setattr(registry, "_known", {})
        providers.register(kiosk)
        ada = arrived("Ada")
        course = published(by=ada)
        members(ada, course)
        subscribers(ada, course, kiosk)
        yield kiosk


def arrived(name):
    return User.objects.create_user(f"{name.lower()}@example.test", username=name.lower(), name=name, language="en")


def published(*, by):
    course = operations.create_course(by=by, title="Coffee", language="en", summary="From bean to price.")
    operations.add_lesson(course=course, section="One", title="The first", source="Free.", is_preview=True)
    operations.add_lesson(course=course, section="One", title="The second", source=f"The {CANARY} sings.")
    priced(course, 19900, by=by)
    return operations.publish_course(course=course, by=by)


def priced(course, amount, *, by):
    return payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=amount, currency="CNY", creator=by, by=by
    )


def members(ada, course):
    """Who bought it, has it no longer, or was given it."""

    def given(user, **span):
        return payments.grant(user=user, key=course.key, cause="purchase", **span)

    people = {name: arrived(name) for name in ("Free", "Buyer", "Refunded", "Expired", "Gifted")}
    given(people["Buyer"])
    payments.end_entitlement(entitlement=given(people["Refunded"]), cause="refund")
    over = given(people["Expired"], ends_at=timezone.now() + timedelta(days=1))
    # The sweep has not come by yet: its time alone closes the door.
    Entitlement.objects.filter(pk=over.pk).update(ends_at=timezone.now())
    free = priced(course, 0, by=ada)
    order = payments.place_order(buyer=ada, product_ids=[free.pk], gift=payments.GiftWish())
    payments.claim_gift(gift=Gift.objects.get(order=order), by=people["Gifted"])
    priced(course, 19900, by=ada)


def subscribers(ada, course, kiosk):
    """Whose membership includes the course and renews by itself, each at another point of its life."""
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    plan = payments.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
    tier.inclusions.create(product=priced(course, 19900, by=ada))
    people = {name: arrived(name) for name in ("Renewing", "Owing", "Stopped", "GivenUp", "TakenBack", "Lapsed")}
    begun = {name: subscribe(kiosk, who, plan) for name, who in people.items()}

    def hears(notice):
        renewing.hear(provider=kiosk, notice=notice)

    hears(kiosk.renew(begun["Renewing"].provider_id))
    for name in ("Owing", "GivenUp"):
        runs_out(people[name], is_open_for=timedelta(days=7))
        hears(kiosk.fail(begun[name].provider_id))
    hears(kiosk.end(begun["GivenUp"].provider_id))
    payments.stop_subscription(subscription=begun["Stopped"], by=people["Stopped"])
    order = Order.objects.get(buyer=people["TakenBack"])
    payments.refund_as_staff(order=order, amount=order.total_minor, by=ada, reason="kindness")
    runs_out(people["Lapsed"], is_open_for=timedelta())


def subscribe(kiosk, who, plan):
    _, payment = payments.check_out(buyer=who, product_ids=[plan.pk], provider="kiosk", is_recurring=True)
    seen = kiosk.subscribe(payment.provider_id)
    payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
    return Subscription.objects.get(payments=payment)


def runs_out(who, *, is_open_for):
    """The paid time is over now; the days of grace are not, or are."""
    now = timezone.now()
    Entitlement.objects.filter(user=who).update(runs_until=now, ends_at=now + is_open_for)


@pytest.fixture
def ada(town, db):
    return User.objects.get(username="ada")


@pytest.fixture
def course(town, db):
    return Course.objects.get()


@pytest.fixture
def personas(town, db):
    """By name: who asks. Each of them came to where they are by the operations that lead there."""
    return {"guest": None, **{name: User.objects.get(username=name.lower()) for name in EXPECTED if name != "guest"}}


@pytest.fixture
def paid(course):
    return course.lessons.get(is_preview=False)


@pytest.fixture
def thread(course, paid, personas):
    """What the buyer asked under the paid lesson."""
    asked = forum.ask(
        by=personas["Buyer"], title=f"Why does the {CANARY} sing?", source=f"The {CANARY}?", about=f"lesson:{paid.pk}",
        audience=[course.key, "staff"],
    )  # fmt: skip
    return Thread.objects.get(pk=asked.pk)


@pytest.fixture
def indexed(course, thread):
    searching.index_many(list(handlers.lesson_documents(Course.objects.all())))


@pytest.fixture
def played(paid, ada, settings, tmp_path):
    """The paid lesson as a film with captions, whose lines stand below it as well."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    operations.attach_file(lesson=paid, file=recordings.film(), by=ada)
    lines = f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nThe {CANARY} is heard.\n"
    operations.set_captions(lesson=paid, file=BytesIO(lines.encode()), language="en", by=ada)
    return paid


@pytest.fixture
def talk(course, ada, personas, worker):
    """What the teacher began inside the course, for whoever is in it; the listeners have read of it."""
    begun = forum.start_thread(
        by=ada, title=f"How the {CANARY} is fed", source="Seeds.", about=course.key, audience=[course.key, "staff"]
    )
    worker()
    return begun
