"""The answers to what a CMS handed over under a key of its own, given again when it asks again.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from feedsvc.errors import FeedsvcError
from feedsvc.store.tables import handed_over

KEPT = timedelta(days=1)
IN_HAND = 0  # in place of a status
# After a crash nobody answers any more. That one who is slower than this is overtaken does no harm: what two of them
# hand over is the same.
IN_HAND_FOR = timedelta(seconds=20)


class KeyReused(FeedsvcError):
    """Another request was made under the same key."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for a request with another body.")


class StillInHand(FeedsvcError):
    """The same request is being answered at this moment."""

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being answered; please ask again in a moment.")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON that goes with it."""

    status: int
    content: dict[str, Any]


def claim(connection: Connection, source: str, key: str, digest: str, now: datetime) -> Answer | None:
    """The answer that was given to this request; None where it is for the caller to `keep` one, or to `let_go`.

    `digest` is of the request. Raises KeyReused and StillInHand.
    """
    connection.execute(delete(handed_over).where(handed_over.c.at < now - KEPT))
    # For update: of two that find a claim abandoned, the second waits and finds it taken.
    row = connection.execute(select(handed_over).where(*_of(source, key)).with_for_update()).one_or_none()
    if row is not None and row.digest != digest:
        raise KeyReused
    if row is not None and row.status != IN_HAND:
        return Answer(row.status, row.answer)
    if row is not None and row.at > now - IN_HAND_FOR:
        raise StillInHand
    if row is not None:
        connection.execute(update(handed_over).where(*_of(source, key)).values(at=now))
        return None
    values = {"source": source, "idempotency_key": key, "digest": digest, "status": IN_HAND, "answer": {}, "at": now}
    try:
        connection.execute(insert(handed_over).values(values))
    except IntegrityError as error:  # another was faster by a moment
        raise StillInHand from error
    return None


def keep(connection: Connection, source: str, key: str, answer: Answer) -> None:
    """Remember what was answered, in the transaction that makes it true."""
    values = {"status": answer.status, "answer": answer.content}
    connection.execute(update(handed_over).where(*_of(source, key)).values(values))


def let_go(connection: Connection, source: str, key: str) -> None:
    """Nothing came of it: the next request under the key is the first again."""
    connection.execute(delete(handed_over).where(*_of(source, key), handed_over.c.status == IN_HAND))


def _of(source: str, key: str) -> tuple[Any, ...]:
    return handed_over.c.source == source, handed_over.c.idempotency_key == key
