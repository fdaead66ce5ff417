"""A surface that nobody asks for the canary, and of which nobody says why it need not be, is a hole: it fails here."""

import importlib
from pathlib import Path

import pytest
from django.urls import path

from core.media import purposes
from core.realtime import guarding
from core.search import kinds as hits
from recsys.kinds import registry as cards

from .asking import ASKED
from .surfaces import APART, standing

for one in sorted(Path(__file__).parent.glob("test_*.py")):
    if one.stem != "test_rows":
        importlib.import_module(f"{__package__}.{one.stem}")

ROWS = ASKED.union(*APART.values())


def test_every_surface_has_a_row():
    missing = sorted(standing() - ROWS)
    assert "\n".join(missing) == "", (
        "Ask each for the canary in this folder, or say in surfaces.APART why it cannot stand there."
    )


def test_every_row_has_a_surface():
    assert (
        sorted(ROWS - standing() - {"page feed", "page search", "page forum:list", "page forum:similar", "keys"}) == []
    )


def test_nothing_is_asked_and_set_apart():
    assert sorted(ASKED & set().union(*APART.values())) == []
    assert sum(map(len, APART.values())) == len(set().union(*APART.values()))


def test_control_a_new_surface_is_noticed(monkeypatch, settings, tmp_path):
    """One of each sort, put where the rooms put theirs."""
    (tmp_path / "courses" / "mail").mkdir(parents=True)
    (tmp_path / "courses" / "mail" / "begun.subject.txt").write_text("Begun")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    for registry in (cards._kinds, guarding._guards, hits.known, purposes.known):
        monkeypatch.setitem(registry, "chapter", None)
    from courses import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("chapters/<int:pk>/", print, name="chapter")])
    _forget_addresses(monkeypatch)
    assert standing() - ROWS == {
        "card chapter", "stream chapter", "hit chapter", "file chapter", "mail courses/begun", "page courses:chapter",
    }  # fmt: skip


def _forget_addresses(monkeypatch):
    """Addresses are read once; for this test they are read anew, and after it as they were."""
    from django.urls import get_resolver

    courses = next(one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "courses")
    from courses import urls

    monkeypatch.setattr(courses, "url_patterns", urls.urlpatterns, raising=False)


@pytest.mark.parametrize("reason", APART)
def test_a_reason_is_a_sentence(reason):
    assert reason.endswith(".")
    assert APART[reason]
