"""Text that is stored beside its HTML, and what happens when the pipeline changes."""

import pytest
from django.core.management import call_command
from django.db import connection

from core.text import POST, TextRefused
from core.text import models as text_models
from core.text.management.commands import render_again
from core.text.models import MarkdownText
from core.text.pipeline import VERSION


class Note(MarkdownText):
    class Meta:
        app_label = "text"
        managed = False
        db_table = "text_note"

    def text_pictures(self):
        return {"plan.png": "/media/of/1/"}.get


@pytest.fixture
def _notes(db, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE text_note (id bigserial PRIMARY KEY, source text, html text, html_version smallint) ON COMMIT DROP"
        )
    monkeypatch.setattr(render_again, "models_with_text", lambda: [Note])


def note(source, **older):
    row = Note()
    row.set_text(source)
    for name, value in older.items():
        setattr(row, name, value)
    row.save()
    return row


@pytest.mark.usefixtures("_notes")
class TestStored:
    def test_source_and_html_are_written_together(self):
        row = note("**a** ![plan](plan.png)")
        assert (row.source, row.html_version) == ("**a** ![plan](plan.png)", VERSION)
        assert row.html == '<p><strong>a</strong> <img src="/media/of/1/" alt="plan" loading="lazy"></p>\n'

    def test_a_refused_text_changes_nothing(self):
        row = note("kept")
        with pytest.raises(TextRefused):
            row.set_text("x" * (POST.size + 1))
        assert (row.source, row.html) == ("kept", "<p>kept</p>\n")

    def test_old_html_is_made_again_and_new_is_left_alone(self, capsys):
        old, new = note("*a*", html="<i>a</i>", html_version=VERSION - 1), note("*b*", html="as it is")
        call_command("render_again")
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.html, old.html_version, new.html) == ("<p><em>a</em></p>\n", VERSION, "as it is")
        assert capsys.readouterr().out == "text.Note: 1 texts rendered again\n"

    def test_what_has_become_too_long_keeps_its_html_and_is_named(self, capsys):
        row = note("a", html="<p>old</p>", html_version=0)
        Note.objects.update(source="x" * (POST.size + 1))
        call_command("render_again")
        row.refresh_from_db()
        assert row.html == "<p>old</p>"
        assert f"text.Note #{row.pk} keeps its old HTML" in capsys.readouterr().err


def test_every_model_with_text_is_found():
    assert Note in set(text_models.models_with_text())
