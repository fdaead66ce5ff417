"""Log lines and facts of a background task carry its id, as those of a request carry the request's."""

from typing import Any

from celery.signals import task_postrun, task_prerun

from core.events.publishing import request_id


@task_prerun.connect
def _begin(task_id: str = "", **_about: Any) -> None:
    request_id.set(task_id)


@task_postrun.connect
def _end(**_about: Any) -> None:
    request_id.set("")
