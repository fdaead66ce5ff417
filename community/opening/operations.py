"""Opening the school."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext

import accounts.operations
from accounts.models import User
from community.models import LegalText, School
from community.operations import change_logo
from forum.queries import moderators_rights

LEGAL = Path(settings.BASE_DIR) / "community" / "legal"
_LEGAL_FILE = re.compile(r"(\w+)\.([\w-]+)\.md")


class AlreadyOpen(Exception):
    """There is one school here, and it has been opened."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who opens it."""

    name: str
    email: str
    password: str


@transaction.atomic
def open_school(
    *, owner: Owner, name: str, language: str, currency: str, accent: str, logo: IO[bytes] | None = None
) -> User:
    """
    Make the school and its owner, who is logged in with nothing but this; load the drafts of the legal texts.

    :raises AlreadyOpen: if there is a school, also when two tabs open it at once.
    :raises UploadRefused: if ``logo`` is no picture that is taken here; nothing is opened then.
    """
    try:
        # The one row's key lets only one of two openings through.
        with transaction.atomic():
            School.objects.create(name_zh=name, name_en=name, language=language, currency=currency, accent=accent)
    except IntegrityError as taken:
        raise AlreadyOpen from taken
    user = User(name=owner.name, email=owner.email.strip().lower(), language=language, languages_read=[language])
    user.time_zone = settings.SCHOOL_TIME_ZONE
    user.is_staff = user.is_superuser = True
    user.set_password(owner.password)
    accounts.operations.join(user=user, is_verified=True)
    load_legal_drafts()
    make_moderators_group(language)
    if logo is not None:
        change_logo(file=logo, by=user)
    return user


def make_moderators_group(language: str) -> Group:
    """Make the role that the owner gives at the desk to whoever looks after reports; named in the school's language."""
    with translation.override(language):
        group, _ = Group.objects.get_or_create(name=gettext("Moderators"))
    group.permissions.set(moderators_rights())
    return group


def load_legal_drafts(folder: Path = LEGAL) -> int:
    """Put the drafts in ``folder`` (``terms.en.md``) in force where there is no such text yet; return how many there were."""
    loaded = 0
    for path in sorted(folder.glob("*.md")):
        named = _LEGAL_FILE.fullmatch(path.name)
        if named is None or named[1] not in LegalText.Kind or named[2] not in dict(settings.LANGUAGES):
            continue
        if not LegalText.objects.filter(kind=named[1], language=named[2]).exists():
            LegalText.objects.create(kind=named[1], language=named[2], source=path.read_text(encoding="utf-8"))
            loaded += 1
    return loaded
