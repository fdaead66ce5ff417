"""What single models promise beyond the contract: their formulas, against slow and plain arithmetic."""

import numpy as np
import pytest
from scipy import sparse

from recsys.engine import MODELS, BadInput, MissingInput, gram, train_default
from recsys.engine.evaluation import ndcg_10, splits


@pytest.fixture(scope="module")
def dense(matrices):
    return np.asarray(matrices[0].toarray(), dtype=np.float64)


def test_popularity_is_the_share_of_the_most_popular(matrices, dense):
    model = MODELS["popularity"](matrices[0])
    np.testing.assert_allclose(model.popularity, dense.sum(axis=0) / dense.sum(axis=0).max(), rtol=1e-5)


def test_ease_solves_its_equation(matrices, dense):
    model = MODELS["ease"](matrices[0], regularization=30.0)
    inverse = np.linalg.inv(dense.T @ dense + 30 * np.eye(dense.shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(model.weights, expected, atol=1e-5)


def test_ease_serves_by_recency(matrices):
    X, ages = matrices
    model = MODELS["ease"](X, decay=0.7)
    row = int(np.argmax(np.diff(X.indptr)))
    weights = X[row].data * 0.7 ** ages[row].data
    np.testing.assert_allclose(
        model.scores(X[row], ages=ages[row])[0], weights @ model.weights[X[row].indices], atol=1e-5
    )
    np.testing.assert_allclose(model.scores(X[row])[0], X[row].toarray()[0] @ model.weights, atol=1e-4)


def test_ease_features_reach_an_item_that_nobody_took(world, matrices):
    X = matrices[0].copy().tolil()
    X[:, 4] = 0
    X = X.tocsr().astype(np.float32)
    X.eliminate_zeros()
    without = MODELS["ease"](X)
    informed = MODELS["ease"](X, item_features=world.item_features, feature_weight=50.0)
    same_topic = (world.item_topics == world.item_topics[4]) & (np.arange(80) != 4)
    assert not without.weights[:, 4].any()
    assert informed.weights[same_topic, 4].mean() > informed.weights[~same_topic, 4].mean() + 0.001


def test_ease_with_features_needs_them(matrices):
    with pytest.raises(MissingInput, match="item_features"):
        MODELS["ease"](matrices[0], feature_weight=1.0)


@pytest.mark.parametrize(
    "settings", [{"regularization": 0.0}, {"decay": 0.0}, {"decay": 1.1}, {"feature_weight": -1.0}]
)
def test_ease_refuses_settings_without_sense(matrices, settings):
    with pytest.raises(BadInput):
        MODELS["ease"](matrices[0], **settings)


def test_both_ways_to_the_gram_agree(matrices, dense):
    np.testing.assert_allclose(gram._sparsely(matrices[0]), dense.T @ dense, atol=1e-3)
    np.testing.assert_allclose(gram._densely(matrices[0]), dense.T @ dense, atol=1e-3)


def test_svd_is_the_best_of_its_rank(matrices, dense):
    model = MODELS["svd"](matrices[0], factors=10)
    left, values, right = np.linalg.svd(dense, full_matrices=False)
    best = np.linalg.norm(dense - (left[:, :10] * values[:10]) @ right[:10])
    assert np.linalg.norm(dense - model.scores(matrices[0])) <= 1.01 * best
    np.testing.assert_allclose(
        model.scores(matrices[0]), model.scores(matrices[0], users=np.arange(len(dense))), atol=1e-4
    )


def test_item_knn_is_the_shrunk_cosine(matrices, dense):
    model = MODELS["item_knn"](matrices[0], shrinkage=3.0, neighbors=5)
    together = dense.T @ dense
    lengths = np.sqrt(np.diag(together))
    expected = together / (np.outer(lengths, lengths) + 3)
    np.fill_diagonal(expected, 0)
    found = model.neighbors.toarray()
    assert ((found > 0).sum(axis=0) <= 5).all()
    kept = found > 0
    np.testing.assert_allclose(found[kept], expected[kept], atol=1e-5)
    for item in range(0, 80, 7):
        np.testing.assert_allclose(np.sort(found[:, item])[-5:], np.sort(expected[:, item])[-5:], atol=1e-5)


def test_the_default_beats_popularity_and_is_no_worse_than_untuned(world):
    cut = splits.leave_last(world.dataset)
    popular = ndcg_10(MODELS["popularity"](cut.X), cut)
    tuned = ndcg_10(train_default(cut.X, ages=cut.ages), cut)
    assert tuned > popular


def test_the_default_works_without_ages_and_without_anything_to_validate_on():
    X = sparse.csr_matrix(np.eye(4, dtype=np.float32))
    assert train_default(X).scores(X).shape == (4, 4)


def test_ials_members_solve_their_normal_equations(matrices, dense):
    strength, weight = 0.03, 0.2
    model = MODELS["ials"](matrices[0], factors=8, regularization=strength, unobserved=weight, exponent=1.0)
    Q = model.item_vectors.astype(np.float64)
    for user in (0, 3, 50, 399, int(np.argmax(np.diff(matrices[0].indptr)))):
        w = dense[user]
        ridge = strength * ((w > 0).sum() + weight * len(Q))
        system = (Q * w[:, np.newaxis]).T @ Q + weight * Q.T @ Q + ridge * np.eye(8)
        np.testing.assert_allclose(model.members[user], np.linalg.solve(system, Q.T @ w), atol=1e-4)


@pytest.mark.parametrize("iterations", [1, 4])
def test_ials_steps_lead_to_plain_alternating_least_squares(matrices, dense, iterations):
    model = MODELS["ials"](matrices[0], factors=6, iterations=iterations, steps=60, seed=2)
    Q = np.random.default_rng(2).standard_normal((80, 6), dtype=np.float32).astype(np.float64) * 0.1 / 6**0.5
    for _ in range(iterations):
        P = _plain_half(dense, Q)
        Q = _plain_half(dense.T, P)
    np.testing.assert_allclose(model.scores(matrices[0]), _plain_half(dense, Q) @ Q.T, atol=2e-3)


def _plain_half(weights, vectors, strength=0.02, weight=0.2):
    together = weight * vectors.T @ vectors
    found = np.zeros((len(weights), vectors.shape[1]))
    for row, w in enumerate(weights):
        if w.any():
            ridge = strength * ((w > 0).sum() + weight * len(vectors))
            system = (vectors * w[:, np.newaxis]).T @ vectors + together + ridge * np.eye(vectors.shape[1])
            found[row] = np.linalg.solve(system, vectors.T @ w)
    return found


def test_ials_folds_a_trained_member_in_to_where_training_put_it(matrices):
    model = MODELS["ials"](matrices[0], factors=8)
    users = np.arange(50)
    np.testing.assert_allclose(model.scores(matrices[0][:50]), model.scores(matrices[0][:50], users=users), atol=1e-4)
