import numpy as np
import pytest
from scipy import sparse

from recsys.engine import MODELS, BadInput, blend, ranking
from recsys.engine.reasons import reasons

SETTINGS = {
    "ease": {},
    "trails": {},
    "blend": {"settings": {"ials": {"factors": 8, "regularization": 0.05}}, "sources": ("ease", "ials", "item_knn")},
}

PORTRAITS = {
    "sources": {"trails": {}, "popularity": {}, "content": {"factors": 16}, "profile": {"leading": 8}},
    "shares": {"trails": 1.0, "popularity": 0.3, "content": 0.6, "profile": 0.6},
    "penalty": 0.1,
    "ndcg": 0.0,
}

PAIRS = 250
"""Members with the item that is best for them: five hundred for any two of the models together."""


@pytest.fixture(scope="module", params=[*sorted(SETTINGS), "portraits"])
def served(request, world, matrices):
    X, ages = matrices
    if request.param == "portraits":
        features = {"item_features": world.item_features, "member_features": world.member_features}
        return blend.train_as(PORTRAITS, X, ages=ages, **features), X, ages
    return MODELS[request.param](X, ages=ages, **SETTINGS[request.param]), X, ages


def without(row, place):
    keep = np.arange(row.nnz) != place
    return sparse.csr_matrix((row.data[keep], row.indices[keep], [0, keep.sum()]), shape=row.shape)


def test_the_named_item_is_the_one_whose_removal_costs_most(served):
    model, X, ages = served
    random = np.random.default_rng(1)
    right = lucky = judged = 0
    for row in range(X.shape[0]):
        if X[row].nnz < 6 or judged == PAIRS:
            continue
        history, counted = X[row], ages[row]
        best = int(ranking.top_k(model.scores(history, ages=counted), k=1, exclude=history)[0, 0])
        after = [
            model.scores(without(history, place), ages=without(counted, place))[0, best] for place in range(history.nnz)
        ]
        truth = int(history.indices[int(np.argmin(after))])
        named = reasons(model, history, ages=counted, items=[best])[0][0]
        right += named.item == truth
        lucky += int(random.choice(history.indices)) == truth
        judged += 1
    assert judged == PAIRS
    # Ties within float32 may fall either way.
    assert right >= 0.95 * PAIRS
    assert lucky <= 0.2 * PAIRS


def test_the_drop_is_the_difference_of_the_scores(served):
    model, X, ages = served
    row = next(row for row in range(X.shape[0]) if X[row].nnz == 4)
    history, counted = X[row], ages[row]
    found = reasons(model, history, ages=counted, items=[1, 2])
    for item, named in zip([1, 2], found, strict=True):
        for reason in named:
            place = history.indices.tolist().index(reason.item)
            less = model.scores(without(history, place), ages=without(counted, place))[0, item]
            assert reason.drop == pytest.approx(model.scores(history, ages=counted)[0, item] - less, abs=1e-4)
            assert reason.drop > 0
        assert [reason.drop for reason in named] == sorted((reason.drop for reason in named), reverse=True)


def test_an_item_is_no_reason_for_itself(served):
    model, X, _ = served
    row = next(row for row in range(X.shape[0]) if X[row].nnz == 4)
    own = int(X[row].indices[0])
    assert own not in [reason.item for reason in reasons(model, X[row], items=[own], most=9)[0]]


def test_popularity_claims_nothing_personal(world, matrices):
    X, _ = matrices
    model = MODELS["popularity"](X)
    assert reasons(model, X[0], items=[0, 1]) == [[], []]


def test_no_history_no_reason(served):
    model, X, _ = served
    assert reasons(model, sparse.csr_matrix((1, X.shape[1]), dtype=np.float32), items=[3]) == [[]]


def test_only_one_history_at_a_time(served):
    model, X, _ = served
    with pytest.raises(BadInput, match="one history"):
        reasons(model, X[:2], items=[3])


def test_a_history_of_one_entry_is_the_reason_for_what_it_lifts_and_for_nothing_else():
    """Without its only entry a member is unknown and gets popularity, which lies on another scale than the scores."""
    X = sparse.csr_matrix(np.kron(np.eye(2), np.ones((6, 3))).astype(np.float32))
    model = MODELS["blend"](X, sources=("ease",))
    row = sparse.csr_matrix(([1.0], ([0], [0])), shape=(1, 6), dtype=np.float32)
    named = [[reason.item for reason in found] for found in reasons(model, row, items=[1, 2, 3, 4])]
    assert named == [[0], [0], [], []]


def test_the_strongest_alone_is_the_first_of_several(served):
    model, X, ages = served
    for row in range(20):
        history, counted = X[row], ages[row]
        items = list(range(X.shape[1]))
        scores = model.scores(history, ages=counted)
        several = reasons(model, history, ages=counted, items=items, most=9)
        alone = reasons(model, history, ages=counted, items=items, most=1, scores=scores)
        assert [found[:1] for found in several] == alone
