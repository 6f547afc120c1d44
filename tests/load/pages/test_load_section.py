"""Section pages: which of their links lead to articles."""

import datetime as dt

import pytest

from feedsvc.load.pages.section import article_links
from feedsvc.model import Document

SITE = "https://gazette.example/"


def links(*hrefs: str, head: str = "", only: str = "") -> list[str]:
    page = head + "".join(f'<a href="{href}">x</a>' for href in hrefs)
    document = Document("gazette", "x.html", "text/html", page.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), SITE)
    return [link.removeprefix(SITE) for link in article_links(document, only)]


@pytest.mark.parametrize(
    "path",
    [
        *("news/harbour-wall-to-be-rebuilt", "news/12345", "news/harbour-wall.html", "news/стена-порта-новая"),
        *("story.php?id=12345", "?p=123", "news/item?newsid=4711", "2026/03/04/harbour"),
        *("about-a-boy-who-swims", "jobs-at-risk-as-harbour-closes", "author-of-harbour-novel-dies"),
        *("news/privacy-law-is-passed", "terms-agreed-for-harbour-sale"),
    ],
)
def test_an_address_that_reads_like_an_articles_is_followed(path):
    assert links(f"/{path}") == [path]


@pytest.mark.parametrize(
    "path",
    [
        *("about-our-big-company", "about-us-and-our-team", "terms-of-use-2024", "jobs-at-our-company"),
        *("privacy-policy-and-cookies", "newsletter-sign-up-today", "users/sign-in-page", "author-mary-quay-1"),
        *("tag/harbour-wall-news", "authors/mary-quay-2024", "category.php?id=12345", "?p=2", "news/?page=1234"),
        *("story.php?id=12345&page=2", "index.html", "news/", "2026/03/04/", "news/wall-of-harbour.jpg"),
    ],
)
def test_pages_about_the_site_and_lists_are_no_articles(path):
    assert links(f"/{path}") == []


def test_links_are_resolved_against_the_base_that_the_page_states():
    assert links("harbour-wall-rebuilt", head='<base href="/news/">') == ["news/harbour-wall-rebuilt"]


def test_a_base_elsewhere_leads_off_the_site():
    assert links("harbour-wall-rebuilt", head='<base href="https://cdn.example/">') == []
