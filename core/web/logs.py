"""Structured logs: JSON lines in production, readable lines elsewhere; each carries the id of its request."""

import logging
import logging.config
from typing import Any

import structlog

from core.events.publishing import request_id


def configure(options: dict[str, Any]) -> None:
    """Set up logging as ``settings.LOGGING`` says: ``json`` and ``level``."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request_id,
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.processors.JSONRenderer() if options["json"] else structlog.dev.ConsoleRenderer(colors=False)
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processor": renderer, "foreign_pre_chain": shared}
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": options["level"]},
        # Stripe's writes down whole answers of a debugging day, with who paid in them.
        "loggers": {name: {"level": "WARNING"} for name in ("httpx", "markdown_it", "stripe")},
    })  # fmt: skip
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _with_request_id(logger: Any, method: str, event: Any) -> Any:
    # Django writes its line about a 404 when the middleware has been left; the request itself still knows its id.
    request = getattr(event.get("_record"), "request", None)
    if current := request_id.get() or getattr(request, "id", ""):
        event["request_id"] = current
    # A line that a person wrote into a log must not be able to begin a second one.
    event["event"] = (
        str(event.get("event", "")).replace("\r", "\\r").replace("\n", "\\n")
        if "exception" not in event
        else event["event"]
    )
    return event
