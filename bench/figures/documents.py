"""What there is to read: real pages and articles where they are at hand, else invented ones."""

import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from jinja2 import Environment
from markdown_it import MarkdownIt

from feedsvc.model import Document, Entry, Feed
from feedsvc.render import FORMATS
from figures.corpora import Corpora
from figures.invented import articles, text_page

READ_AT = datetime(2025, 1, 1, tzinfo=UTC)
WORDS, LISTED = 450, 20  # of an article on a page
A_FEED = 50  # entries


def document(body: bytes, media_type: str, url: str | None = None) -> Document:
    return Document("bench", "x", media_type, body, READ_AT, url)


def public_pages(folder: Path) -> tuple[list[Document], list[str]]:
    """The pages of a checkout of article-extraction-benchmark, and what people marked as the article in each."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    bodies = (gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()) for name in truth)
    pages = [
        document(body, "text/html; charset=utf-8", one["url"]) for body, one in zip(bodies, truth.values(), strict=True)
    ]
    return pages, [one["articleBody"] for one in truth.values()]


def html_pages(number: int) -> list[Document]:
    template = Environment(autoescape=True).from_string(Path(__file__).with_name("page.html").read_text("utf-8"))
    # Not the first ones, which have little to list.
    some = islice(articles(WORDS, LISTED), 5000, 5000 + number)
    return [document(template.render(article=one).encode(), "text/html; charset=utf-8", one.url) for one in some]


def text_pages(number: int) -> list[Document]:
    some = islice(articles(WORDS, LISTED), 5000, 5000 + number)
    return [document(text_page(one), "text/plain") for one in some]


def posts(corpora: Corpora | None, number: int) -> list[Entry]:
    """Real posts of a site where they are at hand, else invented ones."""
    if corpora:
        markdown = MarkdownIt()
        told = [(one["url"], one["title"], markdown.render(one["body_markdown"])) for one in corpora.posts[:number]]
    else:
        some = islice(articles(2 * WORDS, 0), number)
        told = [(one.url, one.title, "".join(f"<p>{text}</p>\n" for text in one.paragraphs)) for one in some]
    return [
        Entry(url, url, title, at, at, summary=title, content_html=body, authors=("Ada Winter",), categories=("News",))
        for at, (url, title, body) in zip(_days(), told, strict=False)
    ]


def feeds(entries: Sequence[Entry], format: str) -> list[Document]:
    """Feeds of these entries, so many each, in "rss", "atom" or "json"."""
    kind, home = FORMATS[format], "https://gazette.example/"
    starts = range(0, len(entries) - A_FEED + 1, A_FEED)
    made = (
        Feed(home, "Gazette", "News", home, {format: home + kind.file_name}, "Gazette", READ_AT,
             entries=tuple(entries[start : start + A_FEED]))
        for start in starts
    )  # fmt: skip
    return [document(kind.render(one), kind.media_type, home + kind.file_name) for one in made]


def _days() -> Iterable[datetime]:
    return (READ_AT - timedelta(days=day, hours=day % 12) for day in range(10_000))
