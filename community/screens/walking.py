"""Walking the pages, a few at once: open, look, take a picture in each theme."""

import asyncio
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from playwright.async_api import Error as BrowserError

from community.access import Persona

from .looking import WATCH_SHIFTS, faults_of_access, faults_of_color, faults_of_layout, faults_of_motion
from .shots import Shot

Theme = Literal["light", "dark"]
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--force-color-profile=srgb"]
LOCALES = {"en": "en-US", "zh-hans": "zh-CN"}
HEIGHT = 844
PATIENCE_MS = 45_000
# Colors that are still on their way to the other theme have a contrast that nobody will see.
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Seen:
    """What came of one page."""

    shot: Shot
    faults: Mapping[str, list[str]] = field(default_factory=dict)

    def sayings(self) -> list[str]:
        """One line for each fault: page, who sees it, width, theme, language, what."""
        shot = self.shot
        return [
            f"{shot.title} · {shot.persona} · {shot.width} · {theme} · {shot.language}: {fault}"
            for theme, found in self.faults.items()
            for fault in found
        ]


async def walk(
    shots: Sequence[Shot], *, site: str, sessions: Mapping[Persona, str], themes: Sequence[Theme], at_once: int, into: Path
) -> list[Seen]:  # fmt: skip
    """Look at every page and leave a picture for each theme in ``into``."""
    waiting = list(reversed(shots))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        walker = _Walker(browser, site=site, sessions=sessions, themes=themes, into=into)
        found = await asyncio.gather(*(_go_on(walker, waiting) for _ in range(at_once)))
        await browser.close()
    return [seen for some in found for seen in some]


async def _go_on(walker: "_Walker", waiting: list[Shot]) -> list[Seen]:
    seen = []
    while waiting:
        seen.append(await walker.look_at(waiting.pop()))
        # At once, since a walk that somebody ends has then still said what it saw.
        print("".join(f"\n{line}\n" for line in seen[-1].sayings()) or "·", end="", flush=True)
    return seen


class _Walker:
    def __init__(
        self, browser: Browser, *, site: str, sessions: Mapping[Persona, str], themes: Sequence[Theme], into: Path
    ) -> None:
        self._browser, self._site, self._sessions = browser, site, sessions
        self._themes, self._into = themes, into
        self._contexts: dict[tuple[Persona, int, str], asyncio.Task[BrowserContext]] = {}

    async def look_at(self, shot: Shot) -> Seen:
        context = await self._context(shot)
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.extend(_complaint(message)))
        page.on("pageerror", lambda error: said.append(f"script: {error}"))
        try:
            return Seen(shot, await self._look(page, shot, said))
        except BrowserError as error:
            return Seen(shot, {"both": [f"not seen: {error.message.splitlines()[0]}"]})
        finally:
            await page.close()

    async def _look(self, page: Page, shot: Shot, said: list[str]) -> dict[str, list[str]]:
        first, *others = self._themes
        await page.emulate_media(color_scheme=first)
        answer = await page.goto(shot.address, wait_until="networkidle")
        status = answer.status if answer else 0
        of_both = [] if status == shot.status else [f"answered {status}, not {shot.status}"]
        of_both += [*await faults_of_layout(page), *await faults_of_motion(page)]
        await page.evaluate(AT_ONCE)
        faults: dict[str, list[str]] = {}
        for theme in (first, *others):
            await page.emulate_media(color_scheme=theme)
            await page.evaluate(TWO_FRAMES)
            faults[theme] = await (faults_of_access if theme == first else faults_of_color)(page)
            path = self._into / shot.file(theme)
            await page.screenshot(path=path, full_page=True, type="jpeg", quality=72)
        # What a page says aloud is asked last, when all of it has happened.
        expected = f"status of {shot.status}"
        return {"both": of_both + [one for one in said if expected not in one], **faults}

    async def _context(self, shot: Shot) -> BrowserContext:
        key = (shot.persona, shot.width, shot.language)
        if key not in self._contexts:
            self._contexts[key] = asyncio.create_task(self._new_context(shot))
        return await self._contexts[key]

    async def _new_context(self, shot: Shot) -> BrowserContext:
        context = await new_context(
            self._browser, site=self._site, session=self._sessions.get(shot.persona), width=shot.width, language=shot.language
        )  # fmt: skip
        await context.add_init_script(WATCH_SHIFTS)
        return context


async def new_context(
    browser: Browser, *, site: str, session: str | None, width: int, language: str, height: int = HEIGHT, scale: float = 1
) -> BrowserContext:  # fmt: skip
    """A browser window of somebody's own, logged in if there is a ``session``."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=LOCALES[language], reduced_motion="reduce",
        base_url=site, timezone_id="Asia/Shanghai", device_scale_factor=scale,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    if session:
        await context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    return context


def _complaint(message: ConsoleMessage) -> Iterable[str]:
    return [f"console: {message.text}"] if message.type == "error" else []
