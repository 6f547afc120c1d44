"""What a run changes in the store: which articles are new or differ, when they were published, who links to whom.

Pure. The publication time is the best evidence until an article is first served, then it is frozen and
better evidence is only recorded. `updated` moves when what a reader sees has changed, to the time the
change itself tells, else to when it was found. What states a time to come, by an embargo or its own date, changes
nothing that readers have before it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feedsvc.model import Draft, DraftLink, Evidence, ReadDate
from feedsvc.normalise.article import digest_if_updated
from feedsvc.normalise.copies import copies
from feedsvc.normalise.identity import Repoint, Resolution
from feedsvc.normalise.nodes import Alias, Copy, Known, Moment, Node

FEWEST_REDATED = 5  # articles
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dating:
    """The times of an article and what they rest on. `published` is None only for a stub nobody dated."""

    published: datetime | None
    updated: datetime | None
    own: Moment | None
    own_evidence: Evidence | None
    listed: Moment | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An article of this run, to be written. `content` is None when nothing of it that readers see has changed."""

    id: str
    source: str
    title: str
    title_key: str
    record_id: str | None
    url: str | None
    url_key: str | None
    stub: bool
    new: bool
    dating: Dating
    content: Draft | None


@dataclass(frozen=True, slots=True)
class Link:
    """A related link that is known to mean the article `target`."""

    target: str
    link: DraftLink


@dataclass(frozen=True, slots=True)
class Witness:
    """A date as it was read, and for which article and role ("published", "updated") it speaks."""

    article_id: str
    role: str
    kind: Evidence
    date: ReadDate


@dataclass(frozen=True, slots=True)
class Intake:
    """All that one run adds to the articles. `links` maps an article that was read to its whole list.

    `witnesses` are of every article that was read too: where a date stands can change, and nothing else of it.
    `merges` maps the id of a stub to the article it turned out to be. `waiting` are drafts that may not be taken in
    before they are due. `copies` pairs the id of an article with what another source has of it, and `copied_links` maps
    it to what that lists.
    """

    articles: tuple[Settled, ...]
    links: Mapping[str, tuple[Link, ...]]
    copied_links: Mapping[str, tuple[Link, ...]]
    copies: tuple[tuple[str, Copy], ...]
    witnesses: tuple[Witness, ...]
    merges: Mapping[str, str]
    repoints: tuple[Repoint, ...]
    former_titles: tuple[Alias, ...]
    waiting: tuple[Draft, ...]
    id_by_place: Mapping[tuple[str, str], str]
    reports: tuple[str, ...]


def settle(resolution: Resolution, now: datetime) -> Intake:
    """Turn resolved nodes into what is to be written."""
    articles: list[Settled] = []
    witnesses: list[Witness] = []
    held = [node for node in resolution.nodes if _must_wait(node, now)]
    nodes = [_as_it_was(node) if _must_wait(node, now) else node for node in resolution.nodes]
    nodes, redated = _without_new_dates(nodes)
    for node in nodes:
        article = _settled(node, now)
        if _differs(article, node.known):
            articles.append(article)
        elif node.draft is None:  # only named once more
            continue
        witnesses += _witnesses(node, article)
    early = [draft for node in nodes for draft in node.copies if _is_early(draft, now)]
    for node in nodes:
        node.copies = [draft for draft in node.copies if not _is_early(draft, now)]
    read = [node for node in nodes if node.draft]
    copied = [node for node in nodes if node.copies]
    return Intake(
        articles=tuple(articles),
        links={node.id: _links(node, node.targets) for node in read if node.targets or not _has_copies(node)},
        copied_links={node.id: _links(node, node.copied_targets) for node in copied},
        copies=tuple((node.id, copy) for node in nodes for copy in copies(node)),
        witnesses=tuple(witnesses),
        merges={stub: node.id for node in nodes for stub in node.absorbed},
        repoints=resolution.repoints,
        former_titles=tuple(alias for node in read for alias in _former_titles(node)),
        waiting=(*(draft for node in held for draft in node.drafts), *early),
        id_by_place={
            (d.source, d.place): node.id for node in nodes for d in (*node.drafts, *node.copies) if d.place is not None
        },
        reports=(*resolution.reports, *_out_already(held), *redated),
    )


def _without_new_dates(nodes: list[Node]) -> tuple[list[Node], list[str]]:
    """Leave as it is what a source says to have changed when most of what it says is only that, and what to tell of it.

    One article with a later date may have been corrected where nobody sees it; if nearly all have one, the source has
    given everything a date anew, and readers would be shown all of it again.
    """
    known = [node for node in nodes if node.known and node.known.served and not node.known.stub and node.draft]
    bare = [node for node in known if _only_says_so(node)]
    number_by_source = Counter(node.source for node in bare)
    redating = {
        source
        for source, number in number_by_source.items()
        if number >= FEWEST_REDATED and 2 * number > sum(node.source == source for node in known)
    }
    left = {node.id for node in bare if node.source in redating}
    told = [f"source {s!r} has given {number_by_source[s]} articles another date and no other change" for s in redating]
    return [_as_it_was(node) if node.id in left else node for node in nodes], sorted(told)


def _only_says_so(node: Node) -> bool:
    known, draft = node.known, node.draft
    assert known is not None
    assert draft is not None
    if known.digest == draft.digest:
        return False
    return known.digest in (digest_if_updated(draft, known.updated), digest_if_updated(draft, None))


def _must_wait(node: Node, now: datetime) -> bool:
    """What readers have does not change before the time that the article itself states.

    A date that a page merely shows may be when it was rendered, and keeps no more than a stub from becoming whole.
    """
    known, draft = node.known, node.draft
    if known is None or draft is None or not known.served:
        return False
    return draft.published.at > now and (known.stub or draft.evidence is not Evidence.PAGE)


def _is_early(copy: Draft, now: datetime) -> bool:
    """A copy may be under an embargo that the article is not under: its source is not told of before."""
    return copy.published.at > now and copy.evidence is not Evidence.PAGE


def _has_copies(node: Node) -> bool:
    """Where others list for it what the article's own source does not, that stays."""
    return bool(node.copies or (node.known and node.known.copies))


def _out_already(held: Sequence[Node]) -> Iterator[str]:
    """What to tell of articles that may not be seen yet although readers have them, without a word of their content."""
    for node in held:
        if node.draft and node.known and not (node.known.stub or node.known.withdrawn):
            yield (
                f"{node.source}: {node.draft.ref} may not be seen yet, but it is public already and stays as it is;"
                f" feedsvc withdraw {node.id} takes it back"
            )


def _as_it_was(node: Node) -> Node:
    """What readers have, with nothing of the article that waits."""
    known = node.known
    assert known is not None
    return replace(
        node,
        title_key=known.title_key,
        source=known.source,
        draft=None,
        drafts=[],
        copies=[draft for draft in node.copies if draft.source != known.source],
        led_before=None,
        record_id=known.record_id,
        url=known.url,
        url_key=known.url_key,
        own=known.own,
        own_evidence=known.own_evidence,
        targets=[],
    )


def _settled(node: Node, now: datetime) -> Settled:
    known, draft = node.known, node.draft
    changed = draft is not None and (known is None or known.stub or known.digest != draft.digest)
    dating = _dating(node, changed, now)
    title = draft.title if draft else node.link.title if node.link else ""
    return Settled(
        id=node.id,
        source=node.source,
        title=title,
        title_key=node.title_key,
        record_id=node.record_id,
        url=node.url,
        url_key=node.url_key,
        stub=node.stub,
        new=known is None,
        dating=dating,
        content=draft if changed else None,
    )


def _differs(article: Settled, known: Known | None) -> bool:
    if known is None or article.content is not None:
        return True
    before = Dating(known.published, known.updated, known.own, known.own_evidence, known.listed)
    return (article.dating, article.url_key, article.record_id) != (before, known.url_key, known.record_id)


def _dating(node: Node, changed: bool, now: datetime) -> Dating:
    known = node.known
    listed = node.listed[min(node.listed)] if node.listed else None
    published = known.published if known and known.served else _best(node, listed)
    updated = _updated(node, published, now) if changed else known.updated if known else None
    return Dating(published, updated, node.own, node.own_evidence, listed)


def _best(node: Node, listed: Moment | None) -> datetime | None:
    """A stated time, else a listed one, else the one the page shows; of two that agree, the finer one."""
    own = node.own
    if own is None or listed is None:
        best = own or listed
    elif own.agrees(listed):
        best = min(own, listed, key=lambda moment: moment.fineness)
    else:
        best = listed if node.own_evidence is Evidence.PAGE else own
    return best.at if best else None


def _updated(node: Node, published: datetime | None, now: datetime) -> datetime | None:
    """When the article last changed for readers, or None when it never has since it was published."""
    draft, known = node.draft, node.known
    if draft is None or published is None:
        return known.updated if known else None
    stated = draft.updated.at if draft.updated and draft.updated.at <= now else None
    if known is None or not known.served:
        return stated if stated and stated > published else None
    last = max(known.updated or NEVER, published)
    shown = draft.published.at if draft.evidence is Evidence.PAGE else None
    for told in (stated, shown, draft.fetched_at):
        if told and last < told <= now:
            return told
    return max(last, now.replace(microsecond=0))


def _links(node: Node, targets: Iterable[tuple[DraftLink, Node]]) -> tuple[Link, ...]:
    """The article's list in its own order, each target once, itself left out."""
    first: dict[str, Link] = {}
    for link, target in targets:
        if target is not node:
            first.setdefault(target.id, Link(target.id, link))
    return tuple(first.values())


def _former_titles(node: Node) -> Iterator[Alias]:
    """What an article was called, since other pages go on listing it so."""
    known = node.known
    if known and known.title_key != node.title_key:
        times = {known.published, known.own.at if known.own else None} - {None}
        yield from (Alias(known.id, known.title_key, at) for at in sorted(filter(None, times)))


def _witnesses(node: Node, article: Settled) -> Sequence[Witness]:
    found = []
    draft, dating = node.draft, article.dating
    if draft and dating.own and dating.own.at == draft.published.at:
        found.append(Witness(node.id, "published", draft.evidence, draft.published))
    if draft and draft.updated:
        found.append(Witness(node.id, "updated", draft.evidence, draft.updated))
    if dating.listed and (read := node.listed_by.get(dating.listed.at)):
        found.append(Witness(node.id, "published", Evidence.LISTED, read))
    return found
