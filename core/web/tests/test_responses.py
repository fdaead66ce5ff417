"""What every response carries, whatever went wrong; and what stands on the pages for it."""

import io
import json
import logging
from urllib.parse import quote

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path
from structlog.stdlib import ProcessorFormatter

from core.web import health, metrics
from core.web.headers import policy

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": policy(),
}
NAMES = [*HEADERS, "Permissions-Policy", "X-Request-ID", "Cache-Control"]


def fail(request, how):
    raise {
        "fault": RuntimeError("ours"),
        "database": OperationalError("gone"),
        "interface": InterfaceError("gone"),
        "refused": PermissionDenied("Only Ada may."),
        "bad": BadRequest("what?"),
    }[how]


urlpatterns = [
    path("", include("community.urls")),
    path("fails/<how>/", fail),
    path("fine/", lambda request: HttpResponse("fine")),
    path("shared/", lambda request: HttpResponse("shared", headers={"Cache-Control": "public, max-age=60"})),
    path("long/", lambda request: HttpResponse("fine " * 200, content_type=request.GET["type"])),
    path("streamed/", lambda request: StreamingHttpResponse(iter(["fine "] * 200))),
    path("narrow/", lambda request: HttpResponse("x", headers={"Content-Security-Policy": "sandbox"})),
]
handler400, handler403 = "core.web.errors.bad_request", "core.web.errors.permission_denied"
handler404, handler500 = "core.web.errors.page_not_found", "core.web.errors.server_error"

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

CRAWL = {
    "/fine/%00": 404,
    "/fails/%00/": 400,
    "/fine/?q=%00": 400,
    "/fine/?%00=q": 400,
    "/fine/": 200,
    "/healthz": 200,
    "/readyz": 200,
    "/metrics": 200,
    "/account/login/": 200,
    "/static/css/site.css": 200,
    "/static/css/nothing.css": 404,
    "/nothing-here/": 404,
    "/settings/profile/": 302,
    "/fails/fault/": 500,
    "/fails/database/": 503,
    "/fails/interface/": 503,
    "/fails/refused/": 403,
    "/fails/bad/": 400,
    "/csp-report": 204,
}


@pytest.fixture(autouse=True)
def _faults_are_answered(client):
    client.raise_request_exception = False


@pytest.mark.parametrize(("address", "status"), CRAWL.items())
def test_every_response_has_its_headers(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert [name for name in NAMES if name not in answer.headers] == []
    if answer.streaming:
        list(answer.streaming_content)


def test_refusals_before_any_view_have_them_too(client):
    for answer in (
        client.get("/fine/", HTTP_HOST="evil.test"),
        client.post("/account/login/", {}),
        client.put("/healthz"),
    ):
        assert [name for name in NAMES if name not in answer.headers] == []


def test_production_forces_https_for_two_years(client, settings):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    expected = "max-age=63072000; includeSubDomains; preload"
    for address in ("/fine/", "/nothing/", "/fails/fault/", "/static/css/site.css"):
        answer = client.get(address, secure=True)
        assert answer.headers["Strict-Transport-Security"] == expected
        if answer.streaming:
            list(answer.streaming_content)


class TestCaching:
    def test_what_says_nothing_is_personal(self, client):
        answer = client.get("/fine/")
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("private, no-store", "Cookie")

    def test_a_view_may_share_by_saying_so(self, client):
        assert client.get("/shared/").headers["Cache-Control"] == "public, max-age=60"

    def test_a_view_may_set_its_own_policy(self, client):
        assert client.get("/narrow/").headers["Content-Security-Policy"] == "sandbox"


class TestPacking:
    def packed(self, client, address):
        return client.get(address, headers={"accept-encoding": "gzip"}).headers.get("Content-Encoding") == "gzip"

    @pytest.mark.parametrize(
        ("kind", "is_packed"),
        [
            ("text/html; charset=utf-8", True),
            ("application/json", True),
            ("image/svg+xml", True),
            ("text/csv", True),
            ("image/png", False),
            ("video/mp4", False),
            ("application/zip", False),
        ],
    )
    def test_text_is_packed_and_what_is_small_by_itself_is_not(self, client, kind, is_packed):
        assert self.packed(client, f"/long/?type={quote(kind)}") == is_packed

    def test_what_comes_piece_by_piece_is_as_it_is(self, client):
        assert not self.packed(client, "/streamed/")

    def test_whoever_cannot_unpack_gets_it_plain_and_caches_know(self, client):
        plain = client.get("/long/?type=text/html")
        assert (plain.content[:4], "Accept-Encoding" in plain.headers["Vary"]) == (b"fine", True)

    def test_its_length_tells_nothing(self, client):
        """As long as what was asked for does not change, a guess that is right must not be shorter (BREACH)."""
        lengths = {
            len(client.get("/long/?type=text/html", headers={"accept-encoding": "gzip"}).content) for _ in range(20)
        }
        assert len(lengths) > 5


def test_the_policy_lets_nothing_inline_run():
    directives = dict(part.strip().split(" ", 1) for part in policy().split(";"))
    assert "unsafe" not in policy()
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["report-uri"] == "/csp-report"


class TestRequestIds:
    def test_each_request_has_its_own(self, client):
        assert client.get("/fine/").headers["X-Request-ID"] != client.get("/fine/").headers["X-Request-ID"]

    def test_it_stands_on_the_page(self, client):
        for address in ("/fails/fault/", "/fails/database/"):
            answer = client.get(address)
            assert f"<code>{answer.headers['X-Request-ID']}</code>" in answer.content.decode()

    @pytest.mark.parametrize(
        ("proxies", "offered", "is_kept"),
        [
            (1, "abcd-1234-efgh", True),
            (0, "abcd-1234-efgh", False),
            (1, "x", False),
            (1, "a b c d e f g h", False),
            (1, "é" * 9, False),
        ],
    )
    def test_only_a_proxy_of_ours_may_choose_it(self, client, settings, proxies, offered, is_kept):
        settings.TRUSTED_PROXIES = proxies
        answer = client.get("/fine/", HTTP_X_REQUEST_ID=offered)
        assert (answer.headers["X-Request-ID"] == offered) is is_kept


class TestWhoHasToLogInFirst:
    """Somebody whose session is over presses a button on a page that is still open."""

    def presses(self, client, **headers):
        return client.post("/members/ada/follow/", headers=headers)

    @pytest.mark.parametrize(
        ("page", "then"),
        [
            ("http://testserver/members/ada/?tab=talk#top", "/members/ada/%3Ftab%3Dtalk"),
            ("http://elsewhere.test/members/ada/", "/"),
            ("http://testserver//elsewhere.test/", "/"),
            ("http://[", "/"),
            ("", "/"),
        ],
    )
    def test_is_led_back_to_that_page(self, client, ada, page, then):
        assert self.presses(client, referer=page).headers["Location"] == f"/account/login/?next={then}"

    def test_leaves_the_page_for_it_where_a_script_asked(self, client, ada):
        answer = self.presses(client, hx_request="true", hx_current_url="http://testserver/?cards=25")
        assert (answer.status_code, answer.content, answer.headers["HX-Redirect"], "Location" in answer.headers) == (
            200, b"", "/account/login/?next=/%3Fcards%3D25", False,
        )  # fmt: skip

    def test_also_for_a_part_of_the_page(self, client):
        answer = client.get("/feed/?cards=25", headers={"hx-request": "true", "hx-current-url": "http://testserver/"})
        assert answer.headers["HX-Redirect"] == "/account/login/?next=/"

    def test_a_page_that_was_asked_for_is_where_one_arrives(self, client):
        answer = client.get("/orders/", headers={"referer": "http://testserver/members/ada/"})
        assert answer.headers["Location"] == "/account/login/?next=/orders/"


class TestPages:
    @pytest.mark.parametrize(
        ("address", "english", "chinese"),
        [
            ("/nothing/", "There is nothing at this address", "这个地址上什么也没有"),
            ("/fails/fault/", "Something broke on our side", "我们这边出了问题"),
            ("/fails/database/", "We are tidying up for a moment", "我们正在收拾一下"),
        ],
    )
    def test_they_speak_the_language_that_was_asked_for(self, client, address, english, chinese):
        pages = {
            language: client.get(address, HTTP_ACCEPT_LANGUAGE=language).content.decode()
            for language in ("en", "zh-CN")
        }
        assert f"<h1>{english}</h1>" in pages["en"]
        assert '<html lang="zh-hans"' in pages["zh-CN"]
        assert f"<h1>{english}</h1>" not in pages["zh-CN"]

    def test_a_refusal_says_why(self, client):
        assert "Only Ada may." in client.get("/fails/refused/").content.decode()

    def test_a_form_that_is_too_large_is_named_so(self, client, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
        answer = client.post("/account/login/", {"login": "x" * 100}, HTTP_ACCEPT_LANGUAGE="en")
        assert (answer.status_code, "That file is too large" in answer.content.decode()) == (413, True)

    def test_a_missing_token_is_explained(self):
        from django.test import Client

        strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        answer = strict.post("/account/login/", {})
        assert (answer.status_code, "This form has been open too long" in answer.content.decode()) == (403, True)

    def test_a_lost_database_is_said_without_a_database(self, client, ben, monkeypatch):
        client.force_login(ben)

        def refuse(*arguments, **options):
            raise OperationalError("server closed the connection unexpectedly")

        with monkeypatch.context() as broken:
            broken.setattr(connection, "cursor", refuse)
            answer = client.get("/nothing/", HTTP_ACCEPT_LANGUAGE="en")
            ready = client.get("/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "We are tidying up for a moment" in answer.content.decode()
        assert [name for name in NAMES if name not in answer.headers] == []
        assert ready.status_code == 503

    def test_life_is_told_without_a_database(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert client.get("/healthz").json() == {"status": "ok"}


class TestPolicyReports:
    @pytest.fixture
    def said(self, caplog):
        caplog.set_level(logging.WARNING, "core.web.reports")
        return lambda: [record.getMessage() for record in caplog.records if record.name == "core.web.reports"]

    def send(self, client, report, **more):
        body = report if isinstance(report, (str, bytes)) else json.dumps({"csp-report": report})
        return client.post("/csp-report", body, content_type="application/csp-report", **more)

    def test_a_report_is_logged_without_its_secrets(self, client, said):
        from django.test import Client

        report = {
            "document-uri": "https://school.test/reset/?token=secret",
            "blocked-uri": "https://evil.test/x.js?who=cleo",
            "effective-directive": "script-src",
        }
        answer = self.send(Client(enforce_csrf_checks=True), report)
        assert answer.status_code == 204
        [line] = said()
        assert line == (
            "content policy: {'document-uri': 'https://school.test/reset/', 'blocked-uri': 'https://evil.test/x.js', "
            "'effective-directive': 'script-src'}"
        )

    @pytest.mark.parametrize("body", ["", "{", "[]", '{"csp-report": 5}', "\xff", b"\x00" * 20_000, "null"])
    def test_rubbish_is_swallowed(self, client, said, body):
        assert self.send(client, body).status_code == 204
        assert said() == []

    def test_one_sender_cannot_fill_the_log(self, client, said):
        for _ in range(40):
            self.send(client, {"blocked-uri": "inline"})
        assert len(said()) == 30


class TestMetrics:
    def test_figures_are_there_for_this_machine(self, client):
        client.get("/fine/")
        text = client.get("/metrics").content.decode()
        assert "lyceum_outbox_waiting 0.0" in text
        assert "lyceum_database_up 1.0" in text

    def test_requests_are_counted_by_view(self, client):
        before = metrics.REQUESTS.labels("GET", "healthz", "200")._value.get()
        client.get("/healthz")
        assert metrics.REQUESTS.labels("GET", "healthz", "200")._value.get() == before + 1

    def test_unknown_addresses_make_no_new_rows(self, client):
        before = len(next(iter(metrics.REQUESTS.collect())).samples)
        for number in range(5):
            client.get(f"/nothing-{number}/")
            client.generic("BREW", "/nothing/")
        assert len(next(iter(metrics.REQUESTS.collect())).samples) <= before + 4

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"REMOTE_ADDR": "203.0.113.9"}, 404),
            ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
            ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
            ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer the-token"}, 200),
            ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ],
    )
    def test_strangers_find_nothing(self, client, settings, more, status):
        settings.METRICS_TOKEN = "the-token"
        assert client.get("/metrics", **more).status_code == status

    def test_an_empty_token_opens_nothing(self, client):
        assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer ").status_code == 404

    def test_without_a_database_the_rest_is_still_told(self, rf, monkeypatch):
        def refuse(*arguments, **options):
            raise OperationalError("gone")

        monkeypatch.setattr(connection, "cursor", refuse)
        text = metrics.show(rf.get("/metrics")).content.decode()
        assert "lyceum_database_up 0.0" in text
        assert health.ready(rf.get("/readyz")).status_code == 503


def test_tasks_carry_their_id():
    from celery.signals import task_postrun, task_prerun

    from core.events.publishing import request_id

    task_prerun.send(sender=None, task_id="task-1")
    inside = request_id.get()
    task_postrun.send(sender=None, task_id="task-1")
    assert (inside, request_id.get()) == ("task-1", "")


def test_a_log_line_cannot_begin_a_second_one():
    from core.web.logs import _with_request_id

    assert _with_request_id(None, "info", {"event": "a\r\nb"})["event"] == "a\\r\\nb"


@pytest.mark.parametrize("address", ["/nothing/", "/fails/bad/", "/fails/refused/", "/fails/fault/"])
def test_the_log_line_of_what_went_wrong_carries_the_id_of_its_request(client, address):
    [handler] = [one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)]
    written = io.StringIO()
    kept = logging.StreamHandler(written)
    kept.setFormatter(handler.formatter)
    logging.getLogger("django.request").addHandler(kept)
    try:
        answer = client.get(address)
    finally:
        logging.getLogger("django.request").removeHandler(kept)
    lines = [line for line in written.getvalue().splitlines() if address in line]
    assert len(lines) > 0
    assert [line for line in lines if answer.headers["X-Request-ID"] not in line] == []
