import pytest
from django.template import Context, Template
from django.utils.html import format_html
from django.utils.translation import override

from core.text import in_their_languages, within_quotes


@pytest.mark.parametrize(
    ("title", "inner"),
    [
        ("Using “Break it on purpose” with two people", "Using ‘Break it on purpose’ with two people"),
        ('Is "30 %" a lie?', "Is ‘30 %’ a lie?"),
        ("学“空值不是零”时想到的一个反例", "学‘空值不是零’时想到的一个反例"),
        ("《账本是一张表》改变了我的一个说法", "《账本是一张表》改变了我的一个说法"),
        ("It isn't over", "It isn't over"),
        ('A 5" screen', 'A 5" screen'),
    ],
)
def test_marks_within_marks_become_the_inner_ones(title, inner):
    assert within_quotes(title) == inner


def test_a_template_asks_for_it_by_a_filter_that_keeps_the_escaping():
    template = Template("{% load text %}“{{ title|within_quotes }}”")
    assert template.render(Context({"title": "“<b>” and more"})) == "“‘&lt;b&gt;’ and more”"


@pytest.mark.parametrize(
    ("page", "sentence", "shown"),
    [
        ("zh-hans", "因为你读了“It’s ‘fine’”", '因为你读了“<span class="quoted" lang="en">It’s ‘fine’</span>”'),
        ("zh-hans", "因为你读了“Excel 表格里的空行”", "因为你读了“Excel 表格里的空行”"),
        (
            "en",
            "Because you read “学‘空值不是零’”",
            'Because you read “<span class="quoted" lang="zh-hans">学‘空值不是零’</span>”',
        ),
        ("en", "Because you read “It’s ‘fine’”", "Because you read “It’s ‘fine’”"),
        (
            "zh-hans",
            "“Bread”在“Baking”下",
            '“<span class="quoted" lang="en">Bread</span>”在“<span class="quoted" lang="en">Baking</span>”下',
        ),
        ("zh-hans", "因为你关注数据", "因为你关注数据"),
    ],
)
def test_a_title_in_another_language_than_its_sentence_says_so(page, sentence, shown):
    with override(page):
        assert in_their_languages(sentence) == shown


def test_what_is_not_safe_is_escaped_and_what_is_stays():
    with override("zh-hans"):
        assert in_their_languages("“<b>”") == "“&lt;b&gt;”".replace(
            "&lt;b&gt;", '<span class="quoted" lang="en">&lt;b&gt;</span>'
        )
        assert in_their_languages(format_html("<b>{}</b> 提问：“{}”", "Ada", "<i>")) == (
            '<b>Ada</b> 提问：“<span class="quoted" lang="en">&lt;i&gt;</span>”'
        )
