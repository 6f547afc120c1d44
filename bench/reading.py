"""How many entries a second one core reads, parsed and normalised, beside what others are called for bare.

usage: python bench/reading.py [FOLDER] [--shared SHARED]

FOLDER is a checkout of scrapinghub/article-extraction-benchmark, whose real pages are read; without one, pages are
made up. SHARED is the folder that holds corpora/, ../shared unless told, whose posts the feeds are made of; without
it, these are made up too. Each figure is the best of three rounds that take turns, by CPU time, each in a process
that has read nothing before. A ratio above 1 says how many times as fast as the other feedsvc is.

The others do less. trafilatura finds text and metadata, but of a date only the day, and no related links; feedparser
cleans markup and reads dates, and orjson only decodes. For text pages there is no library: what stands beside them
splits the lines and has dateutil read the dates.
"""

import argparse
import io
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import feedparser
import nh3
import orjson
import trafilatura
from dateutil.parser import parse as read_date
from figures.corpora import Corpora
from figures.documents import A_FEED, feeds, html_pages, posts, public_pages, text_pages
from figures.processes import cpu_seconds
from figures.table import Table

from feedsvc.errors import UnreadableRecord
from feedsvc.load import parse
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document, Unread
from feedsvc.normalise.article import Reading, normalise

SHARED = Path(__file__).resolve().parents[2] / "shared"
ROUNDS = 3
TEXT_PAGES, HTML_PAGES, ENTRIES = 1000, 60, 200
RULES, READING = PageRules(), Reading(ZoneInfo("UTC"))
Way = Callable[[Document], object]

_STAMP = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d\d:\d\d:\d\d")


def main() -> None:
    asked = arguments()
    entries = posts(Corpora(asked.shared) if (asked.shared / "corpora").is_dir() else None, ENTRIES + A_FEED)
    pages = public_pages(asked.folder)[0] if asked.folder else html_pages(HTML_PAGES)
    sizes = [len(page.body) for page in pages]
    made = "public" if asked.folder else "made up"
    print(f"HTML pages: {len(pages)}, {made}, half of them larger than {median(sizes) / 1000:.0f} kB")
    compare("text pages", text_pages(TEXT_PAGES), 1, {"lines split, dateutil": lines_and_dates})
    trafilaturas = {"trafilatura.bare_extraction": bare_extraction, "trafilatura.extract, as HTML": extract}
    compare("HTML pages", pages, 1, trafilaturas)
    feedparsers = {"feedparser": parsed, "feedparser, nothing cleaned": parsed_uncleaned}
    compare("RSS entries", feeds(entries, "rss"), A_FEED, feedparsers)
    compare("Atom entries", feeds(entries, "atom"), A_FEED, feedparsers)
    decoders = {"orjson": decoded, "orjson, nh3 and dateutil": decoded_and_cleaned}
    compare("JSON Feed entries", feeds(entries, "json"), A_FEED, decoders)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path)
    parser.add_argument("--shared", type=Path, default=SHARED)
    asked = parser.parse_args()
    if asked.folder and not (asked.folder / "ground-truth.json").is_file():
        parser.error(f"{asked.folder} holds no ground-truth.json with pages in html/")
    return asked


def compare(kind: str, documents: Sequence[Document], entries: int, others: Mapping[str, Way]) -> None:
    """Show the rates for documents that hold so many entries each; the first only sets everything up."""
    first, *rest = documents
    ways = {"feedsvc": feedsvc, **others}
    table = Table(kind, "a second", "ratio", "")
    for way in ways.values():
        way(first)
    rounds = [[cpu_seconds(partial(each, way, rest)) for way in ways.values()] for _ in range(ROUNDS)]
    ours, *theirs = (min(seconds) for seconds in zip(*rounds, strict=True))
    number = entries * len(rest)
    table.row("feedsvc", f"{number / ours:,.0f}")
    for name, seconds in zip(others, theirs, strict=True):
        table.row(name, f"{number / seconds:,.0f}", f"{seconds / ours:.2f}")


def each(way: Way, documents: Sequence[Document]) -> None:
    for one in documents:
        way(one)


def feedsvc(document: Document) -> None:
    for raw in parse(document, RULES):
        # Of an undated page everything else is read too.
        article = raw.article if isinstance(raw, Unread) else raw
        with suppress(UnreadableRecord):
            normalise(article, document, READING)


def lines_and_dates(page: Document) -> None:
    for stamp in dict.fromkeys(line for line in page.body.decode().splitlines() if _STAMP.match(line)):
        read_date(stamp.partition(" (")[0])


def bare_extraction(page: Document) -> object:
    text = page.body.decode(errors="replace")
    return trafilatura.bare_extraction(text, page.url, include_comments=False, with_metadata=True)


def extract(page: Document) -> object:
    """With all that an entry's content may have."""
    return trafilatura.extract(
        page.body.decode(errors="replace"),
        page.url,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        with_metadata=True,
    )


def parsed(feed: Document) -> object:
    return feedparser.parse(io.BytesIO(feed.body))


def parsed_uncleaned(feed: Document) -> object:
    return feedparser.parse(io.BytesIO(feed.body), sanitize_html=False, resolve_relative_uris=False)


def decoded(feed: Document) -> object:
    return orjson.loads(feed.body)


def decoded_and_cleaned(feed: Document) -> None:
    for item in orjson.loads(feed.body)["items"]:
        nh3.clean(item["content_html"])
        read_date(item["date_published"])


if __name__ == "__main__":
    main()
