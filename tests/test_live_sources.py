"""Sources on the network, through a real server on loopback that does everything that servers do."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feedsvc import collecting, publishing
from feedsvc.load.web.client import Web
from feedsvc.pipeline import refresh
from feedsvc.report import Report
from feedsvc.store import inbox
from feedsvc.store import sources as source_store

Answer = tuple[int, dict[str, str], bytes]


class Upstream:
    """A site whose answers, by path, the test sets. Paths without one answer 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, (404, {}, b"no"))
                self.send_response(status)
                for name, value in {"Cache-Control": "no-cache", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def says(self, path: str, body: str, media_type: str = "application/rss+xml", status: int = 200, **h: str) -> None:
        headers = {"Content-Type": media_type} | {name.replace("_", "-"): value for name, value in h.items()}
        self.answers[path] = (status, headers, body.encode())


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    site = Upstream()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture(autouse=True)
def _unwaiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


class Live:
    """A desk with one source on the network; each `run` comes a day after the one before."""

    def __init__(self, desk: Any, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.web = desk, web
        self.now = datetime.now(UTC)
        monkeypatch.setattr(collecting, "_now", lambda: self.now)

    def run(self) -> Report:
        self.now += timedelta(days=1)
        collecting.collect(self.desk.settings, self.desk.store, self.web)
        return refresh(self.desk.settings, self.desk.store, wait_s=0, folders=False)

    def titles(self) -> list[str]:
        return sorted(entry["title"] for entry in self.desk.entries())

    @property
    def state(self) -> source_store.State:
        with self.desk.store.reading() as connection:
            return source_store.states(connection)["paper"]


@pytest.fixture
def live(
    desk: Any, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Live]]:
    with Web("feedsvc/test (+http://127.0.0.1)", tmp_path / "fetched", pause_s=0) as web:
        (tmp_path / "fetched").mkdir(exist_ok=True)

        def make(kind: str, path: str, **more: Any) -> Live:
            source = {"name": "paper", "kind": kind, "url": upstream.address + path, "allow_private": True}
            desk.config["sources"] = [source | more]
            return Live(desk, web, monkeypatch)

        yield make


def feed(*numbers: int, **more: Any) -> str:
    items = "".join(
        f"<item><title>Tram report {n}</title><link>https://upstream.example/{n}</link>"
        f"<guid isPermaLink='false'>g{n}</guid><pubDate>{date(n)}</pubDate>"
        f"<description>Stop {n} opens.</description></item>"
        for n in numbers
    )
    hub = "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://upstream.example/f'/>"
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        f"<title>Up</title><link>https://upstream.example/</link><description>d</description>{hub}{items}"
        "</channel></rss>"
    )


def date(n: int) -> str:
    return f"{1 + n:02} Mar 2026 10:00:00 GMT"


def test_a_feed_is_read_and_followed(live: Callable[..., Live], upstream: Upstream) -> None:
    upstream.says("/feed", feed(1, 2))
    site = live("feed", "/feed")
    assert site.run().errors == []
    assert site.titles() == ["Tram report 1", "Tram report 2"]
    upstream.says("/feed", feed(2, 3))
    site.run()
    assert site.titles() == ["Tram report 1", "Tram report 2", "Tram report 3"]
    assert site.run().read == 0, "nothing new, nothing read"
    assert "hub.example" not in site.desk.body("", "rss")
    assert "<source" in site.desk.body("", "atom"), "whom it is from is told"
    assert feedparser.parse(site.desk.body("", "atom")).entries[0].source.title == "Up"
    with site.desk.store.reading() as connection:
        assert inbox.count(connection) == 0


HTML = "<!DOCTYPE html><html><head><title>Log in</title></head><body><p>Please log in.</p></body></html>"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, {"Content-Type": "text/html"}, HTML.encode()), "a page, and not with a feed"),
        ((200, {"Content-Type": "application/rss+xml"}, feed(1, 2)[:-60].encode()), "cut off"),
        ((200, {"Content-Type": "application/rss+xml"}, feed().encode()), "empty"),
        ((200, {"Content-Type": "application/rss+xml"}, b""), "no feed"),
        ((500, {}, b"oops"), "500"),
        ((404, {}, b"no"), "404"),
        ((200, {"Content-Type": "application/rss+xml"}, b"\x00\xff\xfe binary"), "no feed"),
    ],
)
def test_whatever_a_feed_answers_the_last_good_state_stays(
    live: Callable[..., Live], upstream: Upstream, answer: Answer, told: str
) -> None:
    upstream.says("/feed", feed(1, 2))
    site = live("feed", "/feed")
    site.run()
    before = site.desk.standing()
    upstream.answers["/feed"] = answer
    report = site.run()
    assert site.desk.standing() == before
    assert told in " ".join(report.errors)
    assert site.state.health.last_good is not None
    assert site.state.health.next_try is not None
    upstream.says("/feed", feed(1, 2, 3))
    assert site.run().errors == []
    assert len(site.titles()) == 3


def test_a_source_that_moved_is_asked_where_it_moved_to_and_one_that_is_gone_no_more(
    live: Callable[..., Live], upstream: Upstream
) -> None:
    upstream.says("/feed", "", status=301, Location="/new")
    upstream.says("/new", feed(1))
    site = live("feed", "/feed")
    site.run()
    assert site.state.url == upstream.address + "/new"
    upstream.asked.clear()
    upstream.says("/new", "", status=410)
    assert "410" in " ".join(site.run().errors)
    assert "/feed" not in upstream.asked
    upstream.asked.clear()
    site.run()
    assert upstream.asked == []
    assert site.titles() == ["Tram report 1"]


def test_only_what_a_source_allows_may_reach_this_machine(live: Callable[..., Live], upstream: Upstream) -> None:
    upstream.says("/feed", feed(1))
    site = live("feed", "/feed", allow_private=False)
    collecting.collect(site.desk.settings, site.desk.store, site.web)
    assert upstream.asked == []
    assert site.state.trouble


def page(n: int, related: str = "") -> str:
    body = "".join(f"<p>Stop {n} of the tram opens along the harbour, sentence {i}, with people.</p>" for i in range(9))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Tram report {n}</title>"
        f"<meta property='og:title' content='Tram report {n}'>"
        f"<meta property='article:published_time' content='2026-03-{n + 1:02}T10:00:00Z'></head>"
        f"<body><article><h1>Tram report {n}</h1>{body}</article>{related}</body></html>"
    )


def sitemap(upstream: Upstream, *numbers: int) -> str:
    urls = "".join(f"<url><loc>{upstream.address}/news/tram-report-{n}-opens</loc></url>" for n in numbers)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def test_pages_are_found_through_a_sitemap_or_a_section_and_read(live: Callable[..., Live], upstream: Upstream) -> None:
    for n in (1, 2, 3):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
    upstream.says("/sitemap.xml", sitemap(upstream, 1, 2), "application/xml")
    site = live("pages", "/sitemap.xml", find="sitemap")
    assert site.run().errors == []
    assert site.titles() == ["Tram report 1", "Tram report 2"]
    links = "".join(f"<a href='/news/tram-report-{n}-opens'>Report {n}</a>" for n in (2, 3))
    upstream.says("/news/", f"<html><body>{links}<a href='/tag/trams-and-more-things'>t</a></body></html>", "text/html")
    now = site.now
    site = live("pages", "/news/", find="section")
    site.now = now
    site.run()
    assert site.titles() == ["Tram report 1", "Tram report 2", "Tram report 3"]


def test_a_login_page_in_place_of_pages_is_no_article(live: Callable[..., Live], upstream: Upstream) -> None:
    for n in (1, 2, 3):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
    upstream.says("/sitemap.xml", sitemap(upstream, 1, 2, 3), "application/xml")
    site = live("pages", "/sitemap.xml", find="sitemap")
    site.run()
    before = site.desk.standing()
    for n in (1, 2, 3):
        upstream.says(f"/news/tram-report-{n}-opens", "", status=302, Location="/login")
    upstream.says("/login", page(9), "text/html")
    site.run()
    assert site.desk.standing() == before
    assert len(site.titles()) == 3


def dated(*numbers: int, updated: str, more: str = "") -> str:
    entries = "".join(
        f"<entry><id>urn:x:{n}</id><title>Tram report {n}</title><link href='https://upstream.example/{n}'/>"
        f"<published>2026-03-{n:02}T10:00:00Z</published><updated>{updated}</updated>"
        f"<summary>Stop {n} opens{more}.</summary></entry>"
        for n in numbers
    )
    head = f"<id>urn:x</id><title>Up</title><updated>{updated}</updated>"
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>"


def test_a_feed_that_gives_everything_another_date_changes_nothing(
    live: Callable[..., Live], upstream: Upstream
) -> None:
    upstream.says("/feed", dated(*range(1, 8), updated="2026-03-09T10:00:00Z"), "application/atom+xml")
    site = live("feed", "/feed")
    site.run()
    before = site.desk.standing()
    upstream.says("/feed", dated(*range(1, 8), updated="2026-04-01T10:00:00Z"), "application/atom+xml")
    report = site.run()
    assert "another date and no other change" in " ".join(report.reports)
    assert site.desk.standing() == before
    upstream.says("/feed", dated(*range(1, 8), updated="2026-04-02T10:00:00Z", more=" late"), "application/atom+xml")
    site.run()
    assert all("late" in str(entry) for entry in site.desk.entries()), "what is changed is changed"


def test_a_feed_that_only_gives_everything_another_id_changes_nothing(
    live: Callable[..., Live], upstream: Upstream
) -> None:
    upstream.says("/feed", feed(*range(1, 8)))
    site = live("feed", "/feed")
    site.run()
    before = site.desk.standing()
    upstream.says("/feed", feed(*range(1, 8)).replace(">g", ">other-"))
    assert not site.run().held
    assert site.desk.standing() == before


def test_a_feed_that_gives_everything_another_id_and_time_is_held_back(
    live: Callable[..., Live], upstream: Upstream
) -> None:
    upstream.says("/feed", feed(*range(1, 8)))
    site = live("feed", "/feed")
    site.run()
    before = site.desk.standing()
    upstream.says("/feed", feed(*range(1, 8)).replace(">g", ">other-").replace(":00 GMT", ":07 GMT"))
    assert site.run().held
    assert site.desk.standing()["", "rss", ""] == before["", "rss", ""]


def test_a_json_feed_is_a_feed_too(live: Callable[..., Live], upstream: Upstream) -> None:
    items = [
        {"id": f"g{n}", "title": f"Tram report {n}", "content_html": "<p>a < b</p>", "date_published": date}
        for n, date in ((1, "2026-03-01T10:00:00Z"), (2, "2026-03-02T10:00:00Z"))
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "<Up>", "items": items}
    upstream.says("/feed", json.dumps(feed), "application/feed+json")
    site = live("feed", "/feed")
    assert site.run().errors == []
    assert site.titles() == ["Tram report 1", "Tram report 2"]


def test_an_operator_may_say_where_things_are_on_a_page(
    live: Callable[..., Live], upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f"<p>The harbour wall is open again, sentence {i}, say people there.</p>" for i in range(9))
    shown = f"<html><body><h1>Wall</h1><b class='when'>2026-03-05 10:00</b><article>{body}</article></body></html>"
    upstream.says("/wall", shown, "text/html")
    monkeypatch.setenv("FEEDSVC_SOURCES__0__PAGE__PUBLISHED", ".when")
    site = live("pages", "/wall", time_zone="Europe/Dublin")
    assert site.run().errors == []
    [entry] = site.desk.entries()
    assert (entry["title"], entry["date_published"]) == ("Wall", "2026-03-05T10:00:00Z")


def first_read(upstream: Upstream) -> list[int]:
    """The numbers of the reports in the order in which they were asked for."""
    return [int(path.split("-")[2]) for path in upstream.asked if path.startswith("/news/")]


def dated_sitemap(upstream: Upstream, dates: dict[int, str]) -> str:
    urls = "".join(
        f"<url><loc>{upstream.address}/news/tram-report-{n}-opens</loc><lastmod>{date}</lastmod></url>"
        for n, date in dates.items()
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def test_a_long_sitemap_is_read_to_its_end_a_part_at_a_time(live: Callable[..., Live], upstream: Upstream) -> None:
    for n in range(1, 8):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
    upstream.says("/sitemap.xml", sitemap(upstream, *range(1, 8)), "application/xml")
    site = live("pages", "/sitemap.xml", find="sitemap", max_pages=3)
    read = [(site.run(), len(site.titles()))[1] for _ in range(3)]
    assert read == [3, 6, 7]
    upstream.says("/sitemap.xml", sitemap(upstream, 7), "application/xml")
    site.run()
    assert len(site.titles()) == 7, "what is listed no more stays"


def test_what_is_new_is_read_before_what_waits_and_the_latest_first(
    live: Callable[..., Live], upstream: Upstream
) -> None:
    for n in range(1, 10):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
    dates = {n: f"2026-03-{n:02}" for n in range(1, 7)}
    upstream.says("/sitemap.xml", dated_sitemap(upstream, dates), "application/xml")
    site = live("pages", "/sitemap.xml", find="sitemap", max_pages=2)
    site.run()
    upstream.says("/sitemap.xml", dated_sitemap(upstream, dates | {7: "2026-03-07"}), "application/xml")
    for _ in range(3):
        site.run()
    assert first_read(upstream)[:7] == [6, 5, 7, 4, 3, 2, 1]


def test_without_dates_what_was_listed_last_is_read_first(live: Callable[..., Live], upstream: Upstream) -> None:
    for n in range(1, 8):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
    upstream.says("/sitemap.xml", sitemap(upstream, 1, 2, 3, 4), "application/xml")
    site = live("pages", "/sitemap.xml", find="sitemap", max_pages=2)
    site.run()
    upstream.says("/sitemap.xml", sitemap(upstream, 1, 2, 3, 4, 5), "application/xml")
    site.run()
    assert first_read(upstream) == [1, 2, 5, 3]


def test_all_sitemaps_of_a_long_index_are_read_in_turn(live: Callable[..., Live], upstream: Upstream) -> None:
    for n in range(1, 28):
        upstream.says(f"/news/tram-report-{n}-opens", page(n), "text/html")
        upstream.says(f"/s{n}.xml", sitemap(upstream, n), "application/xml")
    upstream.says("/s3.xml", "<urlset>", "application/xml")
    maps = "".join(f"<sitemap><loc>{upstream.address}/s{n}.xml</loc></sitemap>" for n in range(1, 28))
    upstream.says("/index.xml", f"<sitemapindex>{maps}</sitemapindex>", "application/xml")
    site = live("pages", "/index.xml", find="sitemap")
    assert site.run().errors == []
    assert {1, 27} <= set(first_read(upstream)), "both ends at once"
    for _ in range(2):
        site.run()
    assert set(first_read(upstream)) == set(range(1, 28)) - {3}


def test_what_is_plainly_no_article_is_not_asked_for(live: Callable[..., Live], upstream: Upstream) -> None:
    others = [
        "/about-us",
        "/terms",
        "/en/privacy-policy/",
        "/jobs",
        "/sign-in",
        "/newsletter",
        "/author/mary",
        "/tag/x",
    ]
    articles = ["/news/tram-report-1-opens", "/jobs-lost-at-the-harbour", "/news/tag-along-on-a-tram"]
    for path in (*others, *articles):
        upstream.says(path, page(1), "text/html")
    urls = "".join(f"<url><loc>{upstream.address}{path}</loc></url>" for path in (*others, *articles))
    upstream.says("/sitemap.xml", f"<urlset>{urls}</urlset>", "application/xml")
    live("pages", "/sitemap.xml", find="sitemap").run()
    assert sorted(path for path in upstream.asked if path not in ("/sitemap.xml", "/robots.txt")) == sorted(articles)
