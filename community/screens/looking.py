"""What is looked for in a page that is open in a browser: ten faults, each a sentence."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AXE = Axe().axe_script
THUMB = 44
PHONE = 390
MOST_SHIFT = 0.05
COLORS = ["color-contrast", "link-in-text-block"]
"""What axe can find in one theme and not in the other: the elements are the same, their colors are not."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WATCH_SHIFTS = """
window.shifted = [];
new PerformanceObserver((list) => list.getEntries().filter((entry) => !entry.hadRecentInput).forEach((entry) =>
  window.shifted.push({ by: entry.value, what: entry.sources.map(({ node }) => node?.className || node?.nodeName || "?") })
)).observe({ type: "layout-shift", buffered: true });
"""
NAMED = """const named = (element) => `${element.localName}.${element.className} “${(element.textContent.trim() ||
  element.getAttribute("aria-label") || element.name || "").replace(/\\s+/g, " ").slice(0, 40)}”`;"""
# A label enlarges its box, a card its link, and a link in running text is as tall as its line.
TOO_SMALL = """() => {
  NAMED
  return [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")].filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".unseen")) return false;
    const cover = getComputedStyle(element, "::after");
    if (cover.position === "absolute" && cover.inset === "0px") return false;
    const label = element.matches("[type=checkbox], [type=radio]") && (element.closest("label") ?? element.labels[0]);
    const { width, height } = (label || element).getBoundingClientRect();
    return width > 1 && (width < 43.9 || height < 43.9) && !element.closest("p, .prose");
  }).map(named);
}""".replace("NAMED", NAMED)
CLIPPED = """() => {
  NAMED
  return [...document.querySelectorAll("button, .btn, summary, [role=button], [role=tab]")].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen") && element.clientWidth > 1
    && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2)
  ).map(named);
}""".replace("NAMED", NAMED)
SIDEWAYS = """() => {
  NAMED
  const page = document.documentElement, over = page.scrollWidth - page.clientWidth;
  if (over <= 0) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > page.clientWidth + 1);
  return [`${over} px, of ${wide.slice(-1).map(named)}`];
}""".replace("NAMED", NAMED)
# What waits further down is asked for as whoever scrolls there asks for it, so that it is looked at too.
REVEAL_ALL = """async () => {
  const waiting = () => document.querySelector("main [hx-trigger=revealed]"), until = performance.now() + 15000;
  while (waiting() && performance.now() < until) {
    waiting().scrollIntoView({ block: "end", behavior: "instant" });
    await new Promise((done) => setTimeout(done, 100));
  }
  window.scrollTo({ top: 0, behavior: "instant" });
  return waiting() ? [waiting().getAttribute("hx-get")] : [];
}"""
# Pictures further down would otherwise never be asked for, and so never be found broken.
LOAD_ALL = """async () => {
  const all = [...document.images];
  all.forEach((image) => { image.loading = "eager"; });
  await Promise.all(all.filter((image) => !image.complete).map((image) => new Promise((done) => {
    image.addEventListener("load", done); image.addEventListener("error", done); setTimeout(done, 5000);
  })));
  return all.filter((image) => !image.naturalWidth).map((image) => image.currentSrc || image.src);
}"""


async def faults_of_layout(page: Page) -> list[str]:
    """What is wrong with what stands where."""
    sayings = {"never came": REVEAL_ALL, "broken image": LOAD_ALL, "scrolls sideways": SIDEWAYS, "clipped": CLIPPED}
    if page.viewport_size and page.viewport_size["width"] == PHONE:
        sayings[f"touch target under {THUMB} px"] = TOO_SMALL
    return [f"{saying}: {one}" for saying, script in sayings.items() for one in await page.evaluate(script)]


async def faults_of_motion(page: Page) -> list[str]:
    """Whether the page jumped while it was loading."""
    shifts = await page.evaluate("window.shifted")
    total = sum(one["by"] for one in shifts)
    what = ", ".join(str(one["what"]) for one in shifts)
    return [f"layout shift {total:.3f}: {what}"] if total > MOST_SHIFT else []


async def faults_of_access(page: Page) -> list[str]:
    """What stands in the way of people who see, hear or move differently, as far as a program can tell."""
    return await _asked_of_axe(page, RULES)


async def faults_of_color(page: Page) -> list[str]:
    """The same for a page already looked at, whose colors have changed since."""
    return await _asked_of_axe(page, COLORS)


async def _asked_of_axe(page: Page, rules: list[str]) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    # Left to itself axe fetches sheets that sheets import, and puts them into the page against its policy.
    options = {"runOnly": rules, "preload": False, "resultTypes": ["violations"]}
    found = (await page.evaluate("(options) => axe.run(document, options)", options))["violations"]
    return [f"axe {one['id']}: {node['target'][0]}" for one in found for node in one["nodes"]]
