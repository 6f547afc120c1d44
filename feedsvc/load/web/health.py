"""When a source may be tried again: backoff with full jitter, and a pause when it keeps failing.

Pure. A `Health` is a plain value that the caller keeps with the source, so that it outlives a restart; chance and
the clock arrive as arguments.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSES_AT = 5  # failures in a row
BASE_S = 30
CAP_S = 3600  # a source that is back is seen again within the hour
PAUSE_S = 300  # from then on it is left alone at least this long, whatever chance says
MAX_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Health:
    """How a source has been doing: failures in a row, and the times of the last good answer and the next try."""

    failures: int = 0
    last_good: datetime | None = None
    last_error: str = ""
    last_failed: datetime | None = None
    next_try: datetime | None = None


def may_try(health: Health, now: datetime) -> bool:
    """Whether the time to wait is over, for a few failures as for many."""
    return health.next_try is None or now >= health.next_try


def after_success(health: Health, now: datetime) -> Health:
    """All is well again; what was wrong last stays known."""
    return Health(last_good=now, last_error=health.last_error, last_failed=health.last_failed)


def after_failure(
    health: Health, now: datetime, reason: str, jitter: float, retry_after_s: int | None = None
) -> Health:
    """One failure more. `jitter` is by chance, from 0 up to 1; `retry_after_s` is what the server asked for.

    Full jitter (0 to the doubling bound) keeps sources that failed together from coming back together.
    """
    failures = health.failures + 1
    bound = min(CAP_S, BASE_S * 2 ** min(failures - 1, MAX_DOUBLINGS))
    wait_s = jitter * bound + (PAUSE_S if failures >= PAUSES_AT else 0)
    wait = timedelta(seconds=max(wait_s, retry_after_s or 0))
    return Health(failures, health.last_good, reason, now, now + wait)
