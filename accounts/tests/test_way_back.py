"""Where a choice of language or theme leads afterwards."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/courses/?page=2", "/courses/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_to_a_page_of_ours(target, leads_to):
    answer = Client().post("/preferences/", {"theme": "dark", "next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)
