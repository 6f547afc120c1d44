"""`feedsvc try`: what would be read of a file or URL, from where, and what is missing."""

import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from feedsvc import cli

PAGE = Path(__file__).parent / "data" / "load" / "page.html"
UNDATED = (
    "<html><body><h1>Harbour bridge reopens</h1><time>14:32</time><p>The bridge opened on Tuesday.</p></body></html>"
)


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Trying = Callable[..., Done]


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Trying:
    """Runs `feedsvc try` in this process."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["feedsvc", "try", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        return Done(code, *capsys.readouterr())

    return run


def test_a_page_is_shown_with_where_each_part_of_it_was_found(trying):
    done = trying(PAGE)
    assert done.code == 0
    for line in (
        "title       Harbour Bridge Reopens  [JSON-LD headline]",
        "published   2025-03-04T06:15:00Z: '2025-03-04T08:15:00+02:00', read in +02:00  [JSON-LD datePublished]",
        "            stated by the article's own data",
        "authors     Ada Reed, Bo Lind  [JSON-LD author]",
        "related     2  [the heading 'More on theme:']",
    ):
        assert line in done.out.splitlines()


def test_json_has_the_same_in_one_object(trying):
    (row,) = trying(PAGE, "--json").rows
    assert (row["title"], row["published"]["at"], row["published"]["evidence"]) == (
        "Harbour Bridge Reopens",
        "2025-03-04T06:15:00Z",
        "record",
    )
    assert row["found"]["url"] == "link rel=canonical"
    assert row["related"][0] == {
        "title": "Tram Drivers Train",
        "url": "https://gazette.example/2025/trams",
        "published": "2025-03-03T17:05:00Z",
        "text": "2025-03-03T17:05:00Z",
    }
    assert (row["missing"], row["set_aside"], row["ref"]) == ([], None, None)


def test_a_page_without_a_day_says_what_was_looked_for(trying, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(UNDATED)
    done = trying(page)
    assert done.code == 1
    assert "it does not say on which day it was published; looked for: JSON-LD" in done.out
    assert "a <time> element says only '14:32'" in done.out
    assert "Harbour bridge reopens" in done.out
    (row,) = trying(page, "--json").rows
    assert row["set_aside"].startswith("it does not say on which day")


FILES = {
    "a.txt": "Harbour bridge\n\n3 March 2025\n\nThe bridge opened on Tuesday.",
    "a.md": "---\ntitle: Harbour bridge\npublished: 2025-03-03\n---\nThe bridge opened on Tuesday.",
    "a.json": '{"title": "Harbour bridge", "published": "2025-03-03", "body_text": "The bridge opened on Tuesday."}',
    "a.jsonl": '{"title": "Harbour bridge", "published": "2025-03-03", "body_text": "The bridge opened on Tuesday."}\n',
    "a.xml": "<rss version='2.0'><channel><item><title>Harbour bridge</title><pubDate>Mon, 03 Mar 2025 00:00:00 GMT"
    "</pubDate><description>The bridge opened on Tuesday.</description></item></channel></rss>",
    "a.html": "<h1>Harbour bridge</h1><time>3 March 2025</time><p>The bridge opened on Tuesday.</p>",
    "html": "<h1>Harbour bridge</h1><time>3 March 2025</time><p>The bridge opened on Tuesday.</p>",
    "feed": "<rss version='2.0'><channel><item><title>Harbour bridge</title><pubDate>Mon, 03 Mar 2025 00:00:00 GMT"
    "</pubDate><description>The bridge opened on Tuesday.</description></item></channel></rss>",
    "json": '{"title": "Harbour bridge", "published": "2025-03-03", "body_text": "The bridge opened on Tuesday."}',
    "text": "Harbour bridge\n\n3 March 2025\n\nThe bridge opened on Tuesday.",
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read(trying, tmp_path, name):
    (tmp_path / name).write_text(FILES[name])
    done = trying(tmp_path / name, "--json")
    (row,) = done.rows
    assert (done.code, row["title"], row["published"]["at"]) == (0, "Harbour bridge", "2025-03-03T00:00:00Z")
    assert {"url", "authors", "image", "related"} <= set(row["missing"])


def test_of_many_records_the_first_are_shown(trying, tmp_path):
    records = [{"title": f"Bridge {number}", "published": "2025-03-03"} for number in range(9)]
    lines = [json.dumps(record) for record in records]
    (tmp_path / "a.jsonl").write_text("\n".join([lines[0], "no json", *lines[1:]]))
    done = trying(tmp_path / "a.jsonl")
    assert done.code == 1
    assert done.out.count("\npublished ") == 2
    assert "set aside   not valid JSON" in done.out
    assert done.out.endswith("and more; --records shows more of them\n")
    assert len(trying(tmp_path / "a.jsonl", "--records", 100, "--json").rows) == 10


def test_what_is_odd_is_said(trying, tmp_path):
    page = tmp_path / "a.txt"
    page.write_text("Bridge\n\nMon 4 March 2025 10:00\n\nIt opened.\n\nMORE ON THEME\n\nTrams\n\nFollow us\n")
    odd = trying(page, "--json").rows[0]["odd"]
    assert any("weekday" in sentence for sentence in odd)
    assert any("so that of the source was assumed: UTC" in sentence for sentence in odd)
    assert any("the body has only" in sentence for sentence in odd)
    assert any("neither a URL nor a time" in sentence for sentence in odd)


def test_a_source_of_the_settings_lends_its_zone_and_marks(trying, tmp_path):
    config = tmp_path / "feedsvc.toml"
    config.write_text(
        '[[sources]]\nname = "gazette"\nkind = "folder"\npath = "."\n'
        'time_zone = "Europe/Kyiv"\nrelated_marks = ["Mehr"]\n'
    )
    page = tmp_path / "a.html"
    page.write_text("<h1>Bridge</h1><p>3 March 2025 10:00</p><p>It opened.</p><h2>Mehr</h2><a href='/b'>Trams</a>")
    (row,) = trying(page, "--source", "gazette", "--config", config, "--json").rows
    assert (row["published"]["at"], row["published"]["zone"]) == ("2025-03-03T08:00:00Z", "Europe/Kyiv")
    assert [link["title"] for link in row["related"]] == ["Trams"]
    done = trying(page, "--source", "nobody", "--config", config)
    assert (done.code, done.err.count("there is none named 'nobody', only gazette")) == (2, 1)


def test_the_language_of_dates_can_be_tried(trying, tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<h1>Most</h1><p>4. listopada 2025. u 10:00</p><p>Otvoren je.</p>", encoding="utf-8")
    (row,) = trying(page, "--date-language", "hr", "--json").rows
    assert row["published"]["at"] == "2025-10-04T10:00:00Z"
    done = trying(page, "--date-language", "xx")
    assert (done.code, done.err.count("must be the BCP 47 tag of a language")) == (2, 1)


@pytest.mark.parametrize("target", ["nowhere.html", ".", "\0"])
def test_what_cannot_be_read_at_all_ends_with_three(trying, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    done = trying(target)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("feedsvc: source ")


@pytest.fixture
def site() -> Iterator[str]:
    """A web server with one page, in an encoding that only its header tells."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/2025/03/03/bridge"
            text = "Первые трамваи прошли на рассвете. " * 6
            body = f"<h1>Мост открыт</h1><p>{text}</p>".encode("cp1251") if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=windows-1251")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_url_is_fetched_and_read(trying, site):
    (row,) = trying(f"{site}/2025/03/03/bridge", "--private", "--json").rows
    assert (row["title"], row["published"]["at"]) == ("Мост открыт", "2025-03-03T00:00:00Z")
    assert row["found"]["published"] == "the URL"
    assert row["found"]["url"] == "where it was fetched"


def test_a_url_that_may_not_or_cannot_be_fetched_says_so(trying, site):
    done = trying(f"{site}/2025/03/03/bridge")
    assert (done.code, "loopback" in done.err) == (3, True)
    done = trying(f"{site}/nothing", "--private")
    assert (done.code, "404" in done.err) == (3, True)
