"""Which of a source's pages are to be looked at now.

Pure. A new page at once; one that is known again after a quarter of the time that it has been known, so that
corrections of the first hours are seen soon and old pages cost next to nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SELDOM = timedelta(days=30)
MOST_FAILURES = 5  # in a row, after which a page is left alone as old ones are


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page that a source has, by the URL that led to it first."""

    url: str
    found_at: datetime
    checked_at: datetime | None = None
    moved_to: str | None = None
    digest: str = ""
    gone: bool = False
    failures: int = 0

    @property
    def address(self) -> str:
        return self.moved_to or self.url


def pages_due(pages: Iterable[KnownPage], now: datetime, every: timedelta, most: int) -> list[KnownPage]:
    """Those to be fetched, at most `most`: new ones first, then those that have waited longest."""
    due = [page for page in pages if not page.gone and (page.checked_at is None or _next(page, every) <= now)]
    return sorted(due, key=lambda page: (page.checked_at is not None, page.checked_at or page.found_at, page.url))[
        :most
    ]


def _next(page: KnownPage, every: timedelta) -> datetime:
    checked = page.checked_at or page.found_at
    wait = SELDOM if page.failures >= MOST_FAILURES else min(max((checked - page.found_at) / 4, every), SELDOM)
    return checked + wait
