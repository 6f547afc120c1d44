"""The theme stage, joined with the store: articles into the graph, the graph into channels.

An article is woven into the graph once, when readers may first see it, and a stub once more when its page has
come. In most runs new articles are placed in the channels that there are; the channels themselves are arranged
anew when the graph has grown by a quarter, so that little of what readers have subscribed to ever moves.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from feedsvc.curation import FILE_NAME, Curation
from feedsvc.errors import BadSettings
from feedsvc.model import Channel, ChannelState, Event, Origin
from feedsvc.settings import Settings
from feedsvc.store import feeds as feed_store
from feedsvc.store import graph as graph_store
from feedsvc.store.feeds import Content, PublicArticle
from feedsvc.store.graph import ARRANGED
from feedsvc.store.store import Store, read_mark, write_mark
from feedsvc.themes.amend import begin, finish
from feedsvc.themes.arranging import arrange
from feedsvc.themes.continuity import continue_channels, housed
from feedsvc.themes.curated import EDITION, Candidate, Judged, Verdict, judge
from feedsvc.themes.describe import describe
from feedsvc.themes.likeness import Likeness
from feedsvc.themes.lineage import aged, settled, turns
from feedsvc.themes.mistakes import clashes, remarks
from feedsvc.themes.naming import Names, slug
from feedsvc.themes.parts import Edge, Vertex
from feedsvc.themes.placing import place
from feedsvc.themes.steady import hold
from feedsvc.themes.words import plain, told_by
from feedsvc.weaving import Progress, Weaving, encoder_of, weave_in

JUDGED = "judged"  # by which rules of the operator's file
GROWTH = 0.25  # share of new articles from which on the channels are arranged anew


@dataclass(frozen=True, slots=True)
class Themed:
    """The channels before and after, and everything else that is to be written with them."""

    before: list[Channel]
    after: list[Channel]
    events: list[Event]
    remarks: list[str]
    weaving: Weaving
    verdicts: list[Verdict]
    judged: list[str] | None
    marks: dict[str, str]

    def write(self, connection: Connection, run: int) -> None:
        """Write all but the channels. Events name channels, which have to be written before."""
        w = self.weaving
        graph_store.write_graph(connection, w.new, w.strengths, w.ties, w.links, run)
        graph_store.write_verdicts(connection, self.judged, self.verdicts)
        graph_store.write_lineage(connection, self.events, run)
        for name, value in self.marks.items():
            write_mark(connection, name, value)


def theme(
    store: Store,
    public: Sequence[PublicArticle],
    settings: Settings,
    curation: Curation,
    now: datetime,
    progress: Progress = lambda stage, done, of: None,
) -> Themed:
    """Bring what is new into the graph and say which channels there are now. Nothing is written yet.

    Raises BadSettings when the operator's file asks for what it never can have, and for a model that cannot be had.
    """
    encoder = encoder_of(settings.model) if settings.model else None
    with store.reading() as connection:
        before = feed_store.all_channels(connection)
        refuse_clashes(before, curation)
        weaving = weave_in(connection, public, now, encoder, progress)
        run = _Run(connection, public, before, weaving, settings, curation)
        after = run.channels()
        told = remarks(before, after, run.judged, curation)
        splits = {split.slug for split in curation.splits}
        events = turns(before, after, run.newest, splits) if run.newest else []
        return Themed(before, after, events, told, weaving, run.new_verdicts, run.rejudged, run.marks)


def refuse_clashes(before: Iterable[Channel], curation: Curation) -> None:
    """Raise BadSettings when the operator's file asks for what it never can have, given these channels."""
    if impossible := clashes(before, curation):
        raise BadSettings(FILE_NAME, impossible)


class _Run:
    """The decisions of one run, each made when the next one asks for it."""

    def __init__(
        self,
        connection: Connection,
        public: Sequence[PublicArticle],
        before: Sequence[Channel],
        weaving: Weaving,
        settings: Settings,
        curation: Curation,
    ) -> None:
        self.connection, self.public, self.before = connection, public, before
        self.weaving, self.settings, self.curation = weaving, settings, curation
        self.published = {article.id: article.published for article in public}
        self.newest = max(self.published.values(), default=None)
        # What readers are told of a channel says nothing of what is in it.
        channels = [(c.slug, c.rule, c.pinned, c.banned) for c in curation.channels]
        self.rules = _digest(EDITION, channels, [(s.slug, s.rule, s.articles) for s in curation.splits])
        self.by_other_rules = read_mark(connection, JUDGED) != self.rules
        mark = read_mark(connection, ARRANGED)
        self.arranging, arranged = _arranging(mark, weaving.arrived, public, settings)
        self.marks = {ARRANGED: arranged, JUDGED: self.rules}
        self.rejudged: list[str] | None = None if self.by_other_rules else sorted(weaving.read)

    def channels(self) -> list[Channel]:
        """All channels after this run, by slug."""
        themes = self.settings.themes
        home = _homes(self.before)
        unplaced = self.published.keys() - home.keys()
        weighed = None if self.arranging or self.by_other_rules else unplaced | self.weaving.read.keys()
        weights = self._weights(weighed)
        start = begin(self.judged, weights, self.before, self.curation, weighed)
        standing = [c for c in start.before if c.state.stands and c.origin is not Origin.REST]
        there = self.published.keys() - start.taken - _retired(self.before)
        if self.arranging:
            old = settled(self.published, themes)
            groups, refused = arrange(there, weights, standing, old, self._like_before, themes.min_articles)
        else:
            home = {id: slug for id, slug in _homes(standing).items() if id in there}
            free = there - home.keys()
            # What was left over is so still, unless something has come that it may belong with.
            tied = free if self.weaving.ties else free - _leftover(self.before)
            ties = _neighbours(weights, tied)
            groups, refused = place(free, ties, home, self._strengths(), self._strange(ties, home)), frozenset()
        after = continue_channels(
            groups, start.before, themes, self.published, self._titles, slug, start.made, self._about, refused
        )
        after = housed(finish(after, start, self.judged, self.curation), self.published, themes, slug)
        after = aged(after, self.published, themes)
        after = self._called(after) if self.arranging else after
        return [channel if channel.born else replace(channel, born=self.newest) for channel in after]

    def _called(self, channels: list[Channel]) -> list[Channel]:
        """The channels, those with other titles that have proved to be better than theirs."""
        before = {channel.slug: channel.members for channel in self.before if channel.state.stands}
        ours = {
            channel.slug
            for channel in channels
            if channel.origin is Origin.DISCOVERED and channel.state.stands
            # Nothing new in it is no new evidence.
            if before.get(channel.slug, channel.members) != channel.members
        }
        titled = {rename.slug for rename in self.curation.renames if rename.title}
        described = {rename.slug for rename in self.curation.renames if rename.description is not None}
        return hold(channels, self._names, ours - titled, ours - described if self._in_english else ())

    @cached_property
    def new_verdicts(self) -> list[Verdict]:
        """What the rules say of the articles that they have not been asked about."""
        rules = [*(c.rule for c in self.curation.channels), *(s.rule for s in self.curation.splits)]
        if self.by_other_rules and any(rules):
            contents: Iterable[tuple[str, Content]] = feed_store.contents(self.connection, self.published)
        else:
            contents = self.weaving.read.items()
        article_by_id = {article.id: article for article in self.public}
        return [
            verdict
            for id, content in contents
            for verdict in judge([_candidate(article_by_id[id], content)], self.curation)
        ]

    @cached_property
    def judged(self) -> Judged:
        kept = [] if self.by_other_rules else graph_store.read_verdicts(self.connection)
        kept = [verdict for verdict in kept if verdict[1] not in self.weaving.read]
        return Judged([*kept, *self.new_verdicts], ((a.id, a.url_key) for a in self.public))

    def _weights(self, ids: Collection[str] | None) -> dict[Edge, float]:
        """What the ties of these articles weigh, or all ties."""
        stored = graph_store.ties(self.connection, ids)
        return {tie.edge: tie.weight for tie in (*stored.values(), *self.weaving.ties)}

    def _strengths(self) -> dict[str, float]:
        return {id: woven.strength for id, woven in self.weaving.known.items()} | self.weaving.strengths

    def _like_before(self, young: Collection[str], members: Collection[str]) -> float:
        """How alike young members are to what the channel began as."""
        return self._likeness.between(young, self._older_half(members))

    def _strange(self, ties: Mapping[str, Mapping[str, float]], home: Mapping[str, str]) -> frozenset[tuple[str, str]]:
        """New articles with the channels that began as something else. A stub says too little to be told apart."""
        stubs = {article.id for article in self.public if article.stub}
        new = [id for id, others in ties.items() if id not in stubs and not home.keys().isdisjoint(others)]
        if not new:
            return frozenset()
        # No other channel has what would pull one in, be it by way of another new article.
        near = {home[other] for others in ties.values() for other in others if other in home}
        members: dict[str, set[str]] = {where: set() for where in near}
        for id, where in home.items():
            if where in near:
                members[where].add(id)
        return self._likeness.strange(new, {where: self._older_half(ids) for where, ids in members.items()})

    def _older_half(self, members: Collection[str]) -> list[str]:
        """The newer half may have strayed."""
        there = sorted(self.published.keys() & members, key=lambda id: (self.published[id], id))
        return there[: (len(there) + 1) // 2]

    @cached_property
    def _likeness(self) -> Likeness:
        if self.weaving.likeness:
            return self.weaving.likeness
        texts = graph_store.texts(self.connection)
        return Likeness([texts[id] for id in sorted(texts)])

    @cached_property
    def _names(self) -> Names:
        read = self.weaving.read
        contents = read | dict(feed_store.contents(self.connection, self.published.keys() - read.keys()))
        # Of what was withdrawn nothing is said, though it goes on holding others together.
        titles = {a.id: "" if a.withdrawn else a.title for a in self.public}
        words = {id: (content.summary, content.body_html) for id, content in contents.items()}
        vertices = [
            Vertex(a.id, titles[a.id], told_by(titles[a.id], *words[a.id]), a.published, a.stub) for a in self.public
        ]
        return Names(vertices, {c.title: c.members for c in self.before if c.state.stands})

    def _titles(self, groups: Sequence[frozenset[str]]) -> Sequence[str]:
        return self._names.titles(groups) if groups else []

    def _about(self, members: frozenset[str], title: str) -> str:
        return describe(self._names, members, title) if self._in_english else ""

    @property
    def _in_english(self) -> bool:
        return self.settings.site.language.lower().startswith("en")


def _arranging(mark: str | None, arrived: int, public: Sequence[PublicArticle], settings: Settings) -> tuple[bool, str]:
    """Whether the channels are to be arranged anew, and what to remember for the next time."""
    rules = _digest(settings.themes)
    size, since, former_rules = json.loads(mark) if mark else (0, 0, "")
    since += arrived
    if since >= GROWTH * size or rules != former_rules:
        return True, json.dumps([len(public), 0, rules])
    return False, json.dumps([size, since, rules])


def _digest(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _homes(channels: Iterable[Channel]) -> dict[str, str]:
    """id → the slug of the channel it is in, unless that is the rest."""
    return {
        id: channel.slug
        for channel in channels
        if channel.state.stands and channel.origin is not Origin.REST
        for id in channel.members
    }


def _leftover(channels: Iterable[Channel]) -> frozenset[str]:
    return frozenset(id for c in channels if c.origin is Origin.REST for id in c.members)


def _retired(channels: Iterable[Channel]) -> frozenset[str]:
    """The articles of channels that have ended for good. They make no other channel."""
    return frozenset(id for c in channels if c.state is ChannelState.RETIRED for id in c.members)


def _neighbours(weights: Mapping[Edge, float], ids: Iterable[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {id: {} for id in ids}
    for (a, b), weight in weights.items():
        if a in found:
            found[a][b] = weight
        if b in found:
            found[b][a] = weight
    return found


def _candidate(article: PublicArticle, content: Content) -> Candidate:
    a, c = article, content
    return Candidate(a.id, a.title, a.source, c.summary, plain(c.body_html), c.authors, c.tags, a.url_key)
