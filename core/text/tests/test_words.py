"""Search words, languages, excerpts, names, slugs."""

import pytest
from django.utils.translation import override

from core.text import (
    NameRefused,
    clean_name,
    detect_language,
    excerpt,
    joined,
    plain_text,
    render,
    skeleton,
    slug,
    tokens,
)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("機器學習", "机器学习入门"),
        ("装饰器", "Python 的裝飾器怎么写"),
        ("ＰＹＴＨＯＮ", "python"),
        ("decorators", "A decorator wraps a function"),
        ("running", "run"),
        ("queries", "query"),
        ("C++", "why c++ is not C"),
        ("林知远", "讲师：林知远"),
        ("list comprehension", "list_comprehension"),
    ],
)
def test_a_question_has_the_words_of_its_answer(question, text):
    assert set(tokens(question)) <= set(tokens(text))


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C"), ("C#", "C"), ("机器", "学习"), ("string", "str"), ("class", "clas")]
)
def test_different_words_stay_different(one, other):
    assert set(tokens(one)).isdisjoint(tokens(other))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("用 Python 的 asyncio、FastAPI 和 Redis 部署服务", "zh-hans"),
        ("How do I pronounce 你好?", "en"),
        ("```python\nfor line in open(name): print(line)\n```\n这样写对吗", "zh-hans"),
        ("https://example.test/a/b/c/d/e 好", "zh-hans"),
        ("", "en"),
        ("123", "en"),
    ],
)
def test_the_language_of_prose(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(("language", "row"), [("zh-hans", "定价、测试"), ("en", "定价, 测试")])
def test_words_in_a_row_have_the_mark_of_the_page_between_them(language, row):
    with override(language):
        assert joined(["定价", "测试"]) == row


def test_plain_text_is_the_same_from_source_and_from_html():
    source = "# 标题\n\n**粗**体 and `x < y` [link](https://a.test)\n\n- one\n- two\n\n```\na = 1\n```"
    assert plain_text(source) == plain_text(render(source).html) == "标题\n粗体 and x < y link\none\ntwo\na = 1"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("one two three", 3, "one two three"),
        ("one two, three", 2, "one two…"),
        ("今天我们学习退款", 2, "今天我们…"),
        ("# Title\n\nBody", 5, "Title Body"),
        ("<p>1 &lt; 2</p>", 5, "1 < 2"),
        ("", 5, ""),
    ],
)
def test_excerpts_end_between_words(text, words, expected):
    assert excerpt(text, words=words) == expected


class TestNames:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [("  Ada  Lovelace ", "Ada Lovelace"), ("Ｊｏｈｎ", "John"), ("李\u200b明", "李明"), ("a\u202eb", "ab"),
         ("José", "José"), ("小 明", "小 明"), ("Ali", "Ali")],
    )  # fmt: skip
    def test_a_name_is_kept_readable(self, written, kept):
        assert clean_name(written) == kept

    @pytest.mark.parametrize(
        "name",
        ["", "   ", "\u200b\u200b", "\u3164", "...", "x" * 61, "admin", "Admin", "ADMIN", "adm1n", "аdmin", "а.d.m.і.n", "管理员",
         "管 理 员", "offıcial", "0fficial", "ｒｏｏｔ", "admIn"],
    )  # fmt: skip
    def test_what_is_empty_too_long_or_reserved_is_refused(self, name):
        with pytest.raises(NameRefused):
            clean_name(name)

    def test_the_owner_may_call_the_house_by_its_name(self):
        assert clean_name("Lyceum", may_be_reserved=True) == "Lyceum"

    @pytest.mark.parametrize(
        ("one", "other"),
        [("cleo", "сlео"), ("cleo", "CLEO"), ("cleo", "cle0"), ("william", "wi11iam"), ("william", "wiIliam"),
         ("Ada L", "ada-l"), ("mary", "rnary"), ("jose", "José"), ("小明", "小 明"), ("cleo", "c\u200bleo")],
    )  # fmt: skip
    def test_names_that_look_the_same_share_a_skeleton(self, one, other):
        assert skeleton(one) == skeleton(other)

    @pytest.mark.parametrize(("one", "other"), [("cleo", "clea"), ("小明", "小名"), ("bill", "bull"), ("ali", "all")])
    def test_names_that_differ_do_not(self, one, other):
        assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("退款为什么会记两次？", "退款为什么会记两次"),
        ("Why C++ & Rust?", "why-c-rust"),
        ("Ｆｕｌｌ　Width", "full-width"),
        ("!!!", ""),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("字" * 80, "字" * 60),
    ],
)
def test_slugs(text, expected):
    assert slug(text) == expected
