"""Articles into the graph: what is new, or whole for the first time, and what ties it to the others.

Reads the store and writes nothing: a run writes all it has made at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial

from sqlalchemy import Connection

from feedsvc.store import feeds as feed_store
from feedsvc.store import graph as graph_store
from feedsvc.store.feeds import Content, PublicArticle
from feedsvc.store.graph import NewVertex, Woven
from feedsvc.themes.graph import weave
from feedsvc.themes.likeness import Likeness, count, packed
from feedsvc.themes.parts import Edge, Text, Tie, in_order
from feedsvc.themes.semantic import Encoder, mixed
from feedsvc.themes.stories import Told, are_near, story_of
from feedsvc.themes.words import words_of

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Weaving:
    """What a run brings into the graph: `new` articles, of which `arrived` count as growth, and what ties them.

    `read` are the contents of all that it had to read, and `links` those that tie something now.
    """

    known: dict[str, Woven] = field(default_factory=dict)
    new: list[NewVertex] = field(default_factory=list)
    read: dict[str, Content] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    links: list[Edge] = field(default_factory=list)
    strengths: dict[str, float] = field(default_factory=dict)
    arrived: int = 0
    likeness: Likeness | None = None


@lru_cache(maxsize=1)  # it takes seconds to load, and a timer's process has many runs
def encoder_of(model: str) -> Encoder:
    """Raises BadSettings for a model that cannot be had."""
    return Encoder(model)


def weave_in(
    connection: Connection,
    public: Sequence[PublicArticle],
    now: datetime,
    encoder: Encoder | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> Weaving:
    """The articles that are new in the graph, or whole in it for the first time, and what ties them.

    An article whose text has changed since is compared as it is now with those that come later; what tied it
    before stays.
    """
    known = graph_store.woven_articles(connection)
    article_by_id = {article.id: article for article in public}
    entering = [a for a in public if a.id not in known or (known[a.id].stub and not a.stub)]
    arriving = {a.id for a in entering}
    changed = [a for a in public if a.id not in arriving and _reads_otherwise(a, known[a.id], encoder)]
    links = [
        link for link in graph_store.new_links(connection, now) if link[0] in article_by_id and link[1] in article_by_id
    ]
    if not (entering or changed or links):
        return Weaving(known)
    again = {a.id for a in entering if a.id in known}
    contents = dict(feed_store.contents(connection, [a.id for a in (*entering, *changed)]))
    words = _words([*entering, *changed], contents, encoder, progress)
    text_by_id = graph_store.texts(connection) | words
    ids = [a.id for a in public if a.id not in arriving] + [a.id for a in entering]
    likeness = Likeness([text_by_id[id] for id in ids], mixed if encoder else None)
    former = graph_store.ties(connection, again | {lister for lister, _ in links})
    near = likeness.nearest([a.id for a in entering if not a.stub])
    pairs = {in_order(*link) for link in links} - former.keys()
    pairs |= {edge for edge in former if not again.isdisjoint(edge) and article_by_id.keys() >= {*edge}}
    lengths = graph_store.list_lengths(connection, {lister for lister, _ in links})
    ties = weave(links, lengths, likeness.of(pairs), near, former)
    strengths = _strengths(ties, former, known)
    # A stub's title ties it to nothing, but may tell what another one tells.
    told_alike = likeness.nearest(a.id for a in entering if a.stub)
    told_alike |= {tie.edge: tie.likeness for tie in (*former.values(), *ties)}
    if encoder:  # stories are told apart by their words
        told_alike = likeness.of((edge for edge in told_alike if article_by_id.keys() >= {*edge}), words_alone=True)
    stories = _stories(entering, public, told_alike, known, likeness.rarity_of)
    model = encoder.name if encoder else ""
    vertices = [
        NewVertex(
            words[a.id], Woven(a.stub, a.digest, model, strengths.get(a.id, _strength(known, a.id)), stories[a.id])
        )
        for a in (*entering, *changed)
    ]
    return Weaving(known, vertices, contents, ties, links, strengths, len(entering), likeness)


def _reads_otherwise(article: PublicArticle, known: Woven, encoder: Encoder | None) -> bool:
    """Whether the text has changed since it came into the graph, or what it means is told by another model now."""
    edited = not known.stub and known.digest != article.digest
    return edited or (encoder is not None and known.model != encoder.name)


def _words(
    articles: Sequence[PublicArticle], contents: Mapping[str, Content], encoder: Encoder | None, progress: Progress
) -> dict[str, Text]:
    texts = [words_of(a.title, contents[a.id].summary, contents[a.id].body_html) for a in articles]
    meanings = [b""] * len(texts)
    if encoder:
        meanings = packed(encoder.encode(texts, partial(progress, "reading for meaning")))
    parts = zip(articles, count(texts), meanings, strict=True)
    return {article.id: Text(article.id, words, meaning) for article, words, meaning in parts}


def _strength(known: Mapping[str, Woven], id: str) -> float:
    return known[id].strength if id in known else 0.0


def _strengths(ties: Iterable[Tie], former: Mapping[Edge, Tie], known: Mapping[str, Woven]) -> dict[str, float]:
    """id → what all its ties weigh now, for those that have other ties than before."""
    found: dict[str, float] = {}
    for tie in ties:
        edge = tie.edge
        before = former.get(edge)
        more = tie.weight - (before.weight if before else 0.0)
        for id in edge:
            found[id] = found[id] + more if id in found else _strength(known, id) + more
    return {id: round(strength, 6) for id, strength in found.items()}


def _stories(
    entering: Sequence[PublicArticle],
    public: Iterable[PublicArticle],
    told_alike: Mapping[Edge, float],
    known: Mapping[str, Woven],
    rarity: Callable[[str], float],
) -> dict[str, str]:
    """id → story, of every article; those that enter are told apart one after the other."""
    stories = {id: woven.story for id, woven in known.items()}
    followed = {story for id, story in stories.items() if story != id}
    concerned = {id for edge in told_alike for id in edge} | {a.id for a in entering}
    told = {a.id: Told(a.id, a.title, a.published, a.stub) for a in public if a.id in concerned}
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (a, b), cosine in told_alike.items():
        if a in told and b in told and are_near(told[a], told[b], cosine):
            near[a].append((b, cosine))
            near[b].append((a, cosine))
    for article in entering:
        if article.id in followed:  # a stub that was told first stays the first, whatever its page says
            continue
        stories.pop(article.id, None)
        earlier = [(told[id], cosine, stories[id]) for id, cosine in near[article.id] if id in stories]
        stories[article.id] = story_of(told[article.id], earlier, rarity) or article.id
    return stories
