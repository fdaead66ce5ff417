"""The styleguide in a real browser: accessible, no sideways scroll, thumb-sized targets, no word against the security policy."""

import json
import mimetypes
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import loader
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

from core.ui import importmap, samples
from core.ui.tests import test_pages

# A theme is kept by a room above; without its address the layout draws no switch for it.
preferences = [path("preferences/", test_pages.blank, name="preferences")]
urlpatterns = [*test_pages.urlpatterns, path("settings/", include((preferences, "accounts")))]

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.urls(__name__)]

SITE = "http://localhost"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(1280, "light", "en"), (390, "dark", "zh-hans"), (390, "light", "en"), (1280, "dark", "zh-hans")]
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")].filter((element) => {
  if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".unseen")) return false;
  const cover = getComputedStyle(element, "::after");
  if (cover.position === "absolute" && cover.inset === "0px") return false;
  const label = element.matches("[type=checkbox], [type=radio]") && (element.closest("label") ?? element.labels[0]);
  const { width, height } = (label || element).getBoundingClientRect();
  return width > 1 && (width < 43.9 || height < 43.9) && !element.closest("p, .prose");
}).map((element) => `${element.localName}.${element.className} ${element.textContent.trim()}`)"""


def drawn(template, content, language):
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    request.session = {}
    with translation.override(language):
        return loader.render_to_string(template, content(), request)


def answer(route, html):
    path = route.request.url.removeprefix(SITE)
    if not path.startswith("/static/"):
        policy = f"default-src 'self'; script-src 'self' 'sha256-{importmap.import_map_hash()}'; object-src 'none'"
        return route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": policy})
    file = finders.find(path.removeprefix("/static/"))
    return route.fulfill(body=Path(file).read_bytes(), content_type=mimetypes.guess_type(file)[0])


@pytest.fixture
def opened(browser):
    contexts = []

    def at(html, *, width, scheme):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce", base_url=SITE,
            # Its script would be fetched past ``answer``, from a server that is not there.
            service_workers="block",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.route("**/*", lambda route: answer(route, html))
        page.goto("/styleguide/", wait_until="networkidle")
        return page

    yield at
    for context in contexts:
        context.close()


def findings(page):
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(violation["id"], node["target"]) for violation in violations for node in violation["nodes"]]


PAGES = {"styleguide": ("styleguide/components.html", samples.components)} | {
    name: (f"reference/{name}.html", content) for name, content in samples.PAGES.items()
}


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(opened, name, width, scheme, language):
    template, content = PAGES[name]
    page = opened(drawn(template, content, language), width=width, scheme=scheme)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert width > 400 or page.evaluate(TOO_SMALL) == []
    assert page.said == []


def test_a_theme_changes_before_the_server_answers(opened):
    page = opened(drawn(*PAGES["home"], "en"), width=1280, scheme="light")
    page.route("**/settings/preferences/", lambda route: None)
    with page.expect_request("**/settings/preferences/") as asked:
        page.click("theme-switch button[value=dark]")
    assert asked.value.method == "POST"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert page.get_attribute("theme-switch button[value=dark]", "aria-pressed") == "true"


def test_a_draft_comes_back_until_the_server_has_accepted_it(opened):
    page = opened(drawn(*PAGES["thread"], "en"), width=1280, scheme="light")
    page.fill("#answer", "Half an answer")
    page.wait_for_selector(".draft-note:has-text('kept on this device')")
    page.reload(wait_until="networkidle")
    assert page.input_value("#answer") == "Half an answer"
    [(key, draft)] = page.evaluate("Object.entries(localStorage)")
    for accepted, is_kept in (("another", True), (json.loads(draft)["id"], False)):
        page.evaluate("(id) => { document.cookie = `draft=${id}; path=/`; }", accepted)
        page.reload(wait_until="networkidle")
        assert page.input_value("#answer") == ("Half an answer" if is_kept else "")
        assert page.evaluate("Object.keys(localStorage)") == ([key] if is_kept else [])


def test_words_in_a_toast_are_text(opened):
    page = opened(drawn(*PAGES["home"], "en"), width=390, scheme="light")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: '<b>Saved</b>', level: 'success'}}))"
    )
    assert page.inner_text("toast-list span") == "<b>Saved</b>"


def test_a_menu_is_walked_by_keyboard(opened):
    page = opened(drawn(*PAGES["thread"], "en"), width=1280, scheme="light")
    page.focus(".acts summary")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Report"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "summary"
    assert page.locator(".acts details[open]").count() == 0


def test_a_chart_is_drawn_from_its_table(opened):
    page = opened(drawn(*PAGES["studio"], "en"), width=1280, scheme="light")
    assert page.locator("data-chart rect").count() == 12
    assert page.locator("data-chart details table").count() == 1


AT_ONCE = """() => {
  const there = document.querySelector("data-chart");
  const chart = document.createElement("data-chart");
  for (const name of ["kind", "unit"]) chart.setAttribute(name, there.getAttribute(name));
  chart.append(there.querySelector(".table-box").cloneNode(true));
  there.after(chart);
  return chart.querySelectorAll("rect").length;
}"""


def test_it_is_drawn_the_moment_that_it_is_there(opened):
    """Else what stands below it would be seen to move."""
    page = opened(drawn(*PAGES["studio"], "en"), width=1280, scheme="light")
    assert page.evaluate(AT_ONCE) == 12


NAMES = """async ({labels, width, kind = "bar"}) => {
  const { draw } = await import("chart");
  const rows = labels.map((label) => ({ label, values: [3], shown: ["3"] }));
  const picture = draw({ series: ["n"], rows }, { kind, unit: "", width, height: 224 });
  const lines = [...picture.querySelectorAll(".bar-name")];
  const places = [...new Set(lines.map((line) => line.getAttribute("x")))];
  return places.map((x) => lines.filter((line) => line.getAttribute("x") === x).map((line) => line.textContent));
}"""


@pytest.mark.parametrize("width", [330, 560])
def test_every_bar_has_its_name_in_as_many_lines_as_it_takes(opened, width):
    labels = [
        "I need it at work",
        "There is something of my own that I want to finish",
        "想做成一件自己的事",
        "A friend brought me",
    ]
    page = opened(drawn(*PAGES["studio"], "en"), width=1280, scheme="light")
    found = page.evaluate(NAMES, {"labels": labels, "width": width})
    assert [("" if "想" in lines[0] else " ").join(lines) for lines in found] == labels
    assert len(found[1]) > len(found[0]) > 0


LYING = """async ({labels, width}) => {
  const { draw } = await import("chart");
  const rows = labels.map((label, index) => ({ label, values: [index, 1], shown: [`${index}`, "1"] }));
  const picture = draw({ series: ["n", "m"], rows }, { kind: "bar", unit: "", width, height: 224 });
  document.querySelector(".chart-plot").replaceChildren(picture);
  const box = picture.getBoundingClientRect();
  const drawn = [...picture.querySelectorAll("text, rect")].map((one) => one.getBoundingClientRect());
  return {
    names: [...picture.querySelectorAll(".bar-name")].map((line) => line.textContent),
    bars: picture.querySelectorAll("rect").length,
    outside: drawn.filter((one) => one.left < box.left - 1 || one.right > box.right + 1 || one.bottom > box.bottom + 1).length,
    plot: document.querySelector(".chart-plot").getBoundingClientRect().bottom - box.bottom,
  };
}"""


@pytest.mark.parametrize("label", ["Incomprehensibilities", "Photography by the light that there is"])
def test_bars_whose_names_fit_in_no_lines_lie_under_them(opened, label):
    page = opened(drawn(*PAGES["studio"], "en"), width=390, scheme="light")
    found = page.evaluate(LYING, {"labels": [label] * 12, "width": 300})
    assert found["names"] == [label] * 12
    assert (found["bars"], found["outside"]) == (24, 0)
    assert abs(found["plot"]) <= 8


def test_of_more_bars_than_that_every_few_are_named(opened):
    page = opened(drawn(*PAGES["studio"], "en"), width=1280, scheme="light")
    assert page.evaluate(NAMES, {"labels": ["Incomprehensibilities"] * 13, "width": 330}) == []


def test_of_bars_that_must_be_named_all_are_however_many(opened):
    page = opened(drawn(*PAGES["studio"], "en"), width=1280, scheme="light")
    names = ["Incomprehensibilities"] * 24
    assert page.evaluate(NAMES, {"labels": names, "width": 330, "kind": "named"}) == [names]


WIDE = """(kind) => {
  const cell = (n) => `<td class="num" data-column="Column ${n}">${n}</td>`;
  const head = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `<th scope="col">Column ${n}</th>`).join("");
  const box = document.createElement("div");
  box.className = "table-scroll";
  box.innerHTML = `<table class="${kind}"><thead><tr><th scope="col">Topic</th>${head}</tr></thead>`
    + `<tbody><tr><th scope="row">Bread</th>${[1, 2, 3, 4, 5, 6, 7, 8].map(cell).join("")}</tr></tbody></table>`;
  document.querySelector("main").replaceChildren(box);
  const named = [...box.querySelectorAll("td")].map((one) => getComputedStyle(one, "::before").content.includes("Column"));
  return [box.scrollWidth > box.clientWidth, named.every(Boolean)];
}"""


@pytest.mark.parametrize(
    ("kind", "width", "found"),
    [("table-folds", 390, [False, True]), ("", 390, [True, False]), ("table-folds", 1280, [False, False])],
)
def test_a_table_of_many_columns_that_folds_fits_a_phone_and_each_figure_bears_its_name(opened, kind, width, found):
    page = opened(drawn(*PAGES["studio"], "en"), width=width, scheme="light")
    assert page.evaluate(WIDE, kind) == found


OPENERS = "[popovertarget]:not([popovertargetaction]), menu-button summary"
IS_INSIDE = "(opener) => (document.getElementById(opener.getAttribute('popovertarget')) ?? opener.parentElement).contains(document.activeElement)"
IS_OPEN = "(opener) => (document.getElementById(opener.getAttribute('popovertarget')) ?? opener.parentElement).matches('details[open], :popover-open')"


@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_opens_takes_the_focus_keeps_it_and_gives_it_back(opened, width):
    seen = 0
    for template, content in PAGES.values():
        page = opened(drawn(template, content, "en"), width=width, scheme="light")
        for opener in [one for one in page.locator(OPENERS).all() if one.is_visible()]:
            is_dialog = opener.get_attribute("popovertarget") is not None
            opener.focus()
            page.keyboard.press("Enter" if is_dialog else "ArrowDown")
            page.wait_for_function(IS_INSIDE, arg=opener.element_handle())
            assert opener.evaluate("(opener) => document.activeElement !== opener")
            for key in ["Tab"] * 30 + ["Shift+Tab"] * 30 if is_dialog else []:
                page.keyboard.press(key)
                assert opener.evaluate(IS_INSIDE)
            page.keyboard.press("Escape")
            assert opener.evaluate(IS_OPEN) is False
            assert opener.evaluate("(opener) => document.activeElement === opener")
            seen += 1
    assert seen > 5


def test_a_menu_closes_when_one_walks_on(opened):
    page = opened(drawn(*PAGES["thread"], "en"), width=1280, scheme="light")
    page.focus(".acts summary")
    page.keyboard.press("Enter")
    assert page.locator(".acts details[open]").count() == 1
    for _ in range(page.locator(".acts details[open] .menu-panel :is(a, button)").count() + 1):
        page.keyboard.press("Tab")
    assert page.locator(".acts details[open]").count() == 0
