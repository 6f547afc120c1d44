"""What operators do to articles and feeds: withdraw, correct, reinstate, release, and see beforehand.

Each is published at once, in the same run that writes it down.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from feedsvc.curation import EVERYTHING
from feedsvc.errors import UnknownSubject
from feedsvc.model import BodyFormat
from feedsvc.normalise.html import body_to_html
from feedsvc.normalise.text import clean, plain, title_key
from feedsvc.normalise.urls import url_key
from feedsvc.pipeline import amend, rehearse
from feedsvc.publish.plan import ALL, channel_key
from feedsvc.report import Change, Report
from feedsvc.settings import Settings
from feedsvc.store import amendments, reading
from feedsvc.store import generations as generation_store
from feedsvc.store.store import Store

MAX_NOTE = 1000
TITLES_TOLD = 20  # of each kind of change to a feed


@dataclass(frozen=True, slots=True)
class Correction:
    """What an operator says of an article; None leaves what there is."""

    title: str | None = None
    summary: str | None = None
    body: str | None = None
    body_format: BodyFormat = BodyFormat.TEXT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the next run would do to a feed, with the titles of the entries that it does it to."""

    name: str
    change: Change
    titles: Mapping[str, tuple[str, ...]]


def withdraw(settings: Settings, store: Store, subject: str, reason: str) -> Report:
    """Take an article back: readers get a notice under its id for a while, and then nothing.

    One that is withdrawn, but still in a feed because publishing broke off, is withdrawn again. Raises UnknownSubject
    for what is no article, or is withdrawn already.
    """
    article = _article(store, subject)
    id = article["id"]
    if article["withdrawn"] and not _is_in_a_feed(store, id):
        raise UnknownSubject(f"{subject} was withdrawn on {article['withdrawn']:%Y-%m-%d} already")
    now = datetime.now(UTC).replace(microsecond=0)
    return amend(settings, store, lambda c: amendments.withdraw(c, id, clean(reason).strip(), now), withdrawn=[id])


def reinstate(settings: Settings, store: Store, subject: str) -> Report:
    """Undo a withdrawal or corrections: the article is again what its source says, once that has been read again."""
    article = _article(store, subject)
    return amend(settings, store, lambda c: amendments.reinstate(c, article["id"], article["source"]))


def correct(settings: Settings, store: Store, subject: str, correction: Correction) -> Report:
    """Change what readers get of an article, under the same id. Its source changes these parts no more.

    Raises UnknownSubject for what is no article or was withdrawn, and for a correction that says nothing.
    """
    article = _article(store, subject)
    if article["withdrawn"]:
        raise UnknownSubject(f"{subject} was withdrawn; there is nothing left to correct")
    values, note = _values(correction), plain(correction.note)[:MAX_NOTE]
    if not values and not note:
        raise UnknownSubject("the correction says nothing: give a title, a summary, a body or a note")
    now = datetime.now(UTC).replace(microsecond=0)
    return amend(settings, store, lambda c: amendments.correct(c, article["id"], values, note, now))


def release(settings: Settings, store: Store, channel: str) -> Report:
    """Let out what is held back of a channel's feed. Raises UnknownSubject where nothing is."""
    key = _key(store, channel)
    with store.reading() as connection:
        if key not in generation_store.read_holds(connection):
            raise UnknownSubject(f"nothing of {channel} is held back")

    def let_out(connection: Connection) -> None:
        generation_store.release(connection, key)

    return amend(settings, store, let_out)


def differences(settings: Settings, store: Store, channel: str | None) -> tuple[list[Difference], list[str]]:
    """What the next run would do to the feed of a channel, or to every feed; and what it would remark."""
    key = None if channel is None else _key(store, channel)
    return rehearse(settings, store, _looking_at(key))


def _looking_at(key: str | None) -> Callable[[Connection, Report], tuple[list[Difference], list[str]]]:
    def look(connection: Connection, report: Report) -> tuple[list[Difference], list[str]]:
        changes = [_difference(connection, one) for one in report.changes if key is None or one.key == key]
        return changes, report.reports

    return look


def _difference(connection: Connection, change: Change) -> Difference:
    kinds = {kind: getattr(change.effect, kind)[:TITLES_TOLD] for kind in change.effect.counts()}
    titles = reading.titles(connection, {id for ids in kinds.values() for id in ids})
    named = {kind: tuple(titles.get(id, id) for id in ids) for kind, ids in kinds.items() if ids}
    return Difference(change.key.removeprefix("channels/") or EVERYTHING, change, named)


def _article(store: Store, subject: str) -> Mapping[str, Any]:
    with store.reading() as connection:
        article = amendments.find(connection, subject, url_key(subject) if "://" in subject else None)
    if article is None:
        raise UnknownSubject(f"{subject} is no article's id or URL")
    return article


def _is_in_a_feed(store: Store, id: str) -> bool:
    """Whether readers get an article's words in any feed, and not just the notice of its withdrawal."""
    with store.reading() as connection:
        formers = generation_store.formers(connection, generation_store.standing(connection).keys())
    stands = (kept[0].shown for kept in formers.values())
    return any(entry.id == id and not entry.is_notice for shown in stands for entry in shown)


def _key(store: Store, channel: str) -> str:
    with store.reading() as connection:
        if reading.channel(connection, channel):
            return channel_key(channel)
    if channel == EVERYTHING:
        return ALL
    raise UnknownSubject(f"there is no channel {channel!r}")


def _values(correction: Correction) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if correction.title is not None:
        title = plain(correction.title)
        if not title:
            raise UnknownSubject("a title must have a word in it")
        values |= {"title": title, "title_key": title_key(title)}
    if correction.summary is not None:
        values["summary"] = plain(correction.summary)
    if correction.body is not None:
        values["body_html"] = body_to_html(correction.body, correction.body_format, None)
    return values
