"""What the ledger does at night."""

import logging

from celery import shared_task

from .verification import verify

logger = logging.getLogger(__name__)


@shared_task(name="ledger.tasks.verify_all")  # type: ignore[untyped-decorator]
def verify_all() -> int:
    """Run every check and log an error for each violation, which is the alarm; return how many there were."""
    violations = [violation for _, finding in verify() for violation in finding.violations]
    for violation in violations:
        logger.error("ledger: %s", violation)
    return len(violations)
