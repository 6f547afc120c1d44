"""Title, authors, image and language of a page: as the source's selectors say, as stated, or else as shown.

Pure. Whatever is returned says where it was found.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from feedsvc.load.page import line
from feedsvc.load.pagedata import LANGUAGE, SITE, TITLE, Found, Stated, authors, found, picture
from feedsvc.load.rules import PageRules, selected
from feedsvc.load.text import unstarred
from feedsvc.load.words import DATE_WORD, folded, worded

LEAST_WORDS = 3  # of a heading that is the headline for sure, and not the name of a section
LONGEST_PARTICLE = 3  # letters; May is a name, November is not
NAME_WORDS = range(2, 5)

_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
_SEPARATOR = re.compile(r"\s*[|·•»:–—]\s|\s-\s|\s::\s")
_PARTICLE = re.compile(r"al|bin|da|de|del|della|den|der|di|dos|du|el|la|le|ten|ter|van|von|y|zu", re.IGNORECASE)
_DATE_WORD = re.compile(DATE_WORD)
_SELECTOR = "the selector {}"


def title_of(page: HtmlElement, stated: Stated, rules: PageRules) -> Found:
    """The title without the name of the site, the text "" where the page has none."""
    ruled = ((line(one), _SELECTOR.format(rules.title)) for one in selected(page, rules.title))
    headings = list(map(line, chain(page.xpath("//article//h1 | //main//h1"), page.iter("h1"))))
    told = found(stated, *TITLE)
    shown = ((text, "the heading") for text in headings)
    elements = ((_without_site(line(one), stated), "the title element") for one in page.iter("title"))
    candidates = chain(ruled, [_as_shown(told, headings, stated)] if told else [], shown, elements)
    text, origin = next((one for one in candidates if one[0]), ("", ""))
    return Found(unstarred(text), origin)


def _as_shown(told: Found, headings: list[str], stated: Stated) -> Found:
    """A stated title as the page shows it, where the stated one was cut short or has the site's name added."""
    start = _CUT.sub("", told.text)
    for heading in headings:
        is_cut = start != told.text and heading.startswith(start)
        rest = told.text.removeprefix(heading) if heading else ""
        is_longer = rest != told.text and (separator := _SEPARATOR.match(rest)) is not None
        if is_cut or (
            is_longer
            and separator is not None
            and (len(heading.split()) >= LEAST_WORDS or _is_site(rest[separator.end() :], stated))
        ):
            return Found(heading, f"the heading, for {told.origin}")
    return told


def _without_site(title: str, stated: Stated) -> str:
    """The title element's text up to the last separator, if the site's name is all that follows."""
    *_, last = chain([None], _SEPARATOR.finditer(title))
    return title[: last.start()] if last and _is_site(title[last.end() :], stated) else title


def _is_site(text: str, stated: Stated) -> bool:
    return folded(text) in {folded(name) for key in SITE for name in stated.get(key, ())}


def authors_of(page: HtmlElement, stated: Stated, rules: PageRules) -> tuple[tuple[str, ...], str]:
    """The authors' names, and where they were found."""
    ruled = tuple(dict.fromkeys(filter(None, map(line, selected(page, rules.author)))))
    if ruled:
        return ruled, _SELECTOR.format(rules.author)
    names, origin = authors(stated)
    if names:
        return names, origin
    names = tuple(_byline(page, rules.marks.date_language))
    return names, "the byline" if names else ""


def _byline(page: HtmlElement, language: str) -> Iterator[str]:
    """Names that trafilatura finds shown, as they are written; nothing unless all of them read like names of people."""
    found = None
    with suppress(Exception):  # its heuristics meet any markup the web holds
        found = extract_author(page)
    shown = line(page) if found else ""
    matches = [re.search(re.escape(name), shown, re.IGNORECASE) for name in (found or "").split("; ")]
    names = [match[0] for match in matches if match]
    return iter(names if len(names) == len(matches) and all(_is_name(one, language) for one in names) else ())


def _is_name(text: str, language: str) -> bool:
    words = text.replace(".", " ").split()
    capital = all(word[0].isupper() or _PARTICLE.fullmatch(word) for word in words)
    if len(words) not in NAME_WORDS or words[0] == "The" or any(map(str.isdigit, text)):
        return False
    dated = len(words[-1]) > LONGEST_PARTICLE and _DATE_WORD.fullmatch(folded(worded(words[-1], language))) is not None
    return capital and not dated


def image_of(page: HtmlElement, stated: Stated, rules: PageRules) -> tuple[Found | None, str | None, str | None]:
    """(address, media type, bytes) of the picture that stands for the article."""
    for element in selected(page, rules.image):
        for one in (element, *element.iter("img")):
            if address := one.get("content") or one.get("src") or one.get("href"):
                return Found(address, _SELECTOR.format(rules.image)), None, None
    image, media_type, length = picture(stated)
    if image is None:
        links = (link.get("href") for link in page.iter("link") if link.get("rel") == "image_src")
        image = next((Found(href, "link rel=image_src") for href in links if href), None)
    return image, media_type, length


def language_of(page: HtmlElement, stated: Stated) -> Found | None:
    """The language as a BCP 47 tag, which og:locale writes with an underscore."""
    said = page.get("lang") or page.get("xml:lang")
    told = Found(said, "html lang") if said and said.strip() else found(stated, *LANGUAGE)
    return told._replace(text=told.text.partition(",")[0].strip().replace("_", "-")) if told else None
