"""What other sources have of an article that is one entry all the same.

Pure. An article is led by one source, whose words readers get. What another has under the same URL, or word for word
under its own, is a copy: it is told of, and changes nothing. The lead passes only from a source that has little of the
article to one that has far more of it, so that it never goes back and forth.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from feedsvc.model import Draft
from feedsvc.normalise.nodes import Copy, Node
from feedsvc.normalise.prints import is_sure, likeness

FULLER = 2  # times the text that the lead has, and
FULLER_CHARS = 300  # characters of markup more
ALIKE = 0.8  # share of the shorter text from which on two texts are one
WITHIN = timedelta(days=30)  # what comes out later with the same text is published anew
SHARED_WORDS = 1 / 3  # of the shorter title, where the texts are too short to be sure of


def key_of(draft: Draft) -> str:
    """The strongest thing that tells a copy apart within its source."""
    if draft.record_id:
        return f"record {draft.record_id}"
    return f"url {draft.url_key}" if draft.url_key else f"title {draft.published.at.isoformat()} {draft.title_key}"


def first_published_first(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """New articles, so that of several sources with one story that leads which had it first."""
    if len({draft.source for draft in drafts}) < 2:
        return drafts
    first: dict[tuple[str, str], datetime] = {}
    for draft in drafts:
        key, at = (draft.source, key_of(draft)), draft.published.at
        first[key] = min(at, first.get(key, at))
    return sorted(drafts, key=lambda draft: first[draft.source, key_of(draft)])


def is_copy(node: Node, draft: Draft) -> bool:
    """Whether a draft of the article `node` is not of the source that leads it, nor of one that takes the lead."""
    if node.source == draft.source or node.stub:
        return False
    if node.known and node.known.withdrawn:
        return True
    has = max(len(node.draft.body_html) if node.draft else 0, node.known.size if node.known else 0)
    return not draft.url_key or node.url_key != draft.url_key or len(draft.body_html) < FULLER * has + FULLER_CHARS


def same_text(draft: Draft, nodes: Iterable[Node]) -> Node | None:
    """The article of another source that a new one has the text of; None where that can be said of several.

    What many articles have in common, such as an invitation to subscribe, is no text of theirs.
    """
    if draft.print is None:
        return None
    found = [node for node in nodes if _is_same_text(draft, node)]
    return found[0] if len(found) == 1 and not _has_copy_in(found[0], draft.source) else None


def _is_same_text(draft: Draft, node: Node) -> bool:
    if node.source == draft.source or node.stub or node.print is None or draft.print is None:
        return False
    at = node.own.at if node.own else None
    if at is None or abs(at - draft.published.at) > WITHIN or likeness(draft.print, node.print) < ALIKE:
        return False
    return (is_sure(draft.print) and is_sure(node.print)) or _are_titled_alike(draft.title_key, node.title_key)


def _are_titled_alike(title: str, other: str) -> bool:
    words, others = set(title.split()), set(other.split())
    return len(words & others) >= SHARED_WORDS * min(len(words), len(others))


def _has_copy_in(node: Node, source: str) -> bool:
    sources = [copy.source for copy in node.known.copies] if node.known else []
    return source in (*sources, *(draft.source for draft in node.copies))


def copies(node: Node) -> Iterator[Copy]:
    """What is known now of the copies that were read, and of what led the article before."""
    if node.led_before:
        yield node.led_before
    for draft in node.copies:
        same_url = draft.url_key is not None and draft.url_key == node.url_key
        alike = likeness(draft.print, node.print) if draft.print and node.print and not same_url else None
        yield Copy(
            source=draft.source,
            key=key_of(draft),
            record_id=draft.record_id,
            url=draft.url,
            url_key=draft.url_key,
            title=draft.title,
            title_key=draft.title_key,
            published=draft.published.at,
            likeness=alike,
        )


def leader(node: Node) -> Copy | None:
    """What the source that led the article has of it, when another takes the lead; None where that is read anew."""
    known = node.known
    if known is None or known.stub:
        return None
    title = f"title {known.own.at.isoformat() if known.own else ''} {known.title_key}"
    url = f"url {known.url_key}" if known.url_key else title
    return Copy(
        source=known.source,
        key=f"record {known.record_id}" if known.record_id else url,
        record_id=known.record_id,
        url=known.url,
        url_key=known.url_key,
        title="",
        title_key=known.title_key,
        published=known.published,
    )
