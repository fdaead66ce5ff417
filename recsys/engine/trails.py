"""
Trails: what stands near what in histories and what comes next after what, in one closed-form linear model.

EASE explains a whole history by itself and knows no order; ``successors`` explains each step by what came before it. Here both are
asked of one matrix. With G, S and C of ``moments`` (items that stand near each other, what came before a step, the step that
came) and τ the share of the first, A = τ·G + (1−τ)·S and N = τ·G + (1−τ)·C, minimise tr Bᵀ(A + p·diag A + λI)B − 2·tr BᵀN with
diag(B) = 0: with P = (A + p·diag A + λI)⁻¹ that is B = P·N − P·diag(γ), γ_j = (P·N)_jj / P_jj. So one inverse serves both.

It joins four things: SLIST (Choi and others, "Session-aware Linear Item-Item Models for Session-based Recommendation", 2021), counting
what stands far apart less, counting a member with a long history less per entry, and the dropout of EDLAE (Steck, "Autoencoders
that don't overfit towards the Identity", 2020), p = q / (1 − q) for a share q that is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, inverse, moments, threads
from recsys.engine.contract import BadInput, Floats, TooLarge
from recsys.engine.linear import Linear

# Rows and columns are spread in blocks of so many at most.
_LARGEST: Final = 1_024
_STRIP: Final = 64


@dataclass(frozen=True)
class TrailsConfig:
    """
    ``memory`` is m, what is left of a pair's weight at each step that it is apart; ``together`` τ, ``regularization`` λ, ``dropout`` p.

    ``decay`` weighs a history entry by decay^age when it is served. Catalogs above ``largest`` items are refused: three matrices of
    4 bytes per pair of items are held in training.
    """

    memory: float = 0.87
    together: float = 0.5
    regularization: float = 50.0
    dropout: float = 0.3
    decay: float = 0.8
    largest: int = 15_000

    def __post_init__(self) -> None:
        if not 0 < self.memory < 1 or not 0 <= self.together <= 1:
            raise BadInput(f"memory must lie in (0, 1), not {self.memory}, and together in 0…1, not {self.together}")
        if self.regularization <= 0 or self.dropout < 0:
            raise BadInput("regularization must be positive and dropout not negative")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class Trails(Linear):
    """Scores = Σ_i decay^age_i · w_i · B[i], with ``weights`` B (items, items) float32 and a zero diagonal."""

    config: TrailsConfig

    kind: ClassVar[str] = "trails"
    Config: ClassVar[type[Any]] = TrailsConfig

    @property
    def fading(self) -> float:
        """Give the decay that weighs histories when they are served."""
        return self.config.decay


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Trails:
    """
    Count pairs and solve; O(entries · steps remembered + items³) time, three matrices (items, items) at the peak.

    Without ages the order is not known, and the entries are taken in the order of the items: use it where there are ages.

    :raises TooLarge: if there are more items than ``largest``.
    """
    settings = interactions.configured(TrailsConfig, config)
    weights, counted = interactions.checked(X, ages=ages)
    if weights.shape[1] > settings.largest:
        raise TooLarge(f"trails holds at most {settings.largest:,} items, not {weights.shape[1]:,}: use ials")
    learned = solved(moments.counted(weights, counted, settings.memory), settings)
    return Trails(interactions.popularity_of(weights), learned, settings)


def solved(found: moments.Moments, settings: TrailsConfig, *, last: bool = True) -> Floats:
    """Turn the sums into B, the ``last`` time in their own memory: they are not to be used again."""
    half, learned = (found.before, found.onward) if last else (np.empty_like(found.before) for _ in range(2))
    parts = list(inverse.evenly(len(half), _LARGEST))
    with threads.in_threads() as run:
        run([partial(_weigh, found, settings, half, learned, rows) for rows in parts])
        run([partial(_reflect, half, rows) for rows in parts])
        diagonal = np.einsum("ii->i", half)
        diagonal *= np.float32(1 + settings.dropout)
        diagonal += np.float32(settings.regularization)
        inverse.factorize(half, run)
        run([partial(_explain, half, learned, columns) for columns in parts])
    return learned


def _weigh(found: moments.Moments, settings: TrailsConfig, half: Floats, learned: Floats, rows: slice) -> None:
    """Put the half of A − p·diag A − λI where the older entry stands first into ``half``, and N into ``learned``."""
    together, alone = np.float32(settings.together * found.scale), np.float32(1 - settings.together)
    for some in _strips(rows):
        near = together * found.near[some]
        np.multiply(found.before[some], alone, out=half[some])
        half[some] += near
        np.multiply(found.onward[some], alone, out=learned[some])
        learned[some] += near
        # Only pairs in the order of time were counted; who stands near whom has none.
        near = together * found.near[:, some].T
        np.einsum("ii->i", near[:, some])[...] = 0.0
        learned[some] += near


def _reflect(half: Floats, rows: slice) -> None:
    """Add to the upper triangle what stands in the lower one, of which ``inverse`` reads nothing."""
    for some in _strips(rows):
        own = half[some, some]
        own += np.tril(own, -1).T
        half[some, some.stop :] += half[some.stop :, some].T


def _explain(factor: Floats, learned: Floats, columns: slice) -> None:
    """Replace some columns of N by those of B = U·(Uᵀ·N − Uᵀ·diag γ), for P = U·Uᵀ."""
    found, own = learned[:, columns], factor[columns]
    inverse.before(factor, found)
    # What stands left of the diagonal of U is nothing.
    strips = list(_strips(slice(columns.start, len(factor))))
    removed = np.zeros(found.shape[1], dtype=np.float32)
    for some in strips:
        removed += np.einsum("jk,kj->j", own[:, some], found[some])
    removed /= np.einsum("jk,jk->j", own, own)
    for some in strips:
        found[some] -= own[:, some].T * removed
    inverse.after(factor, found)
    np.einsum("ii->i", found[columns])[...] = 0.0


def _strips(rows: slice) -> Iterator[slice]:
    """Rows of the block, so few at a time that they stay in a processor's own cache."""
    return (slice(start, min(start + _STRIP, rows.stop)) for start in range(rows.start, rows.stop, _STRIP))
