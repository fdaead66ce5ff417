"""What is left to do after opening; every tick is a query."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import LegalText
from core.events.models import OutboxMessage
from courses.models import Course
from payments import providers


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do: why, where, whether it has been done; ``code`` is what to open or pass on, word for word."""

    title: str | Promise
    text: str | Promise
    action: str | Promise
    url: str
    is_done: bool
    code: str = ""


def checklist() -> list[Step]:
    """The steps of a new school, in the order in which they are best done."""
    return [
        Step(
            title=_("Publish a first course"), text=_("Two lessons are enough to begin with; one of them free to try."),
            action=_("To the studio"), url=reverse("studio:home"), is_done=Course.objects.published().exists(),
        ),
        Step(
            title=_("Set up a way to pay"), text=_("The keys of a payment provider stand in the environment of the server, never in the database. Which ones, and what to do at the provider, is written here:"),
            action="", url="", code="docs/payments.md", is_done=bool(providers.available()),
        ),
        Step(
            title=_("See a mail arrive"), text=_("Ask for a new password with your own address: that letter goes the way that all of them go."),
            action=_("Send myself one"), url=reverse("account_reset_password"), is_done=_has_sent_mail(),
        ),
        Step(
            title=_("Make the rules yours"), text=_("Terms, privacy, refunds and rules are drafts of ours until you have read them and saved your own version."),
            action=_("Read and change them"), url=reverse("admin:community_legaltext_changelist"), is_done=_has_own_rules(),
        ),
        Step(
            title=_("Invite somebody"), text=_("Send this address to the first person whom it is for:"),
            action="", url="", code=f"{settings.SITE_URL}/", is_done=User.objects.filter(is_staff=False, is_active=True).exists(),
        ),
    ]  # fmt: skip


def _has_sent_mail() -> bool:
    return OutboxMessage.objects.filter(kind="mail", done_at__isnull=False).exists()


def _has_own_rules() -> bool:
    return LegalText.objects.filter(Q(kind=LegalText.Kind.RULES) | Q(kind=LegalText.Kind.TERMS), version__gt=1).exists()
