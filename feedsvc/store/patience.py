"""Transactions for web processes, which answer nobody else while they wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from feedsvc.store.engine import BUSY_TIMEOUT_MS
from feedsvc.store.store import Store

PATIENCE_MS = 2000


@contextmanager
def writing_soon(store: Store, patience_ms: int = PATIENCE_MS) -> Iterator[Connection]:
    """A transaction that writes, unless it would have to wait for longer. Raises SQLAlchemyError then."""
    with store.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience_ms}ms'")
                yield connection
            return
        # How long SQLite waits for its one write lock has to be said before the transaction begins.
        driver = connection.connection.cursor()
        driver.execute(f"PRAGMA busy_timeout={patience_ms}")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            driver.close()
