"""The owner builds surveys: whom they ask, when, what answers say and where they lead."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from courses import operations as teaching
from surveys import operations, queries
from surveys.models import Choice, Question, Survey

pytestmark = pytest.mark.django_db
NO_ROWS = {"offer-TOTAL_FORMS": "0", "offer-INITIAL_FORMS": "0"}


@pytest.fixture
def eli_in(client, member):
    eli = member("Eli")
    User.objects.filter(pk=eli.pk).update(is_staff=True, is_superuser=True)
    client.force_login(eli)
    return client


@pytest.fixture
def course(member):
    ada = member("Ada")
    made = teaching.create_course(by=ada, title="Bread", language="en", summary="Flour.")
    teaching.add_lesson(course=made, section="One", title="Flour", source="Flour.", is_preview=True)
    return teaching.publish_course(course=made, by=ada)


def head(**said):
    return {"title_zh": "面包", "title_en": "Bread", "audience": ["members"], **said}


def asked(kind="single", *offers, **said):
    rows = {f"offer-{n}-{name}": value for n, offer in enumerate(offers) for name, value in offer.items()}
    return {
        "kind": kind, "text_zh": "怎么样？", "text_en": "How was it?", "place": "1",
        "offer-TOTAL_FORMS": str(len(offers)), "offer-INITIAL_FORMS": "0", **rows, **said,
    }  # fmt: skip


class TestTheStory:
    def test_from_nothing_to_a_first_path(self, eli_in, ben, data, course):
        eli_in.post("/surveys/new/", head(slug="bread"))
        survey = Survey.objects.get(slug="bread")
        form = asked(
            "multiple",
            {"text_zh": "好", "text_en": "Well", "topics": [data.pk], "step_1": course.key},
            {"text_en": "Badly"},
            {},
        )
        answer = eli_in.post(f"/surveys/{survey.pk}/questions/new/", form)
        assert answer.headers["Location"] == f"/surveys/{survey.pk}/"
        question = survey.questions.get()
        well, badly = question.choices.order_by("place")
        assert [(one.text_zh, one.text_en, one.leads_to) for one in (well, badly)] == [
            ("好", "Well", [course.key]), ("Badly", "Badly", []),
        ]  # fmt: skip
        eli_in.post(f"/surveys/{survey.pk}/act/open/")
        eli_in.force_login(ben)
        given = eli_in.post("/surveys/bread/", {f"q{question.pk}": [well.pk]}, follow=True)
        assert given.redirect_chain == [(f"/surveys/{survey.pk}/thanks/?next=%2F", 302)]
        assert f'<a href="{course.get_absolute_url()}" lang="en">Bread</a>' in given.content.decode()
        assert queries.topic_interests(ben) == {data.pk: 3}

    def test_steps_keep_the_order_in_which_they_were_chosen(self, eli_in, survey, course, member):
        second = teaching.create_course(by=member("Bea"), title="A first loaf", language="en", summary="Salt.")
        teaching.add_lesson(course=second, section="One", title="Salt", source="Salt.", is_preview=True)
        teaching.publish_course(course=second, by=second.teacher)
        steps = {"text_en": "Well", "step_1": course.key, "step_2": second.key, "step_3": course.key}
        eli_in.post(f"/surveys/{survey.pk}/questions/new/", asked("single", steps))
        assert Choice.objects.get(text_en="Well").leads_to == [course.key, second.key]

    def test_answers_that_lead_nowhere_lead_home(self, survey, ben_in, choice):
        answer = ben_in.post("/welcome/", {f"q{survey.what.pk}": [choice("Ledgers")]})
        assert answer.headers["Location"] == "/"

    def test_what_one_may_not_see_is_not_on_the_path(self, survey, ben, choice, course):
        Choice.objects.filter(text_en="Ledgers").update(leads_to=[course.key, "course:0", "group:7"])
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        assert [place.title for place in queries.led_to(survey=survey, user=ben)] == ["Bread"]
        type(course).objects.update(published_at=None)
        assert queries.led_to(survey=survey, user=ben) == []

    @pytest.mark.parametrize(
        "form",
        [
            asked("single"),
            asked("single", {"topics": []}),
            asked("single", text_en=""),
            asked("riddle", {"text_en": "Yes"}),
        ],
    )
    def test_half_a_question_is_refused(self, eli_in, survey, form):
        assert eli_in.post(f"/surveys/{survey.pk}/questions/new/", form).status_code == 422
        assert survey.questions.count() == 4

    def test_what_a_kind_does_not_have_is_no_reason_to_refuse_it(self, eli_in, survey):
        half = asked("text", {"topics": ["9999"]})
        assert eli_in.post(f"/surveys/{survey.pk}/questions/new/", half).status_code == 302
        assert survey.questions.count() == 5

    def test_the_page_knows_which_fields_belong_to_which_kind(self, eli_in, survey):
        """The sheet hides them by what is chosen, without a script; this holds page and sheet together."""
        page = eli_in.get(f"/surveys/{survey.pk}/questions/new/").content.decode()
        scale, choices = page.index('class="stack for-scale"'), page.index('class="stack for-choices"')
        assert scale < page.index('name="low_zh"') < page.index('name="high_en"') < choices
        assert choices < page.index('name="offer-0-text_zh"')
        assert page.index('<option value="single"') == page.index("<option")
        sheet = (settings.BASE_DIR / "static/css/pages/studio.css").read_text()
        for kind in ("scale", "single", "multiple"):
            assert (f'<option value="{kind}"' in page, f'option[value="{kind}"]:checked' in sheet) == (True, True)

    @pytest.mark.parametrize("slug", ["onboarding", "new", "2026", "with blank"])
    def test_an_address_that_is_taken_is_refused(self, eli_in, survey, slug):
        assert eli_in.post("/surveys/new/", head(slug=slug)).status_code == 422
        assert Survey.objects.count() == 1


class TestOnceAnswered:
    @pytest.fixture
    def answered(self, survey, ben, choice):
        operations.submit(survey=survey, by=ben, answers={survey.what.pk: [choice("Ledgers")]})
        return survey

    def test_questions_stay_as_they_were(self, answered, eli_in):
        question = answered.what
        eli_in.post(f"/surveys/{answered.pk}/questions/{question.pk}/", asked("single", {"text_en": "Nothing"}))
        eli_in.post(f"/surveys/{answered.pk}/questions/{question.pk}/remove/")
        eli_in.post(f"/surveys/{answered.pk}/questions/new/", asked("text", **NO_ROWS))
        eli_in.post(f"/surveys/{answered.pk}/", head())
        answered.refresh_from_db()
        assert (answered.title_en, answered.questions.count(), question.choices.count()) == (
            "What do you want to learn?", 4, 3,
        )  # fmt: skip

    def test_its_end_may_still_be_moved(self, answered, eli_in):
        said = {name: getattr(answered, name) for name in ("title_zh", "title_en", "lead_zh", "lead_en")}
        answer = eli_in.post(f"/surveys/{answered.pk}/", head(**said, closes_at="2030-01-01T12:00"))
        assert answer.status_code == 302
        answered.refresh_from_db()
        assert answered.closes_at.year == 2030

    def test_the_next_version_may_be_changed_and_leads_where_the_last_did(self, answered, eli_in, course):
        Choice.objects.filter(text_en="Ledgers").update(leads_to=[course.key])
        eli_in.post(f"/surveys/{answered.pk}/act/next/")
        second = Survey.objects.get(version=2)
        copied = Choice.objects.get(question__survey=second, text_en="Ledgers")
        assert (copied.leads_to, copied.effects.get().weight, second.opened_at) == ([course.key], 5, None)
        operations.remove_question(question=second.questions.first(), by=None)
        assert (answered.questions.count(), second.questions.count()) == (4, 3)


class TestWhomAndWhen:
    def test_only_those_of_its_audience_are_asked(self, survey, ben, ben_in, member):
        Survey.objects.update(slug="learners", audience=["course:7"])
        assert ben_in.get("/surveys/learners/").status_code == 404
        with pytest.raises(operations.Closed):
            operations.submit(survey=survey, by=ben, answers={})
        Survey.objects.update(audience=[f"user:{ben.pk}"])
        assert ben_in.get("/surveys/learners/").status_code == 200

    @pytest.mark.parametrize(
        ("opens", "closes", "is_open"), [(-1, 1, True), (1, 2, False), (-2, -1, False), (None, None, True)]
    )
    def test_it_takes_answers_between_its_days(self, survey, ben, opens, closes, is_open):
        def at(days):
            return None if days is None else timezone.now() + timedelta(days=days)

        Survey.objects.update(opens_at=at(opens), closes_at=at(closes))
        survey.refresh_from_db()
        assert (survey.is_open, queries.onboarding() is not None, queries.may_be_asked(ben)) == (is_open,) * 3

    def test_postgres_refuses_an_end_before_the_beginning(self, survey):
        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.update(opens_at=timezone.now(), closes_at=timezone.now() - timedelta(days=1))

    def test_the_form_says_so_first(self, eli_in, survey):
        form = head(opens_at="2030-01-02T12:00", closes_at="2030-01-01T12:00")
        assert b"It would close before it opens." in eli_in.post(f"/surveys/{survey.pk}/", form).content

    def test_whom_it_asks_is_ticked_in_groups_all_members_first(self, eli_in, survey, course):
        page = eli_in.get(f"/surveys/{survey.pk}/").content.decode()
        ticks = re.findall(r'name="audience" value="([\w:]+)" id="\w+"( checked)?>', page)
        assert ticks == [("members", " checked"), (course.key, "")]
        assert "<summary><span>Learners of a course</span>" in page
        eli_in.post(f"/surveys/{survey.pk}/", head(audience=["members", course.key]))
        survey.refresh_from_db()
        assert survey.audience == ["members", course.key]

    def test_nobody_at_all_is_refused(self, eli_in, survey):
        assert eli_in.post(f"/surveys/{survey.pk}/", head(audience=[])).status_code == 422

    def test_a_crowd_that_is_not_offered_is_refused(self, eli_in, survey):
        assert eli_in.post(f"/surveys/{survey.pk}/", head(audience=["course:0"])).status_code == 422


class TestResults:
    def test_the_file_has_what_five_answered_and_nothing_of_four(self, survey, eli_in, member, choice):
        for n in range(5):
            said = {survey.what.pk: [choice("Ledgers")], **({survey.code.pk: 4} if n else {})}
            operations.submit(survey=survey, by=member(f"Reader{n}"), answers=said)
        lines = eli_in.get(f"/surveys/{survey.pk}/results/file/").content.decode("utf-8-sig").splitlines()
        assert lines == [
            "Question,Answered by,Answer,Count,Percent",
            "What are you curious about?,5,Ledgers,5,100",
            "What are you curious about?,5,Reports,0,0",
            "What are you curious about?,5,Nothing,0,0",
        ]
        page = eli_in.get(f"/surveys/{survey.pk}/results/").content.decode()
        assert (page.count("<data-chart"), page.count("Shown from 5 answers on")) == (1, 3)

    @pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/questions/new/", "{pk}/results/file/"])
    def test_building_is_the_owners(self, survey, ben_in, path):
        assert ben_in.get(f"/surveys/{path}".format(pk=survey.pk)).status_code in (403, 404)


@pytest.mark.parametrize("more", [0, 2])
def test_the_lists_ask_as_often_for_many_as_for_one(survey, eli_in, more, django_assert_num_queries):
    for _ in range(more):
        operations.new_version(survey=survey)
        ask = Question.objects.create(survey=survey, kind="single", text_en="More?", text_zh="还有？", place=9)
        Choice.objects.create(question=ask, text_en="Yes", text_zh="有")
    for path, queries_asked in (
        ("/surveys/", 7),
        (f"/surveys/{survey.pk}/", 14),
        (f"/surveys/{survey.pk}/questions/{survey.what.pk}/", 15),
    ):
        eli_in.get(path)
        with django_assert_num_queries(queries_asked):
            eli_in.get(path)
