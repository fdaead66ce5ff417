"""Which of its true reasons a card names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from recsys import kinds

from . import wording
from .knowing import Known, Pick
from .liking import ANSWER_BONUS, AUTHOR_BONUS, CIRCLE_BONUS, INTEREST_BONUS, MATE_BONUS, OFTEN, PERSON_BONUS, Liking

WORN = 0.7
"""What a reason still weighs beside others for each card above that has one of its kind, and again for each that has the same."""
SMALL = 0.1
"""What weighs less than such a share of the strongest reason of a card is not worth naming in its place."""
VAGUE = 0.5
"""A habit is made of many acts, so it always weighs more than one of them, and tells less."""


class Done(NamedTuple):
    """The one thing that the member did without which a card would be worth least, and by how much less."""

    name: str
    drop: float


class Voice(NamedTuple):
    """Something that speaks for a card: of what ``kind``, about what, and how much of the card's worth it is."""

    kind: str
    about: str
    weight: float
    source: str
    say: Callable[[], str]
    """Its sentence; most voices are not heard, so it is made when it is."""


def told(items: Sequence[kinds.Item], done: Sequence[Done | None], *, liking: Liking, known: Known) -> Iterator[Pick]:
    """
    Each of ``items`` with one of its true reasons, as long as more are asked for; what nothing speaks for is popular, and has none.

    The strongest one would be the same on most cards. So a kind of reason that was heard on cards above leaves the word to others
    that are not small beside it.
    """
    causes = known.shelf.load({one.name for one in done if one})
    heard: Counter[str] = Counter()
    for item, strongest in zip(items, done, strict=True):
        voice = _chosen(list(voices(item, strongest, causes, liking, known)), heard)
        if voice:
            heard[voice.kind] += 1
            heard[voice.about] += 1
        yield _pick(item, voice)


def voices(
    item: kinds.Item, done: Done | None, causes: dict[str, kinds.Item], liking: Liking, known: Known
) -> Iterator[Voice]:
    """Everything that speaks for ``item``; ``done`` is named when its thing is among ``causes``, which the viewer may see."""
    if done and done.drop > 0 and done.name in causes:
        say = partial(wording.because_of, causes[done.name], known.strength_of)
        yield Voice(kind="did", about=done.name, weight=done.drop, source="model", say=say)
    yield from _of_topics(item, liking, known)
    if liking.is_tied_to(item):
        yield from _of_people(item, liking, known)


def _of_people(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    if liking.is_by_somebody_followed(item):
        about = f"by:{item.creator_id}"
        yield Voice(kind="person", about=about, weight=PERSON_BONUS, source="follows", say=partial(_follow, item))
    yield from _of_groups(item, liking, known)
    familiar = liking.is_familiar_with_its_author(item)
    if familiar > 1 / OFTEN:
        about, weight = f"of:{item.creator_id}", AUTHOR_BONUS * familiar
        yield Voice(kind="author", about=about, weight=weight, source="authors", say=partial(_read, item))
    if topic := liking.could_answer(item):
        about, say = f"answer:{topic}", partial(_with_topic, wording.because_you_answered, item, topic)
        yield Voice(kind="answer", about=about, weight=ANSWER_BONUS, source="answerable", say=say)


def _of_topics(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    by_words, by_acts = liking.lost_without(item)
    said, acts = INTEREST_BONUS * by_words, VAGUE * INTEREST_BONUS * by_acts
    if said > 0 and (topic := wording.stated_topic(item, known.stated)):
        how = known.stated[topic].source
        say = partial(_with_topic, partial(wording.because_of_interest, how), item, topic)
        yield Voice(kind=how, about=f"{how}:{topic}", weight=said, source="interests", say=say)
    if acts > 0 and (most := liking.most_done(item)):
        say = partial(_with_topic, wording.because_you_often_do, item, most)
        yield Voice(kind="often", about=f"often:{most}", weight=acts, source="habits", say=say)


def _of_groups(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    if (own := liking.own_circle(item)) is not None:
        say = partial(wording.because_of_your_group, known.circles[own])
        yield Voice(kind="circle", about=f"circle:{own}", weight=CIRCLE_BONUS, source="groups", say=say)
    shared = liking.shared_circle(item)
    if shared is not None and shared in known.circles:
        say = partial(_meet, item, known.circles[shared])
        yield Voice(kind="mate", about=f"mate:{shared}", weight=MATE_BONUS, source="groups", say=say)


def _meet(item: kinds.Item, group: tuple[str, str]) -> str:
    return wording.because_they_are_in_your_group(item.look.by, group)


def _with_topic(sentence: Callable[[str], str], item: kinds.Item, topic: int) -> str:
    return sentence(wording.name_of(topic, item))


def _follow(item: kinds.Item) -> str:
    return wording.because_you_follow(item.look.by)


def _read(item: kinds.Item) -> str:
    return wording.because_you_read(item.look.by)


def _chosen(found: Sequence[Voice], heard: Counter[str]) -> Voice | None:
    if len(found) <= 1:
        return found[0] if found else None
    least = SMALL * max(voice.weight for voice in found)
    loud = [voice for voice in found if voice.weight >= least]
    return max(loud, key=lambda voice: voice.weight * WORN ** (heard[voice.kind] + heard[voice.about]))


def _pick(item: kinds.Item, voice: Voice | None) -> Pick:
    if voice is None:
        return Pick(item=item, source="popular", because="")
    return Pick(item=item, source=voice.source, because=voice.say())
