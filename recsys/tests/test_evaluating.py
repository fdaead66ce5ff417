"""Models are measured on any file, and a file that cannot be an exam is told."""

import csv
import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from recsys.engine import synthetic

MEANS = ("recall_20", "ndcg_10", "ndcg_100", "diversity")
SHARES = ("coverage_10", "gini")


def evaluated(path, **asked):
    """What the command prints for a program, as the program reads it."""
    said = StringIO()
    call_command("recsys", "evaluate", interactions=path, json=True, stdout=said, **asked)
    return json.loads(said.getvalue())


@pytest.fixture
def taken(tmp_path):
    """A small file of members who take what is of their taste, one thing after the other."""
    world = synthetic.world(members=400, items=80, interactions=6_000, topics=8, seed=3).dataset
    path = tmp_path / "taken.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["user", "item", "timestamp", "weight"])
        rows.writerows(zip(world.users, world.items, world.times, world.weights, strict=True))
    return path, world


@pytest.mark.parametrize("split", ["time", "leave-last", "strong"])
def test_a_program_reads_every_measure_with_its_error_and_by_how_active_members_are(taken, split):
    path, world = taken
    found = evaluated(path, split=split, models="popularity,svd,ease")
    facts = [found[name] for name in ("split", "members", "items", "interactions")]
    assert facts == [split, *world.shape, len(world)]
    assert 0 < found["guessed_for"] <= found["members"]
    assert 0 <= found["cold_targets"] < 1
    assert {line["model"]: line["skipped"] for line in found["lines"]} == {"popularity": "", "svd": "", "ease": ""}
    for line in found["lines"]:
        measured = line["measured"]
        assert set(measured) == {"members", "by_activity", *MEANS, *SHARES}
        assert measured["members"] == found["guessed_for"]
        assert all(0 < measured[name]["mean"] <= 1 and 0 < measured[name]["error"] < 0.1 for name in MEANS)
        assert all(0 < measured[name] <= 1 for name in SHARES)
        buckets = measured["by_activity"].values()
        assert sum(count for _, count in buckets) == measured["members"]
        together = sum(figure["mean"] * count for figure, count in buckets) / measured["members"]
        assert together == pytest.approx(measured["ndcg_10"]["mean"])


def test_what_a_model_cannot_do_without_is_said_in_its_place(taken):
    [line] = evaluated(taken[0], models="content")["lines"]
    assert (line["model"], line["measured"]) == ("content", None)
    assert "item_features" in line["skipped"]


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (b"1,2,yesterday", "line 4: the timestamp 'yesterday' is neither a number nor ISO 8601"),
        (b"1,,7", "line 4: user and item must not be empty"),
        (b"1,2", "line 4: 2 values instead of 3"),
        (b"1,\xff,7", "line 4: this is not UTF-8"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_line(tmp_path, spoilt, why):
    path = tmp_path / "broken.csv"
    path.write_bytes(b"user,item,timestamp\n1,2,3\n1,3,4\n" + spoilt + b"\n2,3,5\n")
    with pytest.raises(CommandError) as refused:
        evaluated(path)
    assert str(refused.value) == f"{path}, {why}"


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        evaluated(tmp_path / "nowhere.csv")


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
