"""Champion and challenger sit the same exam: on what followed, of which neither knew, in one training."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import User
from community.conftest import desk_of  # noqa: F401 - a browser fresh from its password
from recsys import leasing, matrix, measuring, operations, queries
from recsys.models import Interaction, TrainedModel, TrainingRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]

BREAD, KNOTS = [f"course:{n}" for n in (9001, 9002, 9003, 9004)], [f"course:{n}" for n in (9011, 9012, 9013, 9014)]
OTHERS = [f"course:{n}" for n in range(9100, 9112)]
HOUR = timedelta(hours=1)


def people(word, count):
    return User.objects.bulk_create(
        User(
            username=f"{word}{n}",
            handle_skeleton=f"{word}{n}",
            name=word,
            email=f"{word}{n}@school.test",
            language="en",
        )
        for n in range(count)
    )


def did(users, items_of, *, at):
    """Each of ``users`` takes what ``items_of`` gives for their number, one after the other, from ``at`` on."""
    Interaction.objects.bulk_create(
        Interaction(user=user, item=item, weight=1.0, happened_at=at + timedelta(seconds=n))
        for number, user in enumerate(users)
        for n, item in enumerate(items_of(number))
    )


def circle(number):
    return BREAD if number % 2 else KNOTS


@pytest.fixture
def began():
    return timezone.now() - timedelta(days=2)


@pytest.fixture
def crowd(began):
    """Sixty members, half of bread and half of knots; two thirds have gone all the way, the others lack the last."""
    dice = np.random.default_rng(5)
    users = people("member", 60)
    others = [list(dice.choice(OTHERS, 2, replace=False)) for _ in users]
    did(users, lambda n: [*others[n], *circle(n)[: 4 if n < 40 else 3]], at=began)
    return users


@pytest.fixture
def champion(crowd, began):
    return operations.retrain(as_of=began + HOUR).model


def go_on(users, began):
    """Those who lacked the last take it, after the champion was trained."""
    Interaction.objects.bulk_create(
        Interaction(user=user, item=circle(number)[3], weight=1.0, happened_at=began + 2 * HOUR)
        for number, user in enumerate(users)
        if number >= 40
    )


def mislead(began):
    """Facts of before come late: a hundred and fifty who went from bread to the last of knots, and the other way round."""
    did(people("stray", 150), lambda n: [*circle(n)[:3], circle(n + 1)[3]], at=began)


def test_the_recorded_score_is_not_what_is_compared(champion, crowd, began):
    go_on(crowd, began)
    TrainedModel.objects.filter(pk=champion.pk).update(score=2.0)
    again = operations.retrain()
    assert (again.is_in_service, again.model.refused_because) == (True, "")


def test_who_went_on_since_is_the_exam_and_the_champion_sits_it_as_it_serves(champion, crowd, began):
    go_on(crowd, began)
    report = operations.retrain().model.report
    assert (report["holdout"], report["asked"], report["champion"]["way"]) == ("time", 20, "as it serves")
    assert report["champion"]["model"] == champion.pk
    assert 0.9 <= report["champion"]["ndcg_10"] <= 1


def test_a_challenger_that_was_misled_does_not_replace_it(champion, crowd, began):
    mislead(began)
    go_on(crowd, began)
    again = operations.retrain()
    assert again.model.report["ndcg_10"] < again.model.report["champion"]["ndcg_10"]
    assert (again.is_in_service, again.model.refused_because[:46]) == (
        False,
        "it recommends worse than the one in service (0",
    )
    assert TrainedModel.objects.in_service() == champion


def test_control_without_an_exam_of_its_own_it_would(champion, crowd, began):
    mislead(began)
    go_on(crowd, began)
    TrainedModel.objects.update(put_in_service_at=None)
    assert operations.retrain().is_in_service


def test_where_too_few_went_on_the_champion_is_fitted_anew_on_the_same_past(champion, crowd):
    report = operations.retrain().model.report
    assert report["champion"]["way"] == "fitted anew"
    assert report["champion"]["ndcg_10"] == pytest.approx(report["ndcg_10"], abs=0.05)


def test_of_very_many_a_part_is_asked_and_nobody_learns_what_the_others_did(champion, crowd, began, monkeypatch):
    go_on(crowd, began)
    monkeypatch.setattr(measuring, "MOST_ASKED", 7)
    monkeypatch.setattr(measuring, "LEAST_ASKED", 5)
    data = matrix.build(until=began + 3 * HOUR)
    cut, has_seen = measuring._holdout(data, champion)
    assert (cut.rows.shape[0], cut.targets.shape[0], len(set(cut.users)), has_seen) == (7, 7, 7, False)
    assert cut.X.nnz == data.weights.nnz - 20
    again = measuring._holdout(data, champion)[0]
    assert list(again.users) == list(cut.users)


def test_what_the_champion_never_saw_it_cannot_guess(champion, crowd, began):
    Interaction.objects.bulk_create(
        Interaction(user=user, item="course:9999", weight=1.0, happened_at=began + 2 * HOUR) for user in crowd
    )
    report = operations.retrain().model.report
    assert (report["holdout"], report["champion"]["ndcg_10"]) == ("time", 0.0)


def test_one_that_cannot_be_read_is_no_reason_to_keep_it(champion, crowd, began, settings):
    go_on(crowd, began)
    (settings.MODELS_ROOT / champion.folder / "items.json").unlink()
    again = operations.retrain()
    assert (again.is_in_service, again.model.report["champion"]["way"][:20]) == (True, "it cannot be asked: ")


def test_a_training_that_was_overtaken_puts_nothing_in_service(champion, crowd, began, eli, monkeypatch):
    former = operations.retrain(as_of=began + HOUR).model
    at = leasing.Lease.at

    def roll_back_meanwhile(lease, stage):
        at(lease, stage)
        if stage == TrainingRun.Stage.CHECKING:
            operations.put_in_service(model=champion, by=eli)

    monkeypatch.setattr(leasing.Lease, "at", roll_back_meanwhile)
    again = operations.retrain()
    assert former.put_in_service_at is not None
    assert (again.is_in_service, again.model.refused_because[:27]) == (False, "another model was put in se")


def test_the_desk_shows_both_side_by_side_with_how_they_were_asked(champion, crowd, began, eli, desk_of):  # noqa: F811
    go_on(crowd, began)
    again = operations.retrain().model
    found = queries.trainings()
    assert (found["champion"], found["challenger"]) == (champion, again)
    figures = {one.label: (one.champion, one.challenger) for one in found["compared"]}
    assert figures["NDCG@10 on what followed"] == (
        f"{again.report['champion']['ndcg_10']:.4f}",
        f"{again.report['ndcg_10']:.4f}",
    )
    page = " ".join(desk_of(eli).get("/desk/recsys/trainedmodel/").content.decode().split())
    assert "what members did after an instant, of which neither knew; 20 members were asked" in page
    assert "The champion: asked as it serves" in page
