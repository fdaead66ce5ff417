"""Choosing on all processors: gains by the plain rule, the same choice whoever does the work, and what is told to all alike."""

import numpy as np
import pytest
from scipy import sparse

from recsys.engine import MODELS, ranking, successors, threads, train_default
from recsys.engine.evaluation import inner
from recsys.engine.evaluation.validation import Validation
from recsys.engine.inverse import evenly

SHARES = (0.0, 0.3, 1.0)


@pytest.fixture
def shown():
    return np.random.default_rng(5).random(80) < 0.7


@pytest.fixture
def cut(matrices, shown):
    return inner(*matrices, seed=2, at_most=150, shown=shown)


@pytest.fixture
def scores():
    """Two matrices of scores, of which the first has many that are equal."""
    random = np.random.default_rng(0)
    return np.round(random.random((150, 80)), 1).astype(np.float32), random.random((150, 80), dtype=np.float32)


def plainly(cut, scores, shown):
    """The gain of each member, from the list that they would be given."""
    lists = ranking.top_k(scores, k=10, exclude=cut.rows, allowed=shown)
    places = lists == cut.targets.indices[:, np.newaxis]
    return np.where(places.any(axis=1), 1 / np.log2(places.argmax(axis=1) + 2), 0.0)


def test_a_gain_is_that_of_the_place_in_the_list(cut, scores, shown):
    asked = Validation(cut, shown=shown)
    for share, gains in zip(SHARES, asked.gains_along(*scores, SHARES), strict=True):
        np.testing.assert_array_equal(gains, plainly(cut, scores[0] + np.float32(share) * scores[1], shown))
    np.testing.assert_array_equal(asked.gains(scores[0]), plainly(cut, scores[0], shown))
    assert asked.ndcg(scores[0]) == plainly(cut, scores[0], shown).mean() > 0


def test_what_all_are_told_alike_need_not_be_repeated(cut, scores, shown):
    asked = Validation(cut, shown=shown)
    base, added = scores[0], scores[1][:1]
    repeated = np.repeat(added, len(base), axis=0)
    np.testing.assert_array_equal(asked.gains(added), asked.gains(repeated))
    np.testing.assert_array_equal(asked.gains_along(base, added, SHARES), asked.gains_along(base, repeated, SHARES))
    np.testing.assert_array_equal(asked.gains_along(added, base, SHARES), asked.gains_along(repeated, base, SHARES))
    assert asked.standing(added, place=20) == asked.standing(repeated, place=20)


def test_processors_share_the_asking_and_change_nothing(cut, scores, shown, monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 3)
    alone = Validation(cut, shown=shown)
    with threads.spread() as run:
        together = Validation(cut, shown=shown, run=run)
        np.testing.assert_array_equal(together.gains_along(*scores, SHARES), alone.gains_along(*scores, SHARES))
        assert together.standing(scores[1], place=20) == alone.standing(scores[1], place=20)


@pytest.mark.parametrize("name", ["popularity", "trails", "ease", "ials"])
def test_what_a_model_reaches_is_what_its_scores_reach(name, matrices, cut, shown):
    model, asked = MODELS[name](cut.X, ages=cut.ages), Validation(cut, shown=shown)
    scores = model.scores(cut.rows, ages=cut.row_ages)
    assert asked.ndcg_of(model) == asked.ndcg(scores) > 0
    np.testing.assert_array_equal(np.broadcast_to(asked.scored_by(model), scores.shape), scores)


@pytest.mark.parametrize("ordered", [True, False])
def test_the_same_is_chosen_on_any_number_of_processors(ordered, matrices, monkeypatch):
    X, ages = matrices
    models = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        models.append(train_default(X, ages=ages if ordered else None, seed=4))
    first, *others = models
    for model in others:
        assert model.chosen == first.chosen
        np.testing.assert_array_equal(model.models[0].weights, first.models[0].weights)


@pytest.mark.parametrize(
    "of", [lambda ages: ages, lambda ages: ages * 0.5, lambda ages: ages // 2, lambda ages: ages + 1e30]
)
def test_histories_are_put_in_order_by_any_ages(of, matrices):
    X, counted = matrices
    ages = of(counted.data)
    columns, values, left = successors.in_order_of_time(X, ages, slice(3, 90))
    expected = []
    for row in range(3, 90):
        part = slice(X.indptr[row], X.indptr[row + 1])
        expected.extend(X.indices[part][np.argsort(-ages[part], kind="stable")])
    assert columns.tolist() == expected
    assert values.dtype == np.float32
    assert left.tolist() == [later for row in range(3, 90) for later in range(X[row].nnz - 1, -1, -1)]


def test_work_is_divided_into_an_even_number_of_equal_parts():
    for count in (2, 191, 193, 1000, 3321):
        parts = list(evenly(count, 192))
        sizes = [part.stop - part.start for part in parts]
        assert [number for part in parts for number in range(part.start, part.stop)] == list(range(count))
        assert (len(parts) % 2, max(sizes) - min(sizes) <= 1, max(sizes) <= 192) == (0, True, True)


def test_where_nobody_can_be_asked_the_first_source_stands_alone():
    lonely = sparse.csr_matrix((np.ones(40, np.float32), np.arange(40), np.arange(41)), shape=(40, 80))
    assert train_default(lonely).chosen["shares"] == {"ease": 1.0}
