"""A course from a folder of Markdown, told file by file."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from core.text import detect_language
from courses.models import Course, Lesson
from courses.operations import ImportRefused, ImportReport, edit_lesson, import_folder, publish_course
from payments import currencies
from payments.operations import set_price
from payments.queries import products_for


class Command(BaseCommand):
    """Reads FOLDER, makes or updates the course, and says what it found and did."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--title", default="", help="the course's title; the folder's name when it is missing")
        parser.add_argument("--slug", default="")
        parser.add_argument(
            "--teacher", default="", help="handle or email address; the first teacher when it is missing"
        )
        parser.add_argument("--summary", default="", help="one sentence for the catalogue")
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=codes, default="", help="the title's when it is missing")
        parser.add_argument("--price", type=Decimal, help="in the school's currency; 0 makes it free")
        parser.add_argument(
            "--publish", action="store_true",
            help="put it into the catalogue; where no file says preview, its first lesson becomes free to try",
        )  # fmt: skip
        parser.add_argument("--no-preview", action="store_true", help="publish it with nothing to try")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        title = options["title"] or folder.name.replace("-", " ").replace("_", " ").capitalize()
        teacher = _teacher(options["teacher"])
        try:
            report, offered = self._take(folder, teacher, title, options)
        except ImportRefused as refused:
            raise CommandError(f"{refused}. Nothing was changed.") from refused
        self._tell(report, offered)

    @transaction.atomic
    def _take(
        self, folder: Path, teacher: User, title: str, options: dict[str, Any]
    ) -> tuple[ImportReport, Lesson | None]:
        report = import_folder(
            folder=folder,
            by=teacher,
            title=title,
            slug=options["slug"],
            language=options["language"] or detect_language(title),
            summary=options["summary"],
        )
        if options["price"] is not None:
            _price(report.course, options["price"], by=teacher)
        offered = None
        if options["publish"]:
            offered = None if options["no_preview"] else _offer_the_first(report.course)
            _publish(report.course, by=teacher)
        return report, offered

    def _tell(self, report: ImportReport, offered: Lesson | None) -> None:
        for name in ("files", "lessons", "sections"):
            self.stdout.write(f"{getattr(report, name)} {name}")
        without = f" (the school has none for: {', '.join(report.topicless)})" if report.topicless else ""
        self.stdout.write(f"{report.topics} topics{without}")
        self.stdout.write(f"{report.changed} changed\n{len(report.skipped)} skipped")
        if offered:
            self.stdout.write(f"free to try: {offered.title} (no file says preview)")
        for name, why in report.skipped:
            self.stdout.write(f"  {name}: {why}")


def _price(course: Course, price: Decimal, *, by: User) -> None:
    set_price(
        kind="course", subject=course.key, title=course.title, amount=int(price * 100), currency=currencies.usual(),
        creator=course.teacher, by=by, language=course.language,
    )  # fmt: skip


def _offer_the_first(course: Course) -> Lesson | None:
    """
    Let everybody read the first lesson, where a course comes into the catalogue with nothing to try.

    Nobody buys what they cannot look into. Of a course that stands there already its teacher has decided.
    """
    lessons = Lesson.objects.filter(course=course)
    if course.published_at is not None or lessons.filter(is_preview=True).exists():
        return None
    first = lessons.select_related("course", "section").in_order().first()
    return edit_lesson(lesson=first, is_preview=True) if first else None


def _publish(course: Course, *, by: User) -> None:
    if course.key not in products_for([course.key]):
        raise CommandError("Nobody could have it: say --price, 0 makes it free. Nothing was changed.")
    publish_course(course=course, by=by)


def _teacher(name: str) -> User:
    if name:
        field = "email" if "@" in name else "username"
        found = User.objects.filter(**{field: name.lower()}).first()
        if found is None:
            raise CommandError(f"There is no member {name}.")
        return found
    found = User.objects.filter(taught_courses__isnull=False).first() or User.objects.filter(is_superuser=True).first()
    if found is None:
        raise CommandError("Nobody teaches here yet. Name somebody with --teacher.")
    return found
