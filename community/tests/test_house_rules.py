"""
The rules of the house that no tool knows: what may stand in our code and in our templates, and what may not.

A rule reads one file and says where it is broken. What may stay is on a short list, with its reason; an entry that nothing
needs any more fails, too. Every rule has controls: lines that it must catch, and lines that it must not.
That every model with a person in it has an exporter and an eraser is told by core/privacy/tests; that every address has a
row in the table of access by test_access.py.
"""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "accounts", "community", "courses", "experiments", "forum", "gamification", "insights", "ledger", "notifications", "payments",
    "recsys", "surveys", "topics",
]  # fmt: skip
ROOMS = [*APPS, "core", "sandbox"]
LINES = 400


@cache
def files():
    """Whatever belongs to the repository, new files included; by name."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(name for name in set(names) if (ROOT / name).is_file())


@cache
def source(name):
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def nodes(name):
    return walked(source(name))


def walked(text):
    return list(ast.walk(ast.parse(text)))


@cache
def modules():
    """Our code, without tests and migrations."""
    ours = [name for name in files() if name.endswith(".py") and name.split("/")[0] in ROOMS]
    return [name for name in ours if "/tests/" not in name and "/migrations/" not in name]


def written_for(*endings):
    return [name for name in files() if name.endswith(endings) and name.startswith(("templates/", "static/"))]


# ── What is asked of code ──────────────────────────────────────────────────────────────────────────────────────────────


def called(node):
    """The last name of what a call calls: ``extra`` for ``Post.objects.extra(…)``."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def imported(node):
    """Every dotted name that an import brings in."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {module} | {f"{module}.{alias.name}" for alias in node.names}
    return set()


def from_outside(node, *packages):
    return any(name.split(".")[0] in packages for name in imported(node))


def fixed(node):
    """Whether an expression is a text that stands in the code, translated or not."""
    if called(node) in {"_", "gettext", "pgettext"}:
        return all(fixed(one) for one in node.args)
    return isinstance(node, ast.Constant)


def signals(found):
    """Signals between our apps are calls that nobody sees."""
    for node in found:
        about = {name.split(".")[-1] for name in imported(node)} | {
            name for name in imported(node) if "signals" in name
        }
        brought = "receiver" in about or any("signals" in name for name in about)
        if brought or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Signal")):
            yield node


def unasked_objects(found):
    """A view begins with what this viewer may see."""
    inner = {id(part) for node in found if isinstance(node, ast.Attribute | ast.Call) for part in _links(node)}
    for node in found:
        if isinstance(node, ast.Attribute | ast.Call) and id(node) not in inner:
            chain = [node, *_links(node)]
            names = {part.attr for part in chain if isinstance(part, ast.Attribute)}
            if "objects" in names and not names & {"visible_to", "open_to"}:
                yield node


def _links(node):
    """What a chain of calls and attributes is hung up on: ``a.b().c`` holds ``a.b()``, ``a.b`` and ``a``."""
    below = getattr(node, "func", None) or getattr(node, "value", None)
    return [below, *_links(below)] if isinstance(below, ast.Attribute | ast.Call) else []


def trusted_markup(found):
    """Text that is declared to be safe: only what our pipeline or our own code has made."""
    for node in found:
        if called(node) in {"mark_safe", "SafeString", "SafeText"} and not all(fixed(one) for one in node.args):
            yield node


def built_markup(found):
    """``format_html`` escapes what is filled in, not what it is filled into."""
    texts = {
        target.id
        for node in found
        if isinstance(node, ast.Assign) and fixed(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in found:
        built = (
            called(node) == "format_html" and not fixed(node.args[0]) and getattr(node.args[0], "id", "") not in texts
        )
        joined = called(node) == "format_html_join" and not all(fixed(one) for one in node.args[:2])
        if built or joined:
            yield node


def run_text(found):
    for node in found:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            yield node


def raw_sql(found):
    """``extra()``, ``RawSQL`` and ``raw()`` with a text that is put together."""
    for node in found:
        name = called(node)
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if (
            name == "RawSQL"
            or (name == "extra" and is_method)
            or (name == "raw" and is_method and not _told(node, found))
        ):
            yield node


def _told(node, found):
    """Whether the text of a statement stands in the code, whole."""
    return bool(node.args) and fixed(node.args[0])


def chosen_by_the_browser(found):
    """Names of columns that come from a request: they may reach through any relation."""
    for node in found:
        if called(node) in {"order_by", "values", "values_list", "alias", "annotate", "only", "defer"}:
            given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg is None)]
            names = {getattr(part, "id", getattr(part, "attr", "")) for one in given for part in ast.walk(one)}
            if names & {"request", "GET", "POST", "cleaned_data"}:
                yield node


def pickled(found):
    yield from (node for node in found if from_outside(node, "pickle", "cPickle", "dill", "shelve", "marshal"))


def shells(found):
    for node in found:
        if isinstance(node, ast.Call):
            asks = any(keyword.arg == "shell" and not _is_false(keyword.value) for keyword in node.keywords)
            if asks or ast.unparse(node.func) in {"os.system", "os.popen", "subprocess.getoutput"}:
                yield node


def _is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


def fetches(found):
    """Outgoing requests go through core.web.fetcher, and to providers of payments through their one wire."""
    for node in found:
        outside = from_outside(node, "requests", "httpx", "aiohttp", "urllib3")
        if outside or any(name in {"urllib.request", "http.client"} for name in imported(node)):
            yield node


def every_field(found):
    for node in found:
        names = {getattr(target, "id", "") for target in node.targets} if isinstance(node, ast.Assign) else set()
        if "fields" in names and isinstance(node.value, ast.Constant) and node.value.value == "__all__":
            yield node


def without_token(found):
    for node in found:
        if any(name.split(".")[-1] == "csrf_exempt" for name in imported(node)) or (
            isinstance(node, ast.Attribute) and node.attr == "csrf_exempt"
        ):
            yield node


def ordered_models(found):
    """``Meta.ordering`` sorts where nobody reads it, in every join and every count."""
    for node in found:
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            yield from (
                one
                for one in node.body
                if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "ordering"
            )


ASKS = {"filter", "exclude", "exists", "count", "aggregate", "first", "last", "get_or_create", "select_related", "all"}


def asking_properties(found):
    """What looks like an attribute must not go to the database."""
    for node in found:
        if isinstance(node, ast.FunctionDef) and _is_property(node):
            inside = list(ast.walk(node))
            manager = any(isinstance(part, ast.Attribute) and part.attr == "objects" for part in inside)
            if manager or any(called(part) in ASKS and isinstance(part.func, ast.Attribute) for part in inside):
                yield node


def _is_property(node):
    return any(
        ast.unparse(decorator).split(".")[-1] in {"property", "cached_property"} for decorator in node.decorator_list
    )


# What is in service is a model that answers: the word is another one.
DRAWERS = re.compile(r"(?<!in_)service|manager|util|helper", re.IGNORECASE)


def drawers(found):
    """Names that fit everything say nothing."""
    for node in found:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and DRAWERS.search(node.name):
            yield node


CODE = {
    "signals": (
        signals,
        {
            "accounts/handlers.py": "translates the signals of allauth and of log-out into facts, once",
            "core/web/working.py": "Celery tells in no other way that a task begins",
        },
        [
            "from django.db.models.signals import post_save",
            "from django.dispatch import receiver",
            "from django.db.models import signals",
            "done = django.dispatch.Signal()",
        ],
        ["from core import events", "from .handlers import told"],
    ),
    "unasked objects": (
        unasked_objects,
        {
            "accounts/views/settings.py": "the viewer's own row, factors, addresses and sessions",
            "community/views.py": "legal texts are for everybody",
            "core/media/views.py": "the account that a signed link names",
            "courses/views/catalogue.py": "a former address, of a course that this viewer may open",
            "courses/views/figures.py": "figures of courses that this viewer may open",
            "courses/views/lessons.py": "lessons of courses that this viewer may open: a locked one shows the way in",
            "courses/views/studio.py": "lessons of a course that is the teacher's own",
            "notifications/views.py": "the viewer's own",
            "payments/views/membership.py": "what is on offer is offered to everybody",
        },
        [
            "posts = Post.objects.filter(thread=1)",
            "get_object_or_404(Post.objects.select_related('author'), pk=1)",
            "Post.objects.get(pk=Post.objects.visible_to(viewer).first())",
            "for post in models.Post.objects: pass",
        ],
        ["Post.objects.visible_to(viewer).first()", "Post.objects.filter(pk=1).visible_to(viewer)"],
    ),
    "markup declared safe": (
        trusted_markup,
        {
            "community/views.py": "a legal text, rendered by core.text",
            "core/text/templatetags/text.py": "what the pipeline has just rendered",
            "core/ui/components/figures.py": "an attribute chosen between two constants",
            "core/ui/components/layout.py": "the import map and data blocks, with < written as an escape",
            "core/ui/icons.py": "a path from a table in the same file",
            "core/ui/samples/people.py": "markup of the samples, written in that package",
            "courses/shapes.py": "Lesson.html, which core.text.render alone writes",
            "forum/shapes.py": "Post.html, which core.text.render alone writes",
        },
        ["mark_safe(post.body)", "SafeString(f'<b>{name}</b>')", "html.mark_safe('<b>' + name)"],
        ["mark_safe('<b>fixed</b>')", "SafeString('')"],
    ),
    "markup put together": (
        built_markup,
        {"core/ui/samples/member.py": "two sentences that stand in the same file, one for each language"},
        [
            "format_html(f'<b>{name}</b>')",
            "format_html('<b>' + name + '</b>')",
            "format_html('<b>%s</b>' % name)",
            "shape = '<b>' + name\nformat_html(shape, 1)",
            "format_html(_(f'<b>{name}</b>'))",
            "format_html_join(between, '<li>{}</li>', rows)",
        ],
        [
            "format_html('<b>{}</b>', name)",
            "format_html(_('<b>{}</b>'), name)",
            "s = '<b>{}</b>'\nformat_html(s, name)",
        ],
    ),
    "text that runs": (run_text, {}, ["eval(text)", "exec(text)"], ["broker.eval(script, 1)", "evaluate(text)"]),
    "raw SQL": (
        raw_sql,
        {"gamification/queries.py": "wraps SQL that Django itself has written; values go as parameters"},
        [
            "Post.objects.extra(where=['1=1'])",
            "Post.objects.annotate(x=RawSQL('1', []))",
            "Post.objects.raw(f'SELECT {name}')",
            "Post.objects.raw(statement)",
        ],
        ["Post.objects.raw('SELECT 1')", "extra(1)"],
    ),
    "columns chosen by the browser": (
        chosen_by_the_browser,
        {},
        [
            "posts.order_by(request.GET['by'])",
            "posts.values(*request.GET.getlist('field'))",
            "posts.annotate(**form.cleaned_data)",
        ],
        ["posts.order_by('-pk')", "posts.annotate(mine=Value(request.user.pk))"],
    ),
    "pickle": (
        pickled,
        {},
        ["import pickle", "from pickle import loads", "import marshal"],
        ["import json", "from .pickle import x"],
    ),
    "shells": (
        shells,
        {},
        ["subprocess.run(line, shell=True)", "run(line, shell=wanted)", "os.system(line)"],
        ["subprocess.run([line])", "subprocess.run([line], shell=False)"],
    ),
    "unguarded fetches": (
        fetches,
        {
            "community/launch/site.py": "asks the site's own health on loopback, with the standard library alone",
            "community/screens/place.py": "asks the demo site that it started itself, on loopback",
            "core/web/fetcher.py": "the guarded fetcher",
            "payments/providers/wire.py": "the one wire to providers: addresses from settings, on an exact list",
            "sandbox/couriers.py": "another process, which imports nothing of the house, calls the shop that it was started for",
        },
        [
            "import requests",
            "import httpx",
            "from httpx import Client",
            "import urllib.request",
            "from urllib import request",
        ],
        ["from urllib.parse import quote", "from core.web import fetcher", "from . import requests"],
    ),
    "every field": (
        every_field,
        {},
        ["class Meta:\n    fields = '__all__'"],
        ["fields = ['title']", "__all__ = ['a']"],
    ),
    "posts without a token": (
        without_token,
        {"payments/views/webhook.py": "providers sign the whole body instead"},
        ["from django.views.decorators.csrf import csrf_exempt", "csrf.csrf_exempt(view)"],
        ["from django.views.decorators.csrf import csrf_protect"],
    ),
    "ordered models": (
        ordered_models,
        {},
        ["class Post:\n    class Meta:\n        ordering = ['pk']"],
        ["class PostAdmin:\n    ordering = ['pk']"],
    ),
    "asking properties": (
        asking_properties,
        {"community/access/stage.py": "who stands on the stage of the access table, asked once; no page reads it"},
        [
            "class Post:\n    @property\n    def votes(self):\n        return self.vote_set.count()",
            "class Post:\n    @cached_property\n    def last(self):\n        return Reply.objects.latest()",
            "class Post:\n    @functools.cached_property\n    def any(self):\n        return self.replies.filter(pk=1)",
        ],
        [
            "class Post:\n    def votes(self):\n        return self.vote_set.count()",
            "class Post:\n    @property\n    def key(self):\n        return f'post:{self.pk}'",
        ],
    ),
    "drawers": (
        drawers,
        {
            "accounts/models/user.py": "Django's name for what makes users",
            "forum/models.py": "Django's name for what stands before a table",
        },
        [
            "class MailService: pass",
            "def get_helper(): pass",
            "def serviceable(): pass",
            "async def util_of(): pass",
            "class OrderManager: pass",
        ],
        ["class Mailer: pass", "def order_of(): pass", "def put_in_service(): pass"],
    ),
}


# Reading a module as a tree costs ten times as much as looking for a word in it.
HINTS = {
    "signals": "[Ss]ignal|receiver", "unasked objects": "objects", "markup declared safe": "mark_safe|Safe(String|Text)",
    "markup put together": "format_html", "text that runs": r"\b(eval|exec)\b", "raw SQL": r"RawSQL|\b(extra|raw)\b",
    "columns chosen by the browser": r"\b(GET|POST|cleaned_data)\b", "pickle": "pickle|dill|shelve|marshal",
    "shells": r"shell\s*=|\bos\b|getoutput", "unguarded fetches": r"requests|httpx|aiohttp|urllib3|urllib\.request|urllib import|http\.client",
    "every field": "__all__", "posts without a token": "csrf_exempt", "ordered models": r"\bordering =",
    "asking properties": "property", "drawers": r"(?i)\b(class|def) \w*(service|manager|util|helper)",
}  # fmt: skip


def where(rule):
    """The modules in which ``rule`` is broken, with the lines."""
    judge, hint = CODE[rule][0], HINTS[rule]
    subject = [name for name in modules() if re.search(hint, source(name))]
    if rule == "unasked objects":
        subject = [name for name in subject if re.search(r"(^|/)(views|api|consumers)(/|\.py)", name)]
    broken = {name: [node.lineno for node in judge(nodes(name))] for name in subject}
    return {name: lines for name, lines in broken.items() if lines}


@pytest.mark.parametrize("rule", CODE)
def test_our_code_keeps_the_rule(rule):
    allowed = CODE[rule][1]
    found = where(rule)
    assert {name: lines for name, lines in found.items() if name not in allowed} == {}
    assert set(allowed) - set(found) == set(), "this is allowed without need"


@pytest.mark.parametrize(("rule", "snippet"), [(rule, one) for rule, parts in CODE.items() for one in parts[2]])
def test_control_it_is_caught(rule, snippet):
    assert re.search(HINTS[rule], snippet)
    assert [*CODE[rule][0](walked(snippet))] != []


@pytest.mark.parametrize(("rule", "snippet"), [(rule, one) for rule, parts in CODE.items() for one in parts[3]])
def test_control_it_is_let_be(rule, snippet):
    assert [*CODE[rule][0](walked(snippet))] == []


# ── What is asked of templates and scripts ─────────────────────────────────────────────────────────────────────────────

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


# ── What is asked of files ─────────────────────────────────────────────────────────────────────────────────────────────


def too_long(texts):
    return {name: lines for name, text in texts.items() if (lines := text.count("\n")) > LINES}


def misnamed(names):
    return [name for name in names if DRAWERS.search(name)]


def unsaid(texts):
    """Rooms whose ``__init__.py`` does not open with what it owns, publishes and listens to."""
    return [name for name, text in texts.items() if not _says(ast.get_docstring(ast.parse(text)) or "")]


def _says(docstring):
    first, _, rest = docstring.partition("\n")
    return bool(first.strip()) and all(
        re.search(rf"^{word}\b", rest, re.MULTILINE) for word in ("Owns", "Publishes", "Listens")
    )


def test_no_module_is_long():
    assert too_long({name: source(name) for name in modules()}) == {}
    assert too_long({"a.py": "\n" * LINES, "b.py": "\n" * (LINES + 1)}) == {"b.py": LINES + 1}


def test_no_file_is_a_drawer():
    ours = [name for name in files() if name.split("/")[0] in {*ROOMS, "templates", "static", "drills", "benchmarks"}]
    named = [name for name in ours if "/content/" not in name]
    assert misnamed(named) == []
    found = misnamed(["a/utils.py", "a/services/b.py", "a/managers.py", "a/Helper.py", "a/queries.py"])
    assert found == ["a/utils.py", "a/services/b.py", "a/managers.py", "a/Helper.py"]


def test_every_room_says_what_it_owns_publishes_and_listens_to():
    assert unsaid({room: source(f"{room}/__init__.py") for room in [*APPS, "sandbox"]}) == []
    told = '"""\nPeople.\n\nOwns users.\nPublishes nothing.\nListens to nothing.\n"""'
    assert unsaid({"told": told, "silent": told.replace("Listens", "Hears"), "empty": ""}) == ["silent", "empty"]


def test_every_room_is_known_here():
    found = {name.split("/")[0] for name in files() if name.endswith("/apps.py") and name.count("/") == 1}
    assert found == set(APPS)
