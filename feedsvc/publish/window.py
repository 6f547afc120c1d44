"""Which of a channel's articles its feed shows, and which go into archives (RFC 5005 §4).

Pure. A feed holds the newest, and more of them when a lot has come in few days. What no longer fits goes into
archives, the oldest first, each of which is full from the beginning: its list of entries never changes again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from feedsvc.settings import Feeds


class Line(NamedTuple):
    """What planning needs of an article: enough to sort it, and to see that it has changed.

    `touched` grows when what it lists is called otherwise or may be seen no more. `trace` is by what readers might
    take it for another one of the same: its URL, else its title and time. `recalled` is true for a while after
    an operator has corrected or withdrawn it: then readers are told even where it was in an archive already.
    """

    id: str
    published: datetime
    updated: datetime | None
    digest: str
    touched: int = 0
    trace: str = ""
    recalled: bool = False
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a feed has shown before: the ids in each of its archives, the oldest first, and those that just left."""

    archives: tuple[tuple[str, ...], ...] = ()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """What a feed shows, newest first, and the archives that are closed for it to have room."""

    shown: tuple[Line, ...]
    closed: tuple[tuple[str, ...], ...]


def window(lines: Collection[Line], past: Past, rules: Feeds) -> Window:
    """Choose from all that a channel has (and of what it once had, what was recalled).

    What is in an archive already and was not recalled may be left out: it is never chosen.
    """
    archived = {id for ids in past.archives for id in ids}
    newest_first = sorted(lines, key=lambda line: (line.published, line.id), reverse=True)
    current = [line for line in newest_first if line.id not in archived]
    closed = _closed(current, rules)
    filed = archived.union(*closed)
    shown = tuple(line for line in newest_first if line.recalled or line.id not in filed)
    return Window(shown, closed)


def _closed(newest_first: Sequence[Line], rules: Feeds) -> tuple[tuple[str, ...], ...]:
    """As many full archives as it takes for the rest to fit."""
    size = min(rules.archive_entries, max(1, rules.max_entries // 2))
    over = len(newest_first) - _room(newest_first, rules)
    number = -(-over // size) if over > 0 else 0
    oldest_first = [line.id for line in reversed(newest_first)]
    return tuple(tuple(oldest_first[n * size : (n + 1) * size]) for n in range(number))


def _room(newest_first: Sequence[Line], rules: Feeds) -> int:
    """How many entries the feed holds: as many as came in its last days, between the two bounds."""
    if not newest_first:
        return rules.max_entries
    since = newest_first[0].published - timedelta(days=rules.burst_days)
    lately = sum(line.published >= since for line in newest_first)
    return max(rules.max_entries, min(lately, rules.burst_entries))
