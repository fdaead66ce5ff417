"""The time zones that one chooses from."""

import zoneinfo
from datetime import UTC, datetime

from django.utils import translation

from accounts import time_zones

SPRING = datetime(2027, 4, 1, tzinfo=UTC)


def kept(name):
    """How far from UTC the clocks of a zone are in each month of a year."""
    zone = zoneinfo.ZoneInfo(name)
    months = [datetime(2027, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
    return tuple(month.astimezone(zone).utcoffset() for month in months)


def test_every_time_that_is_kept_on_earth_has_a_place():
    places = {kept(name) for name in time_zones.PLACES}
    inhabited = {
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    }
    assert sorted(name for name in inhabited if kept(name) not in places) == []


def test_each_place_says_how_far_its_clocks_are_from_west_to_east():
    with translation.override("zh-hans"):
        shown = time_zones.to_choose(as_of=SPRING)
    assert (shown[0], shown[-1]) == (
        ("Pacific/Pago_Pago", "UTC−11 · 帕果帕果"),
        ("Pacific/Kiritimati", "UTC+14 · 圣诞岛"),
    )
    assert dict(shown)["Asia/Kathmandu"] == "UTC+5:45 · 加德满都"
    assert dict(shown)["Europe/Berlin"] == "UTC+2 · 柏林"


def test_whoever_chose_another_place_keeps_it():
    shown = dict(time_zones.to_choose(chosen="America/Argentina/Ushuaia", as_of=SPRING))
    assert shown["America/Argentina/Ushuaia"] == "UTC−3 · Ushuaia"
    assert "America/Argentina/Ushuaia" not in dict(time_zones.to_choose(as_of=SPRING))
