"""The theme stage, joined with the store: articles into the graph, the graph into channels.

An article is woven into the graph once, when readers may first see it, and a stub once more when its page has
come. In most runs new articles are placed in the channels that there are; the channels themselves are arranged
anew when the graph has grown by a quarter, so that little of what readers have subscribed to ever moves.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from feedsvc.store.graph import NewVertex, Woven
from feedsvc.store.store import Store, read_mark, write_mark
from feedsvc.themes.amend import begin, clashes, finish, remarks
from feedsvc.themes.arranging import arrange
from feedsvc.themes.continuity import continue_channels
from feedsvc.themes.curated import Candidate, Judged, Verdict, judge
from feedsvc.themes.describe import describe
from feedsvc.themes.graph import Edge, Tie, Vertex, in_order, weave
from feedsvc.themes.likeness import Likeness, Text, count
from feedsvc.themes.lineage import aged, settled, turns
from feedsvc.themes.naming import Names, slug
from feedsvc.themes.placing import place
from feedsvc.themes.stories import Told, story_of
from feedsvc.themes.words import plain, words_of

ARRANGED = "arranged"  # how many articles there were then, how many have come since, and by which settings
JUDGED = "judged"  # by which rules of the operator's file
GROWTH = 0.25  # share of new articles from which on the channels are arranged anew


@dataclass(slots=True)
class Weaving:
    """What a run brings into the graph. `words` are the contents of all that it had to read."""

    known: dict[str, Woven] = field(default_factory=dict)
    new: list[NewVertex] = field(default_factory=list)
    read: dict[str, Content] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    links: list[Edge] = field(default_factory=list)
    strengths: dict[str, float] = field(default_factory=dict)
    arrived: int = 0
    likeness: Likeness | None = None

    @property
    def stories(self) -> dict[str, str]:
        """id → the id of the first article that told the same, of every article in the graph."""
        stories = {id: woven.story for id, woven in self.known.items()}
        return stories | {one.text.id: one.woven.story for one in self.new}


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

    @property
    def arranged(self) -> int:
        """How many articles there were when the channels were arranged last."""
        return int(json.loads(self.marks[ARRANGED])[0])

    def write(self, connection: Connection, run: int) -> None:
        """Write all but the channels. Events name channels, which have to be written before."""
        w = self.weaving
        graph_store.write_graph(connection, w.new, w.strengths, w.ties, w.links, run)
        graph_store.write_verdicts(connection, self.judged, self.verdicts)
        graph_store.write_lineage(connection, self.events, run)
        for name, value in self.marks.items():
            write_mark(connection, name, value)


def theme(
    store: Store, public: Sequence[PublicArticle], settings: Settings, curation: Curation, now: datetime
) -> Themed:
    """Bring what is new into the graph and say which channels there are now. Nothing is written yet.

    Raises BadSettings when the operator's file asks for what it never can have.
    """
    with store.reading() as connection:
        before = feed_store.all_channels(connection)
        if impossible := clashes(before, curation):
            raise BadSettings(FILE_NAME, impossible)
        weaving = weave_in(connection, public, now)
        run = _Run(connection, public, before, weaving, settings, curation)
        after = run.channels()
        newest = max((article.published for article in public), default=now)
        told = remarks(after, run.judged, curation)
        events = turns(before, after, newest)
        return Themed(before, after, events, told, weaving, run.new_verdicts, run.rejudged, run.marks)


# Into the graph


def weave_in(connection: Connection, public: Sequence[PublicArticle], now: datetime) -> Weaving:
    """The articles that are new in the graph, or whole in it for the first time, and what ties them.

    An article whose text has changed since is compared as it is now with those that come later; what tied it
    before stays.
    """
    known = graph_store.woven_articles(connection)
    article_by_id = {article.id: article for article in public}
    entering = [a for a in public if a.id not in known or (known[a.id].stub and not a.stub)]
    changed = [a for a in public if a.id in known and not known[a.id].stub and known[a.id].digest != a.digest]
    links = [
        link for link in graph_store.new_links(connection, now) if link[0] in article_by_id and link[1] in article_by_id
    ]
    if not (entering or changed or links):
        return Weaving(known)
    again = {a.id for a in entering if a.id in known}
    contents = dict(feed_store.contents(connection, [a.id for a in (*entering, *changed)]))
    words = _words([*entering, *changed], contents)
    text_by_id = graph_store.texts(connection) | words
    arriving = {a.id for a in entering}
    ids = [a.id for a in public if a.id not in arriving] + [a.id for a in entering]
    likeness = Likeness([text_by_id[id] for id in ids])
    former = graph_store.ties(connection, again | {lister for lister, _ in links})
    near = likeness.nearest([a.id for a in entering if not a.stub])
    pairs = {in_order(*link) for link in links} - former.keys()
    pairs |= {edge for edge in former if not again.isdisjoint(edge)}
    lengths = graph_store.list_lengths(connection, {lister for lister, _ in links})
    ties = weave(links, lengths, likeness.of(pairs), near, former)
    strengths = _strengths(ties, former, known)
    # A stub's title ties it to nothing, but may tell what another one tells.
    told_alike = {tie.edge for tie in ties} | former.keys() | likeness.nearest(a.id for a in entering if a.stub).keys()
    stories = _stories(entering, article_by_id, told_alike, known, likeness)
    vertices = [
        NewVertex(words[a.id], Woven(a.stub, a.digest, "", strengths.get(a.id, _strength(known, a.id)), stories[a.id]))
        for a in (*entering, *changed)
    ]
    return Weaving(known, vertices, contents, ties, links, strengths, len(entering), likeness)


def _words(articles: Sequence[PublicArticle], contents: Mapping[str, Content]) -> dict[str, Text]:
    texts = [words_of(a.title, contents[a.id].summary, contents[a.id].body_html) for a in articles]
    return {a.id: Text(a.id, packed) for a, packed in zip(articles, count(texts), strict=True)}


def _strength(known: Mapping[str, Woven], id: str) -> float:
    return known[id].strength if id in known else 0.0


def _strengths(ties: Iterable[Tie], former: Mapping[Edge, Tie], known: Mapping[str, Woven]) -> dict[str, float]:
    """id → what all its ties weigh now, for those that have other ties than before."""
    found: dict[str, float] = {}
    for tie in ties:
        more = tie.weight - (former[tie.edge].weight if tie.edge in former else 0.0)
        for id in tie.edge:
            found[id] = round(found.get(id, _strength(known, id)) + more, 6)
    return found


def _stories(
    entering: Sequence[PublicArticle],
    article_by_id: Mapping[str, PublicArticle],
    told_alike: Iterable[Edge],
    known: Mapping[str, Woven],
    likeness: Likeness,
) -> dict[str, str]:
    """id → story, of every article; those that enter are told apart one after the other."""
    stories = {id: woven.story for id, woven in known.items()}
    followed = {story for id, story in stories.items() if story != id}
    neighbours: dict[str, list[tuple[str, float]]] = defaultdict(list)
    cosines = likeness.of((edge for edge in told_alike if article_by_id.keys() >= set(edge)), words_alone=True)
    for (a, b), cosine in cosines.items():
        neighbours[a].append((b, cosine))
        neighbours[b].append((a, cosine))
    for article in entering:
        if article.id in followed:  # a stub that was told first stays the first, whatever its page says
            continue
        stories.pop(article.id, None)
        earlier = [
            (_told(article_by_id[id]), cosine, stories[id]) for id, cosine in neighbours[article.id] if id in stories
        ]
        stories[article.id] = story_of(_told(article), earlier, likeness.rarity_of) or article.id
    return stories


def _told(article: PublicArticle) -> Told:
    return Told(article.id, article.title, article.published, article.stub)


# Out of the graph


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
        self.rules = _digest([(c.slug, c.rule) for c in curation.channels], [(s.slug, s.rule) for s in curation.splits])
        self.by_other_rules = read_mark(connection, JUDGED) != self.rules
        self.arranging, arranged = _arranging(read_mark(connection, ARRANGED), weaving.arrived, public, settings)
        self.marks = {ARRANGED: arranged, JUDGED: self.rules}
        self.rejudged: list[str] | None = None if self.by_other_rules else sorted(weaving.read)

    def channels(self) -> list[Channel]:
        """All channels after this run, by slug."""
        themes = self.settings.themes
        home = _homes(self.before)
        unplaced = self.published.keys() - home.keys()
        weights = self._weights(None if self.arranging or self.by_other_rules else unplaced | self.weaving.read.keys())
        weighed = None if self.arranging or self.by_other_rules else unplaced | self.weaving.read.keys()
        start = begin(self.judged, weights, self.before, self.curation, weighed)
        standing = [c for c in start.before if c.state.stands and c.origin is not Origin.REST]
        there = self.published.keys() - start.taken - _retired(self.before)
        if self.arranging:
            old = settled(self.published, themes)
            groups = arrange(there, weights, standing, old, self._between, themes.min_articles)
        else:
            home = {id: slug for id, slug in _homes(standing).items() if id in there}
            groups = place(there - home.keys(), _neighbours(weights, there - home.keys()), home, self._strengths())
        after = continue_channels(
            groups, start.before, themes, self.published, self._titles, slug, start.made, self._about
        )
        after = aged(finish(after, start, self.judged, self.curation), self.published, themes)
        return [channel if channel.born else replace(channel, born=self.newest) for channel in after]

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

    def _weights(self, ids: Iterable[str] | None) -> dict[Edge, float]:
        """What the ties of these articles weigh, or all ties."""
        stored = graph_store.ties(self.connection, None if ids is None else list(ids))
        return {tie.edge: tie.weight for tie in (*stored.values(), *self.weaving.ties)}

    def _strengths(self) -> dict[str, float]:
        return {id: woven.strength for id, woven in self.weaving.known.items()} | self.weaving.strengths

    def _between(self, some: Iterable[str], others: Iterable[str]) -> float:
        return self._likeness.between(some, others)

    @cached_property
    def _likeness(self) -> Likeness:
        texts = graph_store.texts(self.connection)
        return self.weaving.likeness or Likeness([texts[id] for id in sorted(texts)])

    @cached_property
    def _names(self) -> Names:
        contents = dict(feed_store.contents(self.connection, self.published))
        words = {id: (content.summary, content.body_html) for id, content in contents.items()}
        vertices = [Vertex(a.id, a.title, words_of(a.title, *words[a.id]), a.published, a.stub) for a in self.public]
        return Names(vertices, {c.title: c.members for c in self.before if c.state.stands})

    def _titles(self, groups: Sequence[frozenset[str]]) -> Sequence[str]:
        return self._names.titles(groups) if groups else []

    def _about(self, members: frozenset[str]) -> str:
        in_english = self.settings.site.language.lower().startswith("en")
        return describe(self._names, members) if in_english else ""


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
