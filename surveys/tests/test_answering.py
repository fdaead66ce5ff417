"""Answering, skipping, and what the answers say about somebody's interests."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import TopicFollow
from core.events.testing import published
from surveys import operations, queries
from surveys.events import SurveyAnswered
from surveys.models import Answer, Submission, Survey

pytestmark = pytest.mark.django_db


class TestStory:
    def test_a_newcomer_answers_on_one_page_and_goes_where_they_wanted(
        self, survey, ben, ben_in, choice, worker, data, writing
    ):
        page = ben_in.get("/welcome/?next=/settings/profile/")
        assert "What are you curious about?" in page.content.decode()
        form = {
            f"q{survey.what.pk}": [choice("Ledgers"), choice("Reports")],
            f"q{survey.why.pk}": choice("Fun"),
            f"q{survey.code.pk}": "4",
            f"q{survey.more.pk}": "Old books.",
            "next": "/settings/profile/",
        }
        answer = ben_in.post("/welcome/", form, follow=True)
        assert answer.redirect_chain == [("/settings/profile/", 302)]
        assert "Thank you." in answer.content.decode()
        assert queries.topic_interests(ben) == {data.pk: 7, writing.pk: 5}
        [fact] = published(SurveyAnswered)
        assert (fact.survey_id, fact.user_id, fact.topic_ids) == (survey.pk, ben.pk, sorted([data.pk, writing.pk]))
        worker()
        assert set(TopicFollow.objects.filter(user=ben).values_list("topic_id", flat=True)) == {data.pk, writing.pk}

    def test_topics_are_followed_since_the_answer_whenever_a_worker_reads_of_it(self, survey, ben, choice, worker):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        answered_at = timezone.now()
        worker()
        assert TopicFollow.objects.get(user=ben).created_at <= answered_at

    def test_or_skips_it(self, survey, ben, ben_in):
        assert queries.is_waiting(survey=survey, user=ben)
        assert ben_in.post("/welcome/skip/", {"next": "/settings/profile/"}).headers["Location"] == "/settings/profile/"
        assert not queries.is_waiting(survey=survey, user=ben)
        assert queries.topic_interests(ben) == {}
        assert published(SurveyAnswered) == []

    def test_the_page_shows_again_what_was_answered(self, survey, ben, ben_in, choice):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")], survey.code.pk: 4})
        page = ben_in.get("/welcome/").content.decode()
        assert page.count(" checked") == 2

    def test_answering_again_replaces_what_was_said(self, survey, ben, choice, data):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Reports")]})
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        assert queries.topic_interests(ben) == {data.pk: 5}
        assert (Submission.objects.count(), Answer.objects.count()) == (1, 1)

    def test_skipping_after_answering_forgets_nothing(self, survey, ben, choice, data):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        operations.skip(survey=survey, by=ben)
        assert queries.topic_interests(ben) == {data.pk: 5}

    def test_without_a_survey_nobody_is_held_up(self, ben_in):
        assert ben_in.get("/welcome/").headers["Location"] == "/"

    def test_a_guest_is_asked_to_log_in(self, survey, client):
        assert client.get("/welcome/").headers["Location"] == "/account/login/?next=/welcome/"

    def test_in_chinese(self, survey, ben, ben_in):
        ben.language = "zh-hans"
        ben.save()
        page = ben_in.get("/welcome/").content.decode()
        assert "你想学什么？" in page
        assert "What are you curious about?" not in page.replace("What are you curious about?（中）", "")


class TestRefusals:
    def test_a_choice_of_another_question_is_none(self, survey, ben, choice):
        with pytest.raises(operations.NotAChoice):
            operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Fun")]})
        assert not Submission.objects.exists()

    def test_one_choice_is_one(self, survey, ben, choice):
        with pytest.raises(operations.NotAChoice):
            operations.submit(survey=survey, by=ben, answers={survey.why.pk: [choice("Fun"), choice("Work")]})

    @pytest.mark.parametrize("step", [0, 6])
    def test_the_scale_ends(self, survey, ben, step):
        with pytest.raises(operations.NotAChoice):
            operations.submit(survey=survey, by=ben, answers={survey.code.pk: step})

    def test_what_must_be_answered_must_be(self, survey, ben, ben_in):
        survey.questions.filter(pk=survey.code.pk).update(is_required=True)
        with pytest.raises(operations.Incomplete):
            operations.submit(survey=survey, by=ben, answers={})
        page = ben_in.post("/welcome/", {})
        assert list(page.context["form"].errors) == [f"q{survey.code.pk}"]

    def test_a_closed_survey_takes_nothing(self, survey, ben):
        operations.close(survey=survey)
        with pytest.raises(operations.Closed):
            operations.submit(survey=survey, by=ben, answers={})


class TestVersions:
    def test_a_new_version_has_the_same_questions_and_waits(self, survey, data):
        copy = operations.new_version(survey=survey)
        assert (copy.version, copy.is_open) == (2, False)
        assert [question.text_en for question in copy.questions.order_by("place")] == [
            question.text_en for question in survey.questions.order_by("place")
        ]
        assert copy.questions.get(place=1).choices.get(text_en="Ledgers").effects.get().topic == data
        assert survey.questions.count() == 4

    def test_opening_it_closes_the_one_before(self, survey):
        copy = operations.new_version(survey=survey)
        operations.open_version(survey=copy)
        assert queries.onboarding() == copy
        assert list(Survey.objects.filter(closed_at__isnull=False)) == [survey]

    def test_postgres_lets_one_version_be_open(self, survey):
        from django.utils import timezone

        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.create(slug="onboarding", version=3, opened_at=timezone.now())

    def test_of_two_versions_the_newest_answers_count(self, survey, ben, choice, data, writing):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        copy = operations.new_version(survey=survey)
        operations.open_version(survey=copy)
        assert queries.topic_interests(ben) == {data.pk: 5}
        operations.submit(survey=copy, by=ben, answers={copy.questions.get(place=1).pk: [choice("Reports")]})
        assert queries.topic_interests(ben) == {data.pk: 2, writing.pk: 4}

    def test_interests_cost_one_query(self, survey, ben, choice, django_assert_num_queries):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Reports")]})
        with django_assert_num_queries(1):
            queries.topic_interests(ben)


class TestResults:
    def answers_of(self, survey, member, choice, count):
        for number in range(count):
            given = {
                survey.what.pk: [choice("Ledgers")],
                survey.code.pk: 1 + number % 5,
                survey.more.pk: f"Sentence {number}.",
            }
            operations.submit(survey=survey, by=member(f"Member{number}"), answers=given)

    @pytest.mark.leak
    def test_fewer_than_five_answers_are_not_shown(self, survey, member, choice):
        self.answers_of(survey, member, choice, 4)
        for result in queries.results(survey=queries.with_questions(pk=survey.pk)):
            assert (result.is_shown, result.bars, result.mean, result.texts) == (False, [], None, [])

    def test_five_are(self, survey, member, choice):
        self.answers_of(survey, member, choice, 5)
        what, why, code, more = queries.results(survey=queries.with_questions(pk=survey.pk))
        assert [(bar.label, bar.count, bar.share) for bar in what.bars] == [
            ("Ledgers", 5, 100),
            ("Reports", 0, 0),
            ("Nothing", 0, 0),
        ]
        assert (why.answered, why.is_shown) == (0, False)
        assert (code.mean, [bar.count for bar in code.bars]) == (3.0, [1] * 5)
        assert more.texts == [f"Sentence {number}." for number in range(5)]

    @pytest.mark.leak
    def test_only_staff_read_them(self, survey, ben, ben_in, member, choice):
        self.answers_of(survey, member, choice, 5)
        page = ben_in.get(f"/surveys/{survey.pk}/results/")
        assert page.status_code == 403
        assert b"Sentence" not in page.content
        ben.is_staff = True
        ben.save()
        assert b"Sentence 0." in ben_in.get(f"/surveys/{survey.pk}/results/").content

    @pytest.mark.parametrize("count", [1, 3])
    def test_they_cost_the_same_for_one_and_for_three(self, survey, member, choice, count, django_assert_num_queries):
        self.answers_of(survey, member, choice, count)
        with django_assert_num_queries(6):
            queries.results(survey=queries.with_questions(pk=survey.pk))

    def test_where_nobody_has_answered_they_lead_on(self, survey, ben, ben_in, member, choice):
        ben.is_staff = True
        ben.save()
        path = f"/surveys/{survey.pk}/results/"
        seen = [ben_in.get(path).content.decode()]
        self.answers_of(survey, member, choice, 1)
        seen.append(ben_in.get(path).content.decode())
        assert ["Nobody has answered yet" in page for page in seen] == [True, False]
        assert 'href="/surveys/onboarding/"' in seen[0]

    @pytest.mark.parametrize(("is_owner", "leads"), [(True, True), (False, False)])
    def test_where_it_takes_no_answers_the_owner_is_led_to_open_it(self, survey, ben, ben_in, is_owner, leads):
        operations.close(survey=survey)
        ben.is_staff, ben.is_superuser = True, is_owner
        ben.save()
        page = ben_in.get(f"/surveys/{survey.pk}/results/").content.decode()
        assert (f'href="/surveys/{survey.pk}/"' in page) == leads
