"""Sentences of Django's that it has no Chinese for: named here they stand in our catalogue, where Django finds them."""

from django.utils.translation import ngettext_lazy

SENTENCES = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
