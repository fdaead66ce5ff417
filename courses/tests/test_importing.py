"""A course from a folder: all of it or nothing, and the same folder twice changes nothing."""

from decimal import Decimal

import pytest

from courses.models import Course, Lesson, LessonProgress
from courses.operations import ImportRefused, complete_lesson, import_folder
from topics.models import Topic

pytestmark = pytest.mark.django_db


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "add.md", "---\ntitle: Adding\ntags: math,beginner\n---\n\nOne and one.\n")
    write(tmp_path, "sub.md", "---\ntitle: Subtracting\ntags: math,advanced\n---\n\nOne from two.\n")
    write(tmp_path, "words.md", "---\ntitle: Words\ntags: text,intermediate\n---\n\nA word.\n")
    return tmp_path


def bring(folder, ada):
    return import_folder(folder=folder, by=ada, title="Sums and words", language="en")


def test_every_file_becomes_a_lesson_in_the_section_of_its_first_tag(folder, ada):
    report = bring(folder, ada)
    assert (report.files, report.lessons, report.sections, report.changed) == (3, 3, 2, 3)
    lessons = Lesson.objects.in_order().values_list("title", "section__title", "level")
    assert list(lessons) == [
        ("Adding", "math", "beginner"),
        ("Subtracting", "math", "advanced"),
        ("Words", "text", "intermediate"),
    ]


def test_a_second_run_changes_nothing(folder, ada):
    bring(folder, ada)
    assert bring(folder, ada).changed == 0


def test_an_edited_file_changes_one_lesson_and_keeps_progress(folder, ada, ben):
    bring(folder, ada)
    lesson = Lesson.objects.get(title="Adding")
    complete_lesson(lesson=lesson, by=ben)
    write(folder, "add.md", "---\ntitle: Adding\ntags: math,beginner\n---\n\nOne and one make two.\n")
    assert bring(folder, ada).changed == 1
    assert (Lesson.objects.get(pk=lesson.pk).source, LessonProgress.objects.get().completed_at is not None) == (
        "One and one make two.",
        True,
    )


def test_broken_front_matter_names_file_and_line_and_leaves_everything_as_it_was(folder, ada):
    write(folder, "broken.md", "---\ntitle: Fine\ntags: [unclosed\n---\n\nText.\n")
    with pytest.raises(ImportRefused) as refused:
        bring(folder, ada)
    assert (refused.value.path.name, refused.value.line, Course.objects.count()) == ("broken.md", 3, 0)


def test_a_file_without_a_title_is_skipped_with_a_reason(folder, ada):
    write(folder, "notes.md", "Just notes.\n")
    assert bring(folder, ada).skipped == [("notes.md", "no title")]


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg><script>1</script></svg>",
        '<svg onload="x()"/>',
        '<svg><image href="http://e"/></svg>',
        "<!DOCTYPE svg><svg/>",
    ],
)
def test_a_drawing_that_acts_or_fetches_is_refused(folder, ada, drawing):
    write(folder, "figure.svg", drawing)
    with pytest.raises(ImportRefused, match=r"figure\.svg"):
        bring(folder, ada)


def test_a_file_that_names_another_section_moves_its_lesson_there(folder, ada):
    bring(folder, ada)
    write(folder, "sub.md", "---\ntitle: Subtracting\ntags: text,advanced\n---\n\nOne from two.\n")
    assert (bring(folder, ada).changed, bring(folder, ada).changed) == (1, 0)
    assert Lesson.objects.get(title="Subtracting").section.title == "text"


def test_a_file_with_a_byte_order_mark_is_read_like_any_other(tmp_path, ada):
    write(tmp_path, "add.md", "\ufeff---\ntitle: Adding\ntags: math,beginner\n---\n\nOne and one.\n")
    assert (bring(tmp_path, ada).skipped, Lesson.objects.get().level) == ([], "beginner")


@pytest.mark.parametrize(
    ("matter", "why"),
    [
        ("minutes: a while", "minutes is not a whole number of 1 or more"),
        ("minutes: 0", "minutes is not a whole number of 1 or more"),
        ("level: expert", "level is none of beginner, intermediate, advanced"),
        ("kind: scroll", "kind is none of article, video, audio, pdf, image"),
    ],
)
def test_what_a_lesson_cannot_be_is_refused_with_file_and_line(folder, ada, matter, why):
    write(folder, "odd.md", f"---\ntitle: Odd\n{matter}\ntags: math\n---\n\nText.\n")
    with pytest.raises(ImportRefused) as refused:
        bring(folder, ada)
    assert (refused.value.path.name, refused.value.line, refused.value.why, Course.objects.count()) == (
        "odd.md", 3, why, 0,
    )  # fmt: skip


class TestTopics:
    @pytest.fixture(autouse=True)
    def tree(self):
        Topic.objects.create(slug="mathematics", name_zh="数学", name_en="Mathematics", synonyms=["math"])
        Topic.objects.create(slug="sums", name_zh="求和", name_en="Sums")

    def topics(self):
        return sorted(Course.objects.get().topics.values_list("slug", flat=True))

    def test_a_tag_is_a_slug_or_a_name_or_another_word_for_it(self, folder, ada):
        assert (bring(folder, ada).topicless, self.topics()) == (["text"], ["mathematics"])

    def test_where_no_tag_names_one_the_title_does(self, folder, ada):
        Topic.objects.filter(slug="mathematics").delete()
        assert (bring(folder, ada).topicless, self.topics()) == (["math", "text"], ["sums"])

    def test_what_the_title_named_and_the_teacher_took_away_does_not_come_back(self, folder, ada):
        Topic.objects.filter(slug="mathematics").delete()
        bring(folder, ada).course.topics.clear()
        assert (bring(folder, ada).topics, self.topics()) == (0, [])


class TestTheCommand:
    def said(self, folder, **options):
        from io import StringIO

        from django.core.management import call_command

        told = StringIO()
        call_command("import_course", str(folder), title="Sums and words", stdout=told, **options)
        return told.getvalue().splitlines()

    def test_it_says_what_it_found_and_did(self, folder, ada):
        Topic.objects.create(slug="math", name_zh="数学", name_en="Mathematics")
        write(folder, "notes.md", "Just notes.\n")
        assert self.said(folder, teacher="ada") == [
            "4 files", "3 lessons", "2 sections", "1 topics (the school has none for: text)", "3 changed", "1 skipped",
            "  notes.md: no title",
        ]  # fmt: skip

    def test_a_second_run_says_that_nothing_was_changed(self, folder, ada):
        self.said(folder, teacher="ada")
        assert "0 changed" in self.said(folder, teacher="ada")

    def test_a_course_in_another_language_than_its_title(self, folder, ada):
        self.said(folder, teacher="ada", language="zh-hans", summary="从一加一说起。")
        course = Course.objects.get()
        assert (course.language, course.summary) == ("zh-hans", "从一加一说起。")

    def test_what_is_refused_names_the_file_and_the_line(self, folder, ada):
        from django.core.management import CommandError

        write(folder, "broken.md", "---\ntitle: Fine\ntags: [unclosed\n---\n\nText.\n")
        with pytest.raises(CommandError, match=r"broken\.md, line 3: .*\. Nothing was changed\.$"):
            self.said(folder, teacher="ada")

    def test_it_is_not_published_as_a_thing_that_nobody_can_have(self, folder, ada):
        from django.core.management import CommandError

        with pytest.raises(CommandError, match="--price"):
            self.said(folder, teacher="ada", publish=True)
        assert not Course.objects.exists()

    def test_it_is_published_at_a_price(self, folder, ada):
        from payments.queries import products_for

        self.said(folder, teacher="ada", publish=True, price=Decimal("49.5"))
        course = Course.objects.get()
        assert (course.published_at is not None, products_for([course.key])[course.key].price_minor) == (True, 4_950)
        self.said(folder, teacher="ada", publish=True)
        assert products_for([course.key])[course.key].price_minor == 4_950

    def free(self):
        return list(Lesson.objects.filter(is_preview=True).values_list("title", flat=True))

    def test_its_first_lesson_is_free_to_try_where_no_file_says_preview(self, folder, ada, page_of):
        said = self.said(folder, teacher="ada", publish=True, price=Decimal(49))
        assert (self.free(), said[-1]) == (["Adding"], "free to try: Adding (no file says preview)")
        page = page_of().get(Course.objects.get().get_absolute_url()).content.decode()
        assert "Read the first lesson free" in page
        assert "0 changed" in self.said(folder, teacher="ada", publish=True)

    def test_what_the_teacher_took_back_is_not_offered_again(self, folder, ada):
        from courses.operations import edit_lesson

        self.said(folder, teacher="ada", publish=True, price=Decimal(49))
        edit_lesson(lesson=Lesson.objects.get(title="Adding"), is_preview=False)
        self.said(folder, teacher="ada", publish=True)
        assert self.free() == []

    def test_a_file_that_says_preview_decides_and_nothing_need_be_offered(self, folder, ada):
        write(folder, "words.md", "---\ntitle: Words\npreview: true\ntags: text\n---\n\nA word.\n")
        self.said(folder, teacher="ada", publish=True, price=Decimal(49))
        assert self.free() == ["Words"]

    def test_nothing_is_offered_where_it_is_said_so(self, folder, ada):
        self.said(folder, teacher="ada", publish=True, price=Decimal(49), no_preview=True)
        assert self.free() == []

    def test_nothing_is_offered_before_it_is_published(self, folder, ada):
        self.said(folder, teacher="ada", price=Decimal(49))
        assert self.free() == []

    def test_the_price_is_in_the_school_s_currency(self, folder, ada, monkeypatch):
        from payments import currencies
        from payments.queries import products_for

        monkeypatch.setattr(currencies, "_says", [lambda: "USD"])
        self.said(folder, teacher="ada", price=Decimal(9))
        [product] = products_for([Course.objects.get().key]).values()
        assert (product.price_minor, product.currency) == (900, "USD")


def test_what_a_file_does_not_say_stays_as_the_teacher_has_it(folder, ada):
    """Free to try, the minutes and the section are set in the studio too; a file that is silent about them undoes nothing."""
    from courses.operations import edit_lesson

    write(folder, "bare.md", "---\ntitle: Bare\n---\n\nNothing else.\n")
    bring(folder, ada)
    edit_lesson(lesson=Lesson.objects.get(title="Adding"), is_preview=True, minutes=7)
    edit_lesson(lesson=Lesson.objects.get(title="Bare"), section_title="At the end", level="advanced")
    assert bring(folder, ada).changed == 0
    write(folder, "add.md", "---\ntitle: Adding\ntags: math,beginner\n---\n\nOne and one make two.\n")
    assert bring(folder, ada).changed == 1
    kept = Lesson.objects.filter(title__in=["Adding", "Bare"]).order_by("title")
    assert list(kept.values_list("is_preview", "level", "section__title")) == [
        (True, "beginner", "math"), (False, "advanced", "At the end"),
    ]  # fmt: skip


def test_what_a_file_says_is_so(folder, ada):
    from courses.operations import edit_lesson

    write(folder, "add.md", "---\ntitle: Adding\ntags: math,beginner\npreview: true\nminutes: 9\n---\n\nOne and one.\n")
    bring(folder, ada)
    edit_lesson(lesson=Lesson.objects.get(title="Adding"), is_preview=False, minutes=7)
    assert bring(folder, ada).changed == 1
    assert Lesson.objects.filter(title="Adding").values_list("is_preview", "minutes").get() == (True, 9)


def test_a_lesson_that_was_saved_in_the_studio_as_it_was_is_not_changed(folder, ada, page_of):
    write(folder, "add.md", "---\ntitle: Adding\ntags: math,beginner\n---\n\nOne.\n\n- and one\n- and one \n")
    course = bring(folder, ada).course
    lesson = Lesson.objects.get(title="Adding")
    said = {"title": "Adding", "section_title": "math", "minutes": 1, "is_preview": "on"}
    page_of(ada).post(
        f"/studio/courses/{course.pk}/lessons/{lesson.pk}/", {**said, "source": lesson.source.replace("\n", "\r\n")}
    )
    lesson.refresh_from_db()
    assert (lesson.is_preview, bring(folder, ada).changed) == (True, 0)
