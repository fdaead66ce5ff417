"""The demo bar: one click and one is somebody; outside demo settings there is no such thing."""

import os
import re
import subprocess
import sys
from email.message import EmailMessage

import pytest
from django.conf import settings as site
from django.urls import reverse

from accounts.models import User
from community.demo import mailbox
from community.demo.bar import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(ada, ben, dora, eli):
    return {"teacher": ada, "buyer": ben, "moderator": dora, "owner": eli}


class TestEntering:
    @pytest.mark.parametrize("role", ["teacher", "buyer", "moderator", "owner"])
    def test_one_click_and_one_is_somebody(self, people, page_of, role):
        page = page_of()
        answer = page.post("/demo/enter/", {"role": role})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert page.session["_auth_user_id"] == str(people[role].pk)

    @pytest.mark.parametrize(("language", "username"), [("zh-hans", "mujin"), ("en", "ben")])
    def test_a_buyer_is_somebody_who_learns_in_the_language_of_the_page(
        self, people, member, page_of, language, username
    ):
        member("mujin")
        page = page_of()
        page.post("/demo/enter/", {"role": "buyer"}, headers={"accept-language": language})
        assert User.objects.get(pk=page.session["_auth_user_id"]).username == username

    def test_a_newcomer_is_somebody_new_each_time(self, page_of):
        first, second = page_of(), page_of()
        assert first.post("/demo/enter/", {"role": "newcomer"}).headers["Location"] == reverse("surveys:onboarding")
        second.post("/demo/enter/", {"role": "newcomer"})
        assert User.objects.count() == 2
        assert first.session["_auth_user_id"] != second.session["_auth_user_id"]

    def test_entering_as_another_leaves_the_first(self, people, page_of):
        page = page_of(people["owner"])
        page.post("/demo/enter/", {"role": "buyer"})
        assert page.session["_auth_user_id"] == str(people["buyer"].pk)

    def test_the_page_keeps_its_language(self, people, page_of):
        User.objects.filter(pk=people["teacher"].pk).update(language="zh-hans", languages_read=["zh-hans"])
        page = page_of()
        shown = page.post("/demo/enter/", {"role": "teacher"}, follow=True)
        assert shown.headers["Content-Language"] == "en"
        assert f"You are {people['teacher'].name} now." in shown.content.decode()
        people["teacher"].refresh_from_db()
        assert people["teacher"].languages_read == ["zh-hans", "en"]

    def test_who_joins_is_told_where_the_mail_of_a_demo_lies(self, page_of):
        assert "the mail lies in its own mailbox" in page_of().get("/account/confirm-email/").content.decode()

    def test_nobody_is_entered_where_nobody_lives(self, page_of):
        page = page_of()
        assert page.post("/demo/enter/", {"role": "teacher"}).headers["Location"] == "/"
        assert page.post("/demo/enter/", {"role": "emperor"}).headers["Location"] == "/"
        assert "_auth_user_id" not in page.session

    def test_only_by_a_form_of_ours(self, people):
        from django.test import Client

        page = Client(enforce_csrf_checks=True)
        assert page.get("/demo/enter/").status_code == 405
        assert page.post("/demo/enter/", {"role": "owner"}).status_code == 403
        assert "_auth_user_id" not in page.session


class TestTheBar:
    def test_it_stands_on_every_page_with_three_things_to_try_for_each(self, page_of):
        html = page_of().get("/courses/").content.decode()
        assert all(f'value="{role.code}"' in html and len(role.tries) == 3 for role in ROLES)
        assert "./run demo --fresh" in html

    def test_what_it_leads_to_exists(self, eli, page_of):
        page = page_of()
        page.post("/demo/enter/", {"role": "owner"})
        addresses = {str(one.url) for role in ROLES for one in role.tries}
        assert {address: page.get(address, follow=True).status_code for address in addresses} == dict.fromkeys(
            addresses, 200
        )


LETTER = b"""Content-Type: multipart/alternative; boundary="==a=="
Subject: =?utf-8?b?5L2g5aW9?=
From: school@localhost
To: %s
Date: Mon, 23 Nov 2026 10:0%d:00 -0000

--==a==
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Open http://localhost/t/1/ <script>
--==a==
Content-Type: text/html; charset="utf-8"

<p>Open</p>
--==a==--
"""


class TestTheMailbox:
    @pytest.fixture(autouse=True)
    def _letters(self, settings, tmp_path):
        settings.EMAIL_FILE_PATH = tmp_path
        rule = b"-" * 79 + b"\n"
        (tmp_path / "1.log").write_bytes(
            LETTER % (b"ben@lantern.test", 1) + rule + LETTER % (b"ada@lantern.test", 2) + rule
        )
        os.utime(tmp_path / "1.log", (1, 1))
        (tmp_path / "2.log").write_bytes(LETTER % (b"cleo@lantern.test", 3) + rule)

    def test_the_newest_comes_first(self):
        assert [(mail.to, mail.subject) for mail in mailbox.newest()] == [
            ("cleo@lantern.test", "你好"), ("ada@lantern.test", "你好"), ("ben@lantern.test", "你好"),
        ]  # fmt: skip

    def test_links_can_be_followed_and_nothing_else_is_markup(self, page_of):
        html = page_of().get("/demo/mailbox/").content.decode()
        assert 'href="http://localhost/t/1/"' in html
        assert "&lt;script&gt;" in html

    def test_what_goes_along_with_a_letter_can_be_opened(self, tmp_path, page_of):
        letter = EmailMessage()
        letter["Subject"], letter["To"] = "收据", "ben@lantern.test"
        letter.set_content("Paid.")
        letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="receipt-2026-000001.pdf")
        (tmp_path / "3.log").write_bytes(letter.as_bytes() + b"\n" + b"-" * 79 + b"\n")
        page = page_of()
        [address] = re.findall(r'href="(/demo/mailbox/[^"]+)"', page.get("/demo/mailbox/").content.decode())
        answer = page.get(address)
        assert (answer["Content-Type"], answer.content) == ("application/pdf", b"%PDF-1.7")
        assert answer["Content-Disposition"] == 'attachment; filename="receipt-2026-000001.pdf"'
        assert "receipt-2026-000001.pdf</a>" in page.get("/demo/mailbox/").content.decode()
        assert [
            page.get(f"/demo/mailbox/{one}/").status_code for one in (f"{address.split('/')[3]}/1", "nothing/0")
        ] == [404, 404]

    def test_an_empty_one_says_what_to_do(self, settings, tmp_path, page_of):
        settings.EMAIL_FILE_PATH = tmp_path / "nothing"
        assert "No mail yet" in page_of().get("/demo/mailbox/").content.decode()


PRODUCTION = """
import django
django.setup()
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from community.context import page
for address in ("/demo/enter/", "/demo/mailbox/", "/demo/trouble/404/"):
    try:
        resolve(address)
    except Resolver404:
        print("nothing at", address)
found = page(RequestFactory().get("/"))
print(sorted({"demo_roles", "is_being_made"} & set(found)))
import sys
print([name for name in sys.modules if name.startswith("community.demo")])
"""


def test_outside_demo_settings_there_is_none_of_it():
    env = {
        **os.environ, "LYCEUM_ENVIRONMENT": "production", "SITE_URL": "https://school.test", "ALLOWED_HOSTS": "school.test",
        "SECRET_KEY": "x" * 60, "FROM_EMAIL": "school@school.test", "EMAIL_HOST": "localhost",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRODUCTION], cwd=site.BASE_DIR, env=env, capture_output=True, text=True
    )
    gone = [f"nothing at /demo/{what}/" for what in ("enter", "mailbox", "trouble/404")]
    assert done.stdout.splitlines() == [*gone, "[]", "[]"], done.stderr


def test_in_demo_settings_there_is_all_of_it():
    script = PRODUCTION.replace("print([name", "print(bool([name").replace(
        '"community.demo")])', '"community.demo")]))'
    )
    env = {**os.environ, "LYCEUM_ENVIRONMENT": "demo"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=site.BASE_DIR, env=env, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["['demo_roles', 'is_being_made']", "True"], done.stderr
