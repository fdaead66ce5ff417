"""What the roof lets workers do."""

from celery import shared_task
from django.conf import settings


@shared_task(name="community.demo.life")
def demo_life() -> None:
    """Let one member of a demo world do one thing; nothing where no life was asked for."""
    if settings.DEMO_LIFE:
        from community.demo.life import live_a_little

        live_a_little()
