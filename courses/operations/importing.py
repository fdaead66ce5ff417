"""A course from a folder of Markdown."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from accounts.models import User
from core import text
from courses import drawings
from courses.models import Course, Figure, Lesson, Level, Section
from topics.queries import called, suggest

from .authoring import add_lesson, create_course, edit_lesson, recount

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
WORDS_PER_MINUTE = 180
MOST_SUGGESTED = 2
REST = "Lessons"
"""The section of what names none."""


class ImportRefused(Exception):
    """A file cannot be read as a lesson; says which one, where and why."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}, line {line}: {why}")
        self.path, self.line, self.why = path, line, why


@dataclass
class ImportReport:
    """What an import found and did."""

    course: Course
    files: int = 0
    lessons: int = 0
    sections: int = 0
    topics: int = 0
    topicless: list[str] = field(default_factory=list)
    """The tags that no topic of the school is called by."""
    changed: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class LessonFile:
    """A file, read."""

    key: str
    about: dict[str, Any]
    body: str

    @property
    def tags(self) -> list[str]:
        """The tags, whether they were written as a list or with commas."""
        tags = self.about.get("tags") or []
        return [tag.strip() for tag in (tags.split(",") if isinstance(tags, str) else map(str, tags)) if tag.strip()]

    @property
    def level(self) -> str:
        """The level, said as such or among the tags."""
        return str(self.about.get("level") or next((tag for tag in self.tags if tag in Level.values), ""))

    @property
    def section(self) -> str:
        """The section, said as such or by the first tag that is not a level; empty where neither says one."""
        named = self.about.get("section") or next((tag for tag in self.tags if tag not in Level.values), "")
        return str(named)[:120]


@transaction.atomic
def import_folder(
    *, folder: Path, by: User, title: str, language: str, slug: str = "", **course_fields: Any
) -> ImportReport:
    """
    Make or update the course called ``slug`` from the Markdown files below ``folder``; all of them or none.

    A file is known again by its path, so a second run changes nothing, and an edited file changes one lesson while
    everybody's progress stays.

    :raises ImportRefused: if a file's front matter cannot be read; nothing is changed then.
    """
    slug = slug or text.slug(title)
    before = Course.objects.filter(slug=slug).first()
    course = before or create_course(by=by, title=title, slug=slug, language=language, **course_fields)
    report = ImportReport(course=course)
    redrawn = _import_figures(folder, course)
    tags: set[str] = set()
    for file in _read(folder, report):
        _take(file, course, report, redrawn)
        tags.update(file.tags)
    report.topics, report.topicless = _tag(course, tags - set(Level.values), is_new=before is None)
    report.sections = Section.objects.filter(course=course).count()
    recount(course=course)
    return report


def _read(folder: Path, report: ImportReport) -> Iterator[LessonFile]:
    for path in sorted(folder.rglob("*.md")):
        key = path.relative_to(folder).as_posix()
        report.files += 1
        found = _read_one(path, key)
        if found.about.get("title") and found.body.strip():
            yield found
        else:
            report.skipped.append((key, "no title" if not found.about.get("title") else "no text"))


def _read_one(path: Path, key: str) -> LessonFile:
    try:
        # Some editors begin a file with a mark, which is no part of its first line.
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(path, 1, "it is not UTF-8") from error
    matter = FRONT_MATTER.match(content)
    if matter is None:
        if content.startswith("---"):
            raise ImportRefused(path, 1, "the front matter has no end (a line of three dashes)")
        return LessonFile(key=key, about={}, body=content)
    return LessonFile(key=key, about=_parse(path, matter.group(1)), body=content[matter.end() :].strip("\n").rstrip())


def _parse(path: Path, matter: str) -> dict[str, Any]:
    try:
        about = yaml.safe_load(matter) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ImportRefused(
            path, mark.line + 2 if mark else 1, getattr(error, "problem", None) or "not readable"
        ) from error
    if not isinstance(about, dict):
        raise ImportRefused(path, 2, "the front matter is not a list of names and values")
    for name, why in _faults(about):
        raise ImportRefused(path, _line_of(name, matter), f"{name} is {why}")
    return about


def _faults(about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    minutes = about.get("minutes", 1)
    if not isinstance(minutes, int) or minutes < 1:
        yield "minutes", "not a whole number of 1 or more"
    for name, known in (("level", Level.values), ("kind", Lesson.Kind.values)):
        if about.get(name) and str(about[name]) not in known:
            yield name, f"none of {', '.join(known)}"


def _line_of(name: str, matter: str) -> int:
    # The line of dashes is the first.
    return next((n for n, line in enumerate(matter.splitlines(), 2) if line.startswith(f"{name}:")), 2)


def _import_figures(folder: Path, course: Course) -> set[str]:
    """Keep the drawings; return the names of those that are not what they were."""
    before = dict(Figure.objects.filter(course=course).values_list("name", "digest"))
    for path in sorted(folder.rglob("*.svg")):
        drawing = path.read_text(encoding="utf-8")
        if why := drawings.fault(drawing):
            raise ImportRefused(path, 1, why)
        digest = hashlib.sha256(drawing.encode()).hexdigest()[:16]
        Figure.objects.update_or_create(
            course=course, name=path.relative_to(folder).as_posix(), defaults={"svg": drawing, "digest": digest}
        )
    after = dict(Figure.objects.filter(course=course).values_list("name", "digest"))
    return {name for name, digest in after.items() if before.get(name) != digest}


def _take(file: LessonFile, course: Course, report: ImportReport, redrawn: set[str]) -> None:
    report.lessons += 1
    lesson = Lesson.objects.filter(course=course, import_key=file.key).select_related("section", "course").first()
    if lesson is None:
        said = {"minutes": _minutes(file.body), **_said(file)}
        add_lesson(course=course, section=file.section or REST, import_key=file.key, **said)
        report.changed += 1
    elif (changes := _changes(lesson, file)) or any(name in file.body for name in redrawn):
        edit_lesson(lesson=lesson, **changes)
        report.changed += 1


def _said(file: LessonFile) -> dict[str, Any]:
    """What the file says of its lesson; about the rest the teacher decides, in the studio."""
    about = file.about
    said: dict[str, Any] = {"title": str(about["title"])[:150], "source": file.body}
    if file.level:
        said["level"] = file.level
    if about.get("kind"):
        said["kind"] = str(about["kind"])
    if about.get("minutes"):
        said["minutes"] = about["minutes"]
    if "preview" in about:
        said["is_preview"] = bool(about["preview"])
    return said


def _changes(lesson: Lesson, file: LessonFile) -> dict[str, Any]:
    said = _said(file)
    if said["source"] != lesson.source and lesson.minutes == _minutes(lesson.source):
        # Nobody has said how long it takes, so it was worked out, and is again.
        said.setdefault("minutes", _minutes(file.body))
    changes = {name: value for name, value in said.items() if getattr(lesson, name) != value}
    if file.section and file.section != lesson.section.title:
        changes["section_title"] = file.section
    return changes


def _minutes(body: str) -> int:
    return max(1, round(len(text.tokens(body)) / WORDS_PER_MINUTE))


def _tag(course: Course, tags: set[str], *, is_new: bool) -> tuple[int, list[str]]:
    """
    Put ``course`` under the topics that ``tags`` name; return how many it has, and the tags that name none.

    Where none is named, those stand for a new one whose name stands in its title: without any, nobody is recommended it for what they
    like. Later its teacher decides.
    """
    known = called(tags)
    course.topics.add(*known.values())
    if is_new and not course.topics.exists():
        course.topics.add(*(found.topic for found in suggest(text=course.title, limit=MOST_SUGGESTED)))
    return course.topics.count(), sorted(tags - known.keys())
