"""Addresses by name are those of ``reverse``, whatever is remembered of them."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, include, path, reverse, set_script_prefix
from django.views import View

from core.web.naming import address_of, addresses_of

pages = [
    path("things/<slug:slug>/", View.as_view(), name="thing"),
    path("at/<str:name>/<int:number>/<uuid:token>/", View.as_view(), name="place"),
    path("at/<str:name>/<int:number>/", View.as_view(), name="place"),
]
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


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
@pytest.mark.parametrize(
    "arguments",
    [
        ("course:42", 7),
        ("course:42", 0),
        ("a", 7),
        ("10", 7),
        ("10", "7"),
        ("a b", 7),
        ("学园", 7),
        ("a:b:c", 7),
        ("stand-in-0", 1917283),
        ("thread:9", 7, "6a6bb8f6-9f3e-4ee9-8d7c-3f5a36ac2b7c"),
    ],
)
def test_whatever_an_argument_looks_like(arguments):
    assert address_of("things:place", *arguments) == reverse("things:place", args=arguments)


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
@pytest.mark.parametrize("arguments", [("a/b", 7), ("a", -7), ("a", "b"), ("a",), ("", 7)])
def test_what_does_not_fit_is_refused_whatever_fitted_before(arguments):
    address_of("things:place", "a", 7)
    with pytest.raises(NoReverseMatch):
        address_of("things:place", *arguments)


@override_settings(ROOT_URLCONF="core.web.tests.test_naming")
def test_a_list_finds_its_addresses_once():
    place = addresses_of("things:place", "kind:1", 1)
    assert [place(name, 3) for name in ("course:42", "thread:7")] == [
        reverse("things:place", args=[name, 3]) for name in ("course:42", "thread:7")
    ]
    with pytest.raises(ValueError, match="no form of"):
        addresses_of("things:place", "a b", 1)
