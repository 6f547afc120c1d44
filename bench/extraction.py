"""How much of articles is found on real web pages, and how fast pages and feeds are read, beside the libraries alone.

usage: python bench/extraction.py [FOLDER]

FOLDER is a checkout of scrapinghub/article-extraction-benchmark: ground-truth.json, and html/ID.html.gz for each ID.
F1 is computed as that project does: from the four-word shingles of each text, each page weighing the same.
"""

import gzip
import io
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import fmean

import feedparser
import trafilatura
from figures.table import Table, percent

from feedsvc.load import parse
from feedsvc.load.html import PageReading, read_page
from feedsvc.load.rules import PageRules
from feedsvc.model import Document, Marks
from feedsvc.normalise.text import plain

SHINGLE_WORDS = 4
ENTRIES = 500
READ_AT = datetime(2025, 1, 1, tzinfo=UTC)
SAMPLE = Path(__file__).resolve().parents[1] / "config" / "sample"
FIELDS = ("title", "published", "updated", "authors", "url", "language", "image", "summary", "related")

_WORD = re.compile(r"\w+")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder and (folder / "ground-truth.json").is_file():
        pages, texts = public_pages(folder)
        extraction(pages, texts)
    else:
        print(f"no extraction figures: {folder or 'no folder given'} holds no ground-truth.json with pages in html/")
        pages = [document(path.read_bytes(), "text/html") for path in sorted(SAMPLE.rglob("*.html"))]
    speed(pages)


def public_pages(folder: Path) -> tuple[list[Document], list[str]]:
    """The pages, and the text that people marked as the article's in each."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    bodies = (gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()) for name in truth)
    pages = [
        document(body, "text/html; charset=utf-8", one["url"]) for body, one in zip(bodies, truth.values(), strict=True)
    ]
    return pages, [one["articleBody"] for one in truth.values()]


def document(body: bytes, media_type: str, url: str | None = None) -> Document:
    return Document("bench", "x", media_type, body, READ_AT, url)


def extraction(pages: Sequence[Document], texts: Sequence[str]) -> None:
    readings = [read_page(page, PageRules()) for page in pages]
    alone = [trafilatura.extract(page.body.decode(), include_comments=False) or "" for page in pages]
    table = Table(f"text of {len(pages)} real pages", "F1", "precision", "recall")
    table.row("feedsvc", *scores(texts, [plain(one.article.body) for one in readings]))
    table.row("trafilatura alone", *scores(texts, alone))
    table = Table("found on them", "pages", "where mostly")
    for field in FIELDS:
        share, where = origins(readings, field)
        table.row(field, share, floor=where)


def scores(texts: Sequence[str], found: Sequence[str]) -> tuple[str, str, str]:
    """(F1, precision, recall), of the pages that have anything to be right or wrong about."""
    precisions, recalls = [], []
    for text, ours in zip(texts, found, strict=True):
        wanted, got = shingles(text), shingles(ours)
        common = (wanted & got).total()
        precisions += [common / got.total()] if got else []
        recalls += [common / wanted.total()] if wanted else []
    precision, recall = fmean(precisions), fmean(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    return f"{f1:.3f}", f"{precision:.3f}", f"{recall:.3f}"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every four words that follow one another; a shorter text is one shingle."""
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1)) if words else ()
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in starts)


def origins(readings: Sequence[PageReading], field: str) -> tuple[str, str]:
    where = Counter(one.origins[field] for one in readings if field in one.origins)
    first = ", ".join(f"{origin} {count}" for origin, count in where.most_common(4))
    return percent(where.total() / len(readings), 0), first


def speed(pages: Sequence[Document]) -> None:
    marks = Marks()
    texts = [document(text_page(number), "text/plain") for number in range(ENTRIES)]
    feed = document(rss_feed(), "application/rss+xml")
    rows: list[tuple[str, int, Callable[[], object]]] = [
        ("text pages", len(texts), lambda: [list(parse(one, marks)) for one in texts]),
        ("HTML pages", len(pages), lambda: [read_page(one, PageRules()) for one in pages]),
        (
            "HTML pages, trafilatura alone",
            len(pages),
            lambda: [trafilatura.extract(one.body.decode(errors="replace"), include_comments=False) for one in pages],
        ),
        (
            "  with metadata",
            len(pages),
            lambda: [
                trafilatura.extract(
                    one.body.decode(errors="replace"),
                    url=one.url,
                    include_comments=False,
                    with_metadata=True,
                    output_format="json",
                )
                for one in pages
            ],
        ),
        ("feed entries", ENTRIES, lambda: list(parse(feed, marks))),
        ("feed entries, feedparser alone", ENTRIES, lambda: feedparser.parse(io.BytesIO(feed.body))),
    ]
    table = Table("read in a second by one core", "entries")
    for name, entries, read in rows:
        read()
        table.row(name, f"{entries / min(cpu_seconds(read) for _ in range(3)):,.0f}")


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def text_page(number: int) -> bytes:
    """A page in the layout that scraped pages have, with twenty related links."""
    shown = (READ_AT + timedelta(minutes=97 * number)).strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Greenwich Mean Time)")
    stamps = [format_datetime(READ_AT - timedelta(hours=hour), usegmt=True) for hour in range(20)]
    related = "\n".join(f"{stamp}\n\nHarbour tram number {stamp}\n\n{stamp}" for stamp in stamps)
    body = "\n\n".join(
        f"Paragraph {at} of the article says a little of the harbour and the tram. " * 8 for at in range(6)
    )
    title = f"Harbour tram {number}"
    return f"{title}\n\n{shown}\n{title}\n\n{body}\n\nMORE ON THEME\n\n{related}\n\nFollow us\n".encode()


def rss_feed() -> bytes:
    content = "<p>" + "A paragraph of the article says a little of the harbour and the tram. " * 40 + "</p>"
    items = "".join(
        f"<item><title>Harbour tram {number}</title><link>https://g.example/{number}</link>"
        f"<guid>https://g.example/{number}</guid><pubDate>{format_datetime(READ_AT, usegmt=True)}</pubDate>"
        f"<description>The tram.</description><content:encoded><![CDATA[{content}]]></content:encoded></item>"
        for number in range(ENTRIES)
    )
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {namespace}><channel><title>Gazette</title>{items}</channel></rss>'.encode()


if __name__ == "__main__":
    main()
