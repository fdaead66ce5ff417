"""From what somebody typed to what is asked of the index."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, pairwise

from core.text.characters import HAN_RUN, fold
from core.text.words import segments, tokens

from .fields import quoted

LONGEST_QUESTION = 200
MOST_WORDS = 12
SHORTEST_BEGINNING = 3
ENOUGH_TO_SPARE_ONE = 3

# What people put around what they look for.
_EMPTY = frozenset(
    fold(
        "a an and are as at be by can do does for from has have how i if in is it me my no not of on or should so that the "
        "there they this to was we what when where which who why will with you your "
        "的 了 是 我 你 他 她 它 们 我们 你们 在 有 和 与 或 就 都 也 很 还 吗 呢 吧 啊 么 什么 怎么 怎样 怎么样 如何 为 为什么 "
        "为何 哪 哪个 哪些 哪里 谁 多少 几 可以 能 能不能 可不可以 应该 要 想 会 不会 这 那 这个 那个 一个 一下 请问 请 把 被 让 给 "
        "对 到 从 去 来 得 地 着 过 没 没有 不 吗 有没有 是不是"
    ).split()
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was typed, taken apart: ``terms`` are what an answer should hold, in the index's own query language."""

    folded: str
    terms: tuple[str, ...]
    words: tuple[str, ...]
    beginning: str
    """The last word, when it is Latin and perhaps not typed to its end."""

    @property
    def asks_all(self) -> str:
        """The query for documents that hold every term."""
        return " & ".join(self.terms)

    @property
    def asks_all_but_one(self) -> str:
        """The query for documents that lack one term at most; empty where that would leave too little."""
        if len(self.terms) < ENOUGH_TO_SPARE_ONE:
            return ""
        lacking = ([*self.terms[:place], *self.terms[place + 1 :]] for place in range(len(self.terms)))
        return " | ".join(f"({' & '.join(kept)})" for kept in lacking)

    @property
    def asks_two_in_the_title(self) -> str:
        """The query for documents whose title holds two of the terms; where there is one, that one."""
        # A single character begins too many other words to say what something is about.
        named = [term for term in self.terms if not term.endswith(":*") or len(term) > len("'一':*")] or self.terms
        in_title = [f"{term}A" if term.endswith(":*") else f"{term}:A" for term in named]
        return " | ".join(f"({first} & {second})" for first, second in combinations(in_title, 2)) or "".join(in_title)

    @property
    def ranks_by(self) -> str:
        """The query by which documents are ranked: each word, and each pair of neighboring characters, counts."""
        return " | ".join([quoted(word) for word in self.words] or self.terms)


def question(text: str) -> Question:
    """Take apart what somebody typed; without any word it has no terms."""
    text = " ".join(text[:LONGEST_QUESTION].split())
    runs = list(segments(text))
    kept = [run for run in (tuple(word for word in run if word not in _EMPTY) for run in runs) if run] or runs
    beginning = _beginning(text, runs)
    terms = [term for run in kept for term in _terms(run, beginning=beginning if run == runs[-1] else "")]
    return Question(
        folded=fold(text),
        terms=tuple(dict.fromkeys(terms))[:MOST_WORDS],
        words=tuple(dict.fromkeys(tokens(text)))[: 4 * MOST_WORDS],
        beginning=beginning,
    )


def _beginning(text: str, runs: Sequence[tuple[str, ...]]) -> str:
    is_open = bool(re.search(r"[A-Za-z0-9]$", text))
    return runs[-1][0] if runs and is_open and len(runs[-1][0]) >= SHORTEST_BEGINNING else ""


def _terms(run: Iterable[str], *, beginning: str) -> Iterator[str]:
    """Words as they are; single characters, which may be a name that no dictionary knows, as pairs of neighbors."""
    for is_single, group in groupby(run, key=lambda word: len(word) == 1 and bool(HAN_RUN.match(word))):
        words = list(group)
        if not is_single:
            yield from (quoted(word) + (":*" if word == beginning else "") for word in words)
        elif len(words) == 1:
            yield f"{quoted(words[0])}:*"
        else:
            yield from (quoted(first + second) for first, second in pairwise(words))
