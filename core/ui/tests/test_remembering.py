"""Components that are drawn once."""

from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString

from core.ui.library import remembered


def drawn(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def test_words_are_escaped_though_the_same_ones_were_safe_before():
    assert (
        drawn("{% tag label=words %}", words=SafeString("<b>now</b>"))
        == '<span class="tag tag-plain"><b>now</b></span>'
    )
    assert "&lt;b&gt;now&lt;/b&gt;" in drawn("{% tag label=words %}", words="<b>now</b>")


def test_each_language_has_its_own():
    assert "Free" in drawn('{% price amount=0 currency="CNY" %}')
    with translation.override("zh-hans"):
        assert "免费" in drawn('{% price amount=0 currency="CNY" %}')


def test_what_is_asked_for_again_is_not_drawn_again():
    times = []
    once = remembered(lambda **words: times.append(words) or SafeString("seen"))
    assert [once(name="Ada"), once(name="Ada"), once(name="Ben")] == ["seen"] * 3
    assert times == [{"name": "Ada"}, {"name": "Ben"}]
