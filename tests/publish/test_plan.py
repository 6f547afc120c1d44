import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.publish.plan import ALL, PlannedFeed, due, plan, plan_outline
from feedsvc.publish.window import Line, Past
from feedsvc.settings import Feeds, Settings, Site, SourceSettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(
    origin=Path("/x/feedsvc.toml"),
    site=Site(title="The Paper"),
    feeds=Feeds(max_entries=3, burst_days=0),
    sources=(SourceSettings(name="paper", kind="folder", path=Path("x")),),
)
LINES = {id: Line(id, NOON + timedelta(hours=n), None, "d" + id) for n, id in enumerate("abcde")}
TRAM = Channel("tram", "Tram", Origin.DISCOVERED, members=frozenset("ace"))
GONE = Channel("gone", "Gone", Origin.DISCOVERED, state=ChannelState.MERGED, heir="tram")
ENDED = Channel("ended", "Ended", Origin.DISCOVERED, state=ChannelState.RETIRED)
ASLEEP = Channel("asleep", "Asleep", Origin.DISCOVERED, state=ChannelState.DORMANT, members=frozenset("b"))


def planned(
    *channels: Channel, lines: dict[str, Line] = LINES, settings: Settings = SETTINGS
) -> dict[str, PlannedFeed]:
    return {feed.key: feed for feed in plan(channels, lines, settings)}


def changed(**section: object) -> Settings:
    return SETTINGS.model_copy(update=section)


def test_everything_and_each_channel_that_stands_has_a_feed() -> None:
    assert set(planned(TRAM, GONE, ENDED, ASLEEP)) == {ALL, "channels/tram", "channels/asleep"}


def test_a_channel_that_falls_asleep_or_wakes_up_is_not_made_again() -> None:
    awake = replace(ASLEEP, state=ChannelState.ACTIVE)
    assert planned(awake) == planned(ASLEEP)
    assert plan_outline([awake], SETTINGS) != plan_outline([ASLEEP], SETTINGS)


def test_a_feed_holds_the_newest_entries_first_and_no_more_than_it_may() -> None:
    feeds = planned(TRAM)
    assert feeds[ALL].ids == ("e", "d", "c")
    assert feeds["channels/tram"].ids == ("e", "c", "a")
    assert feeds[ALL].newest == LINES["e"].published


def test_entries_of_one_second_have_an_order_of_their_own() -> None:
    lines = {id: line._replace(published=NOON) for id, line in LINES.items()}
    backwards = dict(reversed(lines.items()))
    assert planned(TRAM, lines=lines) == planned(TRAM, lines=backwards)


def test_members_that_readers_may_not_see_are_left_out() -> None:
    seen = {id: line for id, line in LINES.items() if id != "e"}
    assert planned(TRAM, lines=seen)["channels/tram"].ids == ("c", "a")
    assert planned(TRAM, lines={})["channels/tram"].ids == ()


@pytest.mark.parametrize(
    "line",
    [
        LINES["e"]._replace(digest="other"),
        LINES["e"]._replace(updated=NOON + timedelta(days=1)),
        LINES["e"]._replace(published=NOON + timedelta(days=1)),
    ],
)
def test_whatever_a_reader_would_see_differently_changes_the_digest(line: Line) -> None:
    assert planned(TRAM, lines=LINES | {"e": line})["channels/tram"].digest != planned(TRAM)["channels/tram"].digest


@pytest.mark.parametrize(
    "settings",
    [
        changed(site=Site(title="The Other")),
        changed(site=Site(title="The Paper", base_url="https://b.example")),
        changed(site=Site(title="The Paper", language="de")),
        changed(site=Site(title="The Paper", copyright="©")),
        changed(feeds=Feeds(max_entries=1, burst_days=0)),
    ],
)
def test_settings_that_readers_see_change_every_digest(settings: Settings) -> None:
    before, after = planned(TRAM), planned(TRAM, settings=settings)
    assert all(before[key].digest != after[key].digest for key in before)
    assert "feeds" not in settings.model_fields_set or plan_outline([TRAM], settings) != ""


def test_a_channels_title_and_description_are_in_its_digest_and_in_the_outlines() -> None:
    for other in (replace(TRAM, title="Trams"), replace(TRAM, description="On rails.")):
        assert planned(other)["channels/tram"].digest != planned(TRAM)["channels/tram"].digest
        assert planned(other)[ALL].digest == planned(TRAM)[ALL].digest
        assert plan_outline([other], SETTINGS) != plan_outline([TRAM], SETTINGS)
    assert plan_outline([TRAM, GONE, ENDED], SETTINGS) == plan_outline([TRAM], SETTINGS)
    assert plan_outline([TRAM, ASLEEP], SETTINGS) != plan_outline([TRAM], SETTINGS)


@pytest.mark.parametrize("told", [{"image": "https://paper.example/tram.png"}, {"language": "de"}])
def test_a_channels_image_and_language_are_told_and_change_its_digest_alone(told: dict[str, str]) -> None:
    plain, shown = planned(TRAM), planned(replace(TRAM, **told))
    feed = shown["channels/tram"]
    assert {key: getattr(feed, key) for key in told} == told
    assert feed.digest != plain["channels/tram"].digest
    assert shown[ALL] == plain[ALL]
    assert (plain[ALL].image, plain[ALL].language) == (None, None)


def test_an_older_article_that_comes_late_goes_through_the_feed_before_it_is_archived() -> None:
    older = Line("z", NOON - timedelta(days=9), None, "dz")
    grown = replace(TRAM, members=TRAM.members - {"a"} | {"z"})
    feed = planned(grown, lines=LINES | {"z": older})["channels/tram"]
    assert (feed.ids, feed.closed) == (("e", "c", "z"), ())


def test_what_is_in_an_archive_changes_nothing() -> None:
    older = Line("z", NOON - timedelta(days=9), None, "dz")
    grown = replace(TRAM, members=TRAM.members | {"z"})
    past = {"channels/tram": Past((("z",),))}
    lines = LINES | {"z": older}
    before = next(f for f in plan([TRAM], LINES, SETTINGS, past) if f.key)
    assert next(f for f in plan([grown], lines, SETTINGS, past) if f.key) == before


def test_only_feeds_that_differ_are_due() -> None:
    feeds = planned(TRAM)
    stands = {key: feed.digest for key, feed in feeds.items()}
    assert due(feeds.values(), stands) == []
    assert [feed.key for feed in due(feeds.values(), stands | {"channels/tram": "old"})] == ["channels/tram"]
    assert [feed.key for feed in due(feeds.values(), {})] == [ALL, "channels/tram"]


def test_an_emptied_feed_is_due_like_any_other() -> None:
    feeds = planned(TRAM, lines={})
    for stands in ({}, dict.fromkeys(feeds, "something")):
        assert [feed.key for feed in due(feeds.values(), stands)] == [ALL, "channels/tram"]
    assert due(feeds.values(), {key: feed.digest for key, feed in feeds.items()}) == []


@given(st.randoms(use_true_random=False))
def test_the_order_of_channels_and_articles_makes_no_difference(mixer: random.Random) -> None:
    channels = [TRAM, GONE, Channel("b", "B", Origin.CURATED, members=frozenset("ab"))]
    lines = list(LINES.items())
    first = (plan(channels, LINES, SETTINGS), plan_outline(channels, SETTINGS))
    mixer.shuffle(channels)
    mixer.shuffle(lines)
    assert (plan(channels, dict(lines), SETTINGS), plan_outline(channels, SETTINGS)) == first
