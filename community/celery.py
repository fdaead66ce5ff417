"""The Celery application of workers and beat."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

app = Celery("lyceum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_said: Any) -> None:
    """Let the collector of cycles pass over what was loaded before the first task: it stays until the end."""
    gc.freeze()
