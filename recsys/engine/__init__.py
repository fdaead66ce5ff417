"""
The recommender's numbers: trainers, models, evaluation and ranking, with numpy, scipy and scikit-learn only.

``MODELS`` names the trainers, ``train_default`` picks and tunes one, ``load`` brings a saved model back, ``evaluate``
puts them in a table; ``ranking``, ``reasons`` and ``loading`` are imported by name.
"""

from recsys.engine.catalog import MODELS, load
from recsys.engine.contract import BadInput, DamagedModel, MissingInput, Model, Refused, Trainer
from recsys.engine.default import train_default
from recsys.engine.evaluation.report import Report, evaluate

__all__ = [
    "MODELS",
    "BadInput",
    "DamagedModel",
    "MissingInput",
    "Model",
    "Refused",
    "Report",
    "Trainer",
    "evaluate",
    "load",
    "train_default",
]
