"""JSON-LD on a page → what it says of the article: texts under their keys, and links to other articles.

Pure. The article is, of all nodes of an article's type, the one with the page's address, else with its title, else the
one that states most; a node that only names another by its @id is read as that other. Everything else is passed over,
but for the page that the article is on.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from feedsvc.load.decode import joined
from feedsvc.load.pages.subject import Subject, subject_of
from feedsvc.model import RawLink

ARTICLE_TYPES = frozenset({"BlogPosting", "LiveBlogPosting", "Report"})  # beside all that end in Article
PAGE_TYPES = frozenset({"WebPage", "ItemPage"})
MOST_NODES = 10_000  # of a page that is nothing but its data

_WRAPPING = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*;?\s*$|;\s*$")
_NEEDLESS_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*[}\]])', re.DOTALL)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NAMING = frozenset({"@id", "@type", "@context", "url", "mainEntityOfPage"})  # what states nothing
_ADDRESS = re.compile(r"\s*(?:https?:|/)", re.IGNORECASE)

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The article, the page that it is on, every node by its @id, and where the page was fetched."""

    article: Node
    page: Node
    by_id: Mapping[str, Node]
    fetched_from: str | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """The article's texts under their keys ("ld.headline"), then its page's ("ldpage.datePublished")."""
        yield from _texts_by_key("ld", self.article, self.by_id)
        yield from _texts_by_key("ldpage", self.page, self.by_id)

    def links(self) -> Iterator[RawLink]:
        """What `relatedLink` lists, and what is mentioned and says of itself that it is an article."""
        for node in (self.article, self.page):
            for item in _listed(node.get("relatedLink")):
                yield from _link(item, self.by_id)
            for item in _listed(node.get("mentions")):
                if isinstance(item, dict) and is_article(_resolved(item, self.by_id)):
                    yield from _link(item, self.by_id)


def linked_data(page: HtmlElement, fetched_from: str | None = None) -> LinkedData:
    """Read every JSON-LD script of a page; those that are no JSON are as good as none."""
    nodes = list(_nodes(page))
    by_id = {name: node for node in reversed(nodes) if isinstance(name := node.get("@id"), str) and len(node) > 1}
    subject = subject_of(page, fetched_from)
    article = _likeliest((node for node in nodes if is_article(node)), subject)
    own_page = _likeliest((node for node in nodes if _types(node) & PAGE_TYPES), subject)
    return LinkedData(article, own_page, by_id, fetched_from)


def _likeliest(nodes: Iterable[Node], subject: Subject) -> Node:
    """The node about what the page is about, the first of equals; an empty one where there is none."""
    return max(nodes, key=lambda node: _likeliness(node, subject), default={})


def _likeliness(node: Node, subject: Subject) -> tuple[bool, bool, bool, int]:
    stated = len(node.keys() - _NAMING)
    addresses = [_address_in(item) for key in ("url", "mainEntityOfPage", "@id") for item in _listed(node.get(key))]
    titles = (item for key in ("headline", "name") for item in _listed(node.get(key)) if isinstance(item, str))
    return stated > 0, subject.has_address(addresses), subject.has_title(titles), stated


def _address_in(item: object) -> str:
    """The address that an item is, or that it has as a node of its own."""
    if isinstance(item, dict):
        item = item.get("@id") or item.get("url")
    return item if isinstance(item, str) else ""


def is_article(node: Node) -> bool:
    return any(name.endswith("Article") or name in ARTICLE_TYPES for name in _types(node))


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    names = (kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str))
    return {name.rpartition("/")[2] for name in names}


def _nodes(page: HtmlElement) -> Iterator[Node]:
    """Every node at the top, within lists, in a @graph or as a main entity, in their order."""
    waiting: deque[object] = deque()
    for script in page.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            waiting.append(_decoded(_WRAPPING.sub("", script.text or "")))
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extendleft(reversed(node))
        elif isinstance(node, dict):
            yield node
            if not is_article(node):
                waiting.extendleft((node.get("mainEntity"), node.get("@graph")))


def _decoded(text: str) -> object:
    """JSON, forgiven for a comma after the last item; None for all else."""
    with suppress(ValueError, RecursionError):
        return json.loads(text, strict=False)
    with suppress(ValueError, RecursionError):
        return json.loads(_NEEDLESS_COMMA.sub(r"\1", text), strict=False)
    return None


def _texts_by_key(prefix: str, node: Node, by_id: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        for item in _listed(value):
            if (text := _text_of(key, item, by_id)) is not None:
                yield f"{prefix}.{key}", text
    yield from _details_of(prefix, node.get("image"), by_id)


def _text_of(key: str, item: object, by_id: Mapping[str, Node]) -> str | None:
    if isinstance(item, dict):
        item = _resolved(item, by_id)
        inner = ("url", "contentUrl", "@id") if key in ("image", "mainEntityOfPage") else ("name", "@value")
        item = next(filter(None, map(item.get, inner)), None)
    if key.startswith("date") and isinstance(item, int) and _EPOCH.fullmatch(str(item)):
        return str(item)
    return item if isinstance(item, str) else None


def _resolved(node: Node, by_id: Mapping[str, Node]) -> Node:
    """The node itself, or the one that it names where it says nothing else."""
    name = node.get("@id")
    return by_id.get(name, node) if isinstance(name, str) and set(node) <= {"@id", "@type"} else node


def _details_of(prefix: str, images: object, by_id: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    """What is said of the first image that has an address."""
    image = next((item for item in _listed(images) if (_text_of("image", item, by_id) or "").strip()), None)
    image = _resolved(image, by_id) if isinstance(image, dict) else {}
    for key in ("encodingFormat", "contentSize"):
        value = image.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield f"{prefix}.image.{key}", str(value)


def _link(item: object, by_id: Mapping[str, Node]) -> Iterator[RawLink]:
    """A link given as an address, or as a node that has one."""
    other = _resolved(item, by_id) if isinstance(item, dict) else {"url": item}
    urls = (other.get(key) for key in ("url", "@id", "mainEntityOfPage"))
    url = next((url for url in urls if isinstance(url, str) and _ADDRESS.match(url)), None)
    titles = (other.get(key) for key in ("headline", "name"))
    title = next((title for title in titles if isinstance(title, str)), "")
    published = other.get("datePublished")
    if url:
        yield RawLink(joined(title), joined(url.strip()), joined(published) if isinstance(published, str) else None)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
