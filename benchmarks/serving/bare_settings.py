"""The settings of the bare page: the site's database and template engine, and nothing of what it does with requests."""

from pathlib import Path

from community.settings import *  # noqa: F403 - the same, but for what follows
from community.settings import TEMPLATES

ROOT_URLCONF = "benchmarks.serving.bare"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]
TEMPLATES[0]["OPTIONS"]["context_processors"] = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
]
