"""How much of articles is found on real web pages, beside trafilatura alone.

usage: python bench/extraction.py FOLDER

FOLDER is a checkout of scrapinghub/article-extraction-benchmark: ground-truth.json, and html/ID.html.gz for each ID.
F1 is computed as that project does: from the four-word shingles of each text, each page weighing the same.
"""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import trafilatura
from figures.documents import public_pages
from figures.table import Table, percent

from feedsvc.load.pages.html import PageReading, read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document
from feedsvc.normalise.text import plain

SHINGLE_WORDS = 4
FIELDS = ("title", "published", "updated", "authors", "url", "language", "image", "summary", "related")

_WORD = re.compile(r"\w+")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if not (folder and (folder / "ground-truth.json").is_file()):
        sys.exit(f"{folder or 'no folder given, it'} holds no ground-truth.json with pages in html/")
    extraction(*public_pages(folder))


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


if __name__ == "__main__":
    main()
