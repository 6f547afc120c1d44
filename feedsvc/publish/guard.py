"""What a new generation of a feed would do to those who read the one before, and whether it may go out.

Pure. Readers know an entry by its id. One that they have not seen is new; one with another `updated` may be shown
again; one that is missing is lost unless it has gone into an archive. An id that comes back after it had gone, and a
new id for what they have seen under another, are shown as new though they are not: the fault that readers complain
about most.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from feedsvc.publish.window import Line

NOTICE = "withdrawn"  # the digest of an entry that tells of nothing but its withdrawal
FEWEST = 5  # entries that must be harmed before a feed is held back: in a small one, a share says little
REPEATED = 0.05  # FreshRSS gives up on the ids of a feed in which more than this share are bad or repeated


class Shown(NamedTuple):
    """An entry of a generation, as readers tell it from others. `trace` is a digest of that of its line."""

    id: str
    published: datetime
    updated: datetime
    digest: str
    trace: str = ""

    @property
    def is_notice(self) -> bool:
        return self.digest == NOTICE


@dataclass(frozen=True, slots=True)
class Effect:
    """The ids of entries by what becomes of them, each in the order of its feed.

    new: never shown before. late: of those, the ones older than the newest shown before, which a reader that asks
    for ever newer dates will miss. updated: changed under the same id. redated: with another publication time.
    resurrected: had gone and come back. renamed: shown before under another id. lost: gone, and in no archive.
    repeated: more than once in the same feed.
    """

    new: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    redated: tuple[str, ...] = ()
    resurrected: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def again(self) -> tuple[str, ...]:
        """What readers would show as new, or keep twice, though they have seen it."""
        return (*self.renamed, *self.resurrected, *self.redated)

    def counts(self) -> dict[str, int]:
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def shown(line: Line) -> Shown:
    """What readers get to know of an article's entry."""
    at = line.withdrawn or line.updated or line.published
    digest = NOTICE if line.withdrawn else f"{line.digest[:16]}{line.touched or ''}"
    trace = hashlib.sha256(line.trace.encode("utf-8", "backslashreplace")).hexdigest()[:16] if line.trace else ""
    return Shown(line.id, line.published, max(line.published, at), digest, trace)


def compare(
    before: Sequence[Shown], after: Sequence[Shown], archived: Collection[str], gone: Collection[str]
) -> Effect:
    """What happens to the entries. `archived` holds all ids in archives, `gone` those that went without."""
    was = {one.id: one for one in before}
    there = {one.id for one in after}
    traces = {one.trace for one in before if one.trace}
    newest = max((one.published for one in before), default=None)
    fresh = [one for one in after if one.id not in was and one.id not in archived]
    new = [one for one in fresh if one.id not in gone and one.trace not in traces]
    kept = [(was[one.id], one) for one in after if one.id in was]
    return Effect(
        new=_ids(new),
        late=_ids(one for one in new if newest and one.published < newest),
        updated=_ids(now for then, now in kept if then.digest != now.digest or then.updated != now.updated),
        redated=_ids(now for then, now in kept if then.published != now.published),
        resurrected=_ids(one for one in fresh if one.id in gone),
        renamed=_ids(one for one in fresh if one.id not in gone and one.trace in traces),
        lost=_ids(one for one in before if one.id not in there and one.id not in archived),
        repeated=tuple(id for id, times in Counter(one.id for one in after).items() if times > 1),
    )


def objections(effect: Effect, before: int, after: int, share: float, public: Collection[str]) -> list[str]:
    """Why a generation may not go out, in sentences; none when it may. `before` and `after` are numbers of entries.

    `public` holds the ids of what readers may still see: a feed that loses nothing of it is emptied by withdrawals
    alone, which operators meant.
    """
    told = []
    if len(effect.repeated) > REPEATED * after:
        told.append(f"{len(effect.repeated)} of {after} entries have the id of another one")
    for ids, what in ((effect.again, "would show as new again"), (effect.lost, "would vanish")):
        among = before or after  # an emptied feed may be filled again
        if len(ids) >= FEWEST and len(ids) > share * among:
            told.append(f"{len(ids)} of {among} entries {what}")
    if not after and any(id in public for id in effect.lost):
        told.append("it would be empty")
    return told


def told(effect: Effect) -> list[str]:
    """What different readers make of it, in sentences, without what happens to no entry."""
    again = len(effect.again)
    sentences = (
        (len(effect.new), "new in every reader"),
        (len(effect.late), "of these older than the newest before: whoever asks only for later ones misses them"),
        (len(effect.updated), "updated in place by readers that look at dates or text, and by no other"),
        (again, "shown as new though seen before, by all that go by ids (Miniflux, NetNewsWire, FreshRSS and most)"),
        (len(effect.redated), "with another publication time, for which MSN and the like refuse a feed"),
        (len(effect.lost), "no longer in the feed, and in no archive"),
        (len(effect.repeated), "with the id of another one, for which FreshRSS stops to trust any id of the feed"),
    )
    return [f"{number} {what}" for number, what in sentences if number]


def _ids(entries: Iterable[Shown]) -> tuple[str, ...]:
    return tuple(one.id for one in entries)
