"""What people wrote says in which language it is, so that whoever has a page read aloud hears words and not letters."""

import re
from html.parser import HTMLParser

import pytest

from community.access import Persona, table
from community.screens.shots import SEEN

from .conftest import entered

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCK = {"en": re.compile(r"(?:[A-Za-z'’]+[ ,]+){9}"), "zh": re.compile(r"[㐀-鿿，。、]{16}")}
"""So much of one language in one piece is no name: somebody wrote it."""


class Spoken(HTMLParser):
    """Tells blocks that stand below the mark of their own language from those that stand below the other's."""

    SILENT = {"script", "style", "code", "pre", "textarea", "title"}

    def __init__(self, html):
        super().__init__()
        self.open, self.right, self.wrong = [("", "")], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))

    def handle_endtag(self, tag):
        places = [place for place, (name, _) in enumerate(self.open) if name == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data):
        tag, marked = self.open[-1]
        if tag not in self.SILENT:
            for language, block in BLOCK.items():
                if found := block.search(" ".join(data.split())):
                    (self.right if marked.startswith(language) else self.wrong).append((language, found[0][:60]))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("persona", [Persona.GUEST, Persona.ENROLLED, Persona.TEACHER], ids=str)
@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh-hans", "en")], ids=["en", "zh-hans"])
def test_every_block_says_in_which_language_it_is(stage, language, other, persona):
    browser, wrong, marked = entered(stage.people[persona], language=language), {}, 0
    for row in table():
        if row.method == "GET" and not row.name.startswith("admin:") and row.answer_in(stage, persona) in SEEN:
            answer = browser.get(row.address(stage))
            if not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
                page = Spoken(answer.content.decode())
                marked += sum(spoken == other for spoken, _ in page.right)
                wrong |= {row.title: page.wrong[:3]} if page.wrong else {}
            answer.close()
    assert wrong == {}
    assert marked > 10


def test_a_block_without_its_mark_would_be_noticed():
    words = "先把账本放在一边，看看昨天到底卖出了什么。"
    assert Spoken(f'<html lang="en"><p>Look<br>here</p><p>{words}</p>').wrong == [("zh", words[:16])]
    assert Spoken(f'<html lang="en"><p>Look<br>here</p><div lang="zh-Hans"><p>{words}</p></div>').wrong == []
