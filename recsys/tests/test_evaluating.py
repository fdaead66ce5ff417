"""Models are measured on any file, and a file that cannot be an exam is told."""

from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command


def test_the_command_tells_it_and_goes_on_where_no_order_is_needed(tmp_path):
    lots = np.random.default_rng(3)
    rows = sorted({(user, int(item)) for user in range(200) for item in lots.geometric(0.1, size=8) % 40})
    path = tmp_path / "interactions.csv"
    path.write_text(
        "user,item,timestamp\n" + "\n".join(f"{user},{item},{user}" for user, item in lots.permutation(rows))
    )
    asked = {"interactions": path, "models": "popularity"}
    for split in ("time", "leave-last"):
        with pytest.raises(CommandError, match="put nothing in order"):
            call_command("recsys", "evaluate", split=split, **asked)
    said = StringIO()
    call_command("recsys", "evaluate", split="strong", stdout=said, **asked)
    assert "popularity" in said.getvalue()
