"""What runs and the worker say of themselves."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from feedsvc.store.store import read_mark, write_mark
from feedsvc.store.tables import runs

WORKER = "worker"
KEPT_RUNS = 200
MAX_TOLD = 100  # errors or reports that one run keeps


@dataclass(frozen=True, slots=True)
class Worker:
    """When the worker last looked at the clock, and when it means to run next."""

    host: str
    pid: int
    refresh_every_s: int
    next_run_at: datetime | None


def begin_run(connection: Connection, now: datetime) -> int:
    """Write down that a run has begun; older ones that never ended are told to have failed."""
    connection.execute(
        update(runs)
        .where(runs.c.finished_at.is_(None))
        .values(finished_at=now, outcome="failed", errors=["it was stopped before it had finished"])
    )
    result = connection.execute(insert(runs).values(started_at=now, counts={}, errors=[], reports=[]))
    number = int(result.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(delete(runs).where(runs.c.id <= number - KEPT_RUNS))
    return number


def end_run(
    connection: Connection,
    number: int,
    now: datetime,
    outcome: str,
    counts: Mapping[str, Any],
    errors: Sequence[str],
    reports: Sequence[str],
) -> None:
    connection.execute(
        update(runs)
        .where(runs.c.id == number)
        .values(
            finished_at=now,
            outcome=outcome,
            counts=dict(counts),
            errors=list(errors[:MAX_TOLD]),
            reports=list(reports[:MAX_TOLD]),
        )
    )


def last_runs(connection: Connection, limit: int = 1) -> list[Mapping[str, Any]]:
    """The newest runs first, finished or not."""
    wanted = select(runs).order_by(runs.c.id.desc()).limit(limit)
    return [dict(row._mapping) for row in connection.execute(wanted)]


def last_good_run(connection: Connection) -> datetime | None:
    """When the last run that went through had finished."""
    good = runs.c.outcome.in_(["good", "partial"])
    wanted = select(runs.c.finished_at).where(good).order_by(runs.c.id.desc()).limit(1)
    return connection.execute(wanted).scalar_one_or_none()


def write_worker(connection: Connection, worker: Worker) -> None:
    fields = asdict(worker)
    fields["next_run_at"] = worker.next_run_at.isoformat() if worker.next_run_at else None
    write_mark(connection, WORKER, json.dumps(fields))


def read_worker(connection: Connection) -> Worker | None:
    text = read_mark(connection, WORKER)
    if text is None:
        return None
    fields = json.loads(text)
    if fields["next_run_at"]:
        fields["next_run_at"] = datetime.fromisoformat(fields["next_run_at"])
    return Worker(**fields)
