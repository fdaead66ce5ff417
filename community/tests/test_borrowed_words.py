"""What Django and allauth say to people in their forms, they say in Chinese too."""

import ast
from pathlib import Path

import allauth
import django
import pytest
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils import translation

LIBRARIES = Path(django.__file__).parent.parent, Path(allauth.__file__).parent.parent
SPEAKING = (
    "django/forms", "django/core/validators.py", "django/contrib/auth", "django/contrib/admin", "django/db/models", "django/utils",
    "django/contrib/humanize", "allauth/account", "allauth/mfa", "allauth/usersessions", "allauth/core", "allauth/decorators.py",
)  # fmt: skip
ONE, MANY = {"_", "gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}
THE_SAME_IN_BOTH = {
    ":", ":?.!", "IPv4", "IPv6", "URL", "WebAuthn", "%(class_name)s %(instance)s",
    # Said to nobody: a time is written by 24 hours, and a foreign key is chosen from a list.
    "a.m.", "p.m.", "AM", "PM", "%(model)s instance with %(field)s %(value)r is not a valid choice.",
}  # fmt: skip


def sentences(path):
    """The sentences that the module at ``path`` has translated, each with its form for several, where it has one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name in ONE and len(words) == 1:
                yield words[0], ""
            elif name in MANY and len(words) >= 2:
                yield words[0], words[1]


def modules():
    for library in dict.fromkeys(LIBRARIES):
        for place in SPEAKING:
            path = library / place
            yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def without_chinese(pairs):
    with translation.override("zh-hans"):
        return {one for one, many in pairs if one.strip() and in_chinese(one, many) in {one, many}}


def in_chinese(one, many):
    return translation.ngettext(one, many, 5) if many else translation.gettext(one)


def test_every_sentence_has_its_chinese():
    said = {pair for path in modules() for pair in sentences(path)}
    assert len(said) > 300
    assert without_chinese(said) == THE_SAME_IN_BOTH


def test_control_one_without_is_noticed():
    assert without_chinese({("Bread rises", ""), ("%d loaf", "%d loaves")}) == {"Bread rises", "%d loaf"}


def test_a_password_that_is_too_short_is_refused_in_the_language_of_the_page():
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        MinimumLengthValidator(10).validate("短的")
    assert refused.value.messages == ["太短了，至少要 10 个字符。"]
