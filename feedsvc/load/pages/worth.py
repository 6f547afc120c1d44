"""Whether a page is an article at all, or what it is instead.

Pure. What a page states of itself comes first: one that calls itself an article is one, unless it has no text and is
a wall. Then its name, its forms, its cards, which are headings that lead to other pages, and how much text of its own
there is. A page that is none leaves the article that was read there before as it is.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from lxml.html import HtmlElement, document_fromstring

from feedsvc.load.pages.dating import Dating
from feedsvc.load.pages.linkeddata import LinkedData, is_article
from feedsvc.load.pages.page import PARSER, RANK_BY_HEADING, letters, line
from feedsvc.load.pages.pagedata import Stated
from feedsvc.load.pages.walls import names_the_site, wall_named
from feedsvc.model import Evidence

# Letters of the page's own text, spaces aside; one of a script without spaces weighs as much as three.
NO_TEXT = 40  # a button and a notice
LEAST_DATED = 80  # of an article that says itself when it was published: two sentences
LEAST_TEXT = 140  # of an article whose date only its address or a card tells
MOST_MOVED = 200
MOST_LOGIN = 400  # around a password field
MOST_LIST = 400  # above the cards of a list, such as what an author says of himself
MOST_WALL = 600
LEAST_CARDS, MOST_CARDS = 4, 300
MOST_CARD = 600  # more is the text of an article with a link for a heading
LEAST_LINKS = 10
MOST_LINKED = 0.7  # of a text's letters
LONGEST_MOVE_S = 10  # pages that are read for long renew themselves after minutes

_LISTS = frozenset({"CollectionPage", "SearchResultsPage"})
_PEOPLE = frozenset({"ProfilePage"})
_WHOLE = ("html", "body", "main", "nav", "footer")
_MARKUP = re.compile(r"<(?:title|h[1-6]|p|article|main|section|div|td|li|blockquote)\b", re.IGNORECASE)
_PASSWORD = (
    "//input[@type='password'][not(ancestor::nav or ancestor::header or ancestor::footer or ancestor::dialog"
    " or ancestor::aside)]"
)
_REFRESH = "//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content"
_MOVE = re.compile(r"\s*(\d{1,6})[^;,]*[;,]\s*url\s*=", re.IGNORECASE)
_DENSE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells, before anything leaves a page, whether it is an article.

    `instead` is what it says of itself, for people; `cards` are their texts without spaces, `card_dates` the texts
    and values of their times.
    """

    is_article: bool
    instead: str
    is_video: bool
    names: tuple[str, ...]
    has_markup: bool
    asks_password: bool
    moves_on: bool
    wants_scripts: bool
    cards: tuple[str, ...]
    card_dates: frozenset[str]


def signs_of(text: str, page: HtmlElement, linked: LinkedData, stated: Stated) -> Signs:
    """Look at a whole page, as it came and as a tree, scripts and all."""
    kinds = [kind.strip().lower() for kind in stated.get("og:type", ())[:1]]
    types = set(_types(page))
    instead = "it says of itself that it is a list of pages" if types & _LISTS else ""
    if types & _PEOPLE or "profile" in kinds:
        instead = "it says of itself that it is about a person"
    cards = list(_cards(page))
    times = [time for card in cards for time in card.iter("time")]
    return Signs(
        is_article=bool(linked.article) or "article" in kinds or _is_item(page),
        instead=instead,
        is_video=any(kind.startswith("video") for kind in kinds),
        names=tuple(line(one) for one in page.xpath("//title")[:1]),
        has_markup=_MARKUP.search(text) is not None,
        asks_password=bool(page.xpath(_PASSWORD)),
        moves_on=any(match and int(match[1]) <= LONGEST_MOVE_S for match in map(_MOVE.match, page.xpath(_REFRESH))),
        wants_scripts=any(letters(one) for one in page.xpath("//body//noscript")),
        cards=tuple(_SPACE.sub("", card.text_content()) for card in cards),
        card_dates=frozenset(text for time in times for text in (time.get("datetime") or "", line(time)) if text),
    )


def instead_of_article(signs: Signs, title: str, body: str, dating: Dating) -> str:
    """What a page is instead of an article, for people; "" for an article."""
    own, linked = _own_letters(body, signs.cards)
    wall = next(filter(None, map(wall_named, (title, *signs.names))), "")
    if signs.is_article:
        is_wall = own < NO_TEXT and (wall or signs.asks_password)
        return (wall or "it is a page to log in") if is_wall else ""
    origin = dating.published.origin if dating.published else ""
    has_weak_date = dating.published is not None and not _is_dated(signs, dating)
    is_dated = bool(origin) and not has_weak_date and not origin.startswith("JSON-LD of the page")
    return next(_reasons(signs, title, own, linked, is_dated, wall, has_weak_date), "")


def _reasons(
    signs: Signs, title: str, own: int, linked: float, dated: bool, wall: str, has_weak_date: bool
) -> Iterator[str]:
    """Every reason to take a page that states nothing for no article, the most certain first."""
    is_short_article = dated and own >= LEAST_DATED
    if not signs.has_markup:
        yield "it has no markup of a page"
    if signs.moves_on and own < MOST_MOVED:
        yield "it only leads to another page"
    if wall and own < MOST_WALL:
        yield wall
    if signs.asks_password and own < MOST_LOGIN and not is_short_article:
        yield "it is a page to log in"
    if not dated and names_the_site(title):
        yield "it is a page about the site"
    if signs.instead:
        yield signs.instead
    if signs.is_video and own < LEAST_TEXT:
        yield "it says of itself that it is a video"
    if len(signs.cards) >= LEAST_CARDS and own < MOST_LIST and not is_short_article:
        yield "it is a list of pages"
    if linked > MOST_LINKED and not dated:
        yield "it is mostly links"
    if has_weak_date and own < LEAST_TEXT:
        yield "it has no text of an article"
    if not own and signs.wants_scripts:
        yield "it has no text without its scripts"


def _is_dated(signs: Signs, dating: Dating) -> bool:
    """Whether more than the address or a card says when the page was published."""
    published = dating.published
    if published is None or published.text in signs.card_dates:
        return False
    return dating.evidence is Evidence.RECORD or not published.origin.startswith("the URL")


def _own_letters(body: str, cards: tuple[str, ...]) -> tuple[int, float]:
    """How much text a body has beside that of cards, and what share of it all is links, where those are many."""
    if not body.strip():
        return 0, 0
    tree: HtmlElement = document_fromstring(body.encode(), parser=PARSER)
    text = _SPACE.sub("", tree.text_content())
    links = list(tree.iter("a"))
    linked = sum(map(letters, links)) / max(1, len(text)) if len(links) >= LEAST_LINKS else 0
    teasers = [_SPACE.sub("", block.text_content()) for block in tree.iter("p", "li", "h2", "h3", "h4")]
    repeated = "\n".join(cards)
    own = len(text) - sum(len(teaser) for teaser in teasers if teaser and teaser in repeated) if cards else len(text)
    return max(0, own) + 2 * len(_DENSE.findall(text)), linked


def _cards(page: HtmlElement) -> Iterator[HtmlElement]:
    """The largest parts of a page with one heading that is a link, menus and the like aside."""
    linked = [one for one in page.iter(*RANK_BY_HEADING) if one.tag != "h1" and _leads_on(one)][:MOST_CARDS]
    held: dict[HtmlElement, int] = {}
    for heading in linked:
        for outer in heading.iterancestors():
            held[outer] = held.get(outer, 0) + 1
    for heading in linked:
        card = heading
        for outer in heading.iterancestors():
            is_page = outer.tag in _WHOLE or outer.find(".//h1") is not None
            if held[outer] > 1 or is_page or letters(outer) > MOST_CARD:
                break
            card = outer
        if card is not heading:
            yield card


def _leads_on(heading: HtmlElement) -> bool:
    """Whether a heading as a whole is a link."""
    if any(outer.get("href") for outer in heading.iterancestors("a")):
        return True
    linked = sum(letters(anchor) for anchor in heading.iter("a") if not (anchor.get("href") or "#").startswith("#"))
    return 0 < letters(heading) <= 1.25 * linked


def _is_item(page: HtmlElement) -> bool:
    """Whether the page's microdata speak of one article, or of one that holds the headline."""
    items = page.xpath("//*[@itemscope][@itemtype]")
    articles = [one for one in items if is_article({"@type": one.get("itemtype").split()})]
    return len(articles) == 1 or any(one.find(".//h1") is not None for one in articles)


def _types(page: HtmlElement) -> Iterator[str]:
    """The types of what stands at the top of the JSON-LD of a page."""
    for script in page.xpath("//script[contains(@type, 'ld+json')]"):
        with suppress(ValueError, RecursionError):
            data = json.loads(script.text or "", strict=False)
            for node in data if isinstance(data, list) else [data]:
                graph = node.get("@graph") if isinstance(node, dict) else None
                for one in [node, *(graph if isinstance(graph, list) else [])]:
                    kinds = one.get("@type") if isinstance(one, dict) else None
                    for kind in kinds if isinstance(kinds, list) else [kinds]:
                        if isinstance(kind, str):
                            yield kind.rpartition("/")[2]
