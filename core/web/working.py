"""What a worker does around its tasks: log lines and facts carry a task's id, as those of a request carry the request's."""

import gc
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_process_init

from core.events.publishing import request_id


@task_prerun.connect
def _begin(task_id: str = "", **_about: Any) -> None:
    request_id.set(task_id)


@task_postrun.connect
def _end(**_about: Any) -> None:
    request_id.set("")


@worker_process_init.connect
def _settle(**_about: Any) -> None:
    # What is loaded by now stays until the end: the collector of cycles need not walk through all of it again and again.
    gc.freeze()
