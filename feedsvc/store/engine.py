"""Opening the store: one engine for SQLite or PostgreSQL, and its migrations."""

import sqlite3
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, OperationalError

from feedsvc.errors import StoreNotReady

CACHE_KIB = 32 * 1024  # at most; the usual two MiB are too few for the indexes of a first load
LOG_PAGES = 8000  # of 4 KiB, from which on a commit clears the log
BUSY_TIMEOUT_MS = 30_000  # as long as the longest write transaction of a large first load
# No wait without a limit: a server that hangs, or a lock that is not let go of, must not take serving with it.
POSTGRESQL = {
    "connect_timeout": 10,  # seconds
    "tcp_user_timeout": 30_000,  # milliseconds
    "options": "-c lock_timeout=30s -c statement_timeout=120s",
}
MIGRATION_LOCK = 0x66656564  # any number, as long as nobody else in the database takes it


def open_engine(url: str) -> Engine:
    """Make an engine for a `sqlite:` or `postgresql+psycopg:` URL. Connects to nothing yet."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        engine = create_engine(target, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(target, hide_parameters=True, pool_pre_ping=True, connect_args=POSTGRESQL)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and a reader that
    # turns writer in mid-transaction fails at once with "database is locked", whatever the timeout.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")  # readers go on while one writes
    cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")  # the log is cleared between runs rather than in each
    cursor.execute("PRAGMA synchronous=FULL")  # what was committed survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(engine: Engine, to: str = "head") -> str:
    """Bring the store to the newest schema and return its revision. Safe to repeat, also by several at once.

    `to` stops at an earlier revision, from which an upgrade can be tried.

    Raises StoreNotReady when the file cannot be made or the store is of a newer version than this one.
    """
    where = engine.url.render_as_string(hide_password=True)
    with as_file(files("feedsvc.store") / "migrations") as folder:
        config = _config(folder)
        try:
            _make_folder(engine)
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                _wait_for_others(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, to)
        except OSError as error:
            raise StoreNotReady(f"the store at {where} cannot be made: {error.strerror}", "feedsvc check") from error
        except CommandError as error:
            remedy = "pip install --upgrade feedsvc"
            raise StoreNotReady(f"the store at {where} is of another version: {error}", remedy) from error
    return newest_revision()


def _make_folder(engine: Engine) -> None:
    if engine.url.get_backend_name() == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)


def _wait_for_others(connection: Connection) -> None:
    """Two that create the same table at once would both fail; SQLite has its write lock for that."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def newest_revision() -> str:
    with as_file(files("feedsvc.store") / "migrations") as folder:
        head = ScriptDirectory.from_config(_config(folder)).get_current_head()
    assert head is not None
    return head


def require_migrated(engine: Engine) -> None:
    """Raise StoreNotReady, with the command that helps, unless the store is at the newest schema."""
    where = engine.url.render_as_string(hide_password=True)
    if engine.url.get_backend_name() == "sqlite" and not Path(engine.url.database or "").exists():
        raise StoreNotReady(f"there is no store yet at {where}", "feedsvc migrate")
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except (OperationalError, DBAPIError) as error:
        cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        raise StoreNotReady(f"the store at {where} cannot be opened: {cause}", "feedsvc check") from error
    if current != newest_revision():
        state = "is empty" if current is None else f"has schema {current}"
        raise StoreNotReady(f"the store at {where} {state}, and {newest_revision()} is needed", "feedsvc migrate")


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
