"""What a role may do, as the desk asks for it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import translation

from accounts.models import Consent, User
from accounts.permissions import permissions_to_choose

pytestmark = pytest.mark.django_db


def of(model, act):
    return Permission.objects.get(
        content_type__app_label=model._meta.app_label, codename=f"{act}_{model._meta.model_name}"
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", [("Consents", ["add", "change", "delete", "see"]), ("Members", ["add", "change", "delete", "see"])]),
        ("zh-hans", [("同意记录", ["添加", "修改", "删除", "查看"]), ("成员", ["添加", "修改", "删除", "查看"])]),
    ],
)
def test_permissions_stand_by_what_they_are_about_in_the_reader_s_language(language, expected):
    with translation.override(language):
        found = permissions_to_choose(models=[User, Consent], held=[])
    assert [(name, [label for _pk, label in rows]) for name, rows in found] == expected


def test_what_a_role_holds_already_is_shown_although_the_desk_has_no_list_of_it():
    held = of(Group, "view")
    with translation.override("en"):
        found = permissions_to_choose(models=[], held=[held])
    assert found == [("group", [(held.pk, "see")])]
