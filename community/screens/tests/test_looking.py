"""Each fault that the walk looks for is found on a page that has it, and none on a page that has none."""

import asyncio
import shutil

import pytest
from playwright.async_api import async_playwright

from community.screens import looking
from community.screens.walking import ARGUMENTS

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

SOUND = """<!doctype html><html lang="en"><head><title>A page</title>
<meta name="viewport" content="width=device-width"><style>button {{ padding: 0 20px; height: 48px; }}</style></head>
<body><main><h1>A page</h1><p>Running text with <a href="#">a link</a>.</p>{}</main></body></html>"""
FAULTS = {
    "broken image": '<img src="/nowhere.png" alt="A hill" loading="lazy">',
    "scrolls sideways": '<div style="width: 600px">Wide</div>',
    "clipped": '<button style="width: 60px; padding: 0; white-space: nowrap; overflow: hidden">Words that do not fit</button>',
    "touch target under 44 px": '<button style="height: 20px">Save</button>',
    "axe image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
}
LATER = """<div style="height: 3000px"></div><div hx-trigger="revealed" hx-get="/more/" style="height: 60px"></div><script>
new IntersectionObserver((seen, watch) => seen.filter((one) => one.isIntersecting).forEach(({ target }) => setTimeout(() => { target.outerHTML = `WHAT`; }, 200)))
.observe(document.querySelector("[hx-trigger]"));</script>"""
JUMPS = """<div id="late"></div><div style="height: 300px">What stands below jumps down.</div><script>
setTimeout(() => { document.getElementById("late").style.height = "400px"; }, 200);</script>"""


async def seen(body, *, theme=None):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": looking.PHONE, "height": 844}, base_url="http://localhost")
        await page.add_init_script(looking.WATCH_SHIFTS)
        await page.route(
            "**/*",
            lambda route: (
                route.fulfill(status=404)
                if "nowhere" in route.request.url
                else route.fulfill(body=SOUND.format(body), content_type="text/html")
            ),
        )
        await page.goto("http://localhost/", wait_until="networkidle")
        found = [
            *await looking.faults_of_motion(page),
            *await looking.faults_of_layout(page),
            *await looking.faults_of_access(page),
        ]
        if theme:
            await page.emulate_media(color_scheme=theme)
            found += await looking.faults_of_color(page)
        await browser.close()
        return found


DIM = """<style>:root { color-scheme: light dark; background: light-dark(#fff, #000); color: light-dark(#000, #fff); } a { color: light-dark(#00c, #9cf); } p.dim { color: light-dark(#333, #444); background: light-dark(#fff, #222); }</style>
<p class="dim">Words that only one theme lets one read.</p>"""


def test_words_that_one_theme_alone_swallows_are_found_there():
    assert asyncio.run(seen(DIM)) == []
    assert [one.split(":")[0] for one in asyncio.run(seen(DIM, theme="dark"))] == ["axe color-contrast"]


def test_nothing_is_wrong_with_a_sound_page():
    assert asyncio.run(seen("<button>Save</button>")) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault):
    assert {one.split(":")[0] for one in asyncio.run(seen(FAULTS[fault]))} >= {fault}


def test_what_comes_when_one_scrolls_there_is_looked_at():
    assert asyncio.run(seen(LATER.replace("WHAT", "<p>More.</p>"))) == []
    found = asyncio.run(seen(LATER.replace("WHAT", '<img src="/nowhere.png">')))
    assert [one.split(":")[0] for one in found] == ["broken image", "axe image-alt"]


def test_what_never_comes_is_found(monkeypatch):
    monkeypatch.setattr(looking, "REVEAL_ALL", looking.REVEAL_ALL.replace("15000", "500"))
    still = '<div hx-trigger="revealed" hx-get="/more/">Wait</div>'
    assert asyncio.run(seen(still)) == ["never came: /more/"]


def test_a_page_that_jumps_is_found():
    assert [one.split()[:2] for one in asyncio.run(seen(JUMPS))] == [["layout", "shift"]]
