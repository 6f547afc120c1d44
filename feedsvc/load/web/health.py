"""When a source may be tried again: backoff with full jitter, and a circuit that opens when it keeps failing.

Pure. A `Health` is a plain value that the caller keeps with the source, so that it outlives a restart; chance and
the clock arrive as arguments.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OPENS_AT = 5  # failures in a row
BASE_S = 30
CAP_S = 3600  # a source that is back is seen again within the hour
OPEN_S = 300  # an open circuit stays so at least this long, whatever chance says
MAX_DOUBLINGS = 20


class Circuit(StrEnum):
    """CLOSED: ask freely. OPEN: don't ask. HALF_OPEN: ask for one thing, and go on only if that works."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True)
class Health:
    """How a source has been doing: failures in a row, and the times of the last good answer and the next try."""

    failures: int = 0
    last_good: datetime | None = None
    last_error: str = ""
    last_failed: datetime | None = None
    next_try: datetime | None = None

    @property
    def healthy(self) -> bool:
        return self.failures == 0


def circuit(health: Health, now: datetime) -> Circuit:
    if health.failures < OPENS_AT:
        return Circuit.CLOSED
    return Circuit.HALF_OPEN if may_try(health, now) else Circuit.OPEN


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
    wait_s = jitter * bound + (OPEN_S if failures >= OPENS_AT else 0)
    wait = timedelta(seconds=max(wait_s, retry_after_s or 0))
    return Health(failures, health.last_good, reason, now, now + wait)
