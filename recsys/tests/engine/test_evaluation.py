import json

import numpy as np
import pytest
from scipy import sparse

from recsys.engine import MODELS, BadInput, evaluate
from recsys.engine.dataset import Dataset
from recsys.engine.evaluation import inner, measure, metrics, splits


def dataset(rows, **counts):
    users, items, times = zip(*rows, strict=True)
    return Dataset.of(users=np.array(users), items=np.array(items), times=np.array(times), **counts)


THREE = dataset([(0, 0, 10), (0, 1, 20), (0, 2, 30), (1, 1, 5), (1, 2, 40), (2, 0, 50)])


class Oracle:
    """Knows the answers, or their opposite."""

    def __init__(self, split, sign=1.0):
        self.wanted = np.asarray(split.targets.toarray()) * sign

    def scores(self, rows, *, ages=None, users=None):
        return self.wanted.astype(np.float32)


def test_pairs_are_distinct_and_keep_the_newest_time_and_all_weight():
    found = dataset([(0, 1, 30), (0, 0, 20), (0, 1, 10)])
    assert list(zip(found.items, found.times, found.weights, found.ages(), strict=True)) == [
        (0, 20.0, 1.0, 1.0),
        (1, 30.0, 2.0, 0.0),
    ]


def test_equal_times_keep_the_order_of_the_input():
    assert dataset([(0, 5, 1), (0, 3, 1), (0, 4, 1)]).items.tolist() == [5, 3, 4]


def test_weights_and_ages_share_a_pattern_with_the_stored_zero():
    weights, ages = THREE.matrices()
    assert weights.toarray().tolist() == [[1, 1, 1], [0, 1, 1], [1, 0, 0]]
    assert ages.toarray().tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert ages.nnz == weights.nnz == 6


def test_the_time_split_cuts_at_one_instant():
    cut = splits.by_time(THREE, share=0.5)
    # Known: 0 took 0 and 1, 1 took 1; member 2 has no history and is not asked.
    assert cut.X.toarray().tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert cut.ages.toarray().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert cut.users.tolist() == [0, 1]
    assert cut.targets.toarray().tolist() == [[0, 0, 1], [0, 0, 1]]
    assert cut.cold_targets == 1.0


def test_leave_last_keeps_the_newest_back():
    cut = splits.leave_last(THREE)
    assert cut.rows.toarray().tolist() == [[1, 1, 0], [0, 1, 0]]
    assert cut.row_ages.toarray().tolist() == [[1, 0, 0], [0, 0, 0]]
    assert cut.targets.toarray().tolist() == [[0, 0, 1], [0, 0, 1]]
    assert cut.X.toarray().tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_the_strong_split_learns_nothing_from_whom_it_asks(world):
    cut = splits.strong(world.dataset, seed=1)
    assert not cut.X[cut.users].nnz
    whole, _ = world.dataset.matrices()
    assert ((cut.rows > 0).astype(int) + cut.targets.astype(int) != (whole[cut.users] > 0).astype(int)).nnz == 0
    sizes = np.diff(whole[cut.users].indptr)
    assert np.array_equal(np.diff(cut.targets.indptr), np.maximum(1, sizes // 5))


def test_the_strong_split_guesses_the_newest(world):
    cut = splits.strong(world.dataset, seed=1)
    times = sparse.csr_matrix((world.dataset.times, (world.dataset.users, world.dataset.items)), world.dataset.shape)
    for place, user in enumerate(cut.users):
        known, wanted = cut.rows[place].indices, cut.targets[place].indices
        assert times[user, known].max() <= times[user, wanted].min()


def test_the_inner_cut_keeps_the_newest_back_and_counts_again():
    cut = inner(*THREE.matrices())
    assert cut.targets.toarray().tolist() == [[0, 0, 1], [0, 0, 1]]
    assert cut.X.toarray().tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert cut.ages.toarray().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_the_inner_cut_never_sees_the_outer_targets(world):
    outer = splits.leave_last(world.dataset)
    cut = inner(outer.X, outer.ages)
    assert (cut.X > outer.X).nnz == 0
    assert cut.X.nnz + cut.targets.nnz == outer.X.nnz


def test_nobody_to_guess_for_is_refused():
    with pytest.raises(BadInput, match="leaves no member"):
        splits.leave_last(dataset([(0, 0, 1), (1, 0, 2)]))


def test_the_oracle_is_perfect_and_its_opposite_is_not():
    cut = splits.leave_last(THREE)
    best = measure(Oracle(cut), cut)
    assert (best.ndcg_10.mean, best.ndcg_100.mean, best.recall_20.mean, best.members) == (1.0, 1.0, 1.0, 2)
    assert measure(Oracle(cut, sign=-1.0), cut).ndcg_10.mean < 1.0


def test_ndcg_by_hand():
    hits = np.array([[False, True, True], [True, False, False]])
    found = metrics._ndcg(hits, np.array([2, 1]), 3)
    gains = 1 / np.log2([2, 3, 4])
    assert found.tolist() == pytest.approx([(gains[1] + gains[2]) / (gains[0] + gains[1]), 1.0])


def test_gini_by_hand():
    assert metrics.gini(np.array([1, 1, 1, 1])) == pytest.approx(0.0)
    assert metrics.gini(np.array([0, 0, 0, 4])) == pytest.approx(0.75)
    assert metrics.gini(np.zeros(3)) == 0.0


def test_diversity_by_hand():
    features = sparse.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float32))
    lists = np.array([[0, 1, 2], [0, 1, 3], [0, 1, -1]])
    half = 2**-0.5
    expected = [1 - (1 + 0 + 0) / 3, 1 - (1 + half + half) / 3]
    assert metrics._diversity(lists, features).tolist() == pytest.approx(expected)


def test_standard_error_and_buckets(world):
    cut = splits.leave_last(world.dataset)
    found = measure(MODELS["popularity"](cut.X), cut)
    lists = metrics.recommended(MODELS["popularity"](cut.X), cut)
    values = metrics._ndcg(metrics._hits(lists, cut.targets), np.diff(cut.targets.indptr), 10)
    assert found.ndcg_10.mean == pytest.approx(values.mean())
    assert found.ndcg_10.error == pytest.approx(values.std(ddof=1) / len(values) ** 0.5)
    assert sum(count for _, count in found.by_activity.values()) == found.members
    mean = sum(figure.mean * count for figure, count in found.by_activity.values()) / found.members
    assert mean == pytest.approx(found.ndcg_10.mean)


def test_nothing_from_the_history_is_recommended(world):
    cut = splits.leave_last(world.dataset)
    lists = metrics.recommended(MODELS["ease"](cut.X), cut, depth=20)
    for row, chosen in enumerate(lists):
        assert not set(chosen) & set(cut.rows[row].indices)


def test_the_report_names_what_is_missing_and_goes_through_json(world):
    report = evaluate(
        world.dataset, split="leave-last", models=["popularity", "ease"], settings={"ease": {"decay": 1.0}}
    )
    found = json.loads(json.dumps(report.as_dict()))
    assert [line["model"] for line in found["lines"]] == ["popularity", "ease"]
    assert found["lines"][1]["settings"] == {"decay": 1.0}
    assert found["guessed_for"] == report.guessed_for > 300
    assert found["lines"][1]["measured"]["ndcg_10"]["mean"] > found["lines"][0]["measured"]["ndcg_10"]["mean"] > 0
    assert report.as_markdown().count("\n| ") == 3


@pytest.mark.parametrize("wrong", [{"split": "random"}, {"models": ["oracle"]}])
def test_unknown_names_are_refused(world, wrong):
    with pytest.raises(BadInput, match="unknown"):
        evaluate(world.dataset, **wrong)
