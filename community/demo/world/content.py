"""The written content: the school's description, its courses' folders, its threads."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "content"
LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_REPLY = re.compile(r"^<!-- reply author=(\w+) votes=(\d+) -->$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One written post: who wrote it, what it says, how many found it useful."""

    author: str
    body: str
    votes: int


@dataclass(frozen=True, kw_only=True)
class WrittenThread:
    """A written thread; ``accepted`` counts its replies from 1, and is 0 where nothing was accepted."""

    name: str
    is_question: bool
    title: str
    language: str
    topic: str
    course: str
    lesson: str
    accepted: int
    posts: tuple[Said, ...]


@cache
def school() -> dict[str, Any]:
    """The school's description, as ``school.yaml`` has it."""
    described: dict[str, Any] = yaml.safe_load((FOLDER / "school.yaml").read_text(encoding="utf-8"))
    return described


@cache
def threads() -> tuple[WrittenThread, ...]:
    """Every written thread, questions and discussions in turns."""
    questions = [_thread(path, is_question=True) for path in sorted((FOLDER / "threads" / "questions").glob("*.md"))]
    discussions = [
        _thread(path, is_question=False) for path in sorted((FOLDER / "threads" / "discussions").glob("*.md"))
    ]
    longest = max(len(questions), len(discussions))
    return tuple(pile[n] for n in range(longest) for pile in (questions, discussions) if n < len(pile))


@cache
def phrases() -> dict[str, Any]:
    """The sentences from which generated posts and reviews are made, by language."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "phrases.yaml").read_text(encoding="utf-8"))
    return found


@cache
def groups() -> list[dict[str, Any]]:
    """The groups, as ``groups.yaml`` has them."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / "groups.yaml").read_text(encoding="utf-8"))
    return found


def _thread(path: Path, *, is_question: bool) -> WrittenThread:
    text = path.read_text(encoding="utf-8")
    matter = _FRONT_MATTER.match(text)
    if matter is None:
        raise ValueError(f"{path} has no front matter")
    about = yaml.safe_load(matter.group(1))
    first, *rest = _REPLY.split(text[matter.end() :])
    replies = zip(rest[0::3], rest[1::3], rest[2::3], strict=True)
    posts = [Said(author=about["author"], body=first.strip(), votes=int(about.get("votes", 0)))]
    posts += [Said(author=author, body=body.strip(), votes=int(votes)) for author, votes, body in replies]
    return WrittenThread(
        name=path.stem, is_question=is_question, title=about["title"], language=LANGUAGES[about["language"]], topic=about["topic"],
        course=about.get("course", ""), lesson=about.get("lesson", ""), accepted=int(about.get("accepted", 0)), posts=tuple(posts),
    )  # fmt: skip
