"""Whoever has their money back, or whose time is over, is out within five seconds: the page, the link to the film, the open socket."""

import time
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from community.celery import app
from core.media import testing as recordings
from core.realtime.tests.conftest import house, live, say  # noqa: F401 - fixtures
from courses import operations
from payments import operations as payments
from payments.models import Entitlement, Product
from payments.operations import granting
from payments.providers import Status

pytestmark = [pytest.mark.commits, pytest.mark.leak]

PROMISED_SECONDS = 5.0


@pytest.fixture
def paid(live, settings, tmp_path):  # noqa: F811
    settings.MEDIA_ROOT = str(tmp_path / "media")
    ada = live.join()
    course = operations.create_course(by=ada, title=f"Coffee with {ada}", language="en", summary="From bean to price.")
    lesson = operations.add_lesson(course=course, section="One", title="The second", source="The canary sings.")
    operations.attach_file(lesson=lesson, file=recordings.film(), by=ada)
    # They look at its one lesson before they want their money back.
    payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada,
        refund_max_progress=100,
    )  # fmt: skip
    operations.publish_course(course=course, by=ada)
    lesson.refresh_from_db()
    return lesson


class Buyer:
    """Somebody who has paid and looks: at the page, at the film, and hears what happens under the lesson."""

    def __init__(self, live, till, paid):  # noqa: F811
        self.lesson, self.user = paid, live.join()
        self.browser = live.enter(self.user)
        product = Product.objects.get(subject=paid.course.key)
        self.order, payment = payments.check_out(buyer=self.user, product_ids=[product.pk], provider="till")
        seen = till.happens(payment.provider_id, Status.PAID)
        payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        self.stream, self.socket = f"lesson:{paid.pk}", live.open(self.browser)
        # A page listens to what is its member's own as well: one that listened to nothing any more would be closed for that.
        for stream in (f"user:{self.user.pk}", self.stream):
            assert self.socket.listen(stream)["listening"] == stream
        self.link = self.browser.get(urlsplit(paid.file.url).path).headers["Location"]

    def has_it_back(self):
        payments.request_refund(order=self.order, by=self.user)

    def is_over(self):
        now = timezone.now()
        Entitlement.objects.filter(user=self.user).update(ends_at=now, due_at=now)

    def hears(self):
        told = len(self.was_told())
        say(self.stream)
        self.socket.until(self.is_told)
        return len(self.was_told()) == told + 1

    def sees(self):
        page = self.browser.get(self.lesson.get_absolute_url()).content.decode()
        film = self.browser.get(urlsplit(self.link).path)
        b"".join(film.streaming_content) if film.streaming else None
        return "The canary sings." in page, film.status_code

    def is_told(self, said):
        return "seq" in said and said["stream"] == self.stream

    def was_told(self):
        return [said["seq"] for said in self.socket.heard if self.is_told(said)]


# One test: what one site says in a stream, the broker tells every site that listens to it, and tests run beside each other.
def test_all_of_it_closes_within_five_seconds(live, till, paid, monkeypatch):  # noqa: F811
    ben, control = (Buyer(live, till, paid) for _ in range(2))
    assert [who.sees() for who in (ben, control)] == [(True, 200)] * 2
    began = time.monotonic()
    ben.has_it_back()
    assert ben.sees() == (False, 404)
    assert ben.socket.until(lambda said: "closed" in said) == {"closed": ben.stream}
    assert time.monotonic() - began < PROMISED_SECONDS

    # Whose sockets nobody asks again goes on hearing.
    monkeypatch.setattr(granting.sending, "recheck", lambda **_: None)
    control.has_it_back()
    say(control.stream)
    control.socket.until(control.is_told)
    assert "refused" in ben.socket.listen(ben.stream)
    assert (len(control.was_told()), ben.was_told()) == (1, [])


def test_so_does_what_is_over_by_its_date(live, till, paid):  # noqa: F811
    ben = Buyer(live, till, paid)
    ben.is_over()
    # The page asks the date itself. An open socket asks nothing by itself: it hears on until the sweep has been.
    assert (ben.sees(), ben.hears()) == ((False, 404), True)
    sweep, began = app.conf.beat_schedule["end what is over"], time.monotonic()
    app.tasks[sweep["task"]]()
    assert ben.socket.until(lambda said: "closed" in said) == {"closed": ben.stream}
    assert sweep["schedule"] + time.monotonic() - began < PROMISED_SECONDS
