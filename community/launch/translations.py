"""Compiled translations: made from the .po files whenever one of these is newer."""

import subprocess
from pathlib import Path

from . import environment
from .ground import ROOT, Refused


def ensure() -> None:
    """
    Compile the .po files that are newer than what was compiled from them.

    :raises Refused: if one of them is broken.
    """
    stale = [path for path in _sources() if _is_stale(path)]
    if not stale:
        return
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from babel.messages.mofile import write_mo\n"
        "from babel.messages.pofile import read_po\n"
        "for name in sys.argv[1:]:\n"
        "    path = Path(name)\n"
        "    with path.open('rb') as source, path.with_suffix('.mo').open('wb') as target:\n"
        "        write_mo(target, read_po(source, abort_invalid=True))\n"
    )
    done = subprocess.run(
        [str(environment.PYTHON), "-c", script, *map(str, stale)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Refused(f"A translation file is broken: {done.stderr.strip().splitlines()[-1]}")


def _sources() -> list[Path]:
    return [*ROOT.glob("locale/*/LC_MESSAGES/*.po"), *ROOT.glob("*/locale/*/LC_MESSAGES/*.po"),
            *ROOT.glob("core/*/locale/*/LC_MESSAGES/*.po")]  # fmt: skip


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime
