"""Logging: fixed event names with fields, as text for a person or as JSON lines for a machine."""

import logging
import sys

import structlog

from feedsvc.settings import Log


def configure(settings: Log) -> None:
    """Set up logging to standard error for this process."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries' own loggers: their warnings are ours to know, their chatter is not.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # It warns of every page it finds little on; what could not be read is set aside, with its reason.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
