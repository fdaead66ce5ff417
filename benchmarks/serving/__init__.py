"""Pages asked for at a real server, beside what they are measured against."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """On what is measured, for the line above a table."""
    busy = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}, load average {busy:.0f} before the first request"


def put(readme: Path, name: str, table: str) -> None:
    """Write ``table`` to where ``readme`` keeps that of ``name``."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = readme.read_text().partition(begin)
    readme.write_text(f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}")
