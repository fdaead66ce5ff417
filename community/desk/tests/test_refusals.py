"""What the database would refuse is refused at the desk before, in words and not by the name of a rule."""

import pytest
from django.contrib import admin
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.constraints import BaseConstraint
from django.urls import reverse

from accounts.models import User
from surveys.models import Survey

pytestmark = pytest.mark.django_db


def fields_of(condition):
    """The fields of which a condition speaks."""
    found = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= fields_of(child)
        else:
            found |= {child[0].split("__")[0], *([child[1].name] if isinstance(child[1], F) else [])}
    return found


def asked_about(rule):
    if isinstance(rule, CheckConstraint):
        return fields_of(rule.condition)
    return {*rule.fields, *(fields_of(rule.condition) if rule.condition else ())}


def wordless(desk, form):
    """The rules that ``form`` asks about, and of which nothing but the name would be said."""
    rules = [one for one in desk.model._meta.constraints if asked_about(one) <= set(form.base_fields)]
    plain = [one.name for one in rules if one.violation_error_message == BaseConstraint.default_violation_error_message]
    # Of fields that are unique together Django says so by their names.
    by_their_names = {
        one.name for one in rules if isinstance(one, UniqueConstraint) and one.fields and not one.condition
    }
    return [f"{desk.model._meta.label}: {name}" for name in plain if name not in {*desk.refusals, *by_their_names}]


def test_every_rule_of_which_a_form_asks_has_words(eli, one_of_each, rf):
    request, found = rf.get("/"), []
    request.user = eli
    for model, desk in admin.site._registry.items():
        row = model._default_manager.first()
        if desk.has_add_permission(request):
            found += wordless(desk, desk.get_form(request))
        if desk.has_change_permission(request, row):
            found += wordless(desk, desk.get_form(request, row, change=True))
    assert sorted(set(found)) == []


def test_a_survey_that_would_close_before_it_opens(eli, desk_of):
    page = desk_of(eli, language="zh-hans")
    address = reverse("admin:surveys_survey_add")
    form = {
        "slug": "mood", "title_zh": "心情", "title_en": "Mood", "audience": "members", "opens_at_0": "2026-03-02", "opens_at_1": "10:00",
        "closes_at_0": "2026-03-01", "closes_at_1": "10:00", "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0",
    }  # fmt: skip
    refused = page.post(address, form).content.decode()
    assert ("这样它会在开始之前就结束。" in refused, "closes_after_it_opens" in refused) == (True, False)
    assert not Survey.objects.exists()


@pytest.mark.parametrize("handle", ["BEN", "b_e_n", "admin"])
def test_a_handle_that_looks_like_another_s(eli, ben, desk_of, handle):
    form = {"name": "Somebody", "username": handle, "email": "somebody@school.test", "usable_password": "false"}
    page = desk_of(eli).post(reverse("admin:accounts_user_add"), form)
    assert page.status_code == 200
    assert "This handle, or one that looks the same, belongs to somebody." in page.content.decode()
    assert not User.objects.filter(email="somebody@school.test").exists()


def test_a_member_who_keeps_a_handle_may_be_changed_otherwise(eli, ben, desk_of):
    address = reverse("admin:accounts_user_change", args=[ben.pk])
    page = desk_of(eli)
    form = page.get(address).context["adminform"].form
    said = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    page.post(address, {**said, "name": "Ben the Second"})
    assert User.objects.get(pk=ben.pk).name == "Ben the Second"
