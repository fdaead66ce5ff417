import re

import pytest
from django.template import Context, Template

from core.ui.drawing import INKS, MOTIFS, draw_cover, initial_of, ink_of

HOSTILE = '<script>alert(1)</script>"><svg onload=alert(1)>'


def test_the_same_title_draws_the_same_cover():
    assert draw_cover(title="用 Python 读懂自己的账本") == draw_cover(title=" 用 python 读懂自己的账本 ")


def test_different_titles_draw_different_covers():
    covers = {draw_cover(title=f"Lesson {number}") for number in range(200)}
    assert len(covers) == 200


def test_every_ink_and_every_motif_is_drawn():
    titles = [f"Course {number}" for number in range(200)]
    assert {ink_of(title) for title in titles} == set(INKS)
    shapes = {re.sub(r"[\d.]+", "", draw_cover(title=title))[:90] for title in titles}
    assert len(shapes) >= len(MOTIFS)


@pytest.mark.parametrize("motif", MOTIFS)
@pytest.mark.parametrize("width", [90, 160, 320])
def test_a_cover_holds_nothing_of_the_title(motif, width):
    drawn = draw_cover(title=HOSTILE, width=width, motif=motif)
    assert "script" not in drawn
    assert "alert" not in drawn
    assert set(re.findall(r"<(\w+)", drawn)) <= {"svg", "path", "g", "circle"}
    assert set(re.findall(r" ([\w-]+)=", drawn)) <= {
        "class", "viewBox", "preserveAspectRatio", "aria-hidden", "focusable", "d", "opacity", "cx", "cy", "r", "stroke-width",
        "stroke-dasharray",
    }  # fmt: skip


def test_a_cover_is_small():
    assert max(len(draw_cover(title=f"Course {number}")) for number in range(200)) < 1_100


@pytest.mark.parametrize(
    ("name", "letter"),
    [("mei", "M"), ("梅雨桐", "梅"), ("  “Ø”", "Ø"), ("🙂", "·"), ("", "·"), ("ß", "S"), ("９lives", "9")],
)
def test_a_face_shows_the_first_letter(name, letter):
    assert initial_of(name) == letter


def test_a_hostile_name_is_text():
    template = Template("{% load ui %}{% avatar name=name alone=True %}{% person name=name %}")
    shown = template.render(Context({"name": HOSTILE}))
    assert "<script" not in shown
    assert "<svg" not in shown
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
