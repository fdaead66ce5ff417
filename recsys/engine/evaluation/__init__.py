"""Measuring of models on histories cut by time: splits, metrics, tuning, and in ``report`` the table of all."""

from recsys.engine.evaluation.metrics import Figure, Measured, measure, ndcg_10, recommended
from recsys.engine.evaluation.splits import SPLITS, Split, inner

__all__ = ["SPLITS", "Figure", "Measured", "Split", "inner", "measure", "ndcg_10", "recommended"]
