"""Who holds which keys."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from core.audience import keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(keys, "_grants", [])
    return keys


@pytest.fixture
def cleo():
    return User.objects.create_user("cleo@example.test", username="cleo", name="Cleo")


def test_a_guest_holds_only_the_public_key(registry):
    registry.grants(lambda viewer: ["course:1"])
    assert registry.keys_of(AnonymousUser()) == {"public"}


def test_a_member_holds_their_own_key_and_what_others_grant(registry, cleo):
    registry.grants(lambda viewer: ["course:1", "tier:gold"])
    assert registry.keys_of(cleo) == {"public", "members", f"user:{cleo.pk}", "course:1", "tier:gold"}


@pytest.mark.parametrize("change", [{"is_active": False}, {"suspended_until": timezone.now() + timedelta(days=1)}])
def test_who_is_shut_out_holds_only_the_public_key(registry, cleo, change):
    registry.grants(lambda viewer: ["course:1"])
    vars(cleo).update(change)
    assert registry.keys_of(cleo) == {"public"}


def test_keys_are_worked_out_once_and_anew_after_forgetting(registry, cleo):
    asked = []
    registry.grants(lambda viewer: asked.append(viewer) or ["course:1"])
    registry.keys_of(cleo)
    registry.keys_of(cleo)
    registry.forget(cleo)
    registry.keys_of(cleo)
    assert len(asked) == 2


def test_what_all_rooms_have_rows_of_is_one_question(cleo, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert keys.keys_of(cleo) == {"public", "members", f"user:{cleo.pk}"}


def test_whose_work_is_hidden_is_one_question(cleo, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert keys.hidden_authors(cleo) == set()
