"""A course from a folder of Markdown, told file by file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from core.text import detect_language
from courses.operations import ImportRefused, ImportReport, import_folder, publish_course


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
        parser.add_argument("--publish", action="store_true", help="put it into the catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        title = options["title"] or folder.name.replace("-", " ").replace("_", " ").capitalize()
        teacher = _teacher(options["teacher"])
        try:
            report = import_folder(
                folder=folder,
                by=teacher,
                title=title,
                slug=options["slug"],
                language=options["language"] or detect_language(title),
                summary=options["summary"],
            )
        except ImportRefused as refused:
            raise CommandError(f"{refused}. Nothing was changed.") from refused
        if options["publish"]:
            publish_course(course=report.course, by=teacher)
        self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for name in ("files", "lessons", "sections"):
            self.stdout.write(f"{getattr(report, name)} {name}")
        without = f" (the school has none for: {', '.join(report.topicless)})" if report.topicless else ""
        self.stdout.write(f"{report.topics} topics{without}")
        self.stdout.write(f"{report.changed} changed\n{len(report.skipped)} skipped")
        for name, why in report.skipped:
            self.stdout.write(f"  {name}: {why}")


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
