"""Files are short, well named, and say what they own."""

import ast
import re

from .naming import DRAWERS
from .repository import APPS, ROOMS, files, modules, source

LINES = 400


def too_long(texts):
    return {name: lines for name, text in texts.items() if (lines := text.count("\n")) > LINES}


def misnamed(names):
    return [name for name in names if DRAWERS.search(name)]


def unsaid(texts):
    """Rooms whose ``__init__.py`` does not open with what it owns, publishes and listens to."""
    return [name for name, text in texts.items() if not _says(ast.get_docstring(ast.parse(text)) or "")]


def _says(docstring):
    first, _, rest = docstring.partition("\n")
    return bool(first.strip()) and all(
        re.search(rf"^{word}\b", rest, re.MULTILINE) for word in ("Owns", "Publishes", "Listens")
    )


def test_no_module_is_long():
    assert too_long({name: source(name) for name in modules()}) == {}
    assert too_long({"a.py": "\n" * LINES, "b.py": "\n" * (LINES + 1)}) == {"b.py": LINES + 1}


def test_no_file_is_a_drawer():
    ours = [name for name in files() if name.split("/")[0] in {*ROOMS, "templates", "static", "drills", "benchmarks"}]
    named = [name for name in ours if "/content/" not in name]
    assert misnamed(named) == []
    found = misnamed(["a/utils.py", "a/services/b.py", "a/managers.py", "a/Helper.py", "a/queries.py"])
    assert found == ["a/utils.py", "a/services/b.py", "a/managers.py", "a/Helper.py"]


def test_every_room_says_what_it_owns_publishes_and_listens_to():
    assert unsaid({room: source(f"{room}/__init__.py") for room in [*APPS, "sandbox"]}) == []
    told = '"""\nPeople.\n\nOwns users.\nPublishes nothing.\nListens to nothing.\n"""'
    assert unsaid({"told": told, "silent": told.replace("Listens", "Hears"), "empty": ""}) == ["silent", "empty"]


def test_every_room_is_known_here():
    found = {name.split("/")[0] for name in files() if name.endswith("/apps.py") and name.count("/") == 1}
    assert found == set(APPS)
