"""How the sources on the network have been doing, and the pages that they are known to have."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from feedsvc.load.rounds import KnownPage
from feedsvc.load.web.health import Health
from feedsvc.store.store import chunks, upsert
from feedsvc.store.tables import pages, source_states


@dataclass(frozen=True, slots=True)
class State:
    """A source's health, when it was asked last, where it has moved to, and the digest of what was read last."""

    health: Health = field(default_factory=Health)
    checked_at: datetime | None = None
    url: str | None = None
    digest: str = ""
    gone: bool = False

    @property
    def trouble(self) -> str | None:
        """What is wrong with it now, in words; None when nothing is."""
        if self.gone:
            return "it answered 410: it is gone for good, and is asked no more"
        return self.health.last_error if self.health.failures else None


def states(connection: Connection) -> dict[str, State]:
    """source → how it has been doing, for those that were ever asked."""
    return {
        row.source: State(
            Health(row.failures, row.last_good, row.last_error, row.last_failed, row.next_try),
            row.checked_at,
            row.url,
            row.digest,
            row.gone,
        )
        for row in connection.execute(select(source_states))
    }


def write_state(connection: Connection, source: str, state: State) -> None:
    health = state.health
    row = {
        "source": source,
        "failures": health.failures,
        "last_good": health.last_good,
        "last_error": health.last_error,
        "last_failed": health.last_failed,
        "next_try": health.next_try,
        "checked_at": state.checked_at,
        "url": state.url,
        "digest": state.digest,
        "gone": state.gone,
    }
    upsert(connection, source_states, [row])


def known_pages(connection: Connection, source: str) -> dict[str, KnownPage]:
    """URL → the page."""
    p = pages.c
    columns = (p.url, p.found_at, p.checked_at, p.moved_to, p.digest, p.gone, p.failures)
    rows = connection.execute(select(*columns).where(p.source == source)).all()
    return {row.url: KnownPage(*row) for row in rows}


def write_pages(connection: Connection, source: str, known: Iterable[KnownPage]) -> None:
    for some in chunks(known):
        upsert(connection, pages, [_row(source, page) for page in some])


def _row(source: str, page: KnownPage) -> dict[str, object]:
    return {
        "source": source,
        "url": page.url,
        "found_at": page.found_at,
        "checked_at": page.checked_at,
        "moved_to": page.moved_to,
        "digest": page.digest,
        "gone": page.gone,
        "failures": page.failures,
    }
