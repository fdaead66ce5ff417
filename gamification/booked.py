"""What the accounts and transactions of this room are called in the journal."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.text import in_language
from ledger import words

from .rules import FIRST_RULES

_spoken = lazy(in_language, str)

words.name(
    accounts={"points": _("Points of the member"), "points_issued": _("Points given out")},
    transactions={rule.code: _spoken(zh=rule.name_zh, en=rule.name_en) for rule in FIRST_RULES},
)
