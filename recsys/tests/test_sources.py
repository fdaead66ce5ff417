"""What the site's default model is made of: content and portrait join when they help, and say their shares."""

import numpy as np
import pytest
from scipy import sparse

from recsys import features, matrix
from recsys.engine import load, train_default
from recsys.models import TrainedModel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def data(crowd):
    from django.utils import timezone

    return matrix.build(until=timezone.now())


def test_what_is_read_in_portions_is_what_is_read_at_once(data, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(matrix, "PORTION", 1)
    again = matrix.build(until=timezone.now())
    assert (again.members, again.items) == (data.members, data.items)
    assert data.items == sorted(data.items)
    pairs = [(one.weights, one.ages) for one in (again, data)]
    arrays = [[part for matrix_ in pair for part in (matrix_.data, matrix_.indices, matrix_.indptr)] for pair in pairs]
    assert all((one == other).all() for one, other in zip(*arrays, strict=True))
    assert (again.times == data.times).all()


def test_before_anything_was_done_there_is_nothing_to_learn_from(db):
    from django.utils import timezone

    empty = matrix.build(until=timezone.now())
    assert (empty.weights.shape, empty.members, empty.items) == ((0, 0), [], [])


def test_features_begin_with_topics_and_know_words_and_creators(data, shelf, topics):
    known = features.build(data)
    assert known.topics == len(topics)
    bread = data.items.index(shelf[0].key)
    others = [data.items.index(shelf[n].key) for n in (1, 3)]
    shared = [
        (known.items[bread, : known.topics].multiply(known.items[other, : known.topics])).sum() for other in others
    ]
    assert shared == [1.0, 0.0]
    assert known.items.shape[1] > known.topics
    assert known.members.shape == (len(data.members), 6)
    assert known.members.sum() == data.weights.nnz


def test_they_cost_the_same_for_one_item_and_for_all(data, django_assert_num_queries):
    with django_assert_num_queries(6):
        features.build(data)


def test_the_report_says_which_sources_got_which_share(trained, settings):
    report = TrainedModel.objects.get().report
    served = load(settings.MODELS_ROOT / trained.model.folder)
    assert report["chosen"]["shares"] == served.chosen["shares"]
    assert set(report["chosen"]["shares"]) <= {"ease", "successors", "popularity", "content", "profile"}
    assert sum(report["chosen"]["shares"].values()) > 0


def circles(*, members=80, items=400, seed=0):
    """Members take items of one of four circles, so many items that hardly two members share one."""
    dice = np.random.default_rng(seed)
    circle = np.arange(items) % 4
    rows, columns, ages = [], [], []
    for member in range(members):
        own = dice.permutation(np.nonzero(circle == member % 4)[0])[:6]
        rows += [member] * len(own)
        columns += list(own)
        ages += list(range(len(own)))
    order = np.lexsort((columns, rows))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=members))])
    index = np.array(columns)[order]
    X = sparse.csr_matrix((np.ones(len(rows), np.float32), index, indptr), shape=(members, items))
    A = sparse.csr_matrix((np.array(ages, np.float32)[order], index, indptr), shape=(members, items))
    terms = sparse.csr_matrix((np.ones(items, np.float32), (np.arange(items), circle)), shape=(items, 4))
    return X, A, terms, np.stack([np.bincount(rows), np.arange(members) % 4 == 0], axis=1).astype(float)


def test_content_gets_a_share_where_words_tell_more_than_company():
    X, ages, terms, _ = circles()
    chosen = train_default(X, ages=ages, item_features=terms).chosen
    assert chosen["shares"].get("content", 0) > 0


@pytest.mark.parametrize("items", [40, 400], ids=["company tells much", "company tells hardly anything"])
@pytest.mark.parametrize("seed", range(6))
def test_control_words_that_tell_nothing_get_none(items, seed):
    X, ages, terms, _ = circles(items=items, seed=seed)
    noise = sparse.csr_matrix(np.random.default_rng(100 + seed).permutation(terms.toarray()))
    assert "content" not in train_default(X, ages=ages, item_features=noise).chosen["shares"]


def lots(*, members=60, items=300, seed=0):
    """Members take what they take by lot, so that nothing follows from anything but how popular it is."""
    dice = np.random.default_rng(seed)
    chances = 1 / np.arange(1, items + 1)
    rows = [np.sort(dice.choice(items, 6, replace=False, p=chances / chances.sum())) for _ in range(members)]
    indptr, index = np.arange(members + 1) * 6, np.concatenate(rows)
    ages = np.concatenate([dice.permutation(6) for _ in rows]).astype(np.float32)
    made = [
        sparse.csr_matrix((data, index, indptr), shape=(members, items))
        for data in (np.ones(6 * members, np.float32), ages)
    ]
    terms = sparse.csr_matrix(
        (np.ones(items, np.float32), (np.arange(items), dice.integers(0, 8, items))), shape=(items, 8)
    )
    return *made, terms


def test_where_everything_is_chance_popularity_serves_alone():
    chosen = []
    for seed in range(12):
        X, ages, terms = lots(seed=seed)
        chosen.append(set(train_default(X, ages=ages, item_features=terms).chosen["shares"]))
    # At two standard errors chance gets through now and then, and looks at two sources in seven shares each.
    assert sum(one == {"popularity"} for one in chosen) >= 9, chosen


def test_the_portrait_is_asked_and_reads_the_leading_columns_alone():
    X, ages, terms, members = circles()
    wide = sparse.csr_matrix(sparse.hstack([terms, sparse.random(400, 300, 0.3, random_state=3)]), dtype=np.float32)
    asked = train_default(
        X,
        ages=ages,
        item_features=wide,
        member_features=members,
        settings={"profile": {"leading": 4}},
        sources=("profile",),
    )
    assert asked.models[0].topics.shape == (400, 4)
