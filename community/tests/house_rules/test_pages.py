"""Our templates and scripts keep the rules."""

import re

import pytest

from .repository import source, written_for

DATA_BLOCK = r'type="(importmap|application/json|application/ld\+json)"'
TEXT = {
    "text declared safe": (
        r"\|\s*safe(seq)?\b|\bautoescape\s+off\b",
        (".html", ".svg"),
        {},
        ["{{ post.body|safe }}", "{{ rows | safeseq }}", "{% autoescape off %}"],
        ["{{ post.body|safe_text }}", "{{ safe }}"],
    ),
    "inline styles": (
        r"""<[^>]*\sstyle\s*=|<style\b""",
        (".html",),
        {"templates/mail/base.html": "readers of mail drop everything else"},
        ['<p style="color: red">', "<p\n  style='color: red'>", "<style>p {}</style>"],
        ['<p class="style">', "<p>style = calm</p>"],
    ),
    "inline scripts": (
        rf"<script\b(?![^>]*\bsrc=)(?![^>]*{DATA_BLOCK})|<[^>]*\son[a-z]+\s*=|javascript:|<[^>]*\shx-on\b",
        (".html",),
        {},
        ["<script>go()</script>", '<script type="module">go()</script>', '<p onclick="go()">', '<a href="javascript:go()">', "<p hx-on:click='go()'>"],
        ['<script type="module" src="{% static "js/site.js" %}"></script>', '<script type="application/json">{}</script>', "<p data-on='x'>"],
    ),
    "markup written into pages": (
        r"\b(inner|outer)HTML\b(?!\s*\")|\binsertAdjacentHTML\b|\bdocument\.write\b|\bsetHTMLUnsafe\b|\bcreateContextualFragment\b",
        (".js",),
        {"static/js/elements/live-stream.js": "what the server has rendered for everybody, into an inert <template>"},
        ["place.innerHTML = text", "place.outerHTML = text", "place.insertAdjacentHTML('beforeend', text)", "document.write(text)"],
        ["place.textContent = text", "place.replaceChildren(text)"],
    ),
    "text that runs in browsers": (
        r"\beval\s*\(|\bnew\s+Function\b|\bset(Timeout|Interval)\s*\(\s*[\"'`]",
        (".js",),
        {},
        ["eval(text)", "new Function(text)", "setTimeout('go()', 5)"],
        ["setTimeout(() => go(), 5)", "retrieval(text)"],
    ),
}  # fmt: skip


def spoken_of(rule, text):
    """The lines of ``text`` that break ``rule``; what a comment says is nobody's page."""
    plain = re.sub(
        r"{% comment %}.*?{% endcomment %}|{#.*?#}|^\s*/?\*.*?$",
        lambda hit: "\n" * hit[0].count("\n"),
        text,
        flags=re.DOTALL | re.MULTILINE,
    )
    return [plain.count("\n", 0, hit.start()) + 1 for hit in re.finditer(TEXT[rule][0], plain)]


@pytest.mark.parametrize("rule", TEXT)
def test_our_pages_keep_the_rule(rule):
    allowed = TEXT[rule][2]
    found = {name: lines for name in written_for(*TEXT[rule][1]) if (lines := spoken_of(rule, source(name)))}
    assert {name: lines for name, lines in found.items() if name not in allowed} == {}
    assert set(allowed) - set(found) == set(), "this is allowed without need"


@pytest.mark.parametrize(("rule", "snippet"), [(rule, one) for rule, parts in TEXT.items() for one in parts[3]])
def test_control_it_is_caught_in_a_page(rule, snippet):
    assert spoken_of(rule, snippet) == [1]


@pytest.mark.parametrize(("rule", "snippet"), [(rule, one) for rule, parts in TEXT.items() for one in parts[4]])
def test_control_it_is_let_be_in_a_page(rule, snippet):
    assert spoken_of(rule, snippet) == []
