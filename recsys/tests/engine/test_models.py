"""What single models promise beyond the contract: their formulas, against slow and plain arithmetic."""

import numpy as np
import pytest
from scipy import sparse

from recsys.engine import MODELS, BadInput, MissingInput, gram, ials, successors, train_default
from recsys.engine.evaluation import measure, ndcg_10, splits


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
    left = 0.7 ** ages[row].data
    # What is left of an entry below a thousandth counts for nothing.
    weights = X[row].data * np.where(left < 1e-3, 0, left)
    np.testing.assert_allclose(
        model.scores(X[row], ages=ages[row])[0], weights @ model.weights[X[row].indices], atol=1e-5
    )
    np.testing.assert_allclose(model.scores(X[row])[0], X[row].toarray()[0] @ model.weights, atol=1e-4)


def steps_of(X, ages, memory):
    """Each step of each history as (faded past, target, weight), the slow and plain way."""
    for row in range(X.shape[0]):
        order = np.argsort(-ages[row].data, kind="stable")
        columns, weights = X[row].indices[order], X[row].data[order]
        for t in range(1, len(columns)):
            past = np.zeros(X.shape[1])
            past[columns[:t]] = weights[:t] * memory ** np.arange(t - 1, -1, -1)
            yield past, columns[t], float(weights[t])


def test_successors_solve_their_equation(matrices, monkeypatch):
    monkeypatch.setattr(successors, "_FAINT", 1e-9)
    X, ages = matrices[0][:150].copy(), matrices[1][:150]
    X.data *= np.random.default_rng(0).uniform(0.5, 2, X.nnz).astype(np.float32)
    model = MODELS["successors"](X, ages=ages, memory=0.5, regularization=20.0)
    before, onward = np.zeros((2, X.shape[1], X.shape[1]))
    for past, target, weight in steps_of(X, ages, 0.5):
        before += weight * np.outer(past, past)
        onward[:, target] += weight * past
    expected = np.linalg.solve(before + 20 * np.eye(len(before)), onward)
    np.testing.assert_allclose(model.weights, expected, atol=1e-4)


def test_successors_tell_what_comes_next_from_what_came_before():
    X = sparse.csr_matrix(np.ones((30, 3), np.float32))
    ages = sparse.csr_matrix((np.tile(np.array([2, 1, 0], np.float32), 30), X.indices, X.indptr), shape=X.shape)
    model = MODELS["successors"](X, ages=ages, regularization=1.0)
    assert model.weights[0, 1] > 10 * abs(model.weights[1, 0])
    assert model.weights[1, 2] > 10 * abs(model.weights[2, 1])
    assert MODELS["ease"](X).weights[0, 1] == pytest.approx(MODELS["ease"](X).weights[1, 0])


@pytest.mark.parametrize("sources", [("popularity",), ("ease",), ("item_knn",), ("trails",)])
def test_what_a_blend_says_is_alike_in_size_whichever_sources_it_mixes(matrices, sources):
    """What a site adds for topics that are liked must not drown one blend and drown in another."""
    X, ages = matrices
    scores = train_default(X, ages=ages, sources=sources).scores(X, ages=ages)
    scores[X.toarray() > 0] = np.nan
    best = -np.sort(-scores, axis=1)[:, X.shape[1] // 20 - 1]
    assert np.mean(best - np.nanmedian(scores, axis=1)) == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("settings", [{"memory": 0.0}, {"memory": 1.0}, {"regularization": 0.0}])
def test_successors_refuse_settings_without_sense(matrices, settings):
    with pytest.raises(BadInput):
        MODELS["successors"](matrices[0], **settings)


def test_where_order_tells_what_comes_next_the_default_goes_by_it():
    random = np.random.default_rng(0)
    # Everybody goes one step onward on one of six rings: what goes together cannot tell onward from back.
    starts, rings = random.integers(0, 10, 900), random.integers(0, 6, 900)
    columns = rings[:, np.newaxis] * 10 + (starts[:, np.newaxis] + np.arange(2)) % 10
    order = np.argsort(columns, axis=1)
    indices, indptr = np.sort(columns, axis=1).ravel(), np.arange(901) * 2
    X = sparse.csr_matrix((np.ones(1800, np.float32), indices, indptr), shape=(900, 60))
    ages = sparse.csr_matrix(((1 - order).ravel().astype(np.float32), indices, indptr), shape=X.shape)
    chosen = train_default(X, ages=ages, validated_on=300).chosen["shares"]
    assert chosen.get("trails", 0) > 0
    assert "trails" not in train_default(X, validated_on=300).chosen["shares"]


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


def test_ials_reads_no_weights_where_all_count_one_and_learns_the_same(matrices):
    X = matrices[0].copy()
    X.data[:] = 1
    settings = ials.IALSConfig(factors=8)
    plain = ials.alternated(X, settings, seed=1)
    weighed = ials.alternated(X, settings, seed=1, factors=np.ones(X.nnz, np.float32))
    np.testing.assert_allclose(plain[2] @ plain[0].T, weighed[2] @ weighed[0].T, atol=1e-4)


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


def test_the_portrait_is_a_ridge_regression_on_features_and_their_squares(world, matrices, dense):
    X = matrices[0]
    model = MODELS["profile"](
        X, member_features=world.member_features, item_features=world.item_features, regularization=7.0
    )
    logs = np.log1p(world.member_features)
    standard = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    topics = world.item_features.toarray() / world.item_features.toarray().sum(axis=1, keepdims=True)
    shares = dense @ topics
    shares /= shares.sum(axis=1, keepdims=True)
    design = np.hstack([standard, standard**2, np.ones((len(standard), 1))])
    penalty = np.diag([7.0] * (design.shape[1] - 1) + [0.0])
    expected = np.linalg.solve(design.T @ design + penalty, design.T @ shares)
    found = np.vstack([model.linear, model.quadratic, model.intercept])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    positive = np.maximum(design @ expected, 1e-6)
    np.testing.assert_allclose(
        model.portrait(world.member_features), positive / positive.sum(axis=1, keepdims=True), atol=1e-5
    )
    np.testing.assert_allclose(model.interest_of(np.arange(400)), model.portrait(world.member_features), atol=1e-6)


def test_the_portrait_finds_the_taste_that_a_survey_hints_at(world, matrices):
    model = MODELS["profile"](matrices[0], member_features=world.member_features, item_features=world.item_features)
    interest = model.portrait(world.member_features)
    for topic in range(4):
        assert np.corrcoef(interest[:, topic], world.tastes[:, topic])[0, 1] > 0.5


@pytest.mark.parametrize("name", ["profile", "modulated"])
def test_the_portrait_needs_both_kinds_of_features(name, world, matrices):
    with pytest.raises(MissingInput, match="member_features"):
        MODELS[name](matrices[0], item_features=world.item_features)
    with pytest.raises(MissingInput, match="item_features"):
        MODELS[name](matrices[0], member_features=world.member_features)


def test_the_portrait_refuses_other_features(world, matrices):
    model = MODELS["profile"](matrices[0], member_features=world.member_features, item_features=world.item_features)
    with pytest.raises(BadInput, match="knows 6 features"):
        model.portrait(world.member_features[:, :3])
    with pytest.raises(BadInput, match="finite"):
        MODELS["profile"](
            matrices[0], member_features=world.member_features * np.nan, item_features=world.item_features
        )


def test_modulated_members_solve_the_modulated_equations(world, matrices, dense):
    model = MODELS["modulated"](
        matrices[0], member_features=world.member_features, item_features=world.item_features, factors=6
    )
    portrait = model.models[0]
    lifts = portrait.lifts(portrait.interest_of(np.arange(400)), bound=2.0).astype(np.float64)
    assert 0.5 <= lifts.min() < 0.9
    assert 1.1 < lifts.max() <= 2.0
    B = model.item_vectors.astype(np.float64)
    for user in (0, 5, 77, 398):
        w, f = dense[user], lifts[user]
        ridge = 0.02 * ((w > 0).sum() + 0.2 * len(B))
        system = (B * (w * f**2)[:, np.newaxis]).T @ B + 0.2 * B.T @ B + ridge * np.eye(6)
        np.testing.assert_allclose(model.members[user], np.linalg.solve(system, B.T @ (w * f)), atol=1e-4)
        known = model.scores(matrices[0][user], users=np.array([user]))[0]
        np.testing.assert_allclose(known, f * (B @ model.members[user]), atol=1e-4)


def test_modulated_by_nothing_is_ials(world, matrices):
    X = matrices[0]
    plain = MODELS["ials"](X, factors=6, seed=4)
    same = MODELS["modulated"](
        X, member_features=world.member_features, item_features=world.item_features, factors=6, seed=4, bound=1.0
    )
    np.testing.assert_allclose(same.scores(X), plain.scores(X), atol=1e-4)


def test_content_prefers_the_topic_of_the_history(world, matrices):
    model = MODELS["content"](matrices[0], item_features=world.item_features)
    history = sparse.csr_matrix((np.ones(1, np.float32), [4], [0, 1]), shape=(1, 80))
    scores = model.scores(history)[0]
    same = (world.item_topics == world.item_topics[4]) & (np.arange(80) != 4)
    assert scores[4] == pytest.approx(1.0, abs=1e-3)
    assert scores[same].mean() > scores[world.item_topics != world.item_topics[4]].mean() + 0.2


def test_content_needs_item_features(matrices):
    with pytest.raises(MissingInput, match="item_features"):
        MODELS["content"](matrices[0])


def blended(world, cut, **settings):
    sources = {"ease": {"regularization": 100.0, "decay": 0.9}, "ials": {"factors": 8, "regularization": 0.05}}
    return MODELS["blend"](cut.X, ages=cut.ages, sources=("ease", "ials", "popularity"), settings=sources, **settings)


def test_the_blend_is_the_weighted_sum_of_z_scores_less_the_penalty(world):
    cut = splits.leave_last(world.dataset)
    model = blended(world, cut, penalties=(0.2,))
    rows, ages = cut.rows[:5], cut.row_ages[:5]
    totals = np.asarray(cut.X.sum(axis=0)).ravel()
    expected = -0.2 * np.log1p(totals) * np.ones((5, 1))
    for share, source in zip(model.chosen["shares"].values(), model.models, strict=True):
        scores = source.scores(rows, ages=ages)
        expected = expected + share * (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    np.testing.assert_allclose(model.scores(rows, ages=ages), expected / model.chosen["step"], atol=1e-3)
    assert model.chosen["penalty"] == 0.2


def test_the_blend_is_no_worse_on_its_own_cut_than_its_best_source(world):
    cut = splits.leave_last(world.dataset)
    alone = blended(world, cut, penalties=(0.0,))
    assert alone.chosen["ndcg"] >= max(
        MODELS["blend"](cut.X, ages=cut.ages, sources=(name,), tune=False, penalties=(0.0,)).chosen["ndcg"]
        for name in ("ease", "popularity")
    )


def test_the_penalty_spreads_the_lists(world):
    cut = splits.leave_last(world.dataset)
    plain = measure(blended(world, cut, penalties=(0.0,)), cut)
    spread = measure(blended(world, cut, penalties=(1.5,)), cut)
    assert spread.coverage_10 >= plain.coverage_10
    assert spread.gini < plain.gini


def test_the_blend_refuses_sources_that_it_does_not_know(matrices):
    with pytest.raises(BadInput, match="unknown sources: blend"):
        MODELS["blend"](matrices[0], sources=("blend",))
