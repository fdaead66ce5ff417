import pytest

from core.ui.drawing import INKS
from core.ui.tests.colors import contrast, tokens_of

TEXT = 4.5
EDGE = 3
PAPERS = ("paper", "sheet", "sunk", "wash")
READ_ON = {
    "ink": (*PAPERS, "go-soft", "gold-soft", "seal-soft"),
    "ink-2": (*PAPERS, "go-soft", "gold-soft", "seal-soft"),
    "ink-3": (*PAPERS, "go-soft"),
    "go": (*PAPERS, "go-soft"),
    "on-go": ("go", "go-deep"),
    "seal": ("paper", "sheet", "sunk", "seal-soft"),
    "on-seal": ("seal",),
    "gold": ("paper", "sheet", "sunk", "gold-soft"),
    "paper": ("ink",),
}
PAIRS = [(ink, ground) for ink, grounds in READ_ON.items() for ground in grounds]


@pytest.mark.parametrize(("theme", "at"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_can_be_read(theme, at, ink, ground):
    tokens = tokens_of(":root")
    assert contrast(tokens[ink][at], tokens[ground][at]) >= TEXT


@pytest.mark.parametrize(("theme", "at"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize("ink", INKS)
def test_the_letter_of_a_face_can_be_read(theme, at, ink):
    colors = tokens_of(f".ink-{ink}")
    assert contrast(colors["stroke"][at], colors["ground"][at]) >= TEXT


@pytest.mark.parametrize(("theme", "at"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize("accent", [ink for ink in INKS if ink != "pine"])
def test_every_accent_can_be_read(theme, at, accent):
    house, colors = tokens_of(":root"), tokens_of(f':root[data-accent="{accent}"]')
    measured = [contrast(colors["go"][at], house[paper][at]) for paper in PAPERS]
    measured += [contrast(colors["go"][at], colors["go-soft"][at]), contrast(house["ink-3"][at], colors["go-soft"][at])]
    measured += [contrast(colors["on-go"][at], colors[ground][at]) for ground in ("go", "go-deep")]
    assert min(measured) >= TEXT


@pytest.mark.parametrize(("theme", "at"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_the_edge_of_a_control_can_be_seen(theme, at, ground):
    tokens = tokens_of(":root")
    assert contrast(tokens["edge"][at], tokens[ground][at]) >= EDGE


def test_black_on_white_measures_21():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
