"""The store: transactions, and the lease under which runs write.

Readers and the one writer never block each other: SQLite runs in WAL mode and takes its write lock when
a writing transaction begins; PostgreSQL has its own snapshots. Every writing transaction of a run checks
that its lease still stands, so a run that was overtaken can no longer change anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.errors import RunRefused
from feedsvc.store.tables import leases, marks

LEASE = "run"
LEASE_S = 30  # how long a run that was killed keeps others waiting; a living one renews it every few seconds
# Only a migration makes a reader wait; while it does, what was read before goes on being served.
READER_PATIENCE = "SET LOCAL lock_timeout = '1s'"
CHUNK = 1000  # rows or keys in one statement, well below what SQLite and PostgreSQL allow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run. `epoch` grows with every holder, so an old one can be told."""

    holder: str
    epoch: int


class Store:
    """Transactions on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store."""
        options = {"isolation_level": "REPEATABLE READ"} if self._postgresql else {}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            if self._postgresql:
                connection.exec_driver_sql(READER_PATIENCE)
            yield connection

    @contextmanager
    def writing(self, lease: Lease | None = None) -> Iterator[Connection]:
        """One transaction that writes. Raises RunRefused, and writes nothing, when `lease` was lost."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if lease:
                _hold(connection, lease)
            yield connection
            if lease:
                _renew(connection, lease)

    @contextmanager
    def rehearsal(self) -> Iterator["Store"]:
        """A store in which everything can be done, and nothing of it stays."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin() as transaction:
            yield _Rehearsal(self.engine, connection)
            transaction.rollback()

    @property
    def _postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def claim(self, holder: str, is_dead: Callable[[str], bool] = lambda holder: False) -> Lease:
        """Take the lease. Raises RunRefused, saying who has it, while that of another that is not dead stands."""
        with self.writing() as connection:
            upsert(connection, leases, [_row(holder="", epoch=0, expires_at=_now())], update=False)
            row = connection.execute(select(leases).where(leases.c.name == LEASE).with_for_update()).one()
            if row.holder and row.expires_at > _now() and not is_dead(row.holder):
                raise RunRefused(
                    f"a run by {row.holder} is in hand; it holds the lease until {row.expires_at:%H:%M:%S} UTC"
                )
            lease = Lease(holder, row.epoch + 1)
            connection.execute(update(leases).values(_row(holder=holder, epoch=lease.epoch, expires_at=_expiry())))
        return lease

    def renew(self, lease: Lease) -> None:
        """Keep the lease for another while. Raises RunRefused when it was lost."""
        with self.writing(lease):
            pass

    def release(self, lease: Lease) -> None:
        """Give the lease back; no harm when it was lost."""
        with self.writing() as connection:
            connection.execute(
                update(leases)
                .where(leases.c.name == LEASE, leases.c.epoch == lease.epoch)
                .values(holder="", expires_at=_now())
            )


class _Rehearsal(Store):
    """A store of which every transaction is a part of one that will be undone."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        super().__init__(engine)
        self._connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def writing(self, lease: Lease | None = None) -> Iterator[Connection]:
        yield self._connection


def _hold(connection: Connection, lease: Lease) -> None:
    row = connection.execute(select(leases).where(leases.c.name == LEASE).with_for_update()).one_or_none()
    if row is None or row.epoch != lease.epoch:
        raise RunRefused("another run has taken over; this one writes nothing more")


def _renew(connection: Connection, lease: Lease) -> None:
    connection.execute(update(leases).where(leases.c.name == LEASE).values(expires_at=_expiry()))


def _row(**values: Any) -> dict[str, Any]:
    return {"name": LEASE, **values}


def _now() -> datetime:
    return datetime.now(UTC)


def _expiry() -> datetime:
    return _now() + timedelta(seconds=LEASE_S)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    update: bool = True,
    plain: bool = False,
) -> None:
    """Insert rows; where the primary key is there already, replace the row, or leave it if not `update`.

    `plain` rows have every column, and values that the driver takes as they are: a third of the time for many.
    """
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if update and rest:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    if plain:
        _hand_over(connection, statement, rows)
    else:
        connection.execute(statement, rows)


def _hand_over(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    compiled = statement.compile(dialect=connection.dialect)
    names = compiled.positiontup
    given = [tuple(row[name] for name in names) for row in rows] if names else [dict(row) for row in rows]
    connection.exec_driver_sql(str(compiled), given)


def cause(error: SQLAlchemyError) -> str:
    """What the database says is wrong, in one line: what PostgreSQL adds below may quote whole rows."""
    lines = str(error.__cause__ or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most CHUNK items."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def read_mark(connection: Connection, name: str) -> str | None:
    """A single remembered value, such as how far the feeds have followed the articles."""
    return connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar_one_or_none()


def write_mark(connection: Connection, name: str, value: str) -> None:
    upsert(connection, marks, [{"name": name, "value": value}])
