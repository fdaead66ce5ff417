"""What people write."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import text
from payments import currencies
from payments.forms import Amount
from payments.queries import product_for
from topics.models import Topic
from topics.queries import branches_to_choose

from .models import Board, Flag
from .models.groups import Role

LONGEST_POST = 20_000


class PostForm(forms.Form):
    """One post; what is refused stays in the box."""

    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Write something first."),
            "max_length": _("That is longer than 20,000 characters. Split it in two."),
        },
    )

    def clean_body(self) -> str:
        """The text, if the pipeline can take it; what it refuses is said under the field."""
        body: str = self.cleaned_data["body"]
        text.render(body)
        return body


class ThreadForm(PostForm):
    """A question or a discussion: its title, text and topics."""

    title = forms.CharField(
        label=_("Title"), min_length=5, max_length=150,
        error_messages={"required": _("Give it a title."), "min_length": _("Say a little more in the title.")},
    )  # fmt: skip
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    board = forms.ModelChoiceField(
        label=_("Board"), queryset=Board.objects.none(), required=False, to_field_name="slug", empty_label=_("No board"),
        help_text=_("Whoever may read the board may read it."),
    )  # fmt: skip
    about = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    field_order = ["title", "body", "board", "topics", "about"]

    def __init__(self, *args: object, boards: QuerySet[Board] | None, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        board: Any = self.fields["board"]
        # Where a board is named the field stays even if there is none to choose: what was meant for few is not shown to all.
        if boards is None or not (boards or self.data.get("board")):
            del self.fields["board"]
        else:
            board.queryset = boards
        topics: Any = self.fields["topics"]
        topics.queryset = Topic.objects.filter(parent__isnull=True).order_by("pk")


class QuestionForm(ThreadForm):
    """A question; while its title is typed, the page shows which have been asked before."""

    def __init__(self, *args: object, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title"].widget.attrs |= {
            "hx-get": reverse("forum:similar"), "hx-trigger": "input changed delay:400ms", "hx-target": "#similar",
            # The element stays, so that a screen reader says what comes into it.
            "hx-select": "#similar > *", "hx-swap": "innerHTML", "hx-sync": "this:replace",
        }  # fmt: skip


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group at the desk, with what a seat in it costs."""

    price = Amount(
        label=_("Price of a seat"), required=False,
        help_text=_("For groups that are joined by buying a seat. While it is empty, none is sold."),
    )  # fmt: skip

    class Meta:
        widgets = {"topics": forms.CheckboxSelectMultiple}

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        sold = product_for(self.instance.seat_key) if self.instance.pk else None
        self.currency = sold.currency if sold else currencies.usual()
        self.fields["price"].label = format_lazy("{} ({})", self.fields["price"].label, self.currency)
        self.initial["price"] = sold.price_minor if sold else None
        topics: Any = self.fields["topics"]
        topics.choices = branches_to_choose()


class JoinForm(forms.Form):
    """What somebody says who asks to be let into a group."""

    note = forms.CharField(
        label=_("A word to those who let you in"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip


class InviteForm(forms.Form):
    """Whom to ask into a group, by handle."""

    member = forms.CharField(
        label=_("Handle"), max_length=31, help_text=_("As it stands on their profile: @handle."),
        error_messages={"required": _("Say whom you want to invite.")},
    )  # fmt: skip

    def __init__(self, *args: object, members: QuerySet[User], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._members = members

    def clean_member(self) -> User:
        """The member whose handle it is."""
        found = self._members.filter(username__iexact=self.cleaned_data["member"].strip().removeprefix("@")).first()
        if found is None:
            raise forms.ValidationError(_("There is no member with this handle."))
        return found


class RoleForm(forms.Form):
    """What a member is to be in a group."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)


class FlagForm(forms.Form):
    """A report."""

    reason = forms.ChoiceField(label=_("What is wrong with it?"), choices=Flag.Reason, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Anything the moderators should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HideForm(forms.Form):
    """Why a post is hidden; its author reads these words."""

    reason = forms.CharField(
        label=_("Why it is hidden"),
        max_length=300,
        help_text=_("The author reads these words. Say what they could do differently."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give a reason: its author will read it.")},
    )
