"""What stands near what and what comes next: the equation, and sums that change with the histories."""

import numpy as np
import pytest
from scipy import sparse

from recsys.engine import (
    MODELS,
    BadInput,
    MissingInput,
    blend,
    catalog,
    gram,
    grounds,
    interactions,
    mixing,
    moments,
    successors,
    train_default,
)
from recsys.engine.contract import TooLarge
from recsys.engine.evaluation import inner
from recsys.engine.evaluation.validation import Validation

MEMORY = 0.7


@pytest.fixture
def histories(matrices, monkeypatch):
    monkeypatch.setattr(moments, "_FAINT", 1e-9)
    X, ages = matrices[0][:150].copy(), matrices[1][:150]
    X.data *= np.random.default_rng(0).uniform(0.5, 2, X.nnz).astype(np.float32)
    return X, ages


def sums_of(X, ages, memory=MEMORY):
    """The three sums, the slow and plain way: all pairs and all steps of each history."""
    near, before, onward = np.zeros((3, X.shape[1], X.shape[1]))
    lengths = np.diff(X.indptr)
    usual = np.median(lengths[lengths > 0])
    for row in range(X.shape[0]):
        order = np.argsort(-ages[row].data, kind="stable")
        columns, weights = X[row].indices[order], X[row].data[order].astype(np.float64)
        for k in range(len(columns)):
            for other in range(len(columns)):
                light = min((len(columns) / usual) ** -0.5, 4)
                near[columns[k], columns[other]] += light * memory ** abs(k - other) * weights[k] * weights[other]
        for t in range(1, len(columns)):
            past = np.zeros(X.shape[1])
            past[columns[:t]] = weights[:t] * memory ** np.arange(t - 1, -1, -1)
            before += weights[t] * np.outer(past, past)
            onward[:, columns[t]] += weights[t] * past
    return near * np.square(X.data, dtype=np.float64).sum() / np.trace(near), before, onward


def test_trails_solve_their_equation(histories):
    X, ages = histories
    model = MODELS["trails"](X, ages=ages, memory=MEMORY, together=0.4, regularization=20.0, dropout=0.3)
    near, before, onward = sums_of(X, ages)
    together, wanted = 0.4 * near + 0.6 * before, 0.4 * near + 0.6 * onward
    inverse = np.linalg.inv(together + 0.3 * np.diag(np.diag(together)) + 20 * np.eye(len(near)))
    expected = inverse @ wanted
    expected -= inverse * (np.diag(expected) / np.diag(inverse))
    assert not model.weights.diagonal().any()
    np.testing.assert_allclose(model.weights, expected, atol=1e-4)


def test_all_together_without_fading_is_ease_with_dropout(matrices):
    X, _ = matrices
    equal = sparse.csr_matrix(X[np.diff(X.indptr) > 1][:1])
    model = MODELS["trails"](equal, memory=1 - 1e-7, together=1.0, regularization=5.0, dropout=0.0)
    np.testing.assert_allclose(model.weights, MODELS["ease"](equal, regularization=5.0).weights, atol=1e-3)


def test_trails_know_the_direction():
    X = sparse.csr_matrix(np.ones((30, 3), np.float32))
    ages = sparse.csr_matrix((np.tile(np.array([2, 1, 0], np.float32), 30), X.indices, X.indptr), shape=X.shape)
    model = MODELS["trails"](X, ages=ages, together=0.1, regularization=1.0)
    assert model.weights[0, 1] > 3 * abs(model.weights[1, 0])
    assert model.weights[1, 2] > 1.5 * abs(model.weights[2, 1])


@pytest.mark.parametrize(
    "settings",
    [{"memory": 0.0}, {"memory": 1.0}, {"together": 1.1}, {"regularization": 0.0}, {"dropout": -0.1}, {"decay": 0.0}],
)
def test_trails_refuse_settings_without_sense(matrices, settings):
    with pytest.raises(BadInput):
        MODELS["trails"](matrices[0], **settings)


def test_trails_refuse_a_catalog_that_is_too_large(matrices):
    with pytest.raises(TooLarge):
        MODELS["trails"](matrices[0], ages=matrices[1], largest=10)


@pytest.mark.parametrize("name", ["ease", "trails"])
@pytest.mark.parametrize("count", [80, 30])
def test_what_a_cut_changes_is_as_if_counted_anew(name, count, matrices):
    X, ages = matrices
    cut = inner(X, ages, seed=1, at_most=120)
    columns = np.sort(np.random.default_rng(0).permutation(X.shape[1])[:count])
    whole = grounds.of(name, X, ages.data, {}, {})
    mended = whole.cut(cut.X, cut.ages, columns)
    anew = grounds.of(name, cut.X, cut.ages.data, {}, {})
    if name == "ease":
        np.testing.assert_allclose(mended.sums, anew.sums[np.ix_(columns, columns)], atol=1e-3)
        assert abs(mended.sums - whole.sums[np.ix_(columns, columns)]).max() > 1
        return
    # What is usual is counted once, so that only the histories that changed are counted again.
    fresh = moments.Moments(*np.zeros((3, 80, 80), np.float32), MEMORY, whole.sums.usual, whole.sums.scale)
    fresh = moments.replace(fresh, memory=whole.sums.memory)
    moments._add(fresh, cut.X, cut.ages.data, sign=1.0)
    for sums in ("near", "before", "onward"):
        np.testing.assert_allclose(
            getattr(mended.sums, sums), getattr(fresh, sums)[np.ix_(columns, columns)], rtol=1e-5, atol=1e-3
        )


def test_histories_are_counted_alike_in_one_block_and_in_many(matrices, monkeypatch):
    X, ages = matrices
    whole = moments.counted(X, ages.data, MEMORY)
    monkeypatch.setattr(moments, "_LEAST", 50)
    monkeypatch.setattr(moments, "_SHARE", 10**9)
    parts = moments.counted(X, ages.data, MEMORY)
    for sums in ("near", "before", "onward"):
        np.testing.assert_allclose(getattr(parts, sums), getattr(whole, sums), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 5, 8, 17])
def test_what_is_still_to_be_guessed_ends_with_the_history(steps):
    values, left = np.arange(1, 13, dtype=np.float32), np.array([5, 4, 3, 2, 1, 0, 0, 4, 3, 2, 1, 0])
    expected = [
        sum(0.9 ** (2 * (gap - 1)) * values[place + gap] for gap in range(1, min(steps, left[place]) + 1))
        for place in range(12)
    ]
    np.testing.assert_allclose(successors.rest_of(values, left, 0.9, steps), expected, rtol=1e-5)


@pytest.mark.parametrize("count", [80, 30])
def test_successors_of_some_items_are_counted_as_among_all(count, matrices, monkeypatch):
    X, ages = matrices
    assert not grounds.of("successors", X, ages.data, {}, {}).narrows
    monkeypatch.setattr(grounds, "_FEW", 40)
    cut = inner(X, ages, seed=1, at_most=120)
    columns = np.sort(np.random.default_rng(0).permutation(X.shape[1])[:count])
    whole = grounds.of("successors", X, ages.data, {}, {})
    narrow = whole.cut(cut.X, cut.ages, columns)
    assert (whole.narrows, narrow.trained(memory=MEMORY).weights.shape) == (True, (count, count))
    before, onward = successors.counts(cut.X, cut.ages.data, MEMORY)
    block = np.ix_(columns, columns)
    expected = np.linalg.solve(before[block] + 100 * np.eye(count), onward[block].T)
    np.testing.assert_allclose(narrow.trained(memory=MEMORY).weights, expected, atol=1e-4)


@pytest.mark.parametrize("name", ["ease", "trails", "successors"])
def test_a_ground_gives_the_model_that_the_trainer_gives_and_can_be_trained_on_again(name, matrices, monkeypatch):
    monkeypatch.setattr(grounds, "_FEW", 40)
    X, ages = matrices
    ground = grounds.of(name, X, ages.data, {}, {})
    ground.trained(regularization=500.0)
    for last in (False, True):
        np.testing.assert_array_equal(
            ground.trained(last=last, regularization=50.0).weights,
            MODELS[name](X, ages=ages, regularization=50.0).weights,
        )


def test_settings_that_a_ground_has_not_counted_for_begin_from_the_histories(matrices):
    X, ages = matrices
    assert not grounds.of("ease", X, ages.data, {}, {"feature_weight": 1.0}).narrows
    with pytest.raises(MissingInput):
        MODELS["blend"](X, ages=ages, sources=("ease",), settings={"ease": {"feature_weight": 1.0}})
    faded = grounds.of("trails", X, ages.data, {}, {"memory": 0.5})
    np.testing.assert_array_equal(faded.trained(memory=0.5).weights, MODELS["trails"](X, ages=ages, memory=0.5).weights)


def test_members_asked_about_some_items_are_asked_about_nothing_else(matrices):
    X, ages = matrices
    asked = Validation(inner(X, ages, seed=0, at_most=60))
    scores = np.random.default_rng(0).random((60, 80), dtype=np.float32)
    columns = np.arange(0, 80, 2)
    few = asked.among(columns)
    hidden = scores.copy()
    hidden[:, 1::2] = -1
    told = asked.targets % 2 == 0
    np.testing.assert_array_equal(few.gains(scores[:, columns])[told], asked.gains(hidden)[told])
    assert not few.gains(scores[:, columns])[~told].any()
    assert 0 < told.sum() < 60
    np.testing.assert_array_equal(few.rows.toarray(), asked.rows.toarray()[:, columns])


def test_settings_are_chosen_by_the_items_that_most_entries_are_about(matrices, monkeypatch):
    X, ages = matrices
    monkeypatch.setattr(mixing, "_LOOKED_AT", 30)
    counts = np.bincount(X.indices, minlength=80)
    few = mixing._told_most_of(X, 30)
    assert len(few) == 30
    assert (np.diff(few) > 0).all()
    assert counts[few].min() >= np.delete(counts, few).max()
    model = train_default(X, ages=ages, seed=5)
    assert model.models[0].weights.shape == (80, 80)
    assert set(model.chosen["sources"]) <= {"trails", "popularity"}


def test_beside_a_source_that_knows_all_items_it_is_asked_about_them_too(matrices, monkeypatch):
    X, ages = matrices
    fixed = {"trails": {"regularization": 100.0, "decay": 0.8}, "item_knn": {"decay": 0.8}}

    def shares():
        return blend.train(X, ages=ages, seed=5, sources=("trails", "item_knn"), settings=fixed).chosen["shares"]

    by_all = shares()
    assert by_all["trails"] == 1.0
    monkeypatch.setattr(mixing, "_LOOKED_AT", 10)
    assert shares() == by_all


def test_a_line_is_climbed_from_the_middle_and_left_for_a_clear_gain_alone():
    def reached(values):
        def tried(own):
            asked.append(own["at"])
            return mixing._Trial(dict(own), None, values[own["at"]])

        asked = []
        best = mixing._climbed_lines([[{"at": place} for place in range(len(values))]], tried)
        return best.settings["at"], asked

    assert reached([0.1, 0.2, 0.3, 0.4, 0.5]) == (4, [2, 3, 4])
    assert reached([0.5, 0.4, 0.3, 0.2, 0.1]) == (0, [2, 3, 1, 0])
    assert reached([0.9, 0.3, 0.3005, 0.3011, 0.9]) == (2, [2, 3, 1])


def test_saved_trails_are_opened_again(matrices, tmp_path):
    X, ages = matrices
    model = MODELS["trails"](X, ages=ages)
    model.save(tmp_path)
    np.testing.assert_array_equal(
        catalog.load(tmp_path).scores(X[:9], ages=ages[:9]), model.scores(X[:9], ages=ages[:9])
    )


def test_a_gram_of_nobody_is_nothing():
    assert not gram.item_item(
        interactions.with_data(sparse.csr_matrix((0, 5), dtype=np.float32), np.zeros(0, np.float32))
    ).any()
