"""What readers subscribe to must outlive whatever happens to the articles: the identity step under any stream.

A stream is a list of runs. Between two runs articles come, drift, melt together, fall apart and vanish, time goes
by, and the operator's file makes, merges and splits channels and stops doing so. The whole pipe runs such streams
in test_identity_through_the_pipe.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedsvc.curation import Curation, _contradictions
from feedsvc.model import Channel, ChannelState, Event, Origin, Turn
from feedsvc.settings import Themes
from feedsvc.themes.amend import Beginning, begin, finish
from feedsvc.themes.continuity import continue_channels, housed
from feedsvc.themes.curated import Judged
from feedsvc.themes.lineage import aged, is_over, leads_to, turns
from feedsvc.themes.mistakes import clashes
from feedsvc.themes.naming import slug

RULES = Themes(min_articles=3, min_span_hours=2, window_days=10, retire_after_days=10)
ACTIVE, DORMANT, MERGED, RETIRED = ChannelState
START = datetime(2026, 3, 1, tzinfo=UTC)
Group = frozenset[str]
STREAMS = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


# A site, and what can happen to it


@dataclass
class Site:
    """Articles, each with its time and the theme it is about now, and what the operator's file says."""

    times: dict[str, datetime] = field(default_factory=dict)
    theme: dict[str, int] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    said: dict[str, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    now: datetime = START
    arrived: int = 0

    def some(self, number: int) -> list[str]:
        """A few of the articles, here and there."""
        ids = sorted(self.theme)
        return ids[number % 7 :: 2 + number % 5] if ids else []

    def standing(self) -> list[str]:
        return [c.slug for c in self.channels if c.state.stands and c.origin is not Origin.REST]

    def say(self, table: str, one: dict[str, object]) -> None:
        """Write it into the file, unless the file would be refused for it."""
        attempt = {**self.said, table: [*self.said[table], one]}
        with suppress(ValidationError):
            if not [*_contradictions(attempt)] and not clashes(self.channels, Curation.model_validate(attempt)):
                self.said[table].append(one)


def arrive(site: Site, theme: int, number: int, hours: int) -> None:
    for _ in range(1 + number % 4):
        site.now += timedelta(hours=hours % 5)
        site.arrived += 1
        id = f"{site.arrived:03}"
        site.times[id], site.theme[id] = site.now, theme


def wait(site: Site, theme: int, number: int, days: int) -> None:
    site.now += timedelta(days=days % 25)
    arrive(site, theme, 0, 0)


def drift(site: Site, theme: int, number: int, more: int) -> None:
    site.theme |= dict.fromkeys(site.some(number), theme)


def melt(site: Site, theme: int, into: int, more: int) -> None:
    site.theme |= {id: into for id, its in site.theme.items() if its == theme}


def part(site: Site, theme: int, new: int, number: int) -> None:
    site.theme |= {id: 6 + new for id in site.some(number) if site.theme[id] == theme}


def scatter(site: Site, theme: int, number: int, more: int) -> None:
    """Each goes its own way."""
    ids = [id for id in sorted(site.theme) if site.theme[id] == theme]
    site.theme |= {id: 100 + place for place, id in enumerate(ids)}


def vanish(site: Site, theme: int, number: int, more: int) -> None:
    for id in site.some(number)[:: 1 + more % 4]:
        del site.theme[id], site.times[id]


def curate(site: Site, one: int, number: int, more: int) -> None:
    slugs = [*site.standing(), "curated-1", "curated-2"]
    pinned = site.some(number) if one % 2 else [id for id, theme in site.theme.items() if theme == one]
    banned = [id for id in site.some(more) if id not in pinned] if number % 2 else []
    site.say("channels", {"slug": slugs[more % len(slugs)], "title": "Curated", "pinned": pinned, "banned": banned})


def merge(site: Site, one: int, other: int, more: int) -> None:
    """Of channels that stand, or else of any there have been, and of those that the file makes."""
    known = [c.slug for c in site.channels if c.origin is not Origin.REST]
    slugs = known + [str(one["slug"]) for one in site.said["channels"]] if more % 2 else site.standing()
    if one % (len(slugs) or 1) != other % (len(slugs) or 1):
        site.say("merges", {"slugs": [slugs[one % len(slugs)]], "into": slugs[other % len(slugs)]})


def split(site: Site, one: int, number: int, more: int) -> None:
    slugs = site.standing()
    if slugs:
        out_of, articles = slugs[one % len(slugs)], site.some(number)
        site.say("splits", {"slug": f"split-{more % 3}", "title": "Split", "out_of": out_of, "articles": articles})


def unsay(site: Site, table: int, number: int, more: int) -> None:
    tables = [table for table in ("channels", "merges", "splits") if site.said[table]]
    if tables:
        table = tables[table % len(tables)]
        site.said[table].pop(number % len(site.said[table]))


def lose(site: Site, one: int, number: int, more: int) -> None:
    """The file is away, or only the first of its tables were written."""
    site.lost = {table: [*ones] for table, ones in site.said.items()}
    for ones in list(site.said.values())[number % 4 :]:
        ones.clear()


def restore(site: Site, one: int, number: int, more: int) -> None:
    for table, ones in site.lost.items():
        for one_of_them in ones:
            if one_of_them not in site.said[table]:
                site.say(table, one_of_them)


Change = tuple[Callable[[Site, int, int, int], None], int, int, int]
NATURE = [arrive, arrive, arrive, wait, drift, melt, part, scatter, vanish]
OPERATOR = [curate, merge, split, unsay, unsay, lose, restore]


def streams(kinds: Sequence[Callable[[Site, int, int, int], None]]) -> st.SearchStrategy[list[list[Change]]]:
    small = st.integers(0, 5)
    change = st.tuples(st.sampled_from(kinds), small, small, st.integers(0, 60))
    return st.lists(st.lists(change, max_size=4), min_size=2, max_size=10)


# A run


@dataclass
class Run:
    """What went into a run and what came of it."""

    before: list[Channel]
    start: Beginning
    groups: list[Group]
    continued: list[Channel]
    after: list[Channel]
    events: list[Event]


def run(site: Site, mixer: random.Random | None = None) -> Run:
    """One run of the pure steps, in the order that a mixer makes of everything."""

    def mixed(items: Iterable[object]) -> list:
        listed = list(items)
        if mixer:
            mixer.shuffle(listed)
        return listed

    said = Curation.model_validate(site.said)
    before = mixed(site.channels)
    judged = Judged([], ((id, None) for id in mixed(site.theme)))
    start = begin(judged, {}, before, said)
    retired = {id for c in before if c.state is RETIRED for id in c.members}
    there = site.theme.keys() - start.taken - retired
    parts: dict[int, set[str]] = defaultdict(set)
    for id in mixed(there):
        parts[site.theme[id]].add(id)
    groups = mixed(map(frozenset, parts.values()))
    published = {id: site.times[id] for id in mixed(site.theme)}
    args = (RULES, published, lambda born: ["Tram"] * len(born), slug)
    continued = continue_channels(groups, mixed(start.before), *args, start.made)
    finished = housed(mixed(finish(continued, start, judged, said)), mixed(published), RULES, slug)
    after = aged(finished, published, RULES)
    newest = max(published.values(), default=site.now)
    splits = {split.slug for split in said.splits}
    return Run(site.channels, start, groups, continued, after, turns(before, after, newest, splits))


def run_through(stream: list[list[Change]], check: Callable[[Site, Run], None]) -> None:
    site = Site()
    for number in range(3):
        arrive(site, number, 3, 1)
    for changes in stream:
        for change, *numbers in changes:
            change(site, *numbers)
        if clashes(site.channels, Curation.model_validate(site.said)):  # by what has become of the channels since
            site.said.clear()
        result = run(site)
        check(site, result)
        site.channels = result.after


def themes_of(channels: Iterable[Channel]) -> list[Channel]:
    return [c for c in channels if c.state.stands and c.origin is Origin.DISCOVERED]


def large(site: Site, group: Group) -> bool:
    """Whether a group makes a channel."""
    times = [site.times[id] for id in group]
    lasted = max(times) - min(times) >= timedelta(hours=RULES.min_span_hours)
    return len(times) >= RULES.min_articles and lasted and not is_over(max(times), max(site.times.values()), RULES)


def home(channels: Iterable[Channel]) -> dict[str, str]:
    return {id: c.slug for c in channels for id in c.members}


# Communities and channels


def check_communities(site: Site, result: Run) -> None:
    """One slug a community, one community a slug; and what is too small makes no channel."""
    standing, now = themes_of(result.start.before), home(themes_of(result.continued))
    was, made = home(standing), {c.slug for c in result.start.made}
    rest = {id for c in result.continued if c.origin is Origin.REST for id in c.members}
    born = {c.slug for c in result.continued} - {c.slug for c in result.before} - made
    of = defaultdict(set)
    for number, group in enumerate(result.groups):
        slugs = {now.get(id) for id in group}
        if large(site, group):
            assert len(slugs) == 1
            assert None not in slugs
        for id in group:
            assert (id in now) != (id in rest)
            if id in was:
                assert id in now  # what was in a channel never falls back to the rest
            if id in now and not any(id in c.members for c in standing if c.slug == now[id]):
                of[now[id]].add(number)
        if not large(site, group) and was.keys().isdisjoint(group):
            assert group <= rest
        if large(site, group):
            of[now[min(group)]].add(number)
    # Whoever joins a channel comes from one community, and that is the large one in it, if there is one.
    assert all(len(numbers) == 1 for numbers in of.values())
    themes = {c.slug: c.members for c in themes_of(result.continued)}
    assert all(themes[one] in result.groups and large(site, themes[one]) for one in born & themes.keys())


@STREAMS
@given(streams(NATURE + OPERATOR))
def test_a_community_has_one_slug_and_a_slug_one_community(stream: list[list[Change]]) -> None:
    run_through(stream, check_communities)


def check_majorities(site: Site, result: Run) -> None:
    standing, now = themes_of(result.start.before), home(themes_of(result.continued))
    was, there = home(standing), frozenset[str]().union(*result.groups)
    if sum(len(c.members) for c in standing) > len(was):
        return  # of channels that share articles, as released ones may, each may have the majority
    for channel in standing:
        parts = [group for group in result.groups if group & channel.members]
        for group in parts:
            most_of_it = 2 * len(group & channel.members) > len(channel.members & there)
            most_of_them = 2 * len(group & channel.members) > len(group & was.keys())
            if most_of_it and most_of_them:
                assert {now[id] for id in group} == {channel.slug}
        # A plain split: no other channel is in any of its parts.
        if parts and all(was.get(id, channel.slug) == channel.slug for group in parts for id in group):
            heirs = [group for group in parts if {now.get(id) for id in group} == {channel.slug}]
            assert max(len(group & channel.members) for group in parts) in [
                len(group & channel.members) for group in heirs
            ]


@STREAMS
@given(streams(NATURE + OPERATOR))
def test_a_mutual_majority_keeps_its_slug_and_so_does_the_largest_part_of_a_split(stream: list[list[Change]]) -> None:
    run_through(stream, check_majorities)


# The registry


def check_registry(site: Site, result: Run) -> None:
    before, after = ({c.slug: c for c in some} for some in (result.before, result.after))
    assert len(after) == len(result.after)
    assert [c.slug for c in result.after] == sorted(after)
    assert before.keys() <= after.keys()
    for channel in result.after:
        if channel.state is MERGED:
            assert channel.heir
            assert after[channel.heir].state.stands
        else:
            assert channel.heir is None
    for one, channel in before.items():
        if channel.state is RETIRED:
            assert after[one].state is RETIRED
        if channel.state is MERGED:
            assert not after[one].state.stands
    for said in site.said["channels"]:
        assert set(said["banned"]).isdisjoint(after[str(said["slug"])].members)
    assert sum(c.origin is Origin.REST for c in result.after) <= 1
    check_articles(site, result)


def check_articles(site: Site, result: Run) -> None:
    """Every article that is there is in one discovered channel or the rest, unless it is curated or has ended."""
    holders = Counter(id for c in result.after if c.state.stands for id in c.members if c.origin is not Origin.CURATED)
    apart = [c for c in result.after if c.state is RETIRED or (c.state.stands and c.origin is Origin.CURATED)]
    elsewhere = {id for c in apart for id in c.members}
    assert all(number == 1 for number in holders.values())
    assert site.theme.keys() <= holders.keys() | elsewhere
    was = home(themes_of(result.start.before))
    rest = {id for c in result.after if c.origin is Origin.REST for id in c.members}
    banned = {id for said in site.said["channels"] for id in said["banned"]}
    assert rest.isdisjoint(was.keys() - banned)


def check_no_slug_changes_hands(site: Site, result: Run) -> None:
    """A channel that goes on has something of what it had, if that is still there."""
    after = {c.slug: c for c in themes_of(result.after)}
    for channel in themes_of(result.before):
        if channel.slug in after and channel.members & site.theme.keys():
            assert channel.members & after[channel.slug].members


@STREAMS
@given(streams(NATURE + OPERATOR))
def test_redirects_end_in_a_channel_that_stands_and_no_ended_slug_comes_back(stream: list[list[Change]]) -> None:
    run_through(stream, check_registry)


@STREAMS
@given(streams(NATURE))
def test_no_slug_is_given_to_another_channel(stream: list[list[Change]]) -> None:
    run_through(stream, check_no_slug_changes_hands)


# The same again


def check_order(site: Site, result: Run) -> None:
    mixed = run(site, random.Random(len(site.theme)))
    assert mixed.after == result.after
    assert mixed.events == result.events


@STREAMS
@given(streams(NATURE + OPERATOR))
def test_the_order_of_everything_makes_no_difference(stream: list[list[Change]]) -> None:
    run_through(stream, check_order)


def check_again(site: Site, result: Run) -> None:
    if site.said["merges"] and site.said["splits"]:
        return  # what a file both splits and merges may take two runs to settle
    if clashes(result.after, Curation.model_validate(site.said)):
        return  # refused from now on
    again = run(replace(site, channels=result.after))
    assert list(map(seen, again.after)) == list(map(seen, result.after))
    assert again.events == []


def seen(channel: Channel) -> Channel:
    """A channel as readers see it: of a merged one, the redirect alone."""
    return replace(channel, members=frozenset()) if channel.state is MERGED else channel


@STREAMS
@given(streams(NATURE + OPERATOR))
@example([[], [(arrive, 2, 0, 0), (merge, 0, 2, 0)], [(merge, 1, 0, 0), (split, 0, 0, 0)], [(unsay, 1, 0, 0)]])
def test_a_run_in_which_nothing_has_changed_changes_nothing(stream: list[list[Change]]) -> None:
    run_through(stream, check_again)


# What is told of it


def check_events(site: Site, result: Run) -> None:
    before, after = ({c.slug: c for c in some} for some in (result.before, result.after))
    told: Mapping[str, Collection[Turn]] = {
        one: {event.turn for event in result.events if event.slug == one} for one in after
    }
    for one, channel in after.items():
        was = before.get(one)
        if was is None:
            assert told[one] in ({Turn.BORN}, {Turn.SPLIT})
            continue
        ends = {MERGED: Turn.MERGED, RETIRED: Turn.RETIRED, DORMANT: Turn.SLEPT, ACTIVE: Turn.WOKE}
        expected = {ends[channel.state]} if was.state is not channel.state else set()
        if was.heir and channel.heir and channel.heir != leads_to(was.heir, after):
            expected = {Turn.MERGED}
        assert told[one] - {Turn.RENAMED} == expected
        assert (Turn.RENAMED in told[one]) == (was.title != channel.title)
    newest = max(site.times.values(), default=site.now)
    assert {event.at for event in result.events} <= {newest}
    assert [event.slug for event in result.events] == sorted(event.slug for event in result.events)
    for event in result.events:
        if event.turn is Turn.MERGED:
            assert event.other == after[event.slug].heir
            assert 0 <= event.articles <= len(before[event.slug].members)
        if event.turn is Turn.SPLIT:
            assert before[event.other].members & after[event.slug].members


@STREAMS
@given(streams(NATURE + OPERATOR))
def test_every_turn_is_told_once_with_the_time_of_the_newest_article(stream: list[list[Change]]) -> None:
    run_through(stream, check_events)
