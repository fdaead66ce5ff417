"""Facts: what happened, said in the past tense, in ids and numbers only."""

import dataclasses
import re
import types
import typing
from datetime import datetime
from typing import Any, ClassVar, Self, dataclass_transform

from django.utils.functional import Promise

Code = typing.NewType("Code", str)
"""A short machine word such as a rule's name or a format; never text that a person wrote."""

_CODE = re.compile(r"[A-Za-z0-9_:.\-]{0,64}")
_ALLOWED: set[Any] = {int, float, bool, Code, list[int], list[Code]}


class NotAFact(TypeError):
    """A fact was declared with a field that could carry personal text."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Fact:
    """
    The base of all facts; a subclass in ``<app>/events.py`` is a frozen dataclass by inheriting.

    Its stored name is ``app.ClassName``; ``called`` is what the desk says of it. A changed payload raises ``version`` and overrides ``upcast``.
    Fields hold numbers, codes and ids; text, addresses and names stay in the rows that they belong to, so that
    erasing a person never has to touch the stream.
    """

    name: ClassVar[str]
    called: ClassVar[str | Promise]
    version: ClassVar[int] = 1
    known: ClassVar[dict[str, type["Fact"]]] = {}
    _names: ClassVar[tuple[str, ...]] = ()

    # Known once the fact is stored, and filled in when it is read back.
    id: ClassVar[int] = 0
    position: ClassVar[int] = 0
    actor_id: ClassVar[int | None] = None
    happened_at: ClassVar[datetime]

    def __init_subclass__(cls, *, called: str | Promise = "") -> None:
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        cls.name = f"{cls.__module__.split('.')[0]}.{cls.__name__}"
        cls.called = called
        cls._names = tuple(field.name for field in dataclasses.fields(typing.cast(Any, cls)))
        for field, hint in typing.get_type_hints(cls).items():
            if typing.get_origin(hint) is not ClassVar and not _is_allowed(hint):
                raise NotAFact(f"{cls.name}.{field} is {hint}: facts hold ids, numbers and codes only")
        Fact.known[cls.name] = cls

    @property
    def payload(self) -> dict[str, Any]:
        """
        The fields as they are stored.

        :raises ValueError: if a code looks like text.
        """
        fields = {name: getattr(self, name) for name in self._names}
        for name, value in fields.items():
            for word in value if isinstance(value, list) else [value]:
                if isinstance(word, str) and not _CODE.fullmatch(word):
                    raise ValueError(f"{self.name}.{name} is not a code: {word!r}")
        return fields

    @classmethod
    def upcast(cls, version: int, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload of an older ``version`` in today's form; override it when ``version`` is raised."""
        return payload

    @classmethod
    def read(
        cls,
        *,
        id: int,
        position: int,
        version: int,
        payload: dict[str, Any],
        actor_id: int | None,
        happened_at: datetime,
    ) -> Self:
        """The fact as it was stored, with what was learned when it was."""
        fact = cls(**(payload if version == cls.version else cls.upcast(version, payload)))
        about = {"id": id, "position": position, "actor_id": actor_id, "happened_at": happened_at}
        for name, value in about.items():
            object.__setattr__(fact, name, value)
        return fact


def in_words(name: str) -> str:
    """What facts called ``name`` say; the name itself where nobody publishes them any more."""
    fact = Fact.known.get(name)
    return str(fact.called if fact else "") or name


def _is_allowed(hint: Any) -> bool:
    if isinstance(hint, types.UnionType):
        return all(part is types.NoneType or part in _ALLOWED for part in typing.get_args(hint))
    return hint in _ALLOWED
