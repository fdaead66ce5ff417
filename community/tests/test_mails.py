"""Every letter of the house in both languages: whole, with addresses that lead somewhere, and in one language."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from accounts import letters
from accounts.sentences import NOTICES
from community.context import MAIL_COLORS
from community.models import School
from core.events.models import OutboxMessage
from core.web import mail

pytestmark = pytest.mark.django_db

ADDRESS = "https://school.test/somewhere/"
# Names and titles are what members wrote: they are the same, and neither Latin nor Han, in both languages.
SAID = {
    "who": "·1·",
    "asker": "·2·",
    "title": "·3·",
    "quote": "·4·",
    "quote_language": "en",
    "under": "·5·",
    "reason": "·6·",
    "name": "·7·",
}
MONEY = {"reference": "7K2M-3", "amount": "199", "title": "·3·"}
LINE = {"title": "·3·", "language": "en", "url": ADDRESS, "because": "·4·", "facts": "·5·"}
CONTEXTS = {
    "accounts/mail/verify": {}, "accounts/mail/existing_account": {}, "accounts/mail/unknown_account": {}, "accounts/mail/reset": {},
    "accounts/mail/welcome": {}, "accounts/mail/notice": {"what": "·8·", "address": "192.0.2.1"},
    "notifications/mail/paid": MONEY, "notifications/mail/declined": MONEY, "notifications/mail/refunded": MONEY,
    "notifications/mail/renewed": MONEY, "notifications/mail/given": MONEY,
    "notifications/mail/owed": {"amount": "199", "open_until": "9", "is_final": False},
    "notifications/mail/answer": SAID, "notifications/mail/accepted": SAID, "notifications/mail/reply": SAID,
    "notifications/mail/question": SAID, "notifications/mail/hidden": SAID, "notifications/mail/restored": SAID,
    "notifications/mail/payout": {"state": "paid", "amount": "199", "hint": "0042", "number": "·9·", "reason": ""},
    "notifications/mail/digest": {
        "resume": {"title": "·1·", "course": "·2·", "url": ADDRESS}, "interests_url": ADDRESS,
        "picks": [LINE], "questions": [LINE],
    },
    "notifications/mail/invited": {"title": "·3·", "about": "·4·"},
    "notifications/mail/renewal": {"until": "7", "open_until": "9", "days": 7, "is_trial": False},
}  # fmt: skip
LANGUAGES = ["zh-hans", "en"]
UNRESOLVED = "⁂%s⁂"
HREF = re.compile(r'href="([^"]*)"')
LATIN_RUN = re.compile(r"[A-Za-z]{2,}[ ,.']+[A-Za-z]{2,}")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """A variable that nobody gives is printed as such, instead of as nothing."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UNRESOLVED)


@pytest.fixture(autouse=True)
def school():
    return School.objects.create(name_zh="提灯学社", name_en="Lantern School", tagline_zh="夜里也亮着", accent="plum")


def written(name, language, **changes):
    context = {"action_url": ADDRESS, "name": "", **CONTEXTS[name], **changes}
    return mail.render(template=name, context=context, language=language)


def words(html):
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_letter_of_the_house_is_here():
    root = Path(settings.BASE_DIR) / "templates"
    found = {str(path.relative_to(root)).removesuffix(".html") for path in root.glob("*/mail/*.html")}
    assert found == set(CONTEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["approved", "returned", "held", "cancelled"])
def test_a_creator_reads_what_became_of_a_payout(language, state):
    letter = written("notifications/mail/payout", language, state=state, reason="·6·")
    assert "⁂" not in letter.subject + letter.text + letter.html
    assert ("·6·" in letter.text) == (state != "approved")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("notifications/mail/hidden", {}),
        ("notifications/mail/payout", {"state": "returned"}),
        ("notifications/mail/payout", {"state": "held"}),
        ("notifications/mail/payout", {"state": "cancelled"}),
    ],
)
def test_a_reason_stands_by_itself_whatever_it_ends_with(language, name, more):
    """It is a sentence already; one of ours around it would end twice."""
    letter = written(name, language, reason="This is an offer. Ask first!", **more)
    assert "<blockquote>This is an offer. Ask first!</blockquote>" in letter.html
    assert "\n\n> This is an offer. Ask first!\n\n" in letter.text


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_chinese_letter_has_chinese_colons(name):
    letter = written(name, "zh-hans")
    assert re.findall(r".*[㐀-鿿] ?:.*", letter.text + words(letter.html)) == []


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_title_with_a_colon_and_marks_of_its_own_stands_in_marks_in_a_subject(name):
    title = '把话写"清楚"：一课'
    line = {**LINE, "title": title}
    subject = written(name, "zh-hans", title=title, under=title, picks=[line], questions=[line]).subject
    assert "“把话写‘清楚’：一课”" in subject or "把话" not in subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CONTEXTS)
class TestALetter:
    def test_leaves_nothing_open(self, name, language):
        letter = written(name, language)
        assert "⁂" not in letter.subject + letter.text + letter.html
        assert letter.subject

    def test_has_no_address_that_only_a_page_could_follow(self, name, language):
        letter = written(name, language)
        leading = HREF.findall(letter.html)
        assert ADDRESS in leading
        assert [address for address in leading if not address.startswith("http")] == []
        assert ADDRESS in letter.text

    def test_speaks_one_language(self, name, language):
        letter = written(name, language)
        said = [letter.subject, letter.text, words(letter.html)]
        said = [re.sub(r"https?://\S+|Lantern School|提灯学社|夜里也亮着|[A-Z0-9]{4}-\d", "", part) for part in said]
        wrong = HAN if language == "en" else LATIN_RUN
        assert [found for part in said for found in wrong.findall(part)] == []

    def test_carries_the_name_and_the_color_of_the_school(self, name, language):
        letter = written(name, language)
        assert {"zh-hans": "提灯学社", "en": "Lantern School"}[language] in letter.html
        assert 'bgcolor="#5b3b6b"' in letter.html
        assert f'lang="{language}"' in letter.html


def test_a_latin_font_draws_an_english_title_in_a_chinese_letter():
    said = {"title": "It’s “fine” & done", "who": "Ada"}
    drawn = f'“<font lang="en" face="{mail.LATIN_FONTS}">It’s ‘fine’ &amp; done</font>”'
    found = {language: drawn in written("notifications/mail/answer", language, **said).html for language in LANGUAGES}
    assert found == {"zh-hans": True, "en": False}


def test_an_open_variable_would_be_noticed():
    letter = mail.render(template="notifications/mail/answer", context={"action_url": ADDRESS}, language="en")
    assert "⁂who⁂" in letter.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("occasion", NOTICES)
def test_each_change_of_an_account_is_told_in_the_receivers_language(ben, occasion, language, db):
    ben.language = language
    ben.save()
    with translation.override("en" if language != "en" else "zh-hans"):
        letters.write(occasion=occasion, address=ben.email, context={"ip": "192.0.2.1"})
    payload = OutboxMessage.objects.get(kind=mail.KIND).payload
    wrong = HAN if language == "en" else LATIN_RUN
    text = re.sub(r"https?://\S+|Lantern School|提灯学社|夜里也亮着", "", payload["text"])
    assert (payload["language"], wrong.findall(text)) == (language, [])


def test_each_accent_has_its_color_in_mails():
    assert set(MAIL_COLORS) == set(School.Accent)
    sheet = (Path(settings.BASE_DIR) / "static" / "css" / "site.css").read_text()
    assert [color for color in MAIL_COLORS.values() if f"light-dark({color}," not in sheet] == []
