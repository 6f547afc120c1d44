"""HTML page → RawArticle.

Pure. What the operator says of a source's pages comes first, then what a page states about itself (JSON-LD,
microdata, meta elements), then what it shows; a page that is no article is refused. Related links leave the page, as
do navigation, footer and comments, before the main text is looked for; markup is passed on as found and sanitised
later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.load.pages.canonical import places, resolve_links
from feedsvc.load.pages.dating import date_page
from feedsvc.load.pages.linkeddata import linked_data
from feedsvc.load.pages.maintext import main_text
from feedsvc.load.pages.page import (
    BLOCKS,
    LINE_CHARS,
    RANK_BY_HEADING,
    drop,
    inner_markup,
    letters,
    line,
    lines_within,
    open_page,
)
from feedsvc.load.pages.pagedata import RIGHTS, SUBTITLE, SUMMARY, Found, absolute, found, stated_by, tags
from feedsvc.load.pages.pictures import settle_pictures, site_names
from feedsvc.load.pages.related import take_named, take_unnamed
from feedsvc.load.pages.rules import PageRules, selected
from feedsvc.load.pages.shown import authors_of, image_of, language_of
from feedsvc.load.pages.titles import title_of
from feedsvc.load.pages.worth import instead_of_article, signs_of
from feedsvc.load.text import ends_page, unstarred
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, Unread

_NOT_TEXT = "//script | //style | //template | //noscript | //svg"
_FURNITURE = (
    "//nav | //footer[not(ancestor::blockquote)] | //dialog"
    " | //header[not(.//h1 or ancestor::article or ancestor::main)]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='banner' or @role='search']"
    " | //*[@id='comments' or @id='disqus_thread' or @id='respond'][not(.//h1)]"
)


@dataclass(frozen=True, slots=True)
class PageReading:
    """What was read of a page, and from where: `origins` says it in a few words by the field's name.

    `undated` says why the article has no publication time, for people; "" where it has one.
    """

    article: RawArticle
    origins: Mapping[str, str]
    undated: str


def parse_html(document: Document, how: Marks | PageRules) -> Iterator[RawArticle | Unread]:
    """Read one page. Raises UnreadableDocument for a page with neither a title nor a text, and for no article."""
    reading = read_page(document, how if isinstance(how, PageRules) else PageRules(marks=how))
    yield Unread("", reading.undated, reading.article) if reading.undated else reading.article


def read_page(document: Document, rules: PageRules) -> PageReading:
    """Read one page, with where each part of it was found. Raises UnreadableDocument as `parse_html` does."""
    text = to_text(document.body, document.media_type)
    page = open_page(text)
    linked = linked_data(page, document.url)
    stated = stated_by(page, linked)
    url, base = places(page, stated, document.url)
    signs = signs_of(text, page, linked, stated)
    settle_pictures(page, site_names(stated))
    resolve_links(page, document.url)
    chosen = {field: selected(page, getattr(rules, field)) for field in ("title", "author", "image", "body")}
    drop(page.xpath(_NOT_TEXT))
    related = take_named(page, base, rules)
    kept = _drop_furniture(page, rules)
    title = title_of(page, stated, rules, chosen["title"], base)
    names, names_from = authors_of(page, stated, rules, chosen["author"])
    image, image_type, image_length = image_of(page, stated, rules, chosen["image"])
    words, words_from = tags(stated)
    if not related.links:
        related = take_unnamed(page, base, linked, stated, rules.marks, title.text)
    dating = date_page(page, stated, rules, title.text, url.text if url else None)
    drop(kept)
    drop(_other_articles(page, title.text))
    body, body_from = _body(page, rules, title.text, chosen["body"])
    if not title.text and not body:
        raise UnreadableDocument("the page has neither a title nor a text")
    if instead := instead_of_article(signs, title.text, body, dating):
        raise UnreadableDocument(instead)
    language = language_of(page, stated)
    subtitle, summary, rights = found(stated, *SUBTITLE), found(stated, *SUMMARY), found(stated, *RIGHTS)
    article = RawArticle(
        title=title.text,
        published=_text(dating.published),
        date_evidence=dating.evidence,
        updated=_text(dating.updated),
        date_origin=dating.published.origin if dating.published else "",
        updated_origin=dating.updated.origin if dating.updated else "",
        more_dates=dating.more_dates,
        more_updates=dating.more_updates,
        url=_text(url),
        authors=names,
        subtitle=_text(subtitle),
        summary=_text(summary),
        body=body,
        body_format=BodyFormat.HTML,
        tags=words,
        language=_text(language),
        image=absolute(base, image.text) if image else None,
        image_type=image_type,
        image_length=image_length,
        rights=_text(rights),
        related=related.links,
    )
    origins = {"authors": names_from, "body": body_from, "tags": words_from, "related": related.way}
    singles = {"title": title, "url": url, "subtitle": subtitle, "summary": summary, "language": language}
    singles |= {"published": dating.published, "updated": dating.updated, "image": image, "rights": rights}
    origins |= {name: one.origin for name, one in singles.items() if one}
    return PageReading(article, {name: origin for name, origin in origins.items() if origin}, dating.reason)


def _text(one: Found | None) -> str | None:
    return one.text if one else None


def _drop_furniture(page: HtmlElement, rules: PageRules) -> list[HtmlElement]:
    """Take navigation, footer and comments from the page, and return what stays until the dates within it are read."""
    dated = [*selected(page, rules.published), *selected(page, rules.updated)]
    around = {outer for one in dated for outer in (one, *one.iterancestors())}
    furniture = page.xpath(_FURNITURE)
    drop(one for one in furniture if one not in around)
    return [one for one in furniture if one in around]


def _other_articles(page: HtmlElement, title: str) -> list[HtmlElement]:
    """The articles below the page's own that have a headline of their own, as pages have that never end."""
    own: set[HtmlElement] = set()
    others: dict[HtmlElement, bool] = {}
    for heading in page.iter("h1"):
        around = list(heading.iterancestors("article"))
        if not own and line(heading) == title:
            own = set(around)
        others |= dict.fromkeys(around[-1:] + around[:1], True)
    return [one for one in others if own and one not in own]


def _body(page: HtmlElement, rules: PageRules, title: str, parts: list[HtmlElement]) -> tuple[str, str]:
    """The article's markup without its title, and where it was found; `parts` is what the selector found."""
    _drop_repeated_lines(page, title, rules.marks)
    if body := "\n".join(filter(None, map(inner_markup, parts))):
        return body, f"the selector {rules.body}"
    body = main_text(page)
    return body, "the main text" if body else ""


def _drop_repeated_lines(page: HtmlElement, title: str, marks: Marks) -> None:
    """Take end marks and the repeated title from the page, but not a text that is nothing but its title."""
    wanted = " ".join(title.split())
    titles: list[HtmlElement] = []
    for element in lines_within(page, max(LINE_CHARS, len(wanted))):
        text = line(element)
        if element.tag not in BLOCKS:  # a word within a sentence
            continue
        if ends_page(text, marks) and next(element.iterancestors("figure"), None) is None:
            drop([element])
        elif unstarred(text) == wanted:
            titles.append(element)
    headings = [element for element in titles if element.tag in RANK_BY_HEADING]
    only_headline = list(page.iter("h1"))
    drop(headings + (only_headline if len(only_headline) == 1 else []))
    if letters(page) > len(wanted):
        drop(element for element in titles if element.find(".//img") is None)
