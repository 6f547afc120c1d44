"""The words of what is handed over: how much is taken at once, what is said of it, and what may be wrong with it."""

from dataclasses import dataclass
from enum import StrEnum

from feedsvc.errors import FeedsvcError

MAX_RECORDS = 1000
MAX_RECORD_BYTES = 5 * 1024 * 1024  # as of one page
MAX_PLACE = 600  # characters, as for files: it is a key of the store
MAX_WAITING = 100_000  # items in the inbox


class TooMuch(FeedsvcError):
    """More than is taken at once."""


class InboxFull(FeedsvcError):
    """So much waits already that nobody seems to take it in."""

    def __init__(self) -> None:
        super().__init__("Too many articles are waiting to be taken in; please hand this over again in a minute.")


class NeverHeardOf(FeedsvcError):
    """The source has handed over nothing under this id."""

    def __init__(self) -> None:
        super().__init__("Nothing has been handed over under this id.")


class Status(StrEnum):
    """UNCHANGED is what waits or was read already, just as it is."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class State(StrEnum):
    """What has become of something. WAITING may be a correction or a withdrawal, too."""

    WAITING = "waiting"
    EMBARGOED = "embargoed"
    PUBLISHED = "published"
    SET_ASIDE = "set aside"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one record. `id` is its own, None where it has none; `body` is what waits at `place`."""

    id: str | None
    status: Status
    reason: str = ""
    place: str = ""
    body: bytes = b""
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What has become of what has an id; `article` is the id that readers know it by, once there is one."""

    state: State
    article: str | None = None
    reason: str = ""
