"""The recommender from the command line: train it, or measure models on any file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recsys import leasing, operations
from recsys.engine import BadInput, Report, evaluate, loading
from recsys.engine.evaluation.splits import SPLITS

UNORDERED = "strong"
"""The split that asks about members and not about what came later."""


class Command(BaseCommand):
    """``train`` fits on the site's facts; ``evaluate`` prints the table of models for a file of user,item,timestamp[,weight]."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("train")
        measure = acts.add_parser("evaluate")
        measure.add_argument("--interactions", type=Path, required=True)
        measure.add_argument("--split", choices=sorted(SPLITS), default="time")
        measure.add_argument("--models", default="")
        measure.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "train":
            self._train()
        else:
            self._evaluate(options)

    def _train(self) -> None:
        try:
            done = operations.retrain()
        except leasing.Busy:
            self.stdout.write("A training is running already.")
            return
        except operations.TooLittleToLearn:
            self.stdout.write("Too few members have a history yet; popularity and interests serve.")
            return
        why = "" if done.is_in_service else f", not put in service: {done.model.refused_because}"
        self.stdout.write(f"{done.model.kind}: NDCG@10 {done.model.score:.4f}{why}")

    def _evaluate(self, options: dict[str, Any]) -> None:
        names = [name for name in options["models"].split(",") if name] or None
        try:
            report = self._report(options, names)
        except (BadInput, OSError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps(report.as_dict(), indent=2) if options["json"] else report.as_markdown())

    def _report(self, options: dict[str, Any], names: list[str] | None) -> Report:
        dataset = loading.read_csv(options["interactions"], check=False)
        if options["split"] != UNORDERED:
            loading.check_order(dataset)
        if not loading.what_times_follow(dataset):
            loading.check_positions(dataset)
        return evaluate(dataset, split=options["split"], models=names)
