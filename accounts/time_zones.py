"""The time zones that one chooses from: one or more well-known places for each time that is kept on earth."""

import zoneinfo
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACES: dict[str, str | Promise] = {
    "Pacific/Pago_Pago": _("Pago Pago"),
    "Pacific/Honolulu": _("Honolulu"),
    "America/Anchorage": _("Anchorage"),
    "America/Los_Angeles": _("Los Angeles"),
    "America/Vancouver": _("Vancouver"),
    "America/Denver": _("Denver"),
    "America/Phoenix": _("Phoenix"),
    "America/Chicago": _("Chicago"),
    "America/Mexico_City": _("Mexico City"),
    "America/New_York": _("New York"),
    "America/Toronto": _("Toronto"),
    "America/Bogota": _("Bogotá"),
    "America/Lima": _("Lima"),
    "America/Halifax": _("Halifax"),
    "America/Caracas": _("Caracas"),
    "America/Santiago": _("Santiago"),
    "America/St_Johns": _("St. John’s"),
    "America/Sao_Paulo": _("São Paulo"),
    "America/Argentina/Buenos_Aires": _("Buenos Aires"),
    "Atlantic/South_Georgia": _("South Georgia"),
    "Atlantic/Azores": _("Azores"),
    "Atlantic/Reykjavik": _("Reykjavík"),
    "UTC": _("Coordinated universal time"),
    "Europe/London": _("London"),
    "Europe/Dublin": _("Dublin"),
    "Europe/Lisbon": _("Lisbon"),
    "Africa/Casablanca": _("Casablanca"),
    "Africa/Lagos": _("Lagos"),
    "Europe/Amsterdam": _("Amsterdam"),
    "Europe/Berlin": _("Berlin"),
    "Europe/Madrid": _("Madrid"),
    "Europe/Paris": _("Paris"),
    "Europe/Rome": _("Rome"),
    "Europe/Stockholm": _("Stockholm"),
    "Europe/Vienna": _("Vienna"),
    "Europe/Warsaw": _("Warsaw"),
    "Europe/Zurich": _("Zurich"),
    "Africa/Cairo": _("Cairo"),
    "Africa/Johannesburg": _("Johannesburg"),
    "Asia/Jerusalem": _("Jerusalem"),
    "Europe/Athens": _("Athens"),
    "Europe/Helsinki": _("Helsinki"),
    "Europe/Kyiv": _("Kyiv"),
    "Africa/Nairobi": _("Nairobi"),
    "Asia/Riyadh": _("Riyadh"),
    "Europe/Istanbul": _("Istanbul"),
    "Europe/Moscow": _("Moscow"),
    "Asia/Tehran": _("Tehran"),
    "Asia/Dubai": _("Dubai"),
    "Asia/Kabul": _("Kabul"),
    "Asia/Karachi": _("Karachi"),
    "Asia/Tashkent": _("Tashkent"),
    "Asia/Kolkata": _("Kolkata"),
    "Asia/Kathmandu": _("Kathmandu"),
    "Asia/Dhaka": _("Dhaka"),
    "Asia/Urumqi": _("Ürümqi"),
    "Asia/Yangon": _("Yangon"),
    "Asia/Bangkok": _("Bangkok"),
    "Asia/Ho_Chi_Minh": _("Ho Chi Minh City"),
    "Asia/Jakarta": _("Jakarta"),
    "Asia/Hong_Kong": _("Hong Kong"),
    "Asia/Kuala_Lumpur": _("Kuala Lumpur"),
    "Asia/Macau": _("Macau"),
    "Asia/Manila": _("Manila"),
    "Asia/Shanghai": _("Shanghai"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Taipei": _("Taipei"),
    "Asia/Ulaanbaatar": _("Ulaanbaatar"),
    "Australia/Perth": _("Perth"),
    "Australia/Eucla": _("Eucla"),
    "Asia/Seoul": _("Seoul"),
    "Asia/Tokyo": _("Tokyo"),
    "Australia/Adelaide": _("Adelaide"),
    "Australia/Darwin": _("Darwin"),
    "Australia/Brisbane": _("Brisbane"),
    "Australia/Melbourne": _("Melbourne"),
    "Australia/Sydney": _("Sydney"),
    "Australia/Lord_Howe": _("Lord Howe Island"),
    "Pacific/Noumea": _("Nouméa"),
    "Pacific/Norfolk": _("Norfolk Island"),
    "Pacific/Auckland": _("Auckland"),
    "Pacific/Fiji": _("Fiji"),
    "Pacific/Chatham": _("Chatham Islands"),
    "Pacific/Apia": _("Apia"),
    "Pacific/Kiritimati": _("Kiritimati"),
    "Pacific/Marquesas": _("Marquesas"),
    "Pacific/Gambier": _("Gambier"),
    "Pacific/Easter": _("Easter Island"),
    "America/Miquelon": _("Miquelon"),
    "America/Adak": _("Adak"),
    "Atlantic/Cape_Verde": _("Cape Verde"),
    "Antarctica/Troll": _("Troll Station"),
    "Pacific/Pitcairn": _("Pitcairn"),
    "America/Havana": _("Havana"),
    "America/Nuuk": _("Nuuk"),
}


def in_words(zone: str) -> str:
    """The place by whose clocks ``zone`` goes, in the language of who reads."""
    return str(PLACES.get(zone, zone.rpartition("/")[2].replace("_", " ")))


def to_choose(*, chosen: str = "", as_of: datetime | None = None) -> list[tuple[str, str]]:
    """Every place with how far from UTC its clocks are now, from west to east; ``chosen`` stands there whatever it is."""
    now = as_of or timezone.now()
    names = PLACES if not chosen else {**PLACES, chosen: in_words(chosen)}
    offsets = {name: now.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() or timedelta() for name in names}
    labeled = [(offsets[name], str(place), name) for name, place in names.items()]
    return [(name, f"{_written(offset)} · {place}") for offset, place, name in sorted(labeled)]


def _written(offset: timedelta) -> str:
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
