"""One fault."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """In ``path``, ``before`` (found exactly once) becomes ``after``; ``tests`` must fail then and pass otherwise."""

    name: str
    path: str
    before: str
    after: str
    tests: str
