"""What a CMS hands over → the inbox, from which the next run takes it in.

Each record is judged at once, so that what is wrong with it can be told to whoever sent it; a bad one stops only
itself. What is put into the inbox is accepted once the caller's transaction is. What was withdrawn is not let in
again: that is for operators to say.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.handing.judging import JSON, document_of, may_be_seen_at, place_of
from feedsvc.handing.values import MAX_WAITING, InboxFull, NeverHeardOf, Outlook, State, Status, Verdict
from feedsvc.reader import document_digest
from feedsvc.settings import SourceSettings
from feedsvc.store import inbox
from feedsvc.store.fates import Fate, fates
from feedsvc.store.inbox import READ, WITHDRAW, Item

NOTHING = Fate()
REINSTATE = "it was withdrawn, and stays so until an operator says otherwise"


def hand_over(
    connection: Connection, source: SourceSettings, verdicts: Sequence[Verdict], now: datetime
) -> list[Verdict]:
    """Put what can be taken in into the inbox, and say what is left to be said. Raises InboxFull.

    Of several records in one place, the last counts.
    """
    places = {verdict.place for verdict in verdicts if verdict.place}
    waiting, known = _situation(connection, source, places)
    items: dict[str, Item] = {}
    said = []
    for verdict in verdicts:
        item, fate = waiting.get(verdict.place), known.get(verdict.place, NOTHING)
        if verdict.status is Status.ACCEPTED:
            verdict = _weighed(verdict, source, item, fate, now)
        if verdict.status is Status.ACCEPTED:
            items[verdict.place] = waiting[verdict.place] = _item(source, verdict.place, READ, verdict.body, now)
        said.append(verdict)
    if items and inbox.count(connection) + len(items) > MAX_WAITING:
        raise InboxFull
    inbox.put_instead(connection, source.name, list(items.values()))
    return said


def take_back(connection: Connection, source: SourceSettings, id: str, now: datetime) -> Verdict:
    """Let the next run withdraw the article with an id. Raises NeverHeardOf.

    However much waits, this is let in.
    """
    place = place_of(id)
    item, fate = _of_place(connection, source, place)
    if item is None and fate is None:
        raise NeverHeardOf
    if (item and item.action == WITHDRAW) or (fate and fate.withdrawn and not item):
        return Verdict(id, Status.UNCHANGED)
    inbox.put_instead(connection, source.name, [_item(source, place, WITHDRAW, b"", now)])
    return Verdict(id, Status.ACCEPTED)


def outlook(connection: Connection, source: SourceSettings, id: str, now: datetime) -> Outlook:
    """What has become of what has an id. Raises NeverHeardOf."""
    place = place_of(id)
    item, fate = _of_place(connection, source, place)
    if item is None and fate is None:
        raise NeverHeardOf
    fate = fate or NOTHING
    if item and item.action == WITHDRAW:
        return Outlook(State.WAITING, fate.article, "it is about to be withdrawn")
    if item:
        due = may_be_seen_at(document_of(source, place, item.body, now), source)
        return Outlook(State.EMBARGOED if due and due > now else State.WAITING, fate.article)
    if fate.withdrawn:
        return Outlook(State.WITHDRAWN, fate.article)
    if fate.aside:
        return Outlook(State.SET_ASIDE, fate.article, fate.aside)
    if fate.served:
        other = f"readers get it as source {fate.leader} has it" if fate.leader != source.name else ""
        return Outlook(State.PUBLISHED, fate.article, other)
    due = fate.published
    return Outlook(State.EMBARGOED if due and due > now else State.WAITING, fate.article)


def _weighed(verdict: Verdict, source: SourceSettings, item: Item | None, fate: Fate, now: datetime) -> Verdict:
    """A good record, beside what waits and what is known of its place."""
    # What was withdrawn before any run had taken it in was never published, and may well be handed over again.
    if fate.withdrawn or (item and item.action == WITHDRAW and fate.article):
        return Verdict(verdict.id, Status.REFUSED, REINSTATE)
    if item:
        same = item.action == READ and item.body == verdict.body
    else:
        same = fate.digest == document_digest(document_of(source, verdict.place, verdict.body, now), source)
    return Verdict(verdict.id, Status.UNCHANGED) if same else verdict


def _situation(
    connection: Connection, source: SourceSettings, places: set[str]
) -> tuple[dict[str, Item], dict[str, Fate]]:
    """What waits and what is known of each place."""
    listed = sorted(places)
    return inbox.of_places(connection, source.name, listed), fates(connection, source.name, listed)


def _of_place(connection: Connection, source: SourceSettings, place: str) -> tuple[Item | None, Fate | None]:
    waiting, known = _situation(connection, source, {place})
    return waiting.get(place), known.get(place)


def _item(source: SourceSettings, place: str, action: str, body: bytes, now: datetime) -> Item:
    return Item(source.name, place, action, JSON, None, body, now)
