"""Documents → RawArticles: one pure parser per format, chosen by media type; fetch is the only IO."""

from collections.abc import Callable, Iterator, Mapping

from feedsvc.errors import UnreadableDocument
from feedsvc.load.feed import parse_feed
from feedsvc.load.json import parse_json, parse_jsonl
from feedsvc.load.markdown import parse_markdown
from feedsvc.load.pages.html import parse_html
from feedsvc.load.pages.rules import PageRules
from feedsvc.load.text import parse_text
from feedsvc.model import Document, Marks, RawArticle, Unread

__all__ = ["MEDIA_TYPES", "PARSERS", "parse"]

# By file ending, lower case.
MEDIA_TYPES: Mapping[str, str] = {
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".xml": "application/xml",
}

PARSERS: Mapping[str, Callable[[Document, Marks], Iterator[RawArticle | Unread]]] = {
    "text/plain": parse_text,
    "text/html": parse_html,
    "application/xhtml+xml": parse_html,
    "text/markdown": parse_markdown,
    "application/json": parse_json,
    "application/feed+json": parse_json,
    "application/x-ndjson": parse_jsonl,
    "application/xml": parse_feed,
    "text/xml": parse_feed,
    "application/rss+xml": parse_feed,
    "application/atom+xml": parse_feed,
    "application/rdf+xml": parse_feed,
}


def parse(document: Document, how: Marks | PageRules) -> Iterator[RawArticle | Unread]:
    """Read a document by its media type, parameters aside, by the marks or rules of its source.

    Reading happens as the result is iterated, and so does raising UnreadableDocument.
    """
    essence = document.media_type.partition(";")[0].strip().lower()
    parser = PARSERS.get(essence)
    if parser is None:
        raise UnreadableDocument(f"no parser for {essence or 'a document without a media type'}")
    if parser is parse_html:
        yield from parse_html(document, how)
    else:
        yield from parser(document, how.marks if isinstance(how, PageRules) else how)
