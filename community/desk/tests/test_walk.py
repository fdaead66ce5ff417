"""Every list and every form of the desk, as owner and as moderator, in both languages: no word of Django's, none in the wrong language."""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.utils import translation

pytestmark = pytest.mark.django_db

NOWHERE = re.compile(r"Django|example\.com|\bobject \(|_set\b|None None")
LATIN_RUN = re.compile(r"[A-Za-z]{2,}[ ,.]+[A-Za-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What the rows of this test are called, whatever the language of the page.
SAID = (
    "纸船学社", "简体中文", "怎样磨豆子", "太粗了，水一下就走完。", "便宜豆子，来我的店。", "广告", "版主", "兴趣", "咖啡", "喜欢什么", "手冲", "闲聊", "开学", "会员", "新课", "小舟",
    "desk.add x:1", "desk.add", "sandbox payment e1", "tests.desk/a/CNY", r"\bsandbox [0-9a-f]{8}-[0-9a-f-]+",
)  # fmt: skip
# Names of things that have no other name, and the drafts of English texts, which are data.
ALLOWED = {"English", "Markdown", "ICP"}


class Words(HTMLParser):
    """What a page says outside of what people or machines entered: cells, values, options and prose are data."""

    DATA = {"td", "textarea", "script", "style", "code", "option", "noscript", "select"}
    DATA_CLASSES = {"prose", "readonly", "breadcrumbs", "field-data", "demo-bar", "paginator-data"}
    VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "col", "path", "circle", "rect"}

    def __init__(self):
        super().__init__()
        self.said, self._stack = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for name in ("aria-label", "alt", "placeholder", "title"):
            if attrs.get(name) and not self._in_data():
                self.said.append(attrs[name])
        if tag == "input" and attrs.get("type") in {"submit", "button"}:
            self.said.append(attrs.get("value") or "")
        if tag not in self.VOID:
            classes = set((attrs.get("class") or "").split())
            is_data = (
                tag in self.DATA or bool(classes & self.DATA_CLASSES) or attrs.get("class", "").startswith("field-")
            )
            self._stack.append((tag, is_data and "desk-add" not in classes))

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self._in_data():
            self.said.append(" ".join(data.split()))

    def _in_data(self):
        return any(is_data for _, is_data in self._stack)


def words(html):
    parser = Words()
    parser.feed(html)
    return parser.said


def pages(viewer, client):
    """Every address of the desk that ``viewer`` may open: front, rooms, lists, forms for adding, forms of one row."""
    found = ["/desk/"]
    request = client.get("/desk/").wsgi_request
    for app in admin.site.get_app_list(request):
        found.append(app["app_url"])
        for model in app["models"]:
            found += [model["admin_url"], *([model["add_url"]] if model["add_url"] else []), *rows(model["model"])]
    return [address for address in found if address]


def rows(model):
    row = model._default_manager.first()
    assert row is not None, f"{model.__name__}: nothing to look at"
    opts = model._meta
    base = f"/desk/{opts.app_label}/{opts.model_name}/{row.pk}"
    return [f"{base}/change/", f"{base}/history/"]


def walked(viewer, client):
    """Each page's words."""
    said = {}
    for address in pages(viewer, client):
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        html = response.content.decode()
        assert not NOWHERE.search(html), (address, NOWHERE.search(html))
        said[address] = words(html.partition("<main")[2].partition("</main>")[0])
    return said


@pytest.fixture
def who(request, eli, dora):
    return {"eli": eli, "dora": dora}


@pytest.mark.parametrize("name", ["eli", "dora"])
def test_in_chinese_nothing_is_english(name, who, desk_of, one_of_each):
    english = english_names()
    wrong = {}
    for address, said in walked(who[name], desk_of(who[name], language="zh-hans")).items():
        for sentence in said:
            ours = re.sub("|".join(SAID), "", sentence)
            left = [run for run in LATIN_RUN.findall(ours) if not set(run.split()) <= ALLOWED]
            if left or ours.casefold() in english:
                wrong.setdefault(sentence, address)
    assert not wrong, "\n".join(f"{address}: {sentence}" for sentence, address in wrong.items())


@pytest.mark.parametrize("name", ["eli", "dora"])
def test_in_english_nothing_is_chinese(name, who, desk_of, one_of_each):
    wrong = {
        sentence: address
        for address, said in walked(who[name], desk_of(who[name], language="en")).items()
        for sentence in said
        if HAN.search(re.sub("|".join(SAID), "", sentence))
    }
    assert not wrong, "\n".join(f"{address}: {sentence}" for sentence, address in wrong.items())


def test_every_column_has_a_name_in_chinese():
    with translation.override("zh-hans"):
        columns = {
            f"{model._meta.label}.{name}": str(label_for_field(name, model, model_admin=desk))
            for model, desk in admin.site._registry.items()
            for name in desk.list_display
        }
    assert {name: label for name, label in columns.items() if not HAN.search(label)} == {}


def test_every_list_has_something_to_look_at(eli, desk_of, one_of_each):
    assert {model._meta.label for model in admin.site._registry if not model._default_manager.exists()} == set()


def test_every_model_of_ours_says_what_it_is():
    others = ("django", "allauth")
    # Other tests of this process may have made models of their own.
    ours = [
        one for one in apps.get_models() if not one.__module__.startswith(others) and ".tests." not in one.__module__
    ]
    mute = [model._meta.label for model in ours if "__str__" not in _defined(model)]
    unnamed = [model._meta.label for model in ours if _name(model, "zh-hans") == _name(model, "en")]
    assert (mute, unnamed) == ([], [])


def _defined(model):
    return {name for base in model.__mro__ if base.__module__ != "django.db.models.base" for name in vars(base)}


def _name(model, language):
    with translation.override(language):
        return str(model._meta.verbose_name), str(model._meta.verbose_name_plural)


def english_names():
    with translation.override("en"):
        found = {str(name).casefold() for model in admin.site._registry for name in _both(model)}
    with translation.override("zh-hans"):
        return found - {str(name).casefold() for model in admin.site._registry for name in _both(model)}


def _both(model):
    return model._meta.verbose_name, model._meta.verbose_name_plural


def test_what_saves_says_so(eli, desk_of, one_of_each):
    html = desk_of(eli, language="zh-hans").get("/desk/community/school/True/change/").content.decode()
    assert 'value="保存" class="default" name="_save"' in html
