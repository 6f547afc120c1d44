"""What other sources have of an article that is one entry all the same.

Pure. An article is led by one source, whose words readers get. What another has under the same URL, or word for word
under its own, is a copy: it is told of, and changes nothing. The lead passes only from a source that has little of the
article to one that has far more of it and was no copy before, so that it never goes back and forth.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from feedsvc.model import Draft
from feedsvc.normalise.nodes import Copy, Node
from feedsvc.normalise.prints import likeness, shared

FULLER = 2  # times the text that the lead has, and
FULLER_CHARS = 300  # characters of markup more
WITHIN = timedelta(days=30)  # what comes out later with the same text is published anew
# The share of the shorter text from which on two texts are one: under titles that are nearly the same, or whatever the
# titles say, for texts that are long enough not to be what is asked of everybody who reads on.
ALIKE, SAME, LONG = 0.8, 0.9, 100
NEARLY_SAME_TITLE = 0.8  # of the longer title
RELATED_TITLE = 0.5  # of the shorter title: what two titles of one page share, and
RELATED_TEXT = 0.3  # what two versions of a text do


def key_of(draft: Draft) -> str:
    """The strongest thing that tells a copy apart within its source."""
    if draft.record_id:
        return f"record {draft.record_id}"
    return f"url {draft.url_key}" if draft.url_key else f"title {draft.published.at.isoformat()} {draft.title_key}"


def is_copy(node: Node, draft: Draft) -> bool:
    """Whether a draft of the article `node` is not of the source that leads it, nor of one that takes the lead."""
    if node.source == draft.source or node.stub:
        return False
    if node.known and (node.known.withdrawn or any(copy.source == draft.source for copy in node.known.copies)):
        return True
    if draft.url_key and draft.url_key == node.url_key and is_not_out_yet(node, draft):
        return False  # what one source dates to come and another has out already is out
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
    if at is None or abs(at - draft.published.at) > WITHIN or is_not_out_yet(node, draft):
        return False
    alike = likeness(draft.print, node.print)
    if alike >= SAME and min(draft.print.runs, node.print.runs) >= LONG:
        return True
    return alike >= ALIKE and _titles_share(draft.title_key, node.title_key, max) >= NEARLY_SAME_TITLE


def is_same_page(draft: Draft, node: Node) -> bool:
    """Whether what another source has at the URL of an article is that article, and not one more that links there."""
    if _titles_share(draft.title_key, node.title_key, min) >= RELATED_TITLE:
        return True
    return draft.print is not None and node.print is not None and shared(draft.print, node.print) >= RELATED_TEXT


def is_still_copy(draft: Draft, node: Node) -> bool:
    """Whether what was a copy of an article is one still, and not another story under the name that it had."""
    known = node.known.copies if node.known else ()
    before = next((copy for copy in known if (copy.source, copy.key) == (draft.source, key_of(draft))), None)
    if before is None or draft.url_key == before.url_key or draft.print is None or node.print is None:
        return True
    return shared(draft.print, node.print) >= RELATED_TEXT


def is_not_out_yet(node: Node, draft: Draft) -> bool:
    """Whether an article was still to come when another source had it."""
    served = node.known is not None and node.known.served
    return not served and node.own is not None and node.own.at > max(draft.fetched_at, draft.published.at)


def _titles_share(title: str, other: str, of: Callable[[int, int], int]) -> float:
    """The share of what both titles have, in runs of three letters, `of` the shorter or the longer one."""
    if title == other:
        return 1.0
    runs, others = ({key[at : at + 3] for at in range(len(key) - 2)} for key in (title, other))
    most = of(len(runs), len(others))
    return len(runs & others) / most if most else 0.0


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
