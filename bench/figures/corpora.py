"""The corpora, and what is loaded of them: never what gives the true themes away."""

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from figures.scores import Truth

SHOWN = ("id", "url", "title", "published", "author", "authors", "summary", "body_text", "body_markdown", "related")
NEWS, POSTS = "currentevents-2022", "18f"
Record = dict[str, Any]


class Corpora:
    """Real articles whose themes people have named; `theme` is null where nobody did."""

    def __init__(self, shared: Path) -> None:
        self.shared = shared

    @cached_property
    def news(self) -> list[Record]:
        return self._records(NEWS)

    @cached_property
    def posts(self) -> list[Record]:
        return self._records(POSTS)

    def _records(self, name: str) -> list[Record]:
        with (self.shared / "corpora" / name / "articles.jsonl").open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def write_pages(self, folder: Path) -> Truth:
        """The news as scraped pages that list the newest of their section; told apart by title and time."""
        pages = folder / "pages"
        tool, corpus = self.shared / "tools" / "as_pages.py", self.shared / "corpora" / NEWS
        subprocess.run([sys.executable, tool, corpus, pages, "--list", "section"], check=True)
        listed = pages.with_name("pages.truth.jsonl")
        told = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines()]
        listed.unlink()  # it is no article
        return {(one["title"], one["published_utc"]): one["theme"] for one in told if one["theme"]}


def write(folder: Path, records: Iterable[Record], name: str = "articles") -> None:
    lines = (json.dumps({key: one[key] for key in SHOWN if key in one}) for one in records)
    (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def themes_of(records: Iterable[Record]) -> Truth:
    return {("url", one["url"]): one["theme"] for one in records if one["theme"]}


def day(record: Record) -> datetime:
    """When a piece of news was published."""
    return datetime.strptime(record["published"], "%d %B %Y").replace(tzinfo=UTC)


def few(news: Sequence[Record]) -> tuple[list[Record], Truth]:
    """Three articles in ten; of the others only what these list is known, and no more than that can be scored."""
    loaded = random.Random(1).sample(news, len(news) * 3 // 10)
    told = {one["url"] for one in loaded} | {link["url"] for one in loaded for link in one["related"]}
    return loaded, themes_of(one for one in news if one["url"] in told)


def with_hubs(news: Sequence[Record]) -> list[Record]:
    """The same articles, twenty of which list three hundred others at random."""
    chance = random.Random(1)
    hubs = {one["id"] for one in chance.sample(news, 20)}
    return [{**one, "related": chance.sample(news, 300)} if one["id"] in hubs else one for one in news]


def by_section(news: Sequence[Record]) -> list[Record]:
    """The same articles, each listing the newest of its section."""
    by_id = {one["id"]: one for one in news}
    return [{**one, "related": [by_id[id] for id in one["related_section"] if id in by_id]} for one in news]


def worlds(news: Sequence[Record]) -> Iterator[Record]:
    """The news, and then the same over and over, each time in a world of its own that has other words for all."""
    chance = random.Random(1)
    words = sorted({word for one in news for word in _texts(one).split() if len(word) > 3})
    yield from news
    for number in count(1):
        other = dict(zip(words, chance.sample(words, len(words)), strict=True))
        yield from (_moved(one, number, other) for one in news)


def _texts(record: Record) -> str:
    return f"{record['title']} {record['summary']} {record['body_text']}"


def _moved(record: Record, number: int, other: dict[str, str]) -> Record:
    def said(text: str) -> str:
        return " ".join(other.get(word, word) for word in text.split())

    def at(url: str) -> str:
        return url.replace("https://", f"https://{number}.", 1)

    texts = {key: said(record[key]) for key in ("title", "summary", "body_text")}
    related = [{**link, "title": said(link["title"]), "url": at(link["url"])} for link in record["related"]]
    return {**record, **texts, "id": f"{number}-{record['id']}", "url": at(record["url"]), "related": related}
