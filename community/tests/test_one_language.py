"""
Nobody meets a word of the other language: the whole site is walked in Chinese and in English, the desk included.

What people wrote is replaced by numbers before the walk, wherever a table holds it; what is left on a page is ours. In Chinese
no two Latin words stand side by side, in English no Han character stands at all, but for the names on a short list. Nor does a
space follow a Chinese mark, where two sentences were put together in the English way.
"""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction

from accounts.models import User
from community.access import Persona, table
from community.screens.shots import SEEN

from .conftest import entered

pytestmark = pytest.mark.timeout(1200)

OURS = {
    "accounts", "community", "courses", "forum", "gamification", "media", "notifications", "payments", "privacy", "recsys", "search", "surveys", "topics",
}  # fmt: skip
NAMES = {
    "en": ["简体中文", "中文", "林知远", "温朵", "易黎", "发票"],
    "zh-hans": ["WeChat Pay", "Ada Lin", "Ben Hartley", "Dora Wen", "Eli Yi", "Play Bank"],
}
"""What a reader of one language meets in the other: names of people, languages and products, forty at most."""
SAMPLES = ("styleguide:", "courses:figure", "settings:copy")
"""Addresses that show components with samples in both languages, to those who build them; and files."""
CODES = re.compile(r"\b[a-z0-9]+(?:[.:_-][a-z0-9]+)+\b")
"""Names of facts, keys and acts, which the desk shows as they are stored."""
MADE = ["Night watch", "table of access"]
"""What the table of access writes for itself, where no member could."""
BOTH = ("admin:", "surveys:")
"""Addresses where the owner writes in both languages side by side."""
PEOPLE = [Persona.GUEST, Persona.ENROLLED, Persona.TEACHER, Persona.OWNER]
"""They see every page that they may see; the others what is there for them alone: empty lists, doors, orders that wait."""
OTHERS = [Persona.NEWCOMER, Persona.MEMBER, Persona.ENDED, Persona.MODERATOR]
FOREIGN = {
    "en": re.compile(r"[㐀-鿿]+"),
    "zh-hans": re.compile(r"[A-Za-z]{2,}(?:[ ,.'’&:-]+[A-Za-z]{2,})+"),
}
SPACED = {"en": re.compile("(?!)"), "zh-hans": re.compile("[，。；：？！] [㐀-鿿]")}
ADDRESSES = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b|https?://\S+|\S+@\S+|(?<!\w)/[\w./-]+")
NOT_WORDS = {
    "password", "time_zone", "email", "slug", "reference", "token", "digest", "key", "subject", "handle_skeleton", "path", "sealed",
    "audience", "languages_read", "domains",
}  # fmt: skip
"""Fields by which people are let in and pages are found: they are codes, and stand in addresses."""
SPOKEN = ("alt", "title", "aria-label", "placeholder", "aria-description")


class Words(HTMLParser):
    """Everything on a page that is read or said."""

    # What stands in a box was typed by somebody, as in an input.
    SILENT = {"script", "style", "code", "pre", "kbd", "textarea"}

    def __init__(self, html):
        super().__init__()
        self.found, self.silent = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.silent += tag in self.SILENT
        self.found += [about[name] for name in SPOKEN if about.get(name)]
        if tag == "meta" and (about.get("name") or about.get("property")) in {
            "description",
            "og:title",
            "og:description",
        }:
            self.found.append(about.get("content") or "")
        if tag == "input" and about.get("type") in {"submit", "button"}:
            self.found.append(about.get("value") or "")

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


def foreign(html, language, *, names=(), codes=None):
    """What stands on the page in the other language, but for ``names`` and ``codes``."""
    found = set()
    for words in Words(html).found:
        left = ADDRESSES.sub(" ", codes.sub(" ", words) if codes else words)
        for name in [*NAMES[language], *names]:
            left = left.replace(name, " ")
        found |= set(FOREIGN[language].findall(left))
        # At the desk Django's own sentences stand among ours.
        found |= set() if codes else set(SPACED[language].findall(words))
    return found


def both():
    """What is written in both languages, each in a field of its own, as the desk shows it; the longest first."""
    found = set()
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if field.name.endswith(("_zh", "_en"))]
        for row in model._base_manager.values_list(*names) if names else []:
            for value in row:
                found |= {
                    " ".join(line.split())
                    for part in (value if isinstance(value, list) else [value])
                    for line in str(part or "").splitlines()
                }
    return sorted(found - {""}, key=len, reverse=True)


def blank_out():
    """Put a number for whatever people wrote; what a table refuses to change stays, and is looked at as well."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.concrete_fields:
                _blank(model, field)


def _blank(model, field):
    column, place = f'"{field.column}"', f'"{model._meta.db_table}"'
    if (
        field.name.endswith(("_zh", "_en"))
        or field.name in NOT_WORDS
        or field.choices
        or field.primary_key
        or field.is_relation
    ):
        return
    if isinstance(field, models.JSONField):
        made, text = (
            f"CASE jsonb_typeof({column}) WHEN 'array' THEN '[]'::jsonb ELSE '{{}}'::jsonb END",
            f"{column}::text",
        )
    elif isinstance(field, ArrayField):
        made, text = "'{}'", f"{column}::text"
    elif isinstance(field, models.CharField | models.TextField):
        made, text = f"left('·' || \"{model._meta.pk.column}\"::text, {field.max_length or 40})", column
    else:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {place} SET {column} = {made} WHERE {text} ~ '[㐀-鿿]|[A-Za-z]{{2,}}[^A-Za-z]+[A-Za-z]{{2,}}'"
            )
    except DatabaseError as refused:
        if not re.search("permission denied|append-only", str(refused)):
            raise


@pytest.fixture(scope="module")
def silent_stage(stage):
    # The addresses of the table are looked up by words that are about to go.
    places = {
        (row.title, persona): (row.address(stage), row.answer_in(stage, persona))
        for persona in [*PEOPLE, *OTHERS]
        for row in table()
        if row.method == "GET" and not row.name.startswith(SAMPLES) and _is_walked(row, persona, stage)
    }
    people = stage.people
    blank_out()
    return people, places, both()


def _is_walked(row, persona, stage):
    return (persona in PEOPLE or row.seen_by == persona) and row.answer_in(stage, persona) in SEEN


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("persona", [*PEOPLE, *OTHERS], ids=str)
def test_every_page_speaks_one_language(silent_stage, persona, language):
    people, places, written = silent_stage
    User.objects.update(language=language)
    browser, found, looked, seen = entered(people[persona], language=language), {}, 0, {}
    for (title, who), (address, expected) in places.items():
        if who == persona:
            answer = browser.get(address)
            # Whoever was thrown out on the way would walk the rest as a guest.
            seen[title] = answer.status_code == expected.value or f"{answer.status_code}, not {expected.value}"
            if not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
                looked += 1
                at_the_desk = title.startswith(BOTH)
                told = {"names": [*MADE, *written], "codes": CODES} if at_the_desk else {}
                for words in foreign(answer.content.decode(), language, **told):
                    found.setdefault(words, title)
            answer.close()
    assert {title: what for title, what in seen.items() if what is not True} == {}
    assert looked > (20 if persona in PEOPLE else 0)
    assert "\n".join(f"{words}: {title}" for words, title in sorted(found.items())) == ""


def test_a_word_of_the_other_language_would_be_noticed():
    page = '<p>Kind words</p><a aria-label="你好">x</a><input type="submit" value="Send it"><meta name="description" content="One two">'
    assert foreign(page, "en") == {"你好"}
    assert foreign(page, "zh-hans") == {"Kind words", "Send it", "One two"}
    assert foreign("<p>先读。\n再问。</p>", "zh-hans") == {"。 再"}
    assert foreign('<button lang="zh-hans">简体中文</button><code>./run demo now</code>', "en") == set()


def test_the_list_of_names_is_short():
    assert sum(len(names) for names in NAMES.values()) <= 40
