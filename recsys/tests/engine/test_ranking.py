import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys.engine import BadInput, ranking

SCORES = np.array([[0.1, 0.9, 0.5, 0.9], [0.4, 0.3, 0.2, 0.1]], dtype=np.float32)


def test_best_first_and_ties_by_number():
    assert ranking.top_k(SCORES, k=3).tolist() == [[1, 3, 2], [0, 1, 2]]


def test_what_is_excluded_or_not_allowed_never_appears():
    # A stored zero excludes as well: the member has had the item.
    exclude = sparse.csr_matrix((np.array([1, 0], np.float32), np.array([1, 0]), np.array([0, 1, 2])), shape=(2, 4))
    allowed = np.array([True, True, True, False])
    assert ranking.top_k(SCORES, k=3, exclude=exclude).tolist() == [[3, 2, 0], [1, 2, 3]]
    assert ranking.top_k(SCORES, k=3, exclude=exclude, allowed=allowed).tolist() == [[2, 0, -1], [1, 2, -1]]


def test_a_short_catalog_is_padded():
    assert ranking.top_k(SCORES[:1], k=6).tolist() == [[1, 3, 2, 0, -1, -1]]


def test_refusals():
    with pytest.raises(BadInput, match="at least 1"):
        ranking.top_k(SCORES, k=0)
    with pytest.raises(BadInput, match="exclude must be"):
        ranking.top_k(SCORES, k=1, exclude=sparse.csr_matrix((1, 4)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 5), min_size=6, max_size=6), min_size=1, max_size=5),
    st.integers(1, 6),
)
def test_top_k_is_a_full_sort_cut_short(rows, k):
    scores = np.array(rows, dtype=np.float32)
    expected = [sorted(range(6), key=lambda item: (-row[item], item))[:k] for row in rows]
    assert ranking.top_k(scores, k=k).tolist() == expected


def test_z_scores_of_a_constant_row_are_zeros():
    found = ranking.z_scores(np.array([[1, 2, 3], [4, 4, 4]], dtype=np.float32))
    np.testing.assert_allclose(found, [[-1.2247, 0, 1.2247], [0, 0, 0]], atol=1e-4)


def test_the_popularity_penalty_lifts_the_rare():
    scores = np.array([[1.0, 0.98, 0.0, 0.1]], dtype=np.float32)
    popularity = np.array([100, 1, 50, 50], dtype=np.float32)
    assert ranking.top_k(ranking.without_popularity(scores, popularity, penalty=0.0), k=1).tolist() == [[0]]
    assert ranking.top_k(ranking.without_popularity(scores, popularity, penalty=0.2), k=1).tolist() == [[1]]


TOPICS = sparse.csr_matrix(np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float32))


def test_variety_brings_another_topic_forward():
    worth = np.array([1.0, 0.9, 0.8, 0.7], dtype=np.float32)
    assert ranking.varied([0, 1, 2, 3], worth, k=3) == [0, 1, 2]
    assert ranking.varied([0, 1, 2, 3], worth, k=3, topics=TOPICS, relevance=1.0) == [0, 1, 2]
    assert ranking.varied([0, 1, 2, 3], worth, k=3, topics=TOPICS, relevance=0.5) == [0, 3, 1]


def test_no_creator_exceeds_the_cap_and_nobody_is_not_a_creator():
    worth = np.array([1.0, 0.9, 0.8, 0.7], dtype=np.float32)
    creators = ["ada", "ada", "ada", "ben"]
    assert ranking.varied([0, 1, 2, 3], worth, k=4, creators=creators, per_creator=2) == [0, 1, 3]
    assert ranking.varied([0, 1, 2, 3], worth, k=4, creators=[None] * 4, per_creator=1) == [0, 1, 2, 3]


def test_padding_is_not_a_candidate():
    assert ranking.varied([2, -1], np.array([0.5, -np.inf], dtype=np.float32), k=2) == [2]
    assert ranking.varied([], np.array([], dtype=np.float32), k=2) == []
