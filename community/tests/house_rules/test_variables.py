"""What the environment may say is written down for whoever runs the site."""

import re

from community.payment_keys import ASKED

from .repository import ROOT, modules, source

ASKED_FOR = re.compile(r'env\.(?:text|number|flag|words|time_zone)\(\s*"([A-Z_]+)"')
TAKEN = re.compile(r'environ(?:\.get\(|\[)"((?:LYCEUM|PROMETHEUS)_[A-Z_]+)"')
BETWEEN_OURSELVES = {"LYCEUM_FAILED_TESTS"}
"""Said by one program of ours to another."""


def variables(texts):
    found = {name for text in texts for pattern in (ASKED_FOR, TAKEN) for name in pattern.findall(text)}
    return found - BETWEEN_OURSELVES


def undocumented(names, page):
    return sorted(name for name in names if f"`{name}`" not in page)


def test_every_variable_stands_in_the_page_on_production():
    keys = {name for one in ASKED.values() for name in one.variables.values()}
    addresses = {f"{provider.upper()}_URL" for provider in ASKED}
    page = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    assert undocumented(variables(map(source, modules())) | keys | addresses, page) == []


def test_a_variable_that_nobody_wrote_down_is_noticed():
    asked = variables(['env.text("LAMP_OIL", "")', 'env.number(\n    "LAMPS", 3)', 'os.environ["LYCEUM_LAMP"]'])
    assert undocumented(asked, "`LAMPS` and LAMP_OIL") == ["LAMP_OIL", "LYCEUM_LAMP"]
