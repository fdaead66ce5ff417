"""Inverses by halves: what numpy finds, in the matrix's own memory, whatever the number of threads."""

import numpy as np
import pytest

from recsys.engine import BadInput, inverse, threads


def positive(size):
    """A positive definite matrix, and the same with nonsense below its diagonal."""
    rows = np.random.default_rng(size).standard_normal((size + 40, size)).astype(np.float32)
    whole = rows.T @ rows + np.eye(size, dtype=np.float32)
    return whole, np.triu(whole) + np.tril(np.full_like(whole, 7), -1)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 513, 700])
def test_an_inverse_is_that_of_numpy_at_any_size(size):
    whole, matrix = positive(size)
    inverse.invert(matrix, threads.one_by_one)
    expected = np.linalg.inv(whole.astype(np.float64))
    np.testing.assert_allclose(matrix, expected, atol=1e-5 * abs(expected).max())


@pytest.mark.parametrize("size", [1, 257, 513])
def test_a_factor_times_itself_is_the_inverse_and_nothing_stands_below_its_diagonal(size):
    whole, matrix = positive(size)
    inverse.factorize(matrix, threads.one_by_one)
    assert not np.tril(matrix, -1).any()
    expected = np.linalg.inv(whole.astype(np.float64))
    np.testing.assert_allclose(matrix @ matrix.T, expected, atol=1e-5 * abs(expected).max())


def test_threads_change_nothing(monkeypatch):
    found = []
    for count in (1, 3):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        _, matrix = positive(1_100)
        with threads.in_threads() as run:
            inverse.invert(matrix, run)
        found.append(matrix)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("place", [0, 300, 599])
def test_what_is_not_positive_definite_is_refused_wherever_it_shows(place):
    _, matrix = positive(600)
    matrix[place, place] = -1
    with pytest.raises(BadInput, match="larger regularization"):
        inverse.invert(matrix, threads.one_by_one)
