"""Prints the one-time address at which a new school is opened."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from community.models import School
from community.opening.tokens import new_token


class Command(BaseCommand):
    """The address is good for 24 hours and for one school."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        if School.objects.exists():
            self.stdout.write("This school is open already.")
            return
        address = settings.SITE_URL + reverse("opening:begin", args=[new_token()])
        self.stdout.write(f"Open your school within 24 hours, at this address and only once:\n\n  {address}\n")
