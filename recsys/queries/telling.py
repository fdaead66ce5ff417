"""Which of its true reasons a card names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language

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

SENTENCES = 4_096
"""So many are remembered: of what they follow and often do, members are told the same."""


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
    say: Callable[..., str]
    words: tuple[Hashable, ...] = ()
    """Of what ``say`` makes its sentence, for those few voices that are heard."""

    def sentence(self) -> str:
        """What it says, in the reader's language."""
        return self.say(*self.words)


def told(items: Sequence[kinds.Item], done: Sequence[Done | None], *, liking: Liking, known: Known) -> Iterator[Pick]:
    """
    Each of ``items`` with one of its true reasons, as long as more are asked for; what nothing speaks for is popular, and has none.

    The strongest one would be the same on most cards. So a kind of reason that was heard on cards above leaves the word to others
    that are not small beside it.
    """
    causes = known.shelf.load({one.name for one in done if one})
    heard: Counter[str] = Counter()
    language = get_language()
    for item, strongest in zip(items, done, strict=True):
        voice = _chosen(list(voices(item, strongest, causes, liking, known)), heard)
        if voice:
            heard[voice.kind] += 1
            heard[voice.about] += 1
        yield _pick(item, voice, language)


def voices(
    item: kinds.Item, done: Done | None, causes: dict[str, kinds.Item], liking: Liking, known: Known
) -> Iterator[Voice]:
    """Everything that speaks for ``item``; ``done`` is named when its thing is among ``causes``, which the viewer may see."""
    if done and done.drop > 0 and done.name in causes:
        words = done.name, causes[done.name].title, known.strength_of.get(done.name, 0.0)
        yield Voice("did", done.name, done.drop, "model", wording.because_of, words)
    yield from _of_topics(item, liking, known)
    if liking.is_tied_to(item):
        yield from _of_people(item, liking, known)


def _of_topics(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    by_words, by_acts = liking.lost_without(item)
    said, acts = INTEREST_BONUS * by_words, VAGUE * INTEREST_BONUS * by_acts
    if said > 0 and (topic := wording.stated_topic(item, known.stated)):
        how = known.stated[topic].source
        words = how, wording.names_of(topic, item)
        yield Voice(how, f"{how}:{topic}", said, "interests", wording.because_of_interest, words)
    if acts > 0 and (most := liking.most_done(item)):
        words_of_it = (wording.names_of(most, item),)
        yield Voice("often", f"often:{most}", acts, "habits", wording.because_you_often_do, words_of_it)


def _of_people(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    maker = item.creator_id
    if liking.is_by_somebody_followed(item):
        yield Voice("person", f"by:{maker}", PERSON_BONUS, "follows", wording.because_you_follow, (item.look.by,))
    yield from _of_groups(item, liking, known)
    familiar = liking.is_familiar_with_its_author(item)
    if familiar > 1 / OFTEN:
        weight = AUTHOR_BONUS * familiar
        yield Voice("author", f"of:{maker}", weight, "authors", wording.because_you_read, (item.look.by,))
    if topic := liking.could_answer(item):
        words = (wording.names_of(topic, item),)
        yield Voice("answer", f"answer:{topic}", ANSWER_BONUS, "answerable", wording.because_you_answered, words)


def _of_groups(item: kinds.Item, liking: Liking, known: Known) -> Iterator[Voice]:
    if (own := liking.own_circle(item)) is not None:
        names = (known.circles[own],)
        yield Voice("circle", f"circle:{own}", CIRCLE_BONUS, "groups", wording.because_of_your_group, names)
    shared = liking.shared_circle(item)
    if shared is not None and shared in known.circles:
        words = item.look.by, known.circles[shared]
        yield Voice("mate", f"mate:{shared}", MATE_BONUS, "groups", wording.because_they_are_in_your_group, words)


def _chosen(found: Sequence[Voice], heard: Counter[str]) -> Voice | None:
    if len(found) <= 1:
        return found[0] if found else None
    least = SMALL * max(voice.weight for voice in found)
    loud = [voice for voice in found if voice.weight >= least]
    return max(loud, key=lambda voice: voice.weight * WORN ** (heard[voice.kind] + heard[voice.about]))


def _pick(item: kinds.Item, voice: Voice | None, language: str | None) -> Pick:
    if voice is None:
        return Pick(item=item, source="popular", because="")
    return Pick(item=item, source=voice.source, because=_said(language, voice.say, voice.words))


@lru_cache(maxsize=SENTENCES)
def _said(_language: str | None, say: Callable[..., str], words: tuple[Hashable, ...]) -> str:
    return say(*words)
