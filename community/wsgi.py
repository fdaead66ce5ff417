"""Pages and API over WSGI."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

application = get_wsgi_application()

from recsys import serving  # noqa: E402 - not before there is a Django

# The first visitor after a start or an update need not wait for half a gigabyte to be read.
serving.look_ahead()
# What is loaded by now stays until the end: the collector of cycles need not walk through all of it again and again.
gc.freeze()
# A page makes thousands of objects that are gone with it, and hardly a cycle: to look for cycles after every 700 of them takes two to five percent of its time.
gc.set_threshold(20_000)
