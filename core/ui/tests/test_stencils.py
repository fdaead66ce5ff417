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
WHOLE = {slot: f"<{slot} & “more”>" for slot in SLOTS} | {"picture": mark_safe("<svg></svg>")}


def drawn(values):
    return Template("{% include piece %}").render(Context({"piece": CARD, **values}))


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
        shown = Template("{% feed_card item=item %}").render(Context({"item": item, "csrf_token": "a-token"}))
        assert item["title"].replace("'", "&#x27;") in shown
        assert (shown.count("<article"), shown.count("a-token")) == (1, 1)
