"""What the models are called where people read of them; those that have no other name keep it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MODELS: dict[str, str | Promise] = {
    "blend": _("Blend"),
    "popularity": _("Popularity"),
    "svd": "SVD",
    "item_knn": _("Neighbors of items"),
    "ease": "EASE",
    "successors": _("What comes next"),
    "trails": _("Trails"),
    "ials": "iALS",
    "profile": _("Portrait"),
    "modulated": _("Portrait with a square"),
    "content": _("Likeness of content"),
}


def model(kind: str) -> str:
    """What a model of ``kind`` is called; the code itself where there is none such any more."""
    return str(MODELS.get(kind, kind))
