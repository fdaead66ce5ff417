"""Courses that a membership includes: read without buying, and closed with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses import operations, queries, references
from courses.models import Course, Enrollment
from payments import operations as payments
from payments.models import Product

pytestmark = pytest.mark.django_db
CANARY = "The canary sings in lesson two"


@pytest.fixture
def course(ada, tier):
    made = operations.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    operations.add_lesson(course=made, section="One", title="Paid", source=CANARY)
    operations.publish_course(course=made, by=ada)
    product = payments.set_price(
        kind="course", subject=made.key, title=made.title, amount=9900, currency="CNY", creator=ada, by=ada
    )
    payments.include(tier=tier, product=product, by=ada)
    return Course.objects.get(pk=made.pk)


def reads(browser, course):
    return CANARY in browser.get(course.lessons.get().get_absolute_url()).content.decode()


def test_a_member_of_the_tier_begins_it_without_paying(ben, cleo, course, tier, page_of):
    payments.start_trial(tier=tier, user=ben)
    his, hers = page_of(ben), page_of(cleo)
    assert b"Included in your membership" in his.get(course.get_absolute_url()).content
    answer = his.post(f"{course.get_absolute_url()}begin/")
    assert (answer.status_code, answer.url) == (302, course.lessons.get().get_absolute_url())
    assert (reads(his, course), reads(hers, course)) == (True, False)
    assert list(Enrollment.objects.values_list("user", "course")) == [(ben.pk, course.pk)]


def test_before_it_is_begun_its_page_says_why_it_is_open(ada, ben, cleo, course, tier, page_of):
    payments.start_trial(tier=tier, user=ben)
    assert queries.enrollment_of(viewer=ben, course=course) is None
    pages = [page_of(who).get(course.get_absolute_url()).content.decode() for who in (ben, cleo, ada)]
    assert ["Why can I see this?" in page for page in pages] == [True, False, False]
    assert "Included in your membership “Reader” (free trial)" in pages[0]
    # What it costs others is paid for; it is not free.
    assert ['<b class="price">Included</b>' in page for page in pages] == [True, False, False]


def test_who_is_no_member_cannot_begin_and_is_shown_the_way_in(cleo, course, page_of):
    hers = page_of(cleo)
    hers.post(f"{course.get_absolute_url()}begin/")
    assert not Enrollment.objects.exists()
    assert "Included in the membership “Reader”" in hers.get(course.get_absolute_url()).content.decode()


def test_when_the_membership_ends_the_course_closes_and_can_be_bought(ben, course, tier, page_of, worker):
    trial = payments.start_trial(tier=tier, user=ben)
    his = page_of(ben)
    his.post(f"{course.get_absolute_url()}begin/")
    payments.end_entitlement(entitlement=trial, cause="expired")
    assert not reads(his, course)
    assert b"Buy the course" in his.get(course.get_absolute_url()).content
    worker()
    assert Enrollment.objects.get().ended_at is not None


def test_who_bought_it_too_keeps_it(ada, ben, course, tier, page_of, worker):
    trial = payments.start_trial(tier=tier, user=ben)
    payments.grant(user=ben, key=course.key, cause="staff", by=ada, reason="a guest")
    payments.end_entitlement(entitlement=trial, cause="expired")
    worker()
    assert (reads(page_of(ben), course), Enrollment.objects.get().ended_at) == (True, None)


def test_of_two_reasons_the_last_one_ends_the_enrollment(ada, ben, course):
    first, second = (
        payments.grant(user=ben, key=course.key, cause="staff", by=ada, reason=reason) for reason in ("a", "b")
    )
    payments.end_entitlement(entitlement=first, cause="staff", by=ada)
    assert queries.enrollment_of(viewer=ben, course=course) is not None
    payments.end_entitlement(entitlement=second, cause="staff", by=ada)
    assert queries.enrollment_of(viewer=ben, course=course) is None


def test_a_teacher_puts_a_course_in_and_takes_it_out(ada, course, tier, page_of):
    hers = page_of(ada)
    fields = {
        "title": "Coffee", "summary": "From bean to price.", "language": "en", "price": "99", "level": "beginner", "format": "talk",
    }  # fmt: skip
    for chosen in ([], [tier.pk]):
        answer = hers.post(f"/studio/courses/{course.pk}/edit/", fields | {"tiers": chosen})
        assert answer.status_code == 302
        assert [one.tier_id for one in tier.inclusions.all()] == chosen


def test_a_public_price_rule_and_a_bundle_stand_on_the_course_page(ada, cleo, course, page_of):
    now = timezone.now()
    payments.set_rule(
        label_zh="开学", label_en="Start of term", percent=10, starts_at=now, ends_at=now + timedelta(days=1), by=ada
    )
    product = Product.objects.get(subject=course.key)
    payments.set_bundle(slug="pair", title="A pair", products=[product], amount=9000, by=ada)
    page = page_of(cleo).get(course.get_absolute_url()).content.decode()
    for words in ("¥89.10", "¥99", "Start of term", "Together with others: “A pair”", "/bundles/pair/"):
        assert words in page


class TestCatalogue:
    def card(self, browser):
        return (
            browser.get("/courses/")
            .content.decode()
            .partition('<article class="card course-card')[2]
            .partition("</article>")[0]
        )

    def test_a_course_says_what_it_costs_that_it_is_included_or_how_far_one_is(self, ben, cleo, course, tier, page_of):
        payments.start_trial(tier=tier, user=ben)
        his, hers = page_of(ben), page_of(cleo)
        assert ("¥99" in self.card(hers), "Included" in self.card(hers)) == (True, False)
        assert ("¥99" in self.card(his), "Included" in self.card(his)) == (False, True)
        his.post(f"{course.get_absolute_url()}begin/")
        operations.complete_lesson(lesson=course.lessons.get(), by=ben)
        assert ("Included" in self.card(his), "1 / 1" in self.card(his)) == (False, True)

    def test_after_the_membership_it_has_its_price_again(self, ben, course, tier, page_of):
        trial = payments.start_trial(tier=tier, user=ben)
        page_of(ben).post(f"{course.get_absolute_url()}begin/")
        payments.end_entitlement(entitlement=trial, cause="expired")
        assert "¥99" in self.card(page_of(ben))

    def test_its_teacher_sees_what_others_pay(self, ada, course, page_of):
        assert "¥99" in self.card(page_of(ada))


def test_who_has_read_everything_without_a_click_on_done_has_had_it(ada, ben, page_of):
    """A lesson counts from when it is opened, or all of a course could be read and given back."""
    made = operations.create_course(by=ada, title="Tea", language="en", summary="From leaf to cup.")
    operations.add_lesson(course=made, section="One", title="Free", source="·", is_preview=True)
    for number in range(3):
        operations.add_lesson(course=made, section="One", title=f"Paid {number}", source=CANARY)
    operations.publish_course(course=made, by=ada)
    payments.set_price(kind="course", subject=made.key, title="Tea", amount=0, currency="CNY", creator=ada, by=ada)
    payments.place_order(buyer=ben, product_ids=[Product.objects.get(subject=made.key).pk])
    browser, seen = page_of(ben), []
    for lesson in made.lessons.in_order():
        assert browser.get(lesson.get_absolute_url()).status_code == 200
        seen.append(references.progress(ben, made.key))
    assert (seen, queries.completed_lessons(viewer=ben, course=made)) == ([0, 25, 50, 75], set())
