"""The eight pictures that the readme shows, in each language: the site at its best, and nothing on it that a school has not."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.db import connection
from django.db.models.functions import Length
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from accounts.models import User
from community.access import Persona
from community.launch.ground import ROOT
from courses.models import Course, Lesson
from forum.models import Thread
from forum.operations import answer
from payments.models import Product

from .shots import session_of, sessions, speak
from .walking import ARGUMENTS, LOCALES

if TYPE_CHECKING:
    from community.access.stage import Stage

PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 800
QUALITY = 80
MOST_BYTES = 1_500_000
# The policy of the site forbids styles in the page; those that a script sets are not forbidden.
HIDE_THE_DEMO = """() => document.querySelectorAll(".demo").forEach((bar) => { bar.style.display = "none"; })"""
P = Persona

READERS = {"zh-hans": "mujin", "en": "ben"}
"""Whose feed and pages a reader of each language recognizes."""
QUESTIONS = {
    "zh-hans": "03/04/2025 到底是三月四日还是四月三日，程序能猜出来吗？",
    "en": "Tests pass, yet after two days of running every due date is two days early. What is frozen?",
}
ANSWERS = {
    "zh-hans": "我们后来在文件名里也写上来源：`rotterdam-2025-04.csv`。哪怕表头丢了，读的人还知道该用哪一种格式。",
    "en": "To see it without waiting two days: add one test that calls `due` with no date while the clock is set to tomorrow. It fails on the old version and passes on the new one.",
}
"""What is answered while the picture of the live question is taken."""


class TooHeavy(Exception):
    """The pictures together are more than a readme should make somebody wait for."""


@dataclass(frozen=True)
class Portrait:
    """One picture: who sees which page (nobody of the cast: the reader of that language); ``then`` happens while it is open."""

    name: str
    persona: Persona | None
    address: Callable[["Stage", str], str]
    theme: Literal["light", "dark"] = "light"
    then: Callable[["Stage", str, Page], None] | None = None


def take(stage: "Stage", *, site: str) -> list[Path]:
    """
    Take all of them, in both languages, into ``docs/pictures``.

    :raises TooHeavy: if they weigh more than ``MOST_BYTES`` together.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for language in LOCALES:
        speak(stage, language)
        made += _take_all(stage, language, site)
    weight = sum(path.stat().st_size for path in made)
    if weight > MOST_BYTES:
        raise TooHeavy(f"{weight:,} bytes of pictures; at most {MOST_BYTES:,}.")
    return made


def _take_all(stage: "Stage", language: str, site: str) -> list[Path]:
    reader = User.objects.get(username=READERS[language])
    User.objects.filter(pk=reader.pk).update(language=language, theme="")
    known, own = sessions(stage), session_of(reader)
    # Django would not ask the database beside the browser's event loop, so all addresses are found before it starts.
    addresses = {one.name: one.address(stage, language) for one in PORTRAITS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        made = []
        for one in PORTRAITS:
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, locale=LOCALES[language], color_scheme=one.theme,
                reduced_motion="reduce", base_url=site, timezone_id="Asia/Shanghai",
            )  # fmt: skip
            _enter(context, known.get(one.persona) if one.persona else own, site)
            made.append(_take(one, context, addresses[one.name], stage, language))
            context.close()
        browser.close()
    return made


def _enter(context: BrowserContext, session: str | None, site: str) -> None:
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


def _take(portrait: Portrait, context: BrowserContext, address: str, stage: "Stage", language: str) -> Path:
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.evaluate(HIDE_THE_DEMO)
    if portrait.then:
        portrait.then(stage, language, page)
    path = PICTURES / f"{portrait.name}.{language}.webp"
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
    return path


def _see_an_answer_arrive(stage: "Stage", language: str, page: Page) -> None:
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_answer, stage, language).result()
    arrived = page.get_by_text(ANSWERS[language][:12])
    arrived.wait_for()
    arrived.scroll_into_view_if_needed()


def _answer(stage: "Stage", language: str) -> None:
    question = Thread.objects.get(title=QUESTIONS[language])
    teacher = stage.people[P.TEACHER]
    assert teacher is not None, "the teacher of the cast has an account"
    answer(question=question, by=teacher, source=ANSWERS[language], language=language)
    connection.close()


def _lesson(_stage: "Stage", language: str) -> str:
    free = Lesson.objects.filter(is_preview=True, language=language, course__in=Course.objects.published())
    lesson: Lesson = free.filter(source__contains="![").order_by(Length("source").desc())[0]
    return lesson.get_absolute_url()


def _checkout(_stage: "Stage", language: str) -> str:
    courses = Course.objects.published().filter(language=language).order_by("pk")
    sold = set(Product.objects.on_sale().filter(price_minor__gt=0).values_list("subject", flat=True))
    course = next(one for one in courses if one.key in sold)
    return reverse("payments:checkout", args=[Product.objects.get(subject=course.key).pk])


def _question(_stage: "Stage", language: str) -> str:
    return Thread.objects.get(title=QUESTIONS[language]).get_absolute_url()


def _named(name: str) -> Callable[["Stage", str], str]:
    return lambda _stage, _language: reverse(name)


PORTRAITS = [
    Portrait("home", P.GUEST, _named("home")),
    Portrait("feed", None, _named("home")),
    Portrait("lesson", None, _lesson),
    Portrait("checkout", P.NEWCOMER, _checkout),
    Portrait("question", None, _question, theme="dark", then=_see_an_answer_arrive),
    Portrait("leaderboard", None, _named("gamification:board"), theme="dark"),
    Portrait("studio", P.TEACHER, _named("studio:home")),
    Portrait("admin", P.OWNER, _named("admin:index")),
]
