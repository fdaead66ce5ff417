"""What workers do for the web's own tables."""

from celery import shared_task

from . import idempotency


@shared_task(name="core.web.tasks.forget_old_keys")
def forget_old_keys() -> None:
    """Drop idempotency keys that nobody will ask for again."""
    idempotency.forget_old()
