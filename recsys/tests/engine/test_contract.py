"""What every entry of MODELS, and the default, must do, whatever its mathematics."""

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys import engine
from recsys.engine import BadInput, DamagedModel, ranking, threads
from recsys.engine.catalog import ALL

SMALL = {
    "ials": {"factors": 8},
    "modulated": {"factors": 8},
    "svd": {"factors": 8},
    "content": {"factors": 8},
    "blend": {"settings": {"ials": {"factors": 8, "regularization": 0.05}}},
}


def trained(name, X, world, *, ages=None, **settings):
    return ALL[name](
        X,
        ages=ages,
        member_features=world.member_features[: X.shape[0]],
        item_features=world.item_features[: X.shape[1]],
        seed=5,
        **{**SMALL.get(name, {}), **settings},
    )


@pytest.fixture(scope="module")
def models(world, matrices):
    X, ages = matrices
    return {name: trained(name, X, world, ages=ages) for name in ALL}


@pytest.fixture(params=sorted(ALL))
def name(request):
    return request.param


@pytest.fixture
def model(name, models):
    return models[name]


def nothing(items, members=1):
    return sparse.csr_matrix((members, items), dtype=np.float32)


def assert_usable(scores, shape):
    assert scores.shape == shape
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_histories_and_known_members_are_scored(model, matrices):
    X, ages = matrices
    folded = model.scores(X[:7], ages=ages[:7])
    known = model.scores(X[:7], ages=ages[:7], users=np.arange(7))
    assert_usable(folded, (7, X.shape[1]))
    assert_usable(known, (7, X.shape[1]))


def test_unknown_members_are_folded_in(model, matrices):
    X, ages = matrices
    unknown = model.scores(X[:3], ages=ages[:3], users=np.array([-1, X.shape[0], 10**9]))
    np.testing.assert_allclose(unknown, model.scores(X[:3], ages=ages[:3]), atol=1e-5)


def test_known_and_unknown_members_mix(model, matrices):
    X, ages = matrices
    mixed = model.scores(X[:2], ages=ages[:2], users=np.array([0, -1]))
    np.testing.assert_allclose(mixed[0], model.scores(X[:1], ages=ages[:1], users=np.array([0]))[0], atol=1e-4)
    np.testing.assert_allclose(mixed[1], model.scores(X[1:2], ages=ages[1:2])[0], atol=1e-4)


def test_an_empty_history_gets_popularity(model, matrices):
    items = matrices[0].shape[1]
    scores = model.scores(nothing(items, members=2))
    expected = ranking.top_k(model.popularity[np.newaxis], k=10)
    assert ranking.top_k(scores, k=10).tolist() == expected.tolist() * 2
    assert np.ptp(scores) > 0


def test_one_history_scores_as_in_a_crowd(model, matrices):
    X, ages = matrices
    np.testing.assert_allclose(
        model.scores(X[4:5], ages=ages[4:5])[0], model.scores(X[:9], ages=ages[:9])[4], atol=1e-4
    )


def test_duplicates_add_up_and_keep_their_newest_age(model, matrices):
    items = matrices[0].shape[1]
    shape = (1, items)
    doubled = sparse.csr_matrix((np.array([1, 2, 1], np.float32), np.array([7, 3, 3]), np.array([0, 3])), shape=shape)
    ages = sparse.csr_matrix((np.array([2, 1, 0], np.float32), np.array([7, 3, 3]), np.array([0, 3])), shape=shape)
    single = sparse.csr_matrix((np.array([3, 1], np.float32), np.array([3, 7]), np.array([0, 2])), shape=shape)
    plain = sparse.csr_matrix((np.array([0, 2], np.float32), np.array([3, 7]), np.array([0, 2])), shape=shape)
    found = model.scores(doubled, ages=ages)
    np.testing.assert_allclose(found, model.scores(single, ages=plain), atol=1e-5)
    assert doubled.nnz == 3


def test_a_stored_zero_weight_says_nothing(model, matrices):
    items = matrices[0].shape[1]
    with_zero = sparse.csr_matrix((np.array([0, 1], np.float32), np.array([2, 9]), np.array([0, 2])), shape=(1, items))
    without = sparse.csr_matrix((np.array([1], np.float32), np.array([9]), np.array([0, 1])), shape=(1, items))
    np.testing.assert_allclose(model.scores(with_zero), model.scores(without), atol=1e-5)


def test_training_survives_zero_weights_and_empty_rows(name, world, matrices):
    X, _ = matrices
    strange = X[:60].copy()
    strange.data[::5] = 0
    stacked = sparse.vstack([strange, nothing(X.shape[1], members=3)]).tocsr()
    model = trained(name, stacked, world)
    assert_usable(model.scores(stacked[:5]), (5, X.shape[1]))


def test_training_adds_duplicates_up(name, world, matrices):
    X = matrices[0][:60]
    indptr = X.indptr * 2
    columns = np.concatenate([np.tile(X[row].indices, 2) for row in range(60)])
    data = np.concatenate([np.tile(X[row].data, 2) for row in range(60)])
    twice = sparse.csr_matrix((data, columns, indptr), shape=X.shape)
    np.testing.assert_allclose(
        trained(name, twice, world).scores(X), trained(name, X * np.float32(2), world).scores(X), atol=1e-4
    )


def test_one_item(name, world):
    X = sparse.csr_matrix(np.ones((6, 1), np.float32))
    assert_usable(trained(name, X, world).scores(X[:2]), (2, 1))


def test_one_member(name, world):
    X = sparse.csr_matrix(np.eye(1, 5, 2, dtype=np.float32))
    assert_usable(trained(name, X, world).scores(X), (1, 5))


def test_nobody_did_anything(name, world):
    X = nothing(6, members=4)
    assert_usable(trained(name, X, world).scores(X), (4, 6))


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_weights_that_make_no_sense_are_refused(name, model, world, matrices, value):
    X = matrices[0][:20].copy()
    X.data[3] = value
    with pytest.raises(BadInput, match=r"finite number|negative"):
        trained(name, X, world)
    with pytest.raises(BadInput, match=r"finite number|negative"):
        model.scores(X)


def test_ages_of_another_pattern_are_refused(name, model, world, matrices):
    X, ages = matrices[0][:20], matrices[1][:20].copy()
    ages.eliminate_zeros()
    with pytest.raises(BadInput, match="do not eliminate zeros"):
        trained(name, X, world, ages=ages)
    with pytest.raises(BadInput, match="do not eliminate zeros"):
        model.scores(X, ages=ages)


def test_a_catalog_of_another_size_is_refused(model, matrices):
    with pytest.raises(BadInput, match="the model knows"):
        model.scores(nothing(matrices[0].shape[1] + 1))


def test_an_unknown_setting_is_refused(name, world, matrices):
    with pytest.raises(BadInput, match="colour"):
        trained(name, matrices[0], world, colour=1)


def test_saving_and_loading_changes_nothing(model, matrices, tmp_path):
    X, ages = matrices
    model.save(tmp_path / "model")
    again = engine.load(tmp_path / "model")
    assert again.kind == model.kind
    assert np.array_equal(again.scores(X[:9], ages=ages[:9]), model.scores(X[:9], ages=ages[:9]))
    users = np.arange(9)
    assert np.array_equal(again.scores(X[:9], users=users), model.scores(X[:9], users=users))


def test_an_altered_file_is_refused(model, tmp_path):
    model.save(tmp_path)
    victim = max(tmp_path.rglob("*.npy"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    with pytest.raises(DamagedModel, match="altered"):
        engine.load(tmp_path)


def test_a_missing_file_is_refused(model, tmp_path):
    model.save(tmp_path)
    next(tmp_path.rglob("popularity.npy")).unlink()
    with pytest.raises(DamagedModel, match="missing"):
        engine.load(tmp_path)


def test_the_same_seed_gives_the_same_scores_at_any_thread_count(name, world, matrices, monkeypatch):
    X, ages = matrices
    with monkeypatch.context() as patched, threadpool_limits(1):
        patched.setattr(threads, "processors", lambda: 1)
        alone = trained(name, X, world, ages=ages).scores(X, ages=ages)
    together = trained(name, X, world, ages=ages).scores(X, ages=ages)
    np.testing.assert_allclose(alone, together, atol=1e-4)
    assert ranking.top_k(np.round(alone, 3), k=20).tolist() == ranking.top_k(np.round(together, 3), k=20).tolist()


def test_the_callers_matrices_are_left_alone(name, model, world, matrices):
    X, ages = matrices[0].copy(), matrices[1].copy()
    trained(name, X, world, ages=ages)
    model.scores(X, ages=ages)
    for kept, original in ((X, matrices[0]), (ages, matrices[1])):
        assert np.array_equal(kept.data, original.data)
        assert np.array_equal(kept.indices, original.indices)


def test_leaving_out_one_entry_is_scoring_without_it(model, matrices):
    X, ages = matrices
    row = next(number for number in range(X.shape[0]) if 3 <= X[number].nnz <= 8)
    history, counted = X[row], ages[row]
    found = model.without_each(history, ages=counted)
    for place in range(history.nnz):
        keep = np.arange(history.nnz) != place
        less, less_ages = (
            sparse.csr_matrix((part.data[keep], part.indices[keep], [0, keep.sum()]), shape=part.shape)
            for part in (history, counted)
        )
        np.testing.assert_allclose(found[place], model.scores(less, ages=less_ages)[0], atol=1e-4)


def test_an_explanation_is_of_the_history_that_is_given_whatever_was_scored_before(model, matrices):
    """Whoever explains has just asked for scores, and a model may keep what it read for them."""
    X, ages = matrices
    row = next(number for number in range(X.shape[0]) if X[number].nnz > 3)
    other = next(number for number in range(row + 1, X.shape[0]) if X[number].nnz == X[row].nnz)
    heavier = X[row].copy()
    heavier.data = heavier.data * np.linspace(1, 3, heavier.nnz, dtype=np.float32)
    at = np.array([3, 0, 7])
    alone = model.without_each_at(X[row], ages=ages[row], at=at)
    for before, counted in ((X[row], ages[row]), (X[other], ages[other]), (heavier, ages[row])):
        scores = model.scores(before, ages=counted)
        # What the model said is its reader's, who may do with it as they like.
        scores[:] = 0.0
        np.testing.assert_allclose(model.without_each_at(X[row], ages=ages[row], at=at), alone, atol=1e-6)


def test_leaving_out_one_entry_at_some_items_is_leaving_it_out_at_all(model, matrices):
    X, ages = matrices
    at = np.array([3, 0, 7])
    for row in range(X.shape[0]):
        if X[row].nnz:
            some = model.without_each_at(X[row], ages=ages[row], at=at)
            np.testing.assert_allclose(some, model.without_each(X[row], ages=ages[row])[:, at], atol=1e-4)
