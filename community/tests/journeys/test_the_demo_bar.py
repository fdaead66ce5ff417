"""The bar of a demo, in a browser: what there is to try can be read where it opens."""

import pytest

pytestmark = pytest.mark.journey

# The color behind the panel's words, after all that its own place in the page may do to it.
COLORS = """() => {
    const panel = document.querySelector(".demo-panel"), bar = document.querySelector(".demo");
    return [getComputedStyle(panel).backgroundColor, getComputedStyle(bar).backgroundColor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_to_try_stands_on_the_color_of_the_bar(world, visitor, scheme):
    guest = visitor()
    guest.page.emulate_media(color_scheme=scheme)
    guest.opens("/courses/")
    guest.opens_menu("What to try, and how to begin again")
    guest.sees("Read a first lesson for free")
    behind, bar = guest.page.evaluate(COLORS)
    assert behind == bar
