"""A store with a few articles in channels and archives, written row by row: what is made on demand asks for no more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from feedsvc import ondemand
from feedsvc.ondemand import Document, Documents
from feedsvc.ondemand.query import Combination
from feedsvc.settings import Settings
from feedsvc.store import amendments
from feedsvc.store.articles import REVISION, revision
from feedsvc.store.generations import announce
from feedsvc.store.store import Store, upsert, write_mark
from feedsvc.store.tables import amended, archives, articles, channels, feeds, members

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Library:
    """A site on a store. `now` is what its clock shows."""

    settings: Settings
    store: Store
    now: datetime = NOON + timedelta(days=10)
    documents: Documents = field(init=False)

    def __post_init__(self) -> None:
        self.documents = self.another_process()

    def another_process(self) -> Documents:
        return Documents(self.settings, self.store, lambda: self.now)

    # What is in it

    def article(self, name: str, *slugs: str, day: int = 0, **values: Any) -> str:
        """An article in some channels; returns its id."""
        id = f"urn:uuid:{name}"
        row = {"id": id, "source": "paper", "title": f"On {name}", "title_key": name, "stub": False, "served": True}
        row |= {"published": NOON + timedelta(days=day), "digest": f"digest of {name}", "authors": [], "tags": []}
        row |= {"subtitle": "", "summary": "", "body_html": f"<p>All about {name}.</p>"} | values
        with self.store.writing() as connection:
            connection.execute(insert(articles).values(row))
            upsert(connection, members, [{"slug": slug, "article_id": id, "run": 1} for slug in slugs])
        self.changed()
        return id

    def channel(self, slug: str, title: str = "", state: str = "active", **values: Any) -> None:
        row = {"slug": slug, "title": title or slug.title(), "description": "", "origin": "discovered", "state": state}
        with self.store.writing() as connection:
            connection.execute(insert(channels).values({**row, **values}))
        self.feed(f"channels/{slug}")

    def feed(self, key: str) -> None:
        with self.store.writing() as connection:
            upsert(connection, feeds, [{"key": key, "id": f"urn:uuid:feed-{key}", "generation": 1}])

    def close(self, key: str, number: int, *ids: str) -> None:
        """File an archive, the oldest article first."""
        self.feed(key)
        with self.store.writing() as connection:
            connection.execute(
                insert(archives).values({"key": key, "number": number, "ids": list(ids), "closed_at": NOON})
            )

    # What happens to it

    def change(self, id: str, **values: Any) -> None:
        with self.store.writing() as connection:
            connection.execute(update(articles).where(articles.c.id == id).values(values))
        self.changed()

    def change_channel(self, slug: str, **values: Any) -> None:
        with self.store.writing() as connection:
            connection.execute(update(channels).where(channels.c.slug == slug).values(values))
            announce(connection)

    def touch(self, id: str) -> None:
        """Something that it lists is called otherwise now."""
        with self.store.writing() as connection:
            upsert(connection, amended, [{"article_id": id, "touched": revision(connection) + 1}])
        self.changed()

    def withdraw(self, id: str) -> None:
        with self.store.writing() as connection:
            amendments.withdraw(connection, id, "because", self.now)

    def changed(self) -> None:
        with self.store.writing() as connection:
            write_mark(connection, REVISION, str(revision(connection) + 1))
            announce(connection)

    def wait(self, days: float = 0, seconds: float = 0) -> None:
        self.now += timedelta(days=days, seconds=seconds)

    # What comes of it

    def combined(self, *slugs: str, format: str = "json", coding: str = "", **rest: Any) -> Document:
        return self.documents.combined(Combination(slugs, **rest), format, coding)

    def archive(self, slug: str, number: int, format: str = "json", coding: str = "") -> Document | None:
        return self.documents.archive(slug, number, format, coding)


@pytest.fixture
def library(store: Store, tmp_path: Path) -> Library:
    table = {
        "origin": tmp_path / "feedsvc.toml",
        "site": {"title": "The Paper", "base_url": "https://feeds.paper.example"},
        "feeds": {"max_entries": 3, "burst_entries": 10, "notice_days": 30},
        "sources": [{"name": "paper", "kind": "folder", "path": str(tmp_path)}],
    }
    return Library(Settings.model_validate(table), store)


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats that were rendered, one for each document that was made."""
    done: list[str] = []

    def counted(format: str, media_type: str, body: bytes, snapshot: Callable[..., Any] = ondemand.snapshot) -> Any:
        done.append(format)
        return snapshot(format, media_type, body)

    monkeypatch.setattr(ondemand, "snapshot", counted)
    return done
