"""Reading, completing, reviewing; and who does not get to read."""

import pytest

from accounts.models import Profile
from core.events.testing import published
from courses import operations, queries
from courses.events import CourseCompleted, CourseReviewed, LessonCompleted
from courses.models import Course
from forum.about import describe
from forum.operations import ask
from payments import fulfilment
from payments.models import Product
from payments.operations import set_price

pytestmark = pytest.mark.django_db


class TestCompleting:
    def test_a_lesson_is_completed_once(self, lessons, ben):
        for _ in range(2):
            operations.complete_lesson(lesson=lessons[0], by=ben)
        assert len(published(LessonCompleted)) == 1

    def test_the_last_lesson_completes_the_course(self, lessons, enrolled_ben):
        for lesson in lessons:
            operations.complete_lesson(lesson=lesson, by=enrolled_ben)
        assert [fact.user_id for fact in published(CourseCompleted)] == [enrolled_ben.pk]

    def test_losing_the_course_keeps_what_was_completed(self, course, lessons, enrolled_ben):
        operations.complete_lesson(lesson=lessons[0], by=enrolled_ben)
        operations.end_enrollment(course=course, user=enrolled_ben)
        assert queries.completed_lessons(viewer=enrolled_ben, course=course) == {lessons[0].pk}

    def test_one_goes_on_at_the_first_lesson_that_is_not_done(self, course, lessons, enrolled_ben):
        operations.complete_lesson(lesson=lessons[0], by=enrolled_ben)
        found = queries.continue_learning(user=enrolled_ben)
        assert (found.lesson, found.number, found.total, found.done) == (lessons[1], 2, 2, 1)

    def test_who_tries_a_course_goes_on_with_its_free_lessons_until_they_are_read(self, course, lessons, cleo):
        assert queries.continue_learning(user=cleo) is None
        operations.note_lesson_view(lesson=lessons[0], by=cleo)
        found = queries.continue_learning(user=cleo)
        assert (found.course, found.lesson, found.number, found.total, found.done) == (course, lessons[0], 1, 2, 0)
        operations.complete_lesson(lesson=lessons[0], by=cleo)
        assert queries.continue_learning(user=cleo) is None

    def test_what_was_begun_last_is_offered_and_only_while_it_is_open(self, course, lessons, cleo, ada):
        other = operations.create_course(by=ada, title="Letters that get answers", language="en")
        free = operations.add_lesson(course=other, section="One", title="Begin", source="Free.", is_preview=True)
        operations.publish_course(course=other, by=ada)
        operations.note_lesson_view(lesson=free, by=cleo)
        operations.note_lesson_view(lesson=lessons[0], by=cleo)
        assert queries.continue_learning(user=cleo).lesson == lessons[0]
        Course.objects.filter(pk=course.pk).update(published_at=None)
        assert queries.continue_learning(user=cleo).lesson == free

    def test_what_comes_next_is_looked_up_in_the_latest_courses_alone(self, ada, ben, monkeypatch):
        monkeypatch.setattr("courses.queries.studying.AT_ONCE", 2)
        for title in ("Letters", "Forms", "Signs"):
            course = operations.create_course(by=ada, title=title, language="en")
            lesson = operations.add_lesson(
                course=course, section="One", title=f"Of {title}", source="Free.", is_preview=True
            )
            operations.publish_course(course=course, by=ada)
            operations.enroll(course=course, user=ben)
            operations.note_lesson_view(lesson=lesson, by=ben)
        found = queries.next_lessons(user=ben).order_by("place").values_list("course__title", "place")
        assert list(found) == [("Signs", 1), ("Forms", 2)]

    def test_a_course_given_back_is_not_offered_again(self, course, lessons, enrolled_ben):
        operations.note_lesson_view(lesson=lessons[0], by=enrolled_ben)
        operations.end_enrollment(course=course, user=enrolled_ben)
        assert queries.continue_learning(user=enrolled_ben) is None

    def test_a_teacher_is_not_sent_to_their_own_free_lesson(self, lessons, ada):
        operations.note_lesson_view(lesson=lessons[0], by=ada)
        assert queries.continue_learning(user=ada) is None


class TestReviewing:
    def test_who_has_not_studied_cannot_rate(self, course, ben):
        with pytest.raises(operations.NotStudiedEnough):
            operations.review_course(course=course, by=ben, rating=5)

    def test_a_second_review_changes_the_first(self, course, lessons, enrolled_ben):
        operations.complete_lesson(lesson=lessons[0], by=enrolled_ben)
        operations.review_course(course=course, by=enrolled_ben, rating=2)
        operations.review_course(course=course, by=enrolled_ben, rating=5, body="It grew on me.")
        course = Course.objects.get(pk=course.pk)
        assert (course.rating, course.rating_count, len(published(CourseReviewed))) == (5.0, 1, 2)


@pytest.mark.leak
class TestPaywall:
    def test_a_paid_lesson_opens_for_who_holds_its_key(self, lessons, enrolled_ben, cleo, ada, page_of):
        paid = lessons[1].get_absolute_url()
        seen = {}
        for name, who in (("guest", None), ("Cleo", cleo), ("Ben", enrolled_ben), ("Ada", ada)):
            response = page_of(who).get(paid)
            seen[name] = (response.status_code, b"canary" in response.content)
        assert seen == {"guest": (403, False), "Cleo": (403, False), "Ben": (200, True), "Ada": (200, True)}

    def test_a_free_lesson_opens_for_everybody(self, lessons, cleo, page_of):
        assert [page_of(who).get(lessons[0].get_absolute_url()).status_code for who in (None, cleo)] == [200, 200]

    def test_who_has_read_what_is_free_is_led_to_the_course(self, lessons, cleo, page_of):
        page, paid = page_of(cleo), lessons[1].get_absolute_url()
        before = page.get(paid).content.decode()
        page.post(f"{lessons[0].get_absolute_url()}complete/")
        after = page.get(paid).content.decode()
        said = ("Read a free lesson first", "What the course holds")
        assert ([words in before for words in said], [words in after for words in said]) == (
            [True, False],
            [False, True],
        )

    def test_the_places_of_the_site_stand_on_a_locked_page_too(self, lessons, cleo, page_of):
        assert 'class="thumbs"' in page_of(cleo).get(lessons[1].get_absolute_url()).content.decode()

    def test_nobody_completes_what_they_may_not_read(self, lessons, cleo, page_of):
        assert page_of(cleo).post(f"{lessons[1].get_absolute_url()}complete/").status_code == 403
        assert published(LessonCompleted) == []

    def test_a_draft_is_seen_by_its_teacher_alone(self, ada, cleo, page_of):
        draft = operations.create_course(by=ada, title="Not ready", language="en", summary="Soon.")
        assert [page_of(who).get(draft.get_absolute_url()).status_code for who in (None, cleo, ada)] == [404, 404, 200]


class TestCatalogue:
    def test_courses_in_my_languages_stand_first(self, course, ada, ben):
        chinese = operations.create_course(
            by=ada, title="账本", language="zh-hans", summary="从流水到表。", enrollment_count=9
        )
        operations.publish_course(course=chinese, by=ada)
        found = queries.catalogue(viewer=ben, languages=["en"])
        assert ([one.pk for one in found.page], found.counts) == ([course.pk, chinese.pk], {"en": 1, "zh-hans": 1})

    def test_what_a_teacher_says_of_themselves_is_in_its_own_language(self, course, ada, page_of):
        Profile.objects.update_or_create(user=ada, defaults={"bio": "做了九年零售数据，现在讲给店主听。"})
        page = page_of().get(course.get_absolute_url()).content.decode()
        assert '<p lang="zh-hans">做了九年零售数据，现在讲给店主听。</p>' in page

    def test_an_old_address_leads_to_the_new_one(self, course, page_of):
        operations.change_slug(course=course, slug="books")
        response = page_of().get("/courses/reading-your-own-books/")
        assert (response.status_code, response.headers["Location"]) == (301, "/courses/books/")

    def test_renamed_there_and_back_no_browser_goes_in_circles(self, course, lessons, page_of):
        first, lesson = course.slug, lessons[0].pk
        browser = page_of()
        for slug, former in (("books", first), (first, "books")):
            operations.change_slug(course=course, slug=slug)
            for rest in ("", f"{lesson}/"):
                moved = browser.get(f"/courses/{former}/{rest}")
                assert (moved.headers["Location"], moved.headers["Cache-Control"]) == (
                    f"/courses/{slug}/{rest}", "private, no-store",
                )  # fmt: skip
                assert browser.get(f"/courses/{slug}/{rest}").status_code == 200

    @pytest.mark.leak
    def test_an_old_address_does_not_tell_the_new_one_of_a_draft(self, ada, cleo, page_of):
        draft = operations.create_course(by=ada, title="Not ready", language="en", summary="Soon.")
        operations.change_slug(course=draft, slug="the-canary-sings")
        answers = {who.name: page_of(who).get("/courses/not-ready/").status_code for who in (ada, cleo)}
        assert answers == {"Ada": 301, "Cleo": 404}


class TestTeaching:
    def ask(self, lesson, who):
        return ask(
            by=who, title="Which month?", source="I book it in March.", about=f"lesson:{lesson.pk}",
            audience=describe(f"lesson:{lesson.pk}", viewer=who).audience,
        )  # fmt: skip

    @pytest.mark.leak
    def test_a_teacher_reads_what_is_asked_under_a_paid_lesson(self, lessons, enrolled_ben, cleo, page_of):
        question = self.ask(lessons[1], enrolled_ben)
        people = {"guest": None, "Ben": enrolled_ben, "Cleo": cleo, "Ada": lessons[1].course.teacher}
        seen = {name: page_of(who).get(question.get_absolute_url()).status_code for name, who in people.items()}
        assert seen == {"guest": 404, "Ben": 200, "Cleo": 404, "Ada": 200}

    def test_its_teacher_sees_its_price_and_no_membership_that_they_do_not_have(self, course, ada, page_of):
        set_price(
            kind="course", subject=course.key, title=course.title, amount=4_900, currency="CNY", creator=ada, by=ada
        )
        page = page_of(ada).get(course.get_absolute_url())
        offer = page.context["offer"]
        assert (offer["amount"], offer["url"], "membership" in str(offer["facts"])) == (
            4_900, f"/studio/courses/{course.pk}/", False,
        )  # fmt: skip

    def test_the_way_to_the_studio_is_shown_to_whoever_teaches(self, course, ada, cleo, page_of):
        menus = {
            who.name: page_of(who).get("/courses/").content.decode().split('menu-title">')[-1] for who in (ada, cleo)
        }
        seen = {name: 'href="/studio/"' in menu for name, menu in menus.items()}
        assert seen == {"Ada": True, "Cleo": False}


def test_after_paying_one_begins_with_the_first_lesson(course, lessons, ada):
    from courses import references
    from payments.operations import set_price

    product = set_price(
        kind="course", subject=course.key, title=course.title, amount=9_900, currency="CNY", creator=ada, by=ada
    )
    described = references.describe(product)
    assert (described.url, described.begin_url) == (course.get_absolute_url(), lessons[0].get_absolute_url())


class TestWhoTeaches:
    def test_what_is_asked_under_a_paid_lesson_reaches_its_teacher(self, course, lessons, ada, enrolled_ben, page_of):
        """Ada has not bought her own course."""
        from forum.operations import ask
        from forum.queries import unanswered

        about = f"lesson:{lessons[1].pk}"
        asked = ask(by=enrolled_ben, title="Why twice?", source="Words.", audience=[course.key, "staff"], about=about)
        waiting = unanswered(viewer=ada, references=queries.references_of(teacher=ada))
        assert ([one.pk for one in waiting], page_of(ada).get(asked.get_absolute_url()).status_code) == (
            [asked.pk],
            200,
        )

    def test_and_nobody_elses_teacher(self, course, lessons, enrolled_ben, cleo):
        from forum.models import Thread
        from forum.operations import ask

        operations.create_course(by=cleo, title="Another course", language="en")
        ask(by=enrolled_ben, title="Why twice?", source="Words.", audience=[course.key, "staff"])
        assert not Thread.objects.open_to(cleo).exists()


class TestAfterPaying:
    def test_who_had_begun_goes_on_and_who_had_not_begins(self, course, lessons, enrolled_ben, cleo):
        operations.complete_lesson(lesson=lessons[0], by=enrolled_ben)
        product = Product(kind="course", subject=course.key, title=course.title)
        shown = {who: fulfilment.described_to(who, product) for who in (enrolled_ben, cleo)}
        assert {who: (one.begin, one.begin_url) for who, one in shown.items()} == {
            enrolled_ben: ("Go on with lesson 2", lessons[1].get_absolute_url()),
            cleo: ("Read the first lesson", lessons[0].get_absolute_url()),
        }
