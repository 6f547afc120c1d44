"""What a site allows, and what is done when it cannot say."""

from typing import Any

import pytest

from feedsvc.load.web.client import Web
from feedsvc.load.web.robots import MAX_DELAY_S, MAX_ROBOTS_BYTES, Rules, read_rules
from feedsvc.load.web.turns import Turns
from feedsvc.load.web.values import Failed, Got

AGENT = "feedsvc/9.9 (+https://feeds.example.org)"


def rules(text: str) -> Rules:
    return read_rules(text.encode(), AGENT)


def test_the_rules_for_our_own_name_come_before_those_for_all() -> None:
    read = rules("User-agent: *\nDisallow: /\n\nUser-agent: FeedSvc\nDisallow: /private\n")
    assert read.allow("https://news.example/a")
    assert not read.allow("https://news.example/private/a")


def test_the_longest_rule_counts_and_allowing_wins_a_tie() -> None:
    read = rules("User-agent: *\nDisallow: /news\nAllow: /news/open\nDisallow: /same\nAllow: /same\n")
    assert not read.allow("https://news.example/news/a")
    assert read.allow("https://news.example/news/open/a")
    assert read.allow("https://news.example/same")


def test_a_blank_line_within_a_group_means_nothing() -> None:
    assert not rules("User-agent: *\n\nDisallow: /a\n\nDisallow: /b\n").allow("https://news.example/b")


def test_sitemaps_are_told() -> None:
    assert rules("Sitemap: https://news.example/s.xml\nUser-agent: *\nDisallow:\n").sitemaps == (
        "https://news.example/s.xml",
    )


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("", 0),
        ("Crawl-delay: 7", 7),
        ("Crawl-delay: 86400", MAX_DELAY_S),
        ("Crawl-delay: soon", 0),
        ("Request-rate: 1/5", 5),
        ("Request-rate: 2/5", 2.5),
        ("Request-rate: 0/5", 0),
        ("Request-rate: 1/" + "9" * 400, MAX_DELAY_S),
    ],
)
def test_the_pause_that_is_asked_for_is_kept_within_bounds(text: str, delay_s: float) -> None:
    assert rules(f"User-agent: *\n{text}\nDisallow:\n").delay_s == delay_s


@pytest.mark.parametrize("text", ["Crawl-delay: ²", "Disallow: //[", "Crawl-delay: " + "9" * 5000])
def test_rules_that_cannot_be_understood_allow_nothing_for_now(text: str) -> None:
    assert rules(f"User-agent: *\n{text}\n").refusal


@pytest.mark.parametrize("body", [b"", b"<!doctype html><title>Welcome</title>", b"\xff\xfe\x00", b"\xef\xbb\xbf"])
def test_what_is_no_robots_txt_allows_everything(body: bytes) -> None:
    assert read_rules(body, AGENT).allow("https://news.example/")


def test_a_page_that_robots_txt_forbids_is_not_asked_for(web: Web, tricks: Any) -> None:
    tricks.say("/robots.txt", b"\xef\xbb\xbfUser-agent: feedsvc\nDisallow: /private\n")
    tricks.say("/public", b"news")
    forbidden = web.fetch(tricks.errand("/private/a", obey_robots=True))
    assert isinstance(forbidden, Failed)
    assert forbidden.reason == "robots.txt of 127.0.0.1 does not allow it"
    assert isinstance(web.fetch(tricks.errand("/public", obey_robots=True)), Got)
    assert tricks.paths() == ["/robots.txt", "/public"]


def test_a_redirect_leads_past_robots_txt_no_more_than_a_link(web: Web, tricks: Any) -> None:
    tricks.say("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    tricks.say("/public", b"", 302, Location="/private")
    assert isinstance(web.fetch(tricks.errand("/public", obey_robots=True)), Failed)
    assert tricks.paths() == ["/robots.txt", "/public"]


@pytest.mark.parametrize("status", [404, 403, 401, 410])
def test_without_a_robots_txt_everything_is_allowed(web: Web, tricks: Any, status: int) -> None:
    tricks.say("/robots.txt", b"", status)
    tricks.say("/", b"news")
    assert isinstance(web.fetch(tricks.errand("/", obey_robots=True)), Got)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_that_cannot_say_what_it_allows_is_left_alone_for_now(web: Web, tricks: Any, status: int) -> None:
    tricks.say("/robots.txt", b"", status)
    tricks.say("/", b"news")
    for _ in range(2):
        result = web.fetch(tricks.errand("/", obey_robots=True))
        assert isinstance(result, Failed)
        assert result.reason.startswith("robots.txt of the site cannot be read, so nothing else is for now: the server")
        assert result.retry_after_s == 600
    assert tricks.paths() == ["/robots.txt"]


def test_of_a_robots_txt_that_is_too_long_the_beginning_counts(web: Web, tricks: Any) -> None:
    tricks.say("/robots.txt", b"User-agent: *\nDisallow: /a\n" + b"# so\n" * MAX_ROBOTS_BYTES + b"Disallow: /b\n")
    tricks.say("/b", b"news")
    assert isinstance(web.fetch(tricks.errand("/a", obey_robots=True)), Failed)
    assert isinstance(web.fetch(tricks.errand("/b", obey_robots=True)), Got)


def test_a_crawl_delay_is_waited_for(tricks: Any) -> None:
    slept: list[float] = []
    tricks.say("/robots.txt", b"User-agent: *\nCrawl-delay: 7\n")
    tricks.say("/", b"news")
    with Web(AGENT, pause_s=1, turns=Turns(clock=lambda: 100.0, sleep=slept.append)) as web:
        web.fetch(tricks.errand("/", obey_robots=True))
        web.fetch(tricks.errand("/", obey_robots=True))
    assert slept == [0, 1, 8]
