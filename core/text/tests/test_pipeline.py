"""From Markdown to HTML: what is kept, what is refused, what never runs."""

import contextlib
import html.parser
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import LESSON, POST, VERSION, Mentioned, TextRefused, mentions, render

from .payloads import PAYLOADS


@pytest.fixture
def cleo():
    return get_user_model().objects.create_user("cleo@example.test", username="cleo", name="Cleo")


ATTRIBUTES = {
    "a": {"href", "title", "rel", "class"},
    "img": {"src", "alt", "title", "loading"},
    "span": {"class"},
    "code": {"class"},
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "th": {"class"},
    "td": {"class"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
    **dict.fromkeys(
        ["p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "li", "thead", "tbody", "tr"], frozenset()
    ),
}


class Reader(html.parser.HTMLParser):
    """Notes every tag and attribute that a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.faults, self.tags = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ATTRIBUTES:
            self.faults.append(tag)
        for name, value in attributes:
            if name not in ATTRIBUTES.get(tag, ()):
                self.faults.append(f"{tag} {name}={value}")
            if name == "href" and urlsplit(value.strip()).scheme not in {"", "http", "https", "mailto"}:
                self.faults.append(f"href={value}")
            if name == "src" and not value.startswith("/media/"):
                self.faults.append(f"src={value}")

    def handle_comment(self, data):
        self.faults.append(f"comment {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_the_reader_notices_what_is_not_allowed():
    text = '<script>1</script><a href="javascript:1" onclick="1">x</a><img src="//evil.test/x"><!-- x -->'
    assert Reader(text).faults == ["script", "href=javascript:1", "a onclick=1", "src=//evil.test/x", "comment  x "]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("frame", ["{}", "text {} text", "- {}", "> {}", "**{}**", "[{}](https://ok.test)"])
def test_no_payload_gets_past_the_allowlist(payload, frame):
    assert Reader(render(frame.replace("{}", payload)).html).faults == []


def test_there_are_enough_payloads():
    assert len(set(PAYLOADS)) >= 60


@given(st.text(alphabet="<>&\"'`*_~[]()!#|:-=@\\/ \n\tjavscriptonldheg1中文，。", max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_gets_past_the_allowlist(source):
    with contextlib.suppress(TextRefused):
        assert Reader(render(source).html).faults == []


CASES = {
    "**你好。**世界": "<p><strong>你好。</strong>世界</p>",
    "他说**“可以”**就走了": "<p>他说<strong>“可以”</strong>就走了</p>",
    "**重点（一）**内容": "<p><strong>重点（一）</strong>内容</p>",
    "请看**文档(docs)**的说明": "<p>请看<strong>文档(docs)</strong>的说明</p>",
    "~~旧价。~~新价": "<p><s>旧价。</s>新价</p>",
    "snake_case_name, 2 * 3 * 4": "<p>snake_case_name, 2 * 3 * 4</p>",
    "a * b* c": "<p>a * b* c</p>",
    '*"x"*y': "<p>*&quot;x&quot;*y</p>",
    "setup.py and README.md": "<p>setup.py and README.md</p>",
    "1. a\n2. b": "<ol>\n<li>a</li>\n<li>b</li>\n</ol>",
    "<b>hi</b>": "<p>&lt;b&gt;hi&lt;/b&gt;</p>",
}


@pytest.mark.parametrize(("source", "expected"), CASES.items())
def test_markdown(source, expected):
    assert render(source).html.strip().replace('"x"', "&quot;x&quot;") == expected


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("看https://ok.test/a，很好", "https://ok.test/a"),
        ("见https://ok.test/b。", "https://ok.test/b"),
        ("(https://ok.test/c)", "https://ok.test/c"),
        ("https://ok.test/d很好", "https://ok.test/d"),
    ],
)
def test_a_bare_address_ends_where_it_should(source, address):
    link = f'<a href="{address}" rel="nofollow ugc noopener">{address}</a>'
    assert render(source).html.strip() == f"<p>{source.replace(address, link)}</p>"


def test_headings_step_down_and_can_be_linked_to():
    rendered = render("# 退款\n\n## How it *works*\n\n## 退款", limits=LESSON)
    assert [(one.level, one.id, one.text) for one in rendered.headings] == [
        (2, "h-退款", "退款"),
        (3, "h-how-it-works", "How it works"),
        (3, "h-退款--2", "退款"),
    ]
    assert rendered.html.splitlines()[0] == '<h2 id="h-退款">退款</h2>'


def test_two_posts_on_a_page_do_not_share_ids():
    ids = {render(source).headings[0].id for source in ("# Title\n\none", "# Title\n\ntwo")}
    assert len(ids) == 2


def test_code_is_colored_by_classes():
    assert render("```python\ndef f():\n    return 1\n```").html == (
        '<pre tabindex="0"><code class="language-python"><span class="k">def </span><span class="nf">f</span>():\n    '
        '<span class="k">return </span><span class="m">1\n</span></code></pre>\n'
    )


def test_pictures_of_others_become_links():
    rendered = render("![own](/media/of/1/) ![theirs](https://evil.test/x.png)")
    assert rendered.html == (
        '<p><img src="/media/of/1/" alt="own" loading="lazy"> '
        '<a href="https://evil.test/x.png" rel="nofollow ugc noopener">theirs</a></p>\n'
    )


def test_pictures_that_come_with_a_text_are_mapped():
    rendered = render("![plan](img/plan.png)", pictures={"img/plan.png": "/media/of/7/"}.get)
    assert rendered.html == '<p><img src="/media/of/7/" alt="plan" loading="lazy"></p>\n'


def test_the_language_is_given_or_found():
    assert [render("你好，世界").language, render("Hello").language, render("Hello", language="zh-hans").language] == [
        "zh-hans", "en", "zh-hans",
    ]  # fmt: skip
    assert render("x").version == VERSION


class TestMentions:
    @pytest.fixture(autouse=True)
    def _members(self, monkeypatch):
        people = {"cleo": 3, "小明": 4, "ada": 1}
        self.asked = []

        def resolve(names):
            self.asked.append(names)
            return {name: Mentioned(user_id=people[name], url=f"/members/{name}/") for name in names if name in people}

        monkeypatch.setattr(mentions, "_resolvers", [resolve])

    def test_names_become_links_and_are_reported_once(self):
        rendered = render("Hi @Cleo, and @cleo again; @nobody")
        assert rendered.mentions == (3,)
        assert rendered.html == (
            '<p>Hi <a href="/members/cleo/" class="mention" rel="nofollow ugc noopener">@Cleo</a>, and '
            '<a href="/members/cleo/" class="mention" rel="nofollow ugc noopener">@cleo</a> again; @nobody</p>\n'
        )
        assert len(self.asked) == 1

    def test_chinese_needs_no_space(self):
        rendered = render("谢谢@小明的回答，@ada你好")
        assert rendered.mentions == (4, 1)
        assert ">@小明</a>的回答，" in rendered.html
        assert ">@ada</a>你好" in rendered.html

    def test_a_longer_name_is_not_a_shorter_one(self):
        assert render("@cleopatra @cleo-2").mentions == ()

    def test_code_links_and_addresses_are_not_names(self):
        assert render("`@cleo` [@cleo](https://ok.test) me@cleo.test x/@cleo\n\n```\n@cleo\n```").mentions == ()


REFUSED = {
    "x" * 20_001: "This text is too long: 20001 of at most 20000 bytes (a Chinese character counts as three).",
    "字" * 6_700: "This text is too long: 20100 of at most 20000 bytes (a Chinese character counts as three).",
    "\n" * 2_000: "This text has too many lines: at most 2000.",
    ">" * 13 + " x": "Lists and quotes nest too deeply here: at most 12 levels.",
    ">" * 5_000: "Lists and quotes nest too deeply here: at most 12 levels.",
    "".join(f"{'  ' * depth}- x\n" for depth in range(7)): "Lists and quotes nest too deeply here: at most 12 levels.",
    "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n|x\n|y\n": "The tables are too large: at most 2000 cells.",
    "@a " * 51: "Too many people are mentioned: at most 50 are allowed.",
    "[x](/y) " * 51: "There are too many links and pictures: at most 50 are allowed.",
    "https://ok.test/a " * 51: "There are too many links and pictures: at most 50 are allowed.",
    "![x](/media/y) " * 51: "There are too many links and pictures: at most 50 are allowed.",
    "[a]: /" + "x" * 1_900 + "\n\n" + "[a] " * 50: "This text grows too large when it is shown. Use less markup.",
}


@pytest.mark.parametrize(("source", "sentence"), REFUSED.items(), ids=range(len(REFUSED)))
def test_limits_say_what_is_too_much(source, sentence):
    with pytest.raises(TextRefused) as refused:
        render(source)
    assert refused.value.messages == [sentence]


@pytest.mark.parametrize(
    "source",
    [
        "x" * 20_000,
        "x\n" * 1_999,
        ">" * 12 + " x",
        "@a " * 50,
        "[x](/y) " * 50,
        "|" + "a|" * 20 + "\n|" + "-|" * 20 + "\n" + ("|x" * 20 + "\n") * 98,
    ],
    ids=["size", "lines", "nesting", "mentions", "links", "cells"],
)
def test_up_to_its_limits_a_text_is_taken(source):
    assert render(source).html


def test_a_lesson_may_be_longer():
    assert render("word " * 10_000, limits=LESSON).html
    assert (POST.size, LESSON.size) == (20_000, 100_000)


@pytest.mark.django_db
class TestPreview:
    @pytest.fixture
    def address(self):
        return "/text/preview/"

    def test_it_shows_what_would_be_posted(self, address, client, cleo):
        client.force_login(cleo)
        answer = client.post(address, {"source": "**粗。**体"})
        assert answer.content.decode().strip() == (
            '<div class="prose" lang="zh-hans"><p><strong>粗。</strong>体</p>\n</div>'
        )

    def test_it_says_why_a_text_would_be_refused(self, address, client, cleo):
        client.force_login(cleo)
        answer = client.post(address + "?lang=en", {"source": "x" * 20_001})
        assert answer.status_code == 422
        assert "too long: 20001 of at most 20000 bytes" in answer.content.decode()

    def test_a_guest_is_sent_to_the_log_in(self, address, client):
        assert client.post(address, {"source": "x"}).status_code == 302
