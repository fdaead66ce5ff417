"""A course from a folder of Markdown, told file by file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from core.text import detect_language
from courses.operations import ImportRefused, import_folder, publish_course


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
                language=detect_language(title),
                summary=title,
            )
        except ImportRefused as refused:
            raise CommandError(f"{refused}. Nothing was changed.") from refused
        if options["publish"]:
            publish_course(course=report.course, by=teacher)
        self.stdout.write(
            f"files {report.files}\nlessons {report.lessons}\nsections {report.sections}\ntopics {report.topics}\n"
            f"changed {report.changed}\nskipped {len(report.skipped)}"
        )
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
