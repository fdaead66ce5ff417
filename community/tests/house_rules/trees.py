"""What is asked of a module that has been read as a tree."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

EVERYWHERE = ""
VIEWS = r"(^|/)(views|api|consumers)(/|\.py)"


@dataclass(frozen=True, kw_only=True)
class CodeRule:
    """
    What must not stand in our code; ``judge`` gives the nodes that break it.

    ``hint`` is a word to look for first: reading a module as a tree costs ten times as much. ``allowed`` names the modules
    that may, with the reason; ``caught`` and ``let_be`` are lines for the controls.
    """

    name: str
    judge: Callable[[list[ast.AST]], Iterable[ast.AST]]
    hint: str
    within: str = EVERYWHERE
    allowed: dict[str, str] = field(default_factory=dict)
    caught: list[str]
    let_be: list[str]


def called(node):
    """The last name of what a call calls: ``extra`` for ``Post.objects.extra(…)``."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def imported(node):
    """Every dotted name that an import brings in."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {module} | {f"{module}.{alias.name}" for alias in node.names}
    return set()


def from_outside(node, *packages):
    return any(name.split(".")[0] in packages for name in imported(node))


def fixed(node):
    """Whether an expression is a text that stands in the code, translated or not."""
    if called(node) in {"_", "gettext", "pgettext"}:
        return all(fixed(one) for one in node.args)
    return isinstance(node, ast.Constant)
