"""A process beside the test's own: ``python -m core.events.tests.beside ACT …``."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from core.events.tests.lamps import main

main(*sys.argv[1:])
