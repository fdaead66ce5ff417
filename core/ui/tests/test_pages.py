import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.template import loader
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

from core.ui import importmap, navigation, samples, views
from core.ui import urls as ui_urls
from core.web import errors

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LANGUAGES = ("en", "zh-hans")


def blank(request):
    return HttpResponse()


urlpatterns = [
    path("", blank, name="home"),
    path("courses/", blank, name="sample-courses"),
    path("ui/", include(ui_urls)),
    path("styleguide/", include(ui_urls.styleguide_urls)),
]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def asked(address="/", **cookies):
    request = RequestFactory().get(address)
    request.COOKIES.update(cookies)
    request.user = AnonymousUser()
    request.session = {}
    return request


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda found: str(found.relative_to(ROOT)))
def test_no_template_has_a_style_attribute_or_a_script_of_its_own(template):
    text = template.read_text()
    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"\son\w+\s*=\s*[\"']", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda found: str(found.relative_to(ROOT)))
def test_every_template_compiles(template):
    loader.get_template(str(template.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", samples.PAGES)
def test_every_reference_page_is_drawn_without_style_attributes(name, language):
    with translation.override(language):
        shown = loader.render_to_string(f"reference/{name}.html", samples.page(name=name), asked())
    assert f'<html lang="{language}"' in shown.replace("zh-Hans", "zh-hans")
    assert re.findall(r"<[^>]*\sstyle=", shown) == []
    assert len(re.findall(r"<h1[ >]", shown)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_styleguide_is_drawn(language):
    with translation.override(language):
        shown = loader.render_to_string("styleguide/components.html", samples.components(), asked())
    assert re.findall(r"<[^>]*\sstyle=", shown) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_of_a_mail_lets_its_own_style_sheet_through_and_nothing_else(client, language):
    shown = client.get("/styleguide/mail/", headers={"accept-language": language})
    [sheet] = re.findall(r"<style>(.*?)</style>", shown.content.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert shown.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert len(re.findall(r"<h1[ >]", shown.content.decode())) == 1


PAGES_OF_TROUBLE = {
    400: errors.bad_request,
    403: errors.permission_denied,
    404: errors.page_not_found,
    413: errors.too_large,
    429: lambda request: errors.too_many(request, retry_after=30),
    500: errors.server_error,
    503: errors.unavailable,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", PAGES_OF_TROUBLE)
def test_trouble_has_a_page_of_its_own(status, language):
    with translation.override(language):
        response = PAGES_OF_TROUBLE[status](asked())
    assert response.status_code == status
    assert f'num">{status}</p>' in response.text


def test_somebody_who_asks_too_often_is_told_when_to_come_back():
    response = errors.too_many(asked(), retry_after=30)
    assert response.headers["Retry-After"] == "30"
    assert "In 30 seconds it works again." in response.text


def test_an_expired_form_is_explained():
    response = errors.csrf_failure(asked())
    assert (response.status_code, "This form has been open too long" in response.text) == (403, True)


@pytest.mark.parametrize("name", ["500", "503", "offline"])
def test_pages_for_a_broken_house_need_no_request(name):
    shown = loader.render_to_string(f"errors/{name}.html", {"theme": "dark", "request_id": "abc123"})
    assert 'data-theme="dark"' in shown
    assert "abc123" in shown or name == "offline"


def test_a_forged_theme_cookie_does_not_enter_the_page():
    response = errors.server_error(asked(theme='"><script>'))
    assert "<script" not in response.text


def test_the_import_map_knows_every_element_and_matches_its_hash():
    importmap.import_map.cache_clear()
    shown = loader.render_to_string("reference/home.html", samples.page(name="home"), asked())
    (inline,) = re.findall(r'<script type="importmap">(.*?)</script>', shown)
    assert inline == importmap.import_map()
    names = {f"elements/{script.stem}" for script in (ROOT / "static/js/elements").glob("*.js")}
    assert {name for name in importmap.json.loads(inline)["imports"] if name.startswith("elements/")} == names
    digest = importmap.hashlib.sha256(inline.encode()).digest()
    assert importmap.import_map_hash() == importmap.base64.b64encode(digest).decode()


def test_every_element_in_a_template_has_its_code_and_none_is_long():
    used = {name for template in TEMPLATES for name in re.findall(r"<([a-z]+-[a-z-]+)", template.read_text())}
    tags = {
        name
        for module in (ROOT / "core/ui/components").glob("*.py")
        for name in re.findall(r"<([a-z]+-[a-z]+)[> ]", module.read_text())
    }
    written = {
        script.stem: len(script.read_text().splitlines()) for script in (ROOT / "static/js/elements").glob("*.js")
    }
    assert used | tags <= set(written)
    assert {name for name, lines in written.items() if lines >= 80} == set()


@pytest.fixture
def places(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    return navigation.Place


def test_navigation_leaves_out_pages_that_do_not_exist(places):
    navigation.register("b", label="Courses", url_name="sample-courses", places={places.TOP}, order=20)
    navigation.register("a", label="Home", url_name="home", places={places.TOP, places.THUMBS}, order=10)
    navigation.register("c", label="Gone", url_name="no-such-page", places={places.TOP})
    links = navigation.links(place="top", request=asked("/courses/read-your-books/"))
    assert [(link.label, link.url, link.is_current) for link in links] == [
        ("Home", "/", False),
        ("Courses", "/courses/", True),
    ]


def test_navigation_for_members_is_hidden_from_guests(places):
    navigation.register("a", label="Home", url_name="home", places={places.ME}, condition=navigation.members_only)
    assert navigation.links(place="me", request=asked()) == []
    assert navigation.links(place="me", request=None) == []


def wished(view, **data):
    request = RequestFactory().post("/", data)
    request.user = AnonymousUser()
    return view(request)


def test_a_guest_keeps_a_theme_in_a_cookie_and_goes_back():
    response = wished(views.set_theme, theme="dark", next="/courses/?page=2")
    cookie = response.cookies["theme"]
    assert (response.status_code, response.headers["Location"]) == (302, "/courses/?page=2")
    assert (cookie.value, cookie["samesite"], cookie["path"]) == ("dark", "Lax", "/")


def test_a_guest_keeps_a_language_in_a_cookie():
    response = wished(views.set_language, language="zh-hans", next="/")
    assert (response.status_code, response.cookies[settings.LANGUAGE_COOKIE_NAME].value) == (302, "zh-hans")


class Member:
    is_authenticated = True
    theme = language = ""

    def save(self, *, update_fields):
        self.saved = update_fields


@pytest.mark.parametrize(
    ("view", "field", "value"), [(views.set_theme, "theme", "dark"), (views.set_language, "language", "en")]
)
def test_a_member_keeps_a_wish_in_the_account(view, field, value):
    request = RequestFactory().post("/", {field: value})
    request.user = Member()
    view(request)
    assert (getattr(request.user, field), request.user.saved) == (value, [field])


@pytest.mark.parametrize(
    ("view", "data"), [(views.set_theme, {"theme": "neon"}), (views.set_language, {"language": "xx"})]
)
def test_unknown_wishes_are_refused(view, data):
    with pytest.raises(BadRequest):
        wished(view, **data)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(target):
    assert wished(views.set_theme, theme="", next=target).headers["Location"] == "/"
