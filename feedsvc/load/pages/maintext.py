"""The article's text on a page, as markup.

Pure. By trafilatura, told to rather leave out than take in, since navigation, related links and comments are what
readers must not get; or the part of the page that is meant for the article, where trafilatura lost much of it.
"""

from configparser import ConfigParser
from contextlib import suppress

import trafilatura
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from feedsvc.load.pages.page import PARSER, drop, inner_markup, letters

LEAST_OF_PROSE = 0.6  # of what stands in paragraphs of the article's part; with less, trafilatura has lost some
MOST_WEIGHT = 250_000  # trafilatura goes through each element once for all that it is in; real pages have 25,000
LEAST_OF_PART = 0.5  # of all its letters, where there are no paragraphs

_PARAGRAPHS = "descendant::p[not(ancestor::aside or ancestor::li or ancestor::figure or ancestor::table)]"


def _settings() -> ConfigParser:
    """Trafilatura's own, but short articles keep their markup rather than being flattened to words."""
    settings = ConfigParser()
    settings.read_dict(DEFAULT_CONFIG)
    settings["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return settings


_SETTINGS = _settings()


def main_text(page: HtmlElement) -> str:
    """The markup inside of the article; empty where the page has no text. May change the page."""
    part = article_part(page)
    found = _extracted(page) if _weight(page) <= MOST_WEIGHT else None
    if found is not None and letters(found) >= _least(part):
        return inner_markup(found)
    drop(list(part.iter("aside", "form", "button", "select")))
    return inner_markup(part)


def article_part(page: HtmlElement) -> HtmlElement:
    """The element that is meant for the article, the whole body where none is."""
    parts = page.xpath("//article[not(ancestor::article)]") or page.xpath("//main") or page.xpath("//body")
    return max(parts, key=letters, default=html.Element("body"))


def prose(part: HtmlElement) -> list[HtmlElement]:
    """The paragraphs of a part that are more text than links."""
    return [
        paragraph
        for paragraph in part.xpath(_PARAGRAPHS)
        if 2 * sum(map(letters, paragraph.iter("a"))) < letters(paragraph)
    ]


def _least(part: HtmlElement) -> float:
    paragraphs = sum(map(letters, prose(part)))
    if paragraphs:
        return LEAST_OF_PROSE * paragraphs
    return LEAST_OF_PART * letters(part) if part.tag in ("article", "main") else 1


def _weight(page: HtmlElement) -> int:
    """How many elements each element of a page is in, added up."""
    weight = depth = 0
    for event, _ in etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        weight += depth
    return weight // 2


def _extracted(page: HtmlElement) -> HtmlElement | None:
    # Its heuristics meet any markup the web holds; what trips them must not cost the article.
    with suppress(Exception):
        text = trafilatura.extract(
            page,
            output_format="html",
            include_links=True,
            include_images=True,
            include_formatting=True,
            include_comments=False,
            favor_precision=True,
            config=_SETTINGS,
        )
        body: HtmlElement = html.document_fromstring((text or "").encode(), parser=PARSER).find("body")
        for pre in body.xpath("//pre/pre"):  # what it makes of <pre><code>
            pre.tail = pre.getparent().text = None
            pre.drop_tag()
        return body
    return None
