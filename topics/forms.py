"""The forms of the desk."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from .models import Topic
from .rules import tidy_synonyms


class Lines(forms.CharField):
    """A list of words, one on each line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines as a list, tidied."""
        return tidy_synonyms((value or "").splitlines())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lists differ, however they were typed."""
        return bool((initial or []) != self.to_python(data))


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]
    """A topic, with its synonyms one on each line."""

    synonyms = Lines(
        label=_("other words for it"),
        required=False,
        max_length=2_000,
        help_text=_("One on each line, in any language."),
    )
    parent = forms.ModelChoiceField(
        Topic.objects.roots().in_order(),
        label=_("above it"),
        required=False,
        empty_label=_("It is on the first level"),
    )

    class Meta:
        model = Topic
        fields = ("slug", "name_zh", "name_en", "parent", "synonyms", "place")

    def clean_parent(self) -> Topic | None:
        """Refuse a third level with a sentence, before Postgres does."""
        parent: Topic | None = self.cleaned_data["parent"]
        if (
            parent is not None
            and self.instance.pk
            and (parent.pk == self.instance.pk or self.instance.children.exists())
        ):
            raise forms.ValidationError(_("There are topics under it, so it stays on the first level."))
        return parent


class MergeForm(ActionForm):
    """The choice of an action, and of the topic that the chosen ones become part of."""

    into = forms.ModelChoiceField(Topic.objects.in_order(), label=_("into"), required=False)
