"""What people read when something went wrong, in both languages: what happened, what was kept, and where to go from here."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from redis.connection import AbstractConnection

from core.web import errors
from core.web.limits import limited


def refuse(request):
    raise PermissionDenied


def misread(request):
    raise BadRequest


def read(request):
    return HttpResponse(str(len(request.POST)))


def fail(request):
    raise RuntimeError


def lose_the_database(request):
    raise OperationalError


urlpatterns = [
    path("", include("community.urls")),
    path("write/400/", misread),
    path("write/403/", refuse),
    path("write/413/", read),
    path("write/csrf/", read),
    path("write/429/", limited(scope="tests", rate="1/h")(read)),
    path("write/500/", fail),
    path("write/503/", lose_the_database),
    path("write/offline/", errors.offline),
]
handler400, handler403 = "core.web.errors.bad_request", "core.web.errors.permission_denied"
handler404, handler500 = "core.web.errors.page_not_found", "core.web.errors.server_error"

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

STATUS = {"csrf": 403, "offline": 200}
BACK = "http://school.test/t/7-a-talk/"
FRONT = "/"
WRITTEN = "Six words that took an hour"
SHOWN = {
    "en": ["This is what you wrote", "It was not saved here. Copy it before you leave this page.", WRITTEN],
    "zh-hans": ["这是你写的内容", "它没有保存下来。离开这一页之前，请先复制。", WRITTEN],
}
SAID = {
    "400": {
        "en": ["This request did not make sense to us", "Nothing was changed.", *SHOWN["en"]],
        "zh-hans": ["这个请求我们没看懂", "什么都没有被改动。", *SHOWN["zh-hans"]],
    },
    "csrf": {
        "en": ["This form has been open too long", "Nothing was sent.", *SHOWN["en"]],
        "zh-hans": ["这个表单开得太久了", "什么都没有发出去。", *SHOWN["zh-hans"]],
    },
    "403": {
        "en": ["This room is not open to you", "to a course you are not in.", *SHOWN["en"]],
        "zh-hans": ["这里暂时不对你开放", "属于你还没加入的课程。", *SHOWN["zh-hans"]],
    },
    "404": {
        "en": ["There is nothing at this address", "Search for a word you remember.", *SHOWN["en"]],
        "zh-hans": ["这个地址什么也没有", "用你记得的词搜一下。", *SHOWN["zh-hans"]],
    },
    "413": {
        "en": ["That file is too large", "Nothing was uploaded, and the words that came with it were not read either."],
        "zh-hans": ["文件太大了", "什么都没有上传，一起发来的文字我们也没能读到。"],
    },
    "429": {
        "en": ["A little slower, please", "seconds it works again.", *SHOWN["en"]],
        "zh-hans": ["请慢一点", "秒后", *SHOWN["zh-hans"]],
    },
    "500": {
        "en": ["Something broke on our side", "It is not your fault", *SHOWN["en"]],
        "zh-hans": ["我们这边出了故障", "不是你的问题", *SHOWN["zh-hans"]],
    },
    "503": {
        "en": ["We are tidying up for a moment", "will be back in a few minutes.", *SHOWN["en"]],
        "zh-hans": ["我们正在收拾屋子", "几分钟后回来。", *SHOWN["zh-hans"]],
    },
    "offline": {
        "en": ["You are offline", "This page needs the network.", "is kept on this device and stands there again"],
        "zh-hans": ["你现在没有联网", "这一页需要网络。", "存在这台设备上，联网后回去还在那里"],
    },
}  # fmt: skip


@pytest.fixture
def sent(settings):
    """Sends what somebody wrote in a box of ours to where it goes wrong as ``name`` says."""
    settings.ALLOWED_HOSTS = ["school.test"]

    def send(name, language="en", came_from=BACK, form=None, **more):
        client = Client(enforce_csrf_checks=name == "csrf", raise_request_exception=False)
        about = {"HTTP_HOST": "school.test", "HTTP_REFERER": came_from, "HTTP_ACCEPT_LANGUAGE": language, **more}
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5 if name == "413" else 2_621_440
        if name == "429":
            client.post("/write/429/", {"body": "Six words"}, **about)
        return client.post(f"/write/{name}/", {"body": WRITTEN, **(form or {})}, **about)

    cache.clear()
    return send


def status_of(name):
    return STATUS[name] if name in STATUS else int(name)


def words(answer):
    """The text of the page between its frame, and where its links lead."""
    body = answer.content.decode().partition('id="main"')[2].partition("</main>")[0]
    shown = " ".join(re.sub(r"<[^>]+>", " ", body.partition(">")[2]).split())
    # A quoted title stands in an element of its own, which says its language.
    shown = shown.replace("“ ", "“").replace(" ”", "”")
    return shown.replace("&quot;", '"').replace("&#x27;", "'"), re.findall(r'<a [^>]*?href="([^"]*)"', body)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", SAID)
class TestAPage:
    def test_says_what_happened_and_what_was_kept(self, sent, name, language):
        answer = sent(name, language)
        shown, _links = words(answer)
        assert answer.status_code == status_of(name)
        assert [one for one in SAID[name][language] if one not in shown] == [], shown
        assert f'<html lang="{language}"' in answer.content.decode()

    def test_says_it_in_one_language(self, sent, name, language):
        shown, _links = words(sent(name, language))
        shown = shown.replace(WRITTEN, "")
        foreign = r"[㐀-鿿]" if language == "en" else r"[A-Za-z]{2,} [A-Za-z]{2,}"
        assert re.findall(foreign, shown) == []

    def test_leads_back_to_the_box(self, sent, name, language):
        _shown, links = words(sent(name, language))
        here = {"offline": ""}.get(name, BACK)
        front = [] if name in {"503", "offline"} else [FRONT]
        assert [link for link in links if link in {here, FRONT}] == [here, *front]


class TestWhatWasWritten:
    @pytest.mark.parametrize("name", sorted(set(SAID) - {"413", "offline"}))
    def test_it_is_shown_as_it_was_and_secrets_are_not(self, sent, name):
        form = {
            "body": "<b>Bold</b> & more than twelve", "password": "correct horse battery", "csrfmiddlewaretoken": "x" * 64, "next": "/a/long/way/",
            "tag": "short",
        }  # fmt: skip
        page = sent(name, form=form).content.decode()
        boxes = re.findall(r"<textarea readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
        assert boxes == ["&lt;b&gt;Bold&lt;/b&gt; &amp; more than twelve"]

    @pytest.mark.parametrize("name", ["csrf", "403", "500"])
    def test_words_from_another_site_are_not(self, sent, name):
        assert WRITTEN not in sent(name, came_from="https://evil.test/").content.decode()

    def test_what_could_not_be_read_is_not_promised(self, sent):
        page = sent("413").content.decode()
        assert "<textarea" not in page
        assert "<kept-note hidden>" in page

    @pytest.mark.parametrize("name", ["403", "404", "500", "503"])
    def test_whoever_only_asked_for_a_page_is_told_of_no_words(self, client, name):
        client.raise_request_exception = False
        page = client.get(f"/write/{name}/", HTTP_REFERER="http://testserver/").content.decode()
        assert ("What you wrote" in page, "what you wrote" in page, "<kept-note" in page) == (False, False, False)


@pytest.mark.parametrize("name", ["403", "500"])
@pytest.mark.parametrize(
    "came_from",
    ["", "https://evil.test/", "//evil.test/", "javascript:alert(1)", "http://[", 'http://school.test"><p>'],
)
def test_nobody_is_led_to_another_site(sent, name, came_from):
    page = sent(name, came_from=came_from).content.decode()
    assert ("evil.test" in page, "javascript:" in page, 'test"><p>' in page) == (False, False, False)


def test_what_was_only_asked_for_is_asked_for_again(client):
    client.raise_request_exception = False
    assert words(client.get("/write/500/", HTTP_HOST="testserver", HTTP_REFERER="http://testserver/"))[1] == ["", FRONT]


class TestABrokenHouse:
    @pytest.fixture
    def broken(self, monkeypatch):
        """No database and no Redis."""

        def gone(*arguments, **options):
            raise OperationalError("server closed the connection unexpectedly")

        def refused(*arguments, **options):
            raise ConnectionRefusedError

        monkeypatch.setattr(connection, "cursor", gone)
        monkeypatch.setattr(connection, "ensure_connection", gone)
        monkeypatch.setattr(AbstractConnection, "connect", refused)
        monkeypatch.setattr(AbstractConnection, "send_packed_command", refused)

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("name", ["500", "503"])
    def test_still_says_so_with_the_number_of_the_request(self, sent, broken, name, language):
        answer = sent(name, language, HTTP_COOKIE="theme=dark")
        assert answer.status_code == int(name)
        assert SAID[name][language][0] in words(answer)[0]
        page = answer.content.decode()
        assert (f"<code>{answer.headers['X-Request-ID']}</code>" in page, 'data-theme="dark"' in page) == (True, True)

    def test_control_it_is_broken(self, broken):
        with pytest.raises(OperationalError):
            connection.cursor()
        with pytest.raises(ConnectionRefusedError):
            AbstractConnection().connect()


class TestTheWayIn:
    @pytest.fixture
    def lesson(self, ada):
        from courses import operations
        from payments.operations import set_price

        course = operations.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
        operations.add_lesson(course=course, section="One", title="The first", source="Free.", is_preview=True)
        paid = operations.add_lesson(course=course, section="One", title="The second", source="The canary sings.")
        set_price(kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada)
        operations.publish_course(course=course, by=ada)
        return paid

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", ["This lesson opens with the course “Coffee”.", "Buy the course", "¥199"]),
            ("zh-hans", ["这一课属于课程“Coffee”，购买后可读。", "购买课程", "¥199"]),
        ],
    )
    def test_a_paid_lesson_says_what_opens_it(self, lesson, client, language, said):
        from payments.models import Product

        answer = client.get(lesson.get_absolute_url(), HTTP_ACCEPT_LANGUAGE=language)
        shown, links = words(answer)
        assert answer.status_code == 403
        assert [one for one in said if one not in shown] == [], shown
        assert f"/checkout/{Product.objects.get().pk}/" in links
        assert "canary" not in answer.content.decode()


class TestTheWorker:
    def test_it_answers_for_the_whole_site(self, client):
        answer = client.get("/offline-worker.js")
        about = (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"])
        assert about == (200, "text/javascript; charset=utf-8", "no-cache")
        assert b"addEventListener" in answer.content

    def test_the_page_that_it_keeps_asks_nothing(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = client.get("/offline/?lang=zh-hans")
        assert SAID["offline"]["zh-hans"][0] in words(answer)[0]
        assert "<script" not in answer.content.decode()
