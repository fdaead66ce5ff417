"""Addresses by name are those of ``reverse``, whatever is remembered of them."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, include, path, reverse, set_script_prefix
from django.views import View

from core.web.naming import address_of

pages = [path("things/<slug:slug>/", View.as_view(), name="thing")]
urlpatterns = [path("other/", include((pages, "things")))]


class Elsewhere:
    urlpatterns = [path("moved/", include((pages, "things")))]


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
def test_an_address_is_what_reverse_says_each_time():
    assert [address_of("things:thing", slug) for slug in ("a", "b", "a")] == [
        reverse("things:thing", args=[slug]) for slug in ("a", "b", "a")
    ]


def test_another_table_of_addresses_is_another_address():
    with override_settings(ROOT_URLCONF="core.web.tests.test_naming"):
        here = address_of("things:thing", "a")
    with override_settings(ROOT_URLCONF=Elsewhere):
        there = address_of("things:thing", "a")
    assert (here, there) == ("/other/things/a/", "/moved/things/a/")


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
def test_a_site_below_another_has_its_prefix():
    before = address_of("things:thing", "a")
    try:
        set_script_prefix("/school/")
        assert address_of("things:thing", "a") == "/school/other/things/a/"
    finally:
        set_script_prefix("/")
    assert address_of("things:thing", "a") == before


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
def test_what_is_no_page_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address_of("things:thing", "not a slug")
