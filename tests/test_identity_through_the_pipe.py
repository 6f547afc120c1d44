"""Channels through whole runs on a real store: small invented archives that grow, merge, split, sleep and end.

The store is opened anew before every run, as after a restart. The identity step alone, under any stream, is in
themes/test_identity_streams.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc import publishing
from feedsvc.errors import BadSettings
from feedsvc.model import Channel, ChannelState, Event, Origin, Turn
from feedsvc.serve.app import create_app
from feedsvc.store import feeds as feed_store
from feedsvc.store import graph
from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store, read_mark
from feedsvc.store.tables import lineage
from feedsvc.themes.lineage import settled
from feedsvc.theming import ARRANGED

START = datetime(2025, 3, 1, tzinfo=UTC)
ACTIVE, DORMANT, MERGED, RETIRED = ChannelState
WORDS = [
    "harbour crane dredger pilot quay mooring tide wharf".split(),
    "choir organ psalm tenor rehearsal cantor hymn chapel".split(),
    "orchard cider grafting blossom pruning harvest beehive pomace".split(),
    "tunnel drill bedrock shaft excavation blasting gallery ventilation".split(),
    "glacier moraine crevasse icefall meltwater serac firn cirque".split(),
    "chess gambit endgame bishop castling checkmate tournament zugzwang".split(),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the next second here."""
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


# A town with a newspaper


@dataclass
class Town:
    """Themes are numbers. `tell` writes articles of a theme, `run` runs the pipe as after a restart."""

    desk: Any
    now: datetime = START
    told: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    number: int = 0
    mixer: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.desk.config["themes"] = {"min_articles": 3, "window_days": 20, "retire_after_days": 30}

    def tell(self, theme: int, count: int = 1, hours: float = 6, *also: int, **more: Any) -> None:
        """Articles of a theme that list the last three of it, and the last of those it is `also` about."""
        records = [self._record(theme, hours, also, more) for _ in range(count)]
        self.desk.write_lines(f"{self.number:04}.jsonl", *records)

    def _record(self, theme: int, hours: float, also: tuple[int, ...], more: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        self.now += timedelta(hours=hours)
        words = [word for one in (theme, *also) for word in self.mixer.choices(WORDS[one], k=30)]
        listed = [link for one in (theme, *also) for link in self.listed(one)[-3:]]
        title = f"{words[0]} {words[1]} {self.number}".capitalize()
        record = {"id": f"a{self.number}", "title": title, "published": self.now.isoformat(), "related": listed}
        record |= {"body_html": f"<p>{' '.join(words)}</p>"} | more
        for one in (theme, *also):
            self.told.setdefault(one, []).append(record)
        return record

    def listed(self, *themes: int) -> list[dict[str, str]]:
        """All that was told of these themes, as a list of related links gives it."""
        told = (record for theme in themes for record in self.told.get(theme, ()))
        return [{"title": record["title"], "published": record["published"]} for record in told]

    def wait(self, days: float) -> None:
        self.now += timedelta(days=days)

    def say(self, text: str) -> None:
        (self.desk.root / "channels.toml").write_text(text, encoding="utf-8")

    def run(self) -> list[Event]:
        """What was told of the run."""
        self.desk.store.engine.dispose()
        self.desk.store = Store(open_engine(self.desk.settings.store_url))
        report = self.desk.run()
        with self.desk.store.reading() as connection:
            rows = connection.execute(select(lineage).where(lineage.c.run == report.run).order_by(lineage.c.id)).all()
        return [Event(row.slug, Turn(row.turn), row.at, row.other, row.articles) for row in rows]

    def channels(self) -> dict[str, Channel]:
        with self.desk.store.reading() as connection:
            return {channel.slug: channel for channel in feed_store.all_channels(connection)}

    def published(self) -> dict[str, datetime]:
        with self.desk.store.reading() as connection:
            public = feed_store.public_articles(connection, datetime.now(UTC), timedelta(days=30))
            return {article.id: article.published for article in public}

    def slug_of(self, theme: int, place: int = 0) -> str:
        """The discovered channel that holds an article of this theme."""
        article = self.desk.articles()[self.told[theme][place]["title"]].id
        [found] = [c.slug for c in self.channels().values() if article in c.members and c.origin is Origin.DISCOVERED]
        return found

    def answer(self, path: str) -> tuple[int, str | None]:
        """(status, where to) of a path on the service."""
        answer = create_app(self.desk.settings).test_client().get(path)
        return answer.status_code, answer.headers.get("Location")


@pytest.fixture
def town(desk) -> Town:
    """A town with two themes, published, on each database."""
    town = Town(desk)
    town.tell(0, 6)
    town.tell(1, 6)
    return town


def told(events: list[Event]) -> list[tuple[str, Turn, str]]:
    return [(event.slug, event.turn, event.other) for event in events]


def test_a_life_of_a_channel_from_its_birth_to_its_end(town: Town) -> None:
    events = town.run()
    harbour, choir = town.slug_of(0), town.slug_of(1)
    assert sorted(told(events)) == sorted([(harbour, Turn.BORN, ""), (choir, Turn.BORN, "")])
    assert {(event.at, event.articles) for event in events} == {(town.now, 6)}

    town.tell(2, 2)
    assert told(town.run()) == [("more-stories", Turn.BORN, "")]  # two make no channel
    town.tell(0)
    town.tell(2)
    [birth] = town.run()
    orchard = town.slug_of(2)
    assert birth == Event(orchard, Turn.BORN, town.now, "", 3)
    assert town.channels()[orchard].born == town.now
    assert (town.slug_of(0, 0), town.slug_of(0, -1), town.slug_of(1)) == (harbour, harbour, choir)

    town.wait(21)
    town.tell(0)
    slept = town.run()
    assert sorted(told(slept)) == sorted([(choir, Turn.SLEPT, ""), (orchard, Turn.SLEPT, "")])
    assert {event.at for event in slept} == {town.now}
    town.tell(1)
    assert town.run() == [Event(choir, Turn.WOKE, town.now)]
    assert town.slug_of(1, -1) == choir

    town.wait(40)
    town.tell(0)
    assert set(told(town.run())) == {(choir, Turn.SLEPT, ""), (orchard, Turn.RETIRED, "")}
    assert town.channels()[orchard].members
    town.tell(2, 4)
    [(again, turn, _)] = told(town.run())
    assert (turn, again != orchard, town.slug_of(2, -1)) == (Turn.BORN, True, again)
    assert town.channels()[orchard].state is RETIRED
    assert set(town.desk.channel_titles()) == {harbour, choir, again, "more-stories"}


def test_themes_that_become_one_are_one_channel_and_the_other_redirects_to_it(desk) -> None:
    town = Town(desk)
    for theme, count in ((2, 12), (3, 12), (4, 12), (5, 12), (0, 4), (1, 3)):
        town.tell(theme, count)
    town.run()
    harbour, choir = town.slug_of(0), town.slug_of(1)
    town.tell(0, 16, 1, 1, related=town.listed(0, 1))
    assert town.run() == [Event(choir, Turn.MERGED, town.now, harbour, 3)]
    assert town.slug_of(0) == town.slug_of(1) == harbour
    home = "https://feeds.paper.example/channels"
    for file in ("rss.xml", "atom.xml", "feed.json"):
        assert town.answer(f"/channels/{choir}/{file}") == (301, f"{home}/{harbour}/{file}")
        assert town.answer(f"/channels/{harbour}/{file}") == (200, None)
    town.tell(1)
    assert town.run() == []
    assert (town.slug_of(1, -1), town.channels()[choir].state) == (harbour, MERGED)


def test_a_theme_that_falls_in_two_keeps_its_slug_where_most_of_it_is(desk) -> None:
    town = Town(desk)
    for theme in (3, 4, 5):
        town.tell(theme, 6)
    for number in range(8):  # harbour and choir, all about the orchard too
        town.tell(number % 2, 1, 6, 2, related=town.listed(2) if number else [])
    town.run()
    orchard = town.slug_of(0)
    assert town.slug_of(1) == orchard
    for _ in range(3):
        town.tell(1, 1, 1, related=town.listed(1))
    town.tell(0, 3, 1)
    town.tell(3, 4)
    [event] = town.run()
    assert event == Event(town.slug_of(1), Turn.SPLIT, town.now, orchard, 7)
    assert (town.slug_of(0), town.slug_of(0, -1)) == (orchard, orchard)
    assert town.answer(f"/channels/{orchard}/rss.xml") == (200, None)


def test_what_is_too_short_lived_for_a_channel_becomes_one_in_the_run_in_which_it_has_lasted(desk) -> None:
    town = Town(desk)
    desk.config["themes"] = {"min_articles": 3, "min_span_hours": 12}
    town.tell(0, 4, 1)
    assert told(town.run()) == [("more-stories", Turn.BORN, "")]
    town.tell(0, 1, 12)
    [event] = town.run()
    assert (event.turn, event.articles) == (Turn.BORN, 5)


def test_a_merge_of_the_operators_that_is_taken_back_leaves_the_redirect(town: Town) -> None:
    town.run()
    harbour, choir = town.slug_of(0), town.slug_of(1)
    town.say(f'[[merges]]\nslugs = ["{choir}"]\ninto = "{harbour}"\n')
    assert town.run() == [Event(choir, Turn.MERGED, town.now, harbour, 6)]
    assert town.run() == []
    town.say("")
    events = town.run()
    assert all(event.turn in (Turn.BORN, Turn.SPLIT) for event in events)
    assert town.channels()[choir].state is MERGED
    assert town.answer(f"/channels/{choir}/rss.xml")[0] == 301


def test_the_channels_are_arranged_anew_when_there_is_a_quarter_more(town: Town) -> None:
    def arranged() -> int:
        """Of how many articles the channels were arranged last."""
        with town.desk.store.reading() as connection:
            return int(json.loads(read_mark(connection, ARRANGED) or "")[0])

    town.run()
    sizes = [arranged()]
    for count in (1, 1, 1, 3):
        town.tell(0, count)
        town.run()
        sizes.append(arranged())
    assert sizes == [12, 12, 12, 15, 15]


# Any stream


CURATED = """
[[channels]]
slug = "{slug}"
title = "Curated"
[channels.rule.any_of]
words = ["{word}"]
"""
SPLIT = """
[[splits]]
slug = "split-{number}"
title = "Split {number}"
out_of = "{slug}"
rule.any_of.words = ["{word}"]
"""


@dataclass
class Stream:
    """Whatever happens to a town, by chance but the same for the same seed."""

    town: Town
    chance: random.Random
    file: list[str] = field(default_factory=list)

    def change(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.chance.choice([self.grow, self.grow, self.grow, self.bridge, self.wait, self.correct, self.resolve])()

    def theme(self) -> int:
        return self.chance.randrange(len(WORDS))

    def grow(self) -> None:
        self.town.tell(self.theme(), self.chance.randint(1, 5), self.chance.choice([0.1, 3, 24]))

    def bridge(self) -> None:
        self.town.tell(self.theme(), self.chance.randint(2, 8), 2, self.theme())

    def wait(self) -> None:
        self.town.wait(self.chance.choice([5, 15, 25, 60]))

    def correct(self) -> None:
        """An article that says something else now, under the same id."""
        for records in list(self.town.told.values())[:1]:
            other = " ".join(WORDS[self.theme()] * 3)
            self.town.desk.write_lines("corrected.jsonl", records[0] | {"body_html": f"<p>{other}</p>"})

    def resolve(self) -> None:
        """Two stubs, of which one list gave the title and the other the URL, and a page that is both, or not yet."""
        number, at = self.town.number + 1000, self.town.now.isoformat()
        url = f"https://paper.example/{number}"
        listed = [{"title": f"Lost {number}", "published": at}], [{"title": f"L {number}", "url": url, "published": at}]
        for links in listed:
            self.town.tell(self.theme(), 1, 1, related=links)
        if self.chance.random() < 0.5:
            self.town.run()
            page = {"id": f"p{number}", "title": f"Lost {number}", "url": url, "published": at, "body_html": "Found."}
            self.town.desk.write_lines(f"page-{number}.jsonl", page)

    def edit(self) -> None:
        """The operator's file, a table more or one less."""
        slugs = sorted(c.slug for c in self.town.channels().values() if c.state.stands and c.origin is not Origin.REST)
        word, number = self.chance.choice(WORDS[self.theme()]), len(self.file)
        if self.file and self.chance.random() < 0.4:
            self.file.pop(self.chance.randrange(len(self.file)))
        elif len(slugs) > 1 and self.chance.random() < 0.4:
            one, other = self.chance.sample(slugs, 2)
            self.file.append(f'\n[[merges]]\nslugs = ["{one}"]\ninto = "{other}"\n')
        elif slugs and self.chance.random() < 0.5:
            self.file.append(SPLIT.format(number=number, slug=self.chance.choice(slugs), word=word))
        else:
            self.file.append(CURATED.format(slug=f"curated-{number}", word=word))
        self.town.say("".join(self.file))


def check(town: Town, before: dict[str, Channel], events: list[Event], by_operator: bool) -> None:
    after, published = town.channels(), town.published()
    newest = max(published.values())
    check_registry(before, after)
    check_articles(before, after, published)
    if not by_operator:
        check_settled(town, before, after, published)
        for slug in {event.slug for event in events if event.turn in (Turn.BORN, Turn.SPLIT)}:
            times = [published[id] for id in after[slug].members]
            if after[slug].origin is Origin.DISCOVERED:
                assert len(times) >= 3
                assert max(times) - min(times) >= timedelta(hours=1)
    assert {event.at for event in events} <= {newest}


def check_registry(before: dict[str, Channel], after: dict[str, Channel]) -> None:
    assert before.keys() <= after.keys()
    for slug, channel in after.items():
        if channel.state is MERGED:
            assert channel.heir
            assert after[channel.heir].state.stands
        else:
            assert channel.heir is None
        was = before.get(slug)
        if was and not was.state.stands:
            assert not channel.state.stands
        if was and was.state is RETIRED:
            assert channel.state is RETIRED


def check_articles(before: dict[str, Channel], after: dict[str, Channel], published: dict[str, datetime]) -> None:
    of = Counter(id for c in after.values() if c.state.stands and c.origin is not Origin.CURATED for id in c.members)
    apart = [c for c in after.values() if c.state is RETIRED or (c.state.stands and c.origin is Origin.CURATED)]
    assert set(of.values()) <= {1}
    assert of.keys() | {id for c in apart for id in c.members} >= published.keys()
    assert of.keys() <= published.keys()
    rest = {id for c in after.values() if c.origin is Origin.REST for id in c.members}
    # Unless the file has taken the channel over: then its rule says what is in it.
    went_on = [c for c in before.values() if c.state.stands and after[c.slug].origin is Origin.DISCOVERED]
    assert rest.isdisjoint(id for c in went_on for id in c.members)


def check_settled(
    town: Town, before: dict[str, Channel], after: dict[str, Channel], published: dict[str, datetime]
) -> None:
    old = settled(published, town.desk.settings.themes)
    for slug, channel in before.items():
        if channel.state.stands and channel.origin is Origin.DISCOVERED and after[slug].state is not MERGED:
            assert channel.members & old <= after[slug].members


def check_strengths(town: Town) -> None:
    with town.desk.store.reading() as connection:
        kept = {id: woven.strength for id, woven in graph.woven_articles(connection).items()}
        found = dict.fromkeys(kept, 0.0)
        for tie in graph.ties(connection).values():
            for id in tie.edge:
                found[id] += tie.weight
    assert kept == pytest.approx(found, abs=1e-4)


def live(town: Town, seed: int, runs: int, by_operator: bool = False) -> None:
    stream = Stream(town, random.Random(seed))
    town.tell(0, 4)
    town.tell(1, 5)
    for _ in range(runs):
        before = town.channels()
        stream.change()
        if by_operator and stream.chance.random() < 0.7:
            stream.edit()
        try:
            events = town.run()
        except BadSettings:  # the file asks for what cannot be any more
            stream.file.clear()
            town.say("")
            events = town.run()
        check(town, before, events, by_operator)
    check_strengths(town)


@pytest.mark.parametrize("seed", range(5))
def test_what_readers_subscribe_to_outlives_whatever_happens(sqlite_desk, seed: int) -> None:
    town = Town(sqlite_desk)
    live(town, seed, runs=8)
    before = town.channels()
    assert town.run() == []
    sqlite_desk.config["site"]["title"] = "The Better Paper"
    assert town.run() == []
    assert town.channels() == before


@pytest.mark.parametrize("seed", range(2))
def test_what_readers_subscribe_to_outlives_whatever_the_operator_asks_for(sqlite_desk, seed: int) -> None:
    live(Town(sqlite_desk), 100 + seed, runs=8, by_operator=True)


def test_the_same_stream_makes_the_same_channels_on_each_database(
    open_desk: Callable[..., Any], sqlite_url: str, postgresql: Any
) -> None:
    other = postgresql.create("migrated")
    towns = [Town(open_desk(name, url)) for name, url in (("sqlite", sqlite_url), ("postgresql", other))]
    for town in towns:
        live(town, 1000, runs=7, by_operator=True)
    assert towns[0].channels() == towns[1].channels()
    rows = []
    for town in towns:
        with town.desk.store.reading() as connection:
            rows.append([tuple(row) for row in connection.execute(select(lineage).order_by(lineage.c.id))])
            rows.append(graph.ties(connection))
    assert rows[0] == rows[2]
    assert rows[1] == rows[3]
