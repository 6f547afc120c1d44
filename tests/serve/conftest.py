"""A small newspaper for the tests of this room: a folder of articles, a store, and the application on them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedsvc.pipeline import Report, refresh
from feedsvc.serve.app import create_app
from feedsvc.settings import Settings
from feedsvc.store import reading
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store

BASE = "https://feeds.paper.example"
FIRST = datetime(2025, 3, 1, 8, 30, 15, tzinfo=UTC)
FILES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
THEMES = {
    "flood": ["River bursts its banks", "Weir gives way at night", "Cellars pumped dry", "Flood report is late"],
    "trams": ["First tram climbs hill", "Tram wires are strung", "Trams are named", "Tram depot opens doors"],
}


@dataclass
class Newspaper:
    """One site: `write` puts an article into its folder, `refresh` runs the pipe, `app` serves it."""

    folder: Path
    settings: Settings
    store: Store

    def write(self, name: str, title: str, published: datetime, *related: dict[str, Any], **more: Any) -> None:
        record = {"id": name, "title": title, "published": iso(published), "related": list(related)}
        record |= {"body_html": f"<p>{title}, told at length.</p>", "url": f"https://paper.example/{name}"} | more
        (self.folder / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")

    def write_themes(self) -> None:
        """Eight articles in two themes, each linking to the one before it."""
        for theme, titles in THEMES.items():
            for day, title in enumerate(titles):
                at = FIRST + timedelta(days=day)
                related = [link(titles[day - 1], at - timedelta(days=1))] if day else []
                self.write(f"{theme}-{day}", title, at, *related)

    def refresh(self) -> Report:
        return refresh(self.settings, self.store)

    def app(self, **site: str) -> Flask:
        return create_app(self.settings.model_copy(update={"site": self.settings.site.model_copy(update=site)}))

    def slugs(self) -> list[str]:
        with self.store.reading() as connection:
            return sorted(line.slug for line in reading.channel_lines(connection))

    def paths(self) -> dict[str, str]:
        """Every feed's own path → its media type."""
        homes = ["", *(f"/channels/{slug}" for slug in self.slugs())]
        feeds = {f"{home}/{file}": media_type for home in homes for file, media_type in FILES.items()}
        return feeds | {"/channels.opml": "text/x-opml; charset=utf-8"}

    @property
    def database(self) -> Path:
        return self.settings.origin.parent / "feedsvc.db"


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def link(title: str, published: datetime) -> dict[str, Any]:
    return {"title": title, "published": iso(published)}


def open_newspaper(root: Path, base_url: str = BASE, store_url: str = "") -> Newspaper:
    folder = root / "articles"
    folder.mkdir()
    table = {
        "origin": root / "feedsvc.toml",
        "site": {"title": "The Paper", "base_url": base_url},
        "store": {"url": store_url or f"sqlite:///{root}/feedsvc.db"},
        "schedule": {"refresh_every_s": 60},
        "themes": {"min_articles": 3},
        "serve": {"requests_per_minute": 0},
        "sources": [{"name": "paper", "kind": "folder", "path": str(folder)}],
    }
    settings = Settings.model_validate(table)
    engine = open_engine(settings.store_url)
    migrate(engine)
    return Newspaper(folder, settings, Store(engine))


@pytest.fixture
def opened() -> Iterator[Callable[..., Newspaper]]:
    """Opens newspapers, and closes their stores at the end."""
    papers: list[Newspaper] = []

    def open_one(root: Path, base_url: str = BASE, store_url: str = "") -> Newspaper:
        papers.append(open_newspaper(root, base_url, store_url))
        return papers[-1]

    yield open_one
    for paper in papers:
        paper.store.engine.dispose()


@pytest.fixture
def paper(tmp_path: Path, opened: Callable[..., Newspaper]) -> Newspaper:
    """A newspaper that has printed nothing yet."""
    return opened(tmp_path)


@pytest.fixture
def printed(paper: Newspaper) -> Newspaper:
    """A newspaper with two themes, published. For tests that change it."""
    paper.write_themes()
    paper.refresh()
    return paper


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Newspaper:
    """The same, for tests that only look."""
    paper = open_newspaper(tmp_path_factory.mktemp("standing"))
    paper.write_themes()
    paper.refresh()
    return paper


@pytest.fixture(scope="session")
def client(standing: Newspaper) -> FlaskClient:
    return standing.app().test_client()


@pytest.fixture
def serving() -> Iterator[Callable[..., int]]:
    """Serves a newspaper from a real server in a process of its own, and gives its port. `serve` are settings."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(paper: Newspaper, **serve: int) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        config = paper.settings.origin
        told = {"requests_per_minute": 0, "port": port} | serve
        config.write_text(
            f'[store]\nurl = "{paper.settings.store.url}"\n[site]\nbase_url = "{paper.settings.site.base_url}"\n'
            + "[serve]\n"
            + "".join(f"{name} = {value}\n" for name, value in told.items())
            + f'[[sources]]\nname = "paper"\nkind = "folder"\npath = "{paper.folder}"\n',
            encoding="utf-8",
        )
        command = [str(Path(sys.executable).with_name("feedsvc")), "serve", "--config", str(config)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes.append(subprocess.Popen(command, **quiet, start_new_session=True))
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        return port

    yield start
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < end, f"{url} is not ready"
            time.sleep(0.1)
