"""A training holds a lease, tells how far it is, and what is damaged does not serve."""

import hashlib
import json
import re
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone, translation

from community.conftest import desk_of  # noqa: F401 - a browser fresh from its password
from core.audit.models import AuditEntry
from recsys import leasing, operations, queries, serving, words
from recsys.models import Impression, TrainedModel, TrainingRun
from recsys.operations import training

pytestmark = pytest.mark.usefixtures("_models")
FORM = re.compile(r'<form class="desk-note" method="post">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(action|_selected_action)" value="([^"]*)"')


class TestTheRun:
    def test_says_what_came_of_it(self, trained):
        run = TrainingRun.objects.get()
        assert (run.model, run.outcome, run.stage, run.ended_at is None) == (trained.model, "serves", "done", False)

    def test_goes_through_its_stages_in_order(self, crowd, monkeypatch):
        seen, at = [], leasing.Lease.at
        monkeypatch.setattr(leasing.Lease, "at", lambda lease, stage: (seen.append(stage.value), at(lease, stage)))
        operations.retrain()
        assert ["reading", *seen] == TrainingRun.Stage.values

    def test_that_fails_ends_with_its_reason_and_lets_the_next_one_begin(self, shelf):
        for _ in range(2):
            with pytest.raises(operations.TooLittleToLearn):
                operations.retrain()
        assert [run.outcome for run in TrainingRun.objects.all()] == [
            "too few members have a history to learn from"
        ] * 2

    def test_a_second_one_does_not_begin(self, crowd, capsys):
        with leasing.leased(), pytest.raises(leasing.Busy):
            operations.retrain()
        with leasing.leased():
            call_command("recsys", "train")
        assert "running already" in capsys.readouterr().out
        assert TrainedModel.objects.count() == 0

    def test_one_that_died_is_taken_over_and_counts_no_more(self, crowd):
        with leasing.leased() as first:
            TrainingRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
            assert operations.retrain().is_in_service
            with pytest.raises(leasing.LeaseLost):
                first.hold()
            with pytest.raises(leasing.LeaseLost):
                first.at(TrainingRun.Stage.FITTING)
        outcomes = list(TrainingRun.objects.order_by("started_at").values_list("outcome", flat=True))
        assert outcomes == ["its process ended without a word", "serves"]


def shuffle_rows(folder):
    """Shuffle the rows of every matrix of a saved model, of sparse ones what they hold, and seal it as if it had been saved so: every check sum is right."""
    dice, seals = np.random.default_rng(3), {}
    for file in Path(folder).rglob("*.npy"):
        rows = np.load(file)
        if rows.ndim == 2 or "indices" in file.name:
            np.save(file, rows[dice.permutation(len(rows))])
            seals[file] = hashlib.sha256(file.read_bytes()).hexdigest()
    assert seals
    for header in Path(folder).rglob("*.json"):
        said = json.loads(header.read_text())
        if isinstance(said, dict) and "files" in said:
            said["files"] |= {file.name: seal for file, seal in seals.items() if file.parent == header.parent}
            header.write_text(json.dumps(said))


class TestDamage:
    def test_a_model_whose_rows_are_shuffled_is_refused_and_the_desk_says_why(self, trained, settings, eli, desk_of):  # noqa: F811
        second = operations.retrain().model
        shuffle_rows(settings.MODELS_ROOT / trained.model.folder)
        page = desk_of(eli)
        form = {"action": "put_in_service", "_selected_action": [trained.model.pk]}
        answer = page.post("/desk/recsys/trainedmodel/", form, follow=True).content.decode()
        assert f"{trained.model} cannot serve: it is damaged: of" in answer
        trained.model.refresh_from_db()
        assert trained.model.refused_because.startswith("it is damaged: of")
        assert TrainedModel.objects.in_service() == second

    def test_what_was_just_found_damaged_is_not_offered_and_nothing_says_that_it_serves(
        self,
        trained,
        eli,
        desk_of,  # noqa: F811
        settings,
    ):
        second = operations.retrain().model
        shutil.rmtree(settings.MODELS_ROOT / trained.model.folder)
        page = desk_of(eli)
        [form] = FORM.findall(page.get("/desk/recsys/trainedmodel/").content.decode())
        answer = page.post("/desk/recsys/trainedmodel/", dict(FIELD.findall(form)), follow=True).content.decode()
        ended = [run.said for run in TrainingRun.objects.order_by("started_at")]
        assert f"{trained.model} cannot serve: no readable model.json" in answer
        assert str(settings.MODELS_ROOT) not in answer
        assert FORM.findall(answer) == []
        assert ended == ["it served, and cannot any more: no readable model.json", "put in service"]
        assert queries.trainings()["serving"] == second

    def test_the_one_in_service_is_not_said_to_serve_when_it_is_damaged(self, trained, eli, desk_of, settings):  # noqa: F811
        second = operations.retrain().model
        shuffle_rows(settings.MODELS_ROOT / second.folder)
        page = desk_of(eli)
        form = {"action": "put_in_service", "_selected_action": [second.pk]}
        answer = page.post("/desk/recsys/trainedmodel/", form, follow=True).content.decode()
        assert f"{second} cannot serve: it is damaged" in answer
        assert (queries.trainings()["serving"], queries.trainings()["former"]) == (trained.model, None)
        serving.forget()
        assert serving.current().row_id == trained.model.pk

    def test_once_it_is_whole_again_it_may_serve_and_nothing_is_held_against_it(self, trained, eli, desk_of, settings):  # noqa: F811
        second = operations.retrain().model
        place, aside = settings.MODELS_ROOT / trained.model.folder, settings.MODELS_ROOT / "aside"
        page, form = desk_of(eli), {"action": "put_in_service", "_selected_action": [trained.model.pk]}
        place.rename(aside)
        page.post("/desk/recsys/trainedmodel/", form)
        aside.rename(place)
        page.post("/desk/recsys/trainedmodel/", form)
        served = queries.trainings()
        assert (served["serving"], served["former"]) == (trained.model, second)

    def test_control_as_it_was_saved_it_may_serve_again(self, trained, eli, desk_of):  # noqa: F811
        operations.retrain()
        form = {"action": "put_in_service", "_selected_action": [trained.model.pk]}
        desk_of(eli).post("/desk/recsys/trainedmodel/", form)
        assert TrainedModel.objects.in_service() == trained.model

    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            (lambda file: file.write_bytes(file.read_bytes() + b" "), "popularity.npy 保存后被改动过"),
            (lambda file: file.unlink(), "缺少文件 popularity.npy"),
            (lambda file: file.with_name("model.json").write_text("no"), "无法读取 model.json"),
        ],
    )
    def test_of_what_happened_to_its_files_the_desk_tells_in_the_language_of_whoever_reads(
        self, trained, settings, damage, said
    ):
        damage(next((settings.MODELS_ROOT / trained.model.folder).rglob("popularity.npy")))
        with translation.override("zh-hans"):
            assert said in words.outcome(training.what_is_wrong_with(trained.model.folder, trained.model.report))

    def test_one_that_is_damaged_while_it_is_saved_is_never_put_in_service(self, crowd, monkeypatch, settings):
        save = training._save

        def damaged(*args):
            folder = save(*args)
            shuffle_rows(settings.MODELS_ROOT / folder)
            return folder

        monkeypatch.setattr(training, "_save", damaged)
        done = operations.retrain()
        assert (done.is_in_service, done.model.refused_because[:16]) == (False, "it is damaged: o")
        assert TrainingRun.objects.get().outcome.startswith("not put in service: it is damaged")

    def test_one_that_is_damaged_afterwards_gives_way_to_the_one_before(self, trained, settings):
        second = operations.retrain().model
        serving.forget()
        assert serving.current().row_id == second.pk
        shuffle_rows(settings.MODELS_ROOT / second.folder)
        serving.forget()
        assert serving.current().row_id == trained.model.pk


class TestAlarm:
    """Whoever runs the school learns that members get less than they should."""

    CANNOT = "the one that should serve cannot be read"

    def told(self, page):
        health = page.get("/desk/recsys/trainedmodel/health/").content.decode()
        return self.CANNOT in page.get(
            "/desk/"
        ).content.decode(), "The model that should serve cannot be read" in health

    @pytest.mark.parametrize(
        "spoil", [lambda path: path.write_bytes(b"nonsense"), Path.unlink], ids=["corrupt", "missing"]
    )
    def test_that_it_cannot_be_read_is_told_until_another_serves(self, trained, settings, eli, desk_of, spoil):  # noqa: F811
        page = desk_of(eli)
        serving.current()
        before = self.told(page)
        for path in (settings.MODELS_ROOT / trained.model.folder).rglob("*.npy"):
            spoil(path)
        serving.forget()
        cards = queries.feed(viewer=eli, limit=3)
        meanwhile = self.told(page)
        operations.retrain()
        serving.forget()
        serving.current()
        assert (before, meanwhile, self.told(page)) == ((False, False), (True, True), (False, False))
        assert {card["source"] for card in cards} == {"popular"}

    def test_and_beside_the_model_why(self, trained, settings, eli, desk_of):  # noqa: F811
        shuffle_rows(settings.MODELS_ROOT / trained.model.folder)
        serving.forget()
        queries.feed(viewer=eli, limit=3)
        models = desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode()
        assert ("it is damaged: of" in models, str(settings.MODELS_ROOT) in models) == (True, False)

    def test_so_does_it_when_most_cards_are_only_popular(self, eli, ben, desk_of):  # noqa: F811
        today = timezone.localdate()
        Impression.objects.bulk_create(
            Impression(user=ben, item=f"course:{n}", day=today, source="popular") for n in range(120)
        )
        assert "most cards are only popular" in desk_of(eli).get("/desk/").content.decode()


class TestGoingBack:
    def test_one_button_puts_the_former_one_in_service_and_then_leads_forward_again(self, trained, eli, desk_of):  # noqa: F811
        second = operations.retrain().model
        page, seen = desk_of(eli), []
        for _ in range(2):
            [form] = FORM.findall(page.get("/desk/recsys/trainedmodel/").content.decode())
            said = dict(FIELD.findall(form))
            page.post("/desk/recsys/trainedmodel/", said)
            seen.append((TrainedModel.objects.in_service(), "Go back to Blend" in form))
        assert seen == [(trained.model, True), (second, True)]
        assert AuditEntry.objects.filter(act="recsys.put_in_service", actor_id=eli.pk).count() == 2

    def test_with_one_alone_there_is_nothing_to_go_back_to(self, trained, eli, desk_of):  # noqa: F811
        assert FORM.findall(desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode()) == []


class TestTheDesk:
    def test_never_puts_figures_of_two_exams_side_by_side(self, trained, eli, desk_of):  # noqa: F811
        TrainedModel.objects.create(
            folder="weaker", kind="blend", as_of=timezone.now(), score=0.01, refused_because="it recommends worse",
            report={"ndcg_10": 0.01, "popularity_ndcg_10": 0.2, "chosen": {"shares": {"ease": 0.75, "popularity": 0.25}}},
        )  # fmt: skip
        rows = {one.label: (one.champion, one.challenger) for one in queries.trainings()["compared"]}
        assert rows["NDCG@10 on what followed"] == ("–", "0.0100")
        assert rows["sources and their shares"][1] == "EASE 75 %, Popularity 25 %"
        page = desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode()
        assert "The challenger does not serve: it recommends worse" in " ".join(page.split())

    @pytest.mark.parametrize(
        ("kept", "said"),
        [
            ("another model was put in service meanwhile, with which it was not compared",
             "在此期间启用了另一个模型，它没有与那个比较过"),
            ("it recommends worse than popularity (0.0312 against 0.0400)", "它推荐得不如热门榜（0.0312 对 0.0400）"),
            ("/models/x: items.npy is missing", "/models/x：缺少文件 items.npy"),
            ("[Errno 5] Input/output error: 'x'", "[Errno 5] Input/output error: &#x27;x&#x27;"),
        ],
    )  # fmt: skip
    def test_says_why_in_the_language_of_whoever_reads(self, eli, desk_of, kept, said):  # noqa: F811
        model = TrainedModel.objects.create(folder="weaker", kind="blend", as_of=timezone.now(), refused_because=kept)
        TrainingRun.objects.create(
            token="1", leased_until=timezone.now(), ended_at=timezone.now(), outcome=f"not put in service: {kept}", model=model
        )  # fmt: skip
        page = desk_of(eli, language="zh-hans").get("/desk/recsys/trainedmodel/").content.decode()
        assert page.count(said) == 3
        assert f"没有启用：{said}" in page

    def test_says_when_by_the_clock_of_whoever_reads(self, eli, desk_of):  # noqa: F811
        at = datetime(2026, 3, 31, 20, 5, tzinfo=UTC)
        TrainedModel.objects.create(folder="late", kind="blend", as_of=at, trained_at=at)
        page = desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode()
        assert ("2026-04-01 04:05" in page, "2026-03-31 20:05" in page) == (True, False)

    def test_shows_how_far_a_training_is(self, eli, desk_of):  # noqa: F811
        with leasing.leased() as lease:
            lease.at(TrainingRun.Stage.FITTING)
            page = desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode()
        assert '<progress class="progress" max="5" value="2">2/5</progress> <span>Fitting on everything</span>' in page


def begun_at_once(threads):
    barrier, held = threading.Barrier(threads), []

    def begin():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            held.append(leasing._take())
        except leasing.Busy:
            pass
        finally:
            connection.close()

    running = [threading.Thread(target=begin) for _ in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return len(held)


@pytest.mark.race
@pytest.mark.commits
def test_of_six_that_begin_at_once_one_trains(own_database):
    assert begun_at_once(6) == 1


@pytest.mark.race
@pytest.mark.commits
def test_control_without_the_constraint_several_train(own_database):
    from conftest import _sql

    _sql('DROP INDEX "one_training_at_a_time"', connection.settings_dict["NAME"])
    assert begun_at_once(6) > 1
