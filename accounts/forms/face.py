"""The form for a picture."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.media.pictures import Crop


def _part() -> forms.FloatField:
    return forms.FloatField(min_value=0, max_value=1, required=False, widget=forms.HiddenInput)


class FaceForm(forms.Form):
    """A picture, and the square of it that was chosen in the page; without a choice it is the middle."""

    picture = forms.FileField(
        label=_("A new picture"),
        help_text=_("JPEG, PNG or WebP, at most 8 MB. It is shown as a square."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    left, top, side = _part(), _part(), _part()

    @property
    def crop(self) -> Crop | None:
        """The chosen square, None for the middle."""
        left, top, side = (self.cleaned_data.get(name) for name in ("left", "top", "side"))
        if left is None or top is None or not side:
            return None
        return Crop(left=left, top=top, side=side)
