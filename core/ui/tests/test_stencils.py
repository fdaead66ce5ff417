"""A piece that is filled is the piece that would be drawn."""

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from core.text import in_their_languages
from core.ui.samples.home import feed
from core.ui.stencils import Stencil

CARD = "components/feed_card.html"
SLOTS = (
    "url", "title", "lang", "kind", "live", "other_language", "why_url", "not_interested_url", "known_url", "less_url", "topic",
    "why", "facts", "mean", "picture", "csrf_token",
)  # fmt: skip
COURSE = "components/course_card.html"
SLOTS_OF_A_COURSE = (
    "url", "title", "lang", "topic", "why_cheaper", "cover", "why", "lessons", "duration", "stars", "teacher", "progress", "is_included", "price",
)  # fmt: skip


def whole(slots):
    return {slot: f"<{slot} & “more”>" for slot in slots} | {"picture": mark_safe("<svg></svg>")}


WHOLE = whole(SLOTS)


def drawn(values, piece=CARD):
    return Template("{% include piece %}").render(Context({"piece": piece, **values}))


@pytest.fixture(autouse=True)
def _as_it_is_run(settings):
    settings.DEBUG = False


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("without", [(), *((slot,) for slot in SLOTS), ("less_url", "topic", "mean", "live")])
def test_it_is_what_the_template_draws_in_every_shape_and_language(language, without):
    with override(language):
        values = {**WHOLE, "why": in_their_languages(WHOLE["why"]), **dict.fromkeys(without, "")}
        for _ in range(2):
            assert Stencil(CARD, slots=SLOTS).filled(values) == drawn(values)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "without", [(), *((slot,) for slot in SLOTS_OF_A_COURSE), ("progress", "is_included"), ("progress", "is_included", "why_cheaper")]
)  # fmt: skip
def test_so_is_the_card_of_a_course(language, without):
    with override(language):
        values = {**whole(SLOTS_OF_A_COURSE), **dict.fromkeys(without, "")}
        for _ in range(2):
            assert Stencil(COURSE, slots=SLOTS_OF_A_COURSE).filled(values) == drawn(values, COURSE)


def test_what_was_filled_before_is_in_no_other():
    card = Stencil(CARD, slots=SLOTS)
    card.filled({**WHOLE, "title": "A secret"})
    assert "A secret" not in card.filled({**WHOLE, "title": "Another"})


@pytest.mark.parametrize("text", ["<script>", "\ue000url\ue001", "{{ url }}", "%(topic)s"])
def test_what_people_wrote_is_text_and_nothing_else(text):
    found = Stencil(CARD, slots=SLOTS).filled({**WHOLE, "title": text, "topic": text})
    assert found.count("<script>") == 0
    assert found.count("&lt;url &amp; “more”&gt;") == 1
    assert isinstance(found, SafeString)


def test_while_templates_are_written_each_page_shows_them_as_they_are(tmp_path, settings):
    settings.DEBUG = True
    (tmp_path / "piece.html").write_text("old {{ word }}")
    engine = {
        **settings.TEMPLATES[0],
        "DIRS": [tmp_path],
        "OPTIONS": {"loaders": ["django.template.loaders.filesystem.Loader"]},
    }
    settings.TEMPLATES = [engine]
    piece = Stencil("piece.html", slots=["word"])
    before = piece.filled({"word": "one"})
    (tmp_path / "piece.html").write_text("new {{ word }}")
    assert (before, piece.filled({"word": "one"})) == ("old one", "new one")


def test_the_samples_are_cards(rf):
    for item in feed():
        shown = Template("{% feed_cards items=items %}").render(Context({"items": [item], "csrf_token": "a-token"}))
        assert item["title"].replace("'", "&#x27;") in shown
        assert (shown.count("<article"), shown.count("a-token")) == (1, 1)


@pytest.mark.parametrize("part", ["title", "facts"])
def test_words_that_are_safe_make_no_others_so(part):
    """They may be equal, and what is drawn of either is remembered."""
    words = "<b>Ada</b>"

    def card(said):
        item = {**feed()[0], part: said if part == "title" else (said,)}
        return Template("{% feed_cards items=items %}").render(Context({"items": [item], "csrf_token": "a-token"}))

    assert ([card(said).count(words) for said in (mark_safe(words), words)], card(words).count("&lt;b&gt;Ada")) == (
        [1, 0],
        1,
    )
