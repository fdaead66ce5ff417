"""Letters leave once, in the language of who gets them, and are then forgotten."""

import pytest
from django.core import mail as sent
from django.template.loader import render_to_string

from core.events import outbox
from core.events.models import OutboxMessage
from core.web import mail

WORDS = {
    "letters/hello.subject.txt": "Hello\n {{ name }}\n",
    "letters/hello.txt": '{% extends "mail/base.txt" %}{% block body %}{{ name }} & {{ language }}{% endblock %}',
    "letters/hello.html": '{% extends "mail/base.html" %}{% load i18n %}{% block body %}<p>{{ name }}</p>'
    '<p>{% translate "Search" %}</p>{% endblock %}',
}


@pytest.fixture(autouse=True)
def _letters(settings, monkeypatch):
    [engine] = [dict(one) for one in settings.TEMPLATES]
    loaders = engine["OPTIONS"]["loaders"]
    options = {**engine["OPTIONS"], "loaders": [*loaders, ("django.template.loaders.locmem.Loader", WORDS)]}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(
        mail,
        "_schools",
        [lambda language: {"name": "灯塔" if language == "zh-hans" else "Lantern", "site_url": "https://school.test"}],
    )


def write(key="hello:1", **more):
    receiver = more if {"to_user", "to_address"} & more.keys() else {"to_address": "cleo@example.test", **more}
    mail.enqueue(template="letters/hello", context={"name": "<Cleo>"}, key=key, **receiver)


@pytest.mark.django_db
class TestLetters:
    def test_a_letter_is_sent_from_the_outbox(self, cleo):
        write(to_user=cleo)
        assert sent.outbox == []
        outbox.relay()
        [letter] = sent.outbox
        assert (letter.to, letter.subject, letter.from_email) == (
            ["cleo@example.test"],
            "Hello <Cleo>",
            "=?utf-8?b?54Gv5aGU?= <school@localhost>",
        )
        assert "<Cleo> & zh-hans" in letter.body
        [(html, kind)] = letter.alternatives
        assert kind == "text/html"
        assert '<html lang="zh-hans">' in html
        assert "<p>&lt;Cleo&gt;</p><p>搜索</p>" in html

    def test_the_language_of_the_page_does_not_matter(self, ben, cleo):
        from django.utils import translation

        with translation.override("zh-hans"):
            write(to_user=ben)
        assert "<p>Search</p>" in OutboxMessage.objects.get().payload["html"]

    def test_the_same_key_is_one_letter(self, cleo):
        write(to_user=cleo)
        write(to_user=cleo)
        outbox.relay()
        write(to_user=cleo)
        outbox.relay()
        assert len(sent.outbox) == 1

    def test_what_was_said_is_forgotten(self, cleo):
        write(to_user=cleo)
        outbox.relay()
        message = OutboxMessage.objects.get()
        assert (message.payload, message.done_at is not None) == ({}, True)

    def test_a_repeated_delivery_carries_the_same_message_id(self, cleo):
        write(to_user=cleo)
        message = OutboxMessage.objects.get()
        mail.deliver(message)
        mail.deliver(message)  # the worker died before it could note the first one
        first, second = (letter.message()["Message-ID"] for letter in sent.outbox)
        assert first == second
        assert first.endswith("@localhost>")

    def test_a_letter_that_was_sent_and_not_noted_is_not_sent_again(self, cleo):
        write(to_user=cleo)
        mail.deliver(OutboxMessage.objects.get())
        outbox.relay()
        assert len(sent.outbox) == 1

    def test_a_file_is_made_when_the_letter_leaves_in_its_language(self, cleo, monkeypatch):
        monkeypatch.setattr(mail, "_makers", {})

        @mail.encloses("leaf")
        def leaf(about, language):
            return mail.Enclosure(name="leaf.txt", body=f"{about} {language}".encode(), media_type="text/plain")

        write(to_user=cleo, encloses="leaf:7:2")
        assert OutboxMessage.objects.get().payload["encloses"] == "leaf:7:2"
        outbox.relay()
        [letter] = sent.outbox
        assert letter.attachments == [("leaf.txt", "7:2 zh-hans", "text/plain")]

    def test_a_file_that_is_gone_keeps_no_letter_back(self, cleo, monkeypatch):
        monkeypatch.setattr(mail, "_makers", {"leaf": lambda about, language: None})
        write(to_user=cleo, encloses="leaf:7")
        outbox.relay()
        assert [letter.attachments for letter in sent.outbox] == [[]]

    def test_two_letters_have_two_ids(self, cleo):
        write(key="hello:1")
        write(key="hello:2")
        outbox.relay()
        assert len({letter.message()["Message-ID"] for letter in sent.outbox}) == 2

    def test_a_server_that_refuses_keeps_the_letter(self, cleo, settings):
        write(to_user=cleo)
        settings.EMAIL_BACKEND = "nowhere.EmailBackend"
        outbox.relay()
        message = OutboxMessage.objects.get()
        assert (message.done_at, message.payload["to"], message.attempts) == (None, "cleo@example.test", 1)

    def test_who_can_unsubscribe_is_told_so_by_a_header(self):
        mail.enqueue(
            template="letters/hello",
            context={"unsubscribe_url": "https://school.test/no/"},
            key="x",
            to_address="a@b.test",
        )
        outbox.relay()
        assert sent.outbox[0].message()["List-Unsubscribe"] == "<https://school.test/no/>"
        assert sent.outbox[0].message()["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize("receivers", [{}, {"to_address": "a@b.test", "to_user": object()}])
    def test_a_letter_has_one_receiver(self, receivers):
        with pytest.raises(ValueError, match="one receiver"):
            mail.enqueue(template="letters/hello", context={}, key="x", **receivers)

    def test_an_erased_person_gets_no_more(self, cleo, ben):
        write(key="a", to_user=cleo)
        write(key="b", to_user=ben)
        assert mail.forget(address="CLEO@example.test") == 1
        outbox.relay()
        assert [letter.to for letter in sent.outbox] == [["ben@example.test"]]


def test_a_letter_needs_a_transaction(own_database):
    with pytest.raises(RuntimeError):
        write()


def test_the_layout_needs_nothing_but_a_school():
    html = render_to_string("mail/base.html", {"school": {"name": "Lantern"}})
    assert "Lantern" in html
