"""
Nobody sees what they have not paid for, wherever one may look; and who has, finds it there.

Each surface is asked by every persona for a canary that stands only in what is paid for. A surface that shows nothing to
the buyer tests nothing, so the buyer must find it.
"""

import json
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.urls import get_resolver
from django.utils import timezone

from core import audience
from core.events.models import OutboxMessage
from core.media import testing as recordings
from core.realtime import guarding
from core.search import operations as searching
from core.web import api_tokens
from courses import handlers, operations
from courses.models import Course
from forum import operations as forum
from forum.models import Post, Thread
from notifications.models import Kind
from notifications.operations import notify
from payments import operations as payments
from payments import providers
from payments.models import Entitlement, Gift, Order, Subscription, Tier
from payments.operations import renewing
from payments.providers import registry
from payments.tests.renewing import Kiosk

pytestmark = [pytest.mark.django_db, pytest.mark.leak]

CANARY = "kanarienvogel"


@pytest.fixture
def course(ada):
    made = operations.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    operations.add_lesson(course=made, section="One", title="The first", source="Free.", is_preview=True)
    operations.add_lesson(course=made, section="One", title="The second", source=f"The {CANARY} sings.")
    payments.set_price(
        kind="course", subject=made.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
    )
    return operations.publish_course(course=made, by=ada)


@pytest.fixture
def personas(ada, member, course, subscribers):
    """By name: who asks. Each of them came to where they are by the operations that lead there."""

    def given(user, **span):
        return payments.grant(user=user, key=course.key, cause="purchase", **span)

    people = {name: member(name) for name in ("Free", "Buyer", "Refunded", "Expired", "Gifted")}
    given(people["Buyer"])
    payments.end_entitlement(entitlement=given(people["Refunded"]), cause="refund")
    over = given(people["Expired"], ends_at=timezone.now() + timedelta(days=1))
    # The sweep has not come by yet: its time alone closes the door.
    Entitlement.objects.filter(pk=over.pk).update(ends_at=timezone.now())
    free = payments.set_price(
        kind="course", subject=f"{course.key}", title="Coffee", amount=0, currency="CNY", creator=ada, by=ada
    )
    order = payments.place_order(buyer=ada, product_ids=[free.pk], gift=payments.GiftWish())
    payments.claim_gift(gift=Gift.objects.get(order=order), by=people["Gifted"])
    payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
    )
    people |= subscribers
    return {"guest": None, **{name: type(user).objects.get(pk=user.pk) for name, user in people.items()}}


@pytest.fixture
def subscribers(ada, member, course, monkeypatch):
    """Members whose membership includes the course and renews by itself, each at another point of its life."""
    monkeypatch.setattr(registry, "_known", {})
    kiosk = Kiosk()
    providers.register(kiosk)
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    plan = payments.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
    tier.inclusions.create(product=payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
    ))  # fmt: skip
    people = {name: member(name) for name in ("Renewing", "Owing", "Stopped", "GivenUp", "TakenBack", "Lapsed")}
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
    return people


def subscribe(kiosk, who, plan):
    _, payment = payments.check_out(buyer=who, product_ids=[plan.pk], provider="kiosk", is_recurring=True)
    seen = kiosk.subscribe(payment.provider_id)
    payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
    return Subscription.objects.get(payments=payment)


def runs_out(who, *, is_open_for):
    """The paid time is over now; the days of grace are not, or are."""
    now = timezone.now()
    Entitlement.objects.filter(user=who).update(runs_until=now, ends_at=now + is_open_for)


EXPECTED = {
    "guest": False, "Free": False, "Buyer": True, "Refunded": False, "Expired": False, "Gifted": True,
    "Renewing": True, "Owing": True, "Stopped": True, "GivenUp": False, "TakenBack": False, "Lapsed": False,
}  # fmt: skip


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


def found(response):
    return CANARY in response.content.decode()


def seen_by(personas, look):
    return {name: look(who) for name, who in personas.items()}


def test_the_lesson(personas, paid, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get(paid.get_absolute_url()))) == EXPECTED


@pytest.fixture
def played(paid, ada, settings, tmp_path):
    """The paid lesson as a film with captions, whose lines stand below it as well."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    operations.attach_file(lesson=paid, file=recordings.film(), by=ada)
    lines = f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nThe {CANARY} is heard.\n"
    operations.set_captions(lesson=paid, file=BytesIO(lines.encode()), language="en", by=ada)
    return paid


def fetched(browser, asset, **headers):
    """What a browser gets of a file: the question who asks, then the link."""
    answer = browser.get(urlsplit(asset.url).path, headers=headers)
    link = answer.headers.get("Location", "")
    if answer.status_code != 302 or "login" in link:
        return answer.status_code, b""
    found = browser.get(urlsplit(link).path, headers=headers)
    return found.status_code, b"".join(found.streaming_content) if found.streaming else found.content


def test_the_film_and_a_part_of_it(personas, played, page_of):
    for headers, status in (({}, 200), ({"range": "bytes=4-11"}, 206)):
        seen = seen_by(personas, lambda who, headers=headers: fetched(page_of(who), played.file, **headers)[0])
        assert {who: found == status for who, found in seen.items()} == EXPECTED
        assert set(seen.values()) == {status, 404}


def test_its_captions(personas, played, page_of):
    file = played.captions.get().file
    assert seen_by(personas, lambda who: CANARY.encode() in fetched(page_of(who), file)[1]) == EXPECTED


def test_its_transcript(personas, played, page_of):
    def look(who):
        return f"The {CANARY} is heard." in page_of(who).get(played.get_absolute_url()).content.decode()

    assert seen_by(personas, look) == EXPECTED


def test_completing_it(personas, paid, page_of):
    def completes(who):
        answer = page_of(who).post(f"{paid.get_absolute_url()}complete/")
        return answer.status_code == 302 and "login" not in answer.url

    assert seen_by(personas, completes) == EXPECTED


def test_the_search(personas, indexed, page_of):
    assert seen_by(personas, lambda who: paid_hit(page_of(who).get(f"/search/?q={CANARY}"))) == EXPECTED


def paid_hit(response):
    """The word that was asked for stands in the box: only an address of a hit proves a find."""
    return "/courses/" in response.content.decode().split("<main", 1)[1].replace('href="/courses/"', "")


def test_the_thread_under_it(personas, thread, page_of):
    """By its short address: the long one holds the title, which only its readers know."""

    def look(who):
        answer = page_of(who).get(f"/t/{thread.pk}/", follow=True)
        return found(answer) or any(CANARY in address for address, _ in answer.redirect_chain)

    assert seen_by(personas, look) == EXPECTED


def test_the_community_page(personas, thread, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get("/community/"))) == EXPECTED


def test_the_course_page_with_its_threads(personas, course, thread, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get(course.get_absolute_url()))) == EXPECTED


@pytest.fixture
def talk(course, ada, personas, worker):
    """What the teacher began inside the course, for whoever is in it; the listeners have read of it."""
    begun = forum.start_thread(
        by=ada, title=f"How the {CANARY} is fed", source="Seeds.", about=course.key, audience=[course.key, "staff"]
    )
    worker()
    return begun


def test_the_feed(personas, talk, page_of):
    def look(who):
        return who is not None and found(page_of(who).get("/feed/"))

    assert seen_by(personas, look) == EXPECTED


def test_the_interface_for_programs(personas, talk, page_of):
    """A token reads what its owner reads; whoever has none is told nothing."""

    def look(who):
        secret = api_tokens.issue(user=who, name="phone", may=["recommendations:read"])[1] if who else "nobody"
        answer = page_of(None).get("/api/v1/recommendations", headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == (200 if who else 401)
        return found(answer)

    assert seen_by(personas, look) == EXPECTED


def answered_each(personas, paid, course, ada):
    """Everybody had asked while the door was open; the teacher answers now, and some of them have lost the key."""
    for name, who in personas.items():
        if who is not None:
            asked = forum.ask(
                by=who, title=f"{name}: does the {CANARY} sing?", source="?", about=f"lesson:{paid.pk}", audience=[course.key, "staff"]
            )  # fmt: skip
            forum.answer(question=asked, by=ada, source=f"The {CANARY} does.")


def test_mails(personas, paid, course, ada, worker):
    answered_each(personas, paid, course, ada)
    worker(sends=False)
    mails = OutboxMessage.objects.filter(kind="mail")

    def gets(who):
        letters = mails.filter(payload__to=who.email) if who else mails.none()
        return any(CANARY in json.dumps(letter.payload) for letter in letters)

    assert seen_by(personas, gets) == EXPECTED


def test_notifications(personas, paid, course, ada, page_of):
    """Told while they were in, shown as long as they are: what was told before the door closed is not read after it."""
    answered_each(personas, paid, course, ada)
    for post in Post.objects.filter(author=ada).select_related("thread__author"):
        notify(user=post.thread.author, kind=Kind.ANSWER, subject_id=post.pk, key=f"test:{post.pk}", actor=ada)

    def look(who):
        return found(page_of(who).get("/notifications/", follow=True))

    assert seen_by(personas, look) == EXPECTED


def test_the_socket(personas, paid):
    from django.contrib.auth.models import AnonymousUser

    def hears(who):
        return guarding.may_listen(who or AnonymousUser(), f"lesson:{paid.pk}")

    assert seen_by(personas, hears) == EXPECTED


def test_the_keys(personas, course):
    from django.contrib.auth.models import AnonymousUser

    assert seen_by(personas, lambda who: course.key in audience.keys_of(who or AnonymousUser())) == EXPECTED


def test_every_page_with_a_lesson_in_its_address_is_asked_here():
    """A new page about a lesson needs a row above; recordings have theirs in ``courses/tests/test_watching.py``."""
    courses = next(one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "courses")
    about_lessons = {one.name for one in courses.url_patterns if "<int:pk>/" in str(one.pattern)}
    assert about_lessons == {"lesson", "complete", "watched"}
