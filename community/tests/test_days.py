"""On which day something was: that of whoever looks, and for guests that of the school, since no browser says where it is."""

from datetime import UTC, datetime

import pytest

from community.models import LegalText

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 3, 31, 20, tzinfo=UTC)
"""Four in the morning of the next day in Shanghai."""


@pytest.fixture(autouse=True)
def rules():
    LegalText.objects.create(kind="rules", language="en", source="Be kind.", published_at=LATE)


def day(page):
    return page.get("/legal/rules/").content.decode().partition("in force since ")[2].partition("<")[0].strip()


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Shanghai", "1 Apr 2026"), ("Europe/Lisbon", "31 Mar 2026")])
def test_a_guest_reads_the_school_s(settings, page_of, zone, shown):
    settings.SCHOOL_TIME_ZONE = zone
    assert day(page_of()) == shown


def test_a_member_reads_their_own_wherever_the_school_is(settings, page_of, member):
    settings.SCHOOL_TIME_ZONE = "Europe/Lisbon"
    assert day(page_of(member("Far", time_zone="Pacific/Auckland"))) == "1 Apr 2026"
