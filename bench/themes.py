"""How well channels recover the true themes of the corpora, and what it costs: one row a case.

usage: python bench/themes.py [SHARED]     the folder that holds corpora/ and tools/, ../shared unless told

Tags, categories and the like are taken out before loading, since they hold the answer. Scored over articles
whose true theme is named and has five articles or more; an article in several channels counts in the first by
slug, one in none is a cluster of its own.
"""

import contextlib
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import structlog
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from feedsvc.pipeline import refresh
from feedsvc.settings import load_settings
from feedsvc.store import reading
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store

SHOWN = ("id", "url", "title", "published", "author", "authors", "summary", "body_text", "body_markdown", "related")
FEWEST = 5
Record = dict[str, Any]
Truth = dict[tuple[str, str], str]


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared")
    if not shared.is_dir():
        sys.exit(f"the corpora are not at {shared}")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    news, posts = (records(shared / "corpora" / name) for name in ("currentevents-2022", "18f"))
    cases: dict[str, Callable[[Path], Truth]] = {
        "news, related": lambda folder: write(folder, news, news),
        "news, section lists": lambda folder: pages(shared, folder, news),
        "news, related, 70 % stubs": lambda folder: stubs(folder, news),
        "news, related, 20 hubs": lambda folder: write(folder, with_hubs(news), news),
        "18f, related": lambda folder: write(folder, posts, posts),
    }
    print(f"{'':26}  AMI   ARI   B3    channels  largest  rest   seconds")
    for name, fill in cases.items():
        with tempfile.TemporaryDirectory() as scratch:
            print(f"{name:26}", measure(Path(scratch), fill), flush=True)


def records(corpus: Path) -> list[Record]:
    return [json.loads(line) for line in (corpus / "articles.jsonl").open()]


def write(folder: Path, loaded: Sequence[Record], known: Sequence[Record]) -> Truth:
    lines = (json.dumps({key: one[key] for key in SHOWN if key in one}) for one in loaded)
    Path(folder, "articles.jsonl").write_text("\n".join(lines))
    return {("url", str(one["url"])): str(one["theme"]) for one in known if one["theme"]}


def stubs(folder: Path, news: Sequence[Record]) -> Truth:
    """Three articles in ten; of the others only what these list is known, and no more than that can be scored."""
    loaded = random.Random(1).sample(news, len(news) * 3 // 10)
    told = {str(one["url"]) for one in loaded} | {link["url"] for one in loaded for link in one["related"]}
    return write(folder, loaded, [one for one in news if one["url"] in told])


def with_hubs(news: Sequence[Record]) -> list[Record]:
    """The same articles, twenty of which list three hundred others at random."""
    chance = random.Random(1)
    hubs = {one["id"] for one in chance.sample(news, 20)}
    return [{**one, "related": chance.sample(news, 300)} if one["id"] in hubs else one for one in news]


def pages(shared: Path, folder: Path, news: Sequence[Record]) -> Truth:
    """Scraped pages that list the newest of their section; told apart by title and time."""
    tool = [sys.executable, shared / "tools" / "as_pages.py", shared / "corpora" / "currentevents-2022"]
    subprocess.run([*tool, folder / "pages", "--list", "section"], check=True)
    told = [json.loads(line) for line in (folder / "pages.truth.jsonl").open()]
    (folder / "pages.truth.jsonl").unlink()  # it is no article
    return {(one["title"], one["published_utc"]): one["theme"] for one in told if one["theme"]}


def measure(scratch: Path, fill: Callable[[Path], Truth]) -> str:
    folder = scratch / "articles"
    folder.mkdir()
    truth = fill(folder)
    config = scratch / "feedsvc.toml"
    config.write_text('[store]\nurl = "sqlite:///b.db"\n[[sources]]\nname = "b"\nkind = "folder"\npath = "articles"\n')
    settings = load_settings(config)
    store = Store(open_engine(settings.store_url))
    migrate(store.engine)
    started = time.perf_counter()
    with contextlib.redirect_stderr(io.StringIO()):
        refresh(settings, store)
    seconds = time.perf_counter() - started
    with store.reading() as connection:
        channels = {one.slug: one for one in reading.channel_lines(connection)}
        members = {slug: reading.channel_members(connection, slug) for slug in sorted(channels)}
    everything = sum(map(len, members.values())) or 1
    largest = max(map(len, members.values()), default=0) / everything
    rest = sum(len(found) for slug, found in members.items() if channels[slug].origin == "rest") / everything
    true, found = labels(truth, members)
    scores = (adjusted_mutual_info_score(true, found), adjusted_rand_score(true, found), b_cubed(true, found))
    figures = "  ".join(f"{score:.3f}" for score in scores)
    return f"{figures}  {len(channels):7}  {largest:7.1%}  {rest:5.1%}  {seconds:6.1f}"


def labels(truth: Truth, members: dict[str, list[Record]]) -> tuple[list[str], list[str]]:
    """The true theme and the channel of every article that is scored."""
    size = Counter(truth.values())
    channel: dict[tuple[str, str], str] = {}
    for slug, found in members.items():
        for one in found:
            when = one["published"].strftime("%Y-%m-%dT%H:%M:%SZ")
            channel.setdefault(("url", str(one["url"])), slug)
            channel.setdefault((str(one["title"]), when), slug)
    scored = [key for key, theme in truth.items() if size[theme] >= FEWEST]
    return [truth[key] for key in scored], [channel.get(key, f"none {key}") for key in scored]


def b_cubed(true: Sequence[str], found: Sequence[str]) -> float:
    """The B-cubed F1 (Bagga and Baldwin 1998): for each article, how pure and how whole its cluster is."""
    both = Counter(zip(true, found, strict=True))
    sizes_true, sizes_found = Counter(true), Counter(found)
    precision = mean(both[pair] / sizes_found[pair[1]] for pair in zip(true, found, strict=True))
    recall = mean(both[pair] / sizes_true[pair[0]] for pair in zip(true, found, strict=True))
    return 2 * precision * recall / (precision + recall)


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


if __name__ == "__main__":
    main()
