"""What a history is worth without each of its entries, from sums, against all items scored anew for each of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys.engine import MODELS, factored
from recsys.engine.base import BaseModel
from recsys.engine.content import Content

ITEMS, BARE = 80, 6
"""Items of which the first few have no features, so that their vectors are zeros."""

SETTINGS = {
    "content": {"factors": 8},
    "profile": {"leading": 8},
    "svd": {"factors": 8},
    "ials": {"factors": 8},
    "popularity": {},
}

entry = st.tuples(st.integers(0, ITEMS - 1), st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.integers(0, 45))
histories = st.lists(entry, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def models(world, matrices):
    X, ages = matrices
    features = world.item_features.tolil()
    features[:BARE] = 0
    given = {"item_features": features.tocsr(), "member_features": world.member_features, "ages": ages, "seed": 5}
    return {name: MODELS[name](X, **given, **own) for name, own in SETTINGS.items()}


def history_of(entries):
    """As it comes, in any order and with one item several times."""
    items, weights, ages = zip(*entries, strict=True)
    return tuple(
        sparse.csr_matrix((np.array(values, np.float32), np.array(items), np.array([0, len(items)])), shape=(1, ITEMS))
        for values in (weights, ages)
    )


@settings(max_examples=60)
@given(histories, st.booleans())
@example([(BARE, 1.0, 0)], True).via("one entry")
@example([(0, 1.0, 0)], True).via("one entry that says nothing")
@example([(7, 1.0, 3), (7, 1.0, 0)], True).via("one item twice")
@example([(0, 1.0, 0), (1, 3.0, 1), (9, 1.0, 2)], True).via("one entry among zeros")
@example([(9, 0.0, 0), (12, 1.0, 1), (0, 0.0, 2)], True).via("one entry that weighs anything")
@example([(9, 1.0, 0), (12, 1.0, 45), (30, 1.0, 44)], True).via("one entry that is not forgotten")
def test_sums_tell_what_all_scores_would(models, entries, is_aged):
    row, ages = history_of(entries)
    at = np.array([3, 0, 79, 41, 7])
    for name, model in models.items():
        found = model.z_without_each(row, ages=ages if is_aged else None, at=at)
        wanted = BaseModel.z_without_each(model, row, ages=ages if is_aged else None, at=at)
        np.testing.assert_allclose(found, wanted, atol=2e-4, err_msg=name)


def test_vectors_that_are_all_alike_tell_no_item_from_another(models):
    alike = Content(models["content"].config, np.ones(ITEMS, np.float32), np.tile(np.float32([0.6, 0.8]), (ITEMS, 1)))
    row, ages = history_of([(3, 1.0, 0), (5, 1.0, 1)])
    assert alike.z_without_each(row, ages=ages, at=np.array([1, 2])).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_vectors_that_are_too_wide_are_not_summed(models, monkeypatch):
    monkeypatch.setattr(factored, "_WIDEST", 7)
    row, ages = history_of([(9, 1.0, 0), (12, 1.0, 1)])
    at = np.array([1, 2])
    for name in ("content", "profile"):
        model = replace(models[name])
        wanted = BaseModel.z_without_each(model, row, ages=ages, at=at)
        assert model.z_without_each(row, ages=ages, at=at).tolist() == wanted.tolist()
        assert "_moments" not in vars(model)
