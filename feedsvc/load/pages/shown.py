"""Authors, image and language of a page: as the source's selectors say, as stated, or else as shown.

Pure. Whatever is returned says where it was found.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from feedsvc.load.pages.bylines import people, without_by
from feedsvc.load.pages.page import line
from feedsvc.load.pages.pagedata import AUTHORS, IMAGE, LANGUAGE, SITE, Found, Stated, found, origin
from feedsvc.load.pages.pictures import is_picture, shown_picture, stated_picture
from feedsvc.load.pages.rules import PageRules
from feedsvc.load.words import DATE_WORD, folded, worded

LONGEST_PARTICLE = 3  # letters; May is a name, November is not
NAME_WORDS = range(2, 5)

_PARTICLE = re.compile(r"al|bin|da|de|del|della|den|der|di|dos|du|el|la|le|ten|ter|van|von|y|zu", re.IGNORECASE)
_DATE_WORD = re.compile(DATE_WORD)
_SELECTOR = "the selector {}"

Names = tuple[tuple[str, ...], str]  # and where they were found
Picture = tuple[Found | None, str | None, str | None]  # address, media type, bytes


def authors_of(page: HtmlElement, stated: Stated, rules: PageRules, ruled: list[HtmlElement]) -> Names:
    """The authors' names, and where they were found; `ruled` is what the source's selector found."""
    names = tuple(dict.fromkeys(filter(None, map(without_by, map(line, ruled)))))
    if names:
        return names, _SELECTOR.format(rules.author)
    site = {folded(name) for key in SITE for name in stated.get(key, ())}
    told = [(people(text for text in stated.get(name, ()) if "://" not in text), origin(name)) for name in AUTHORS]
    told = [one for one in told if one[0]]
    persons = (one for one in told if not all(folded(name) in site for name in one[0]))
    if (first := next(persons, None)) is not None:
        return first
    names = people(_byline(page, rules.marks.date_language))
    return (names, "the byline") if names else next(iter(told), ((), ""))


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


def image_of(page: HtmlElement, stated: Stated, rules: PageRules, ruled: list[HtmlElement]) -> Picture:
    """The picture that stands for the article; one of the article's own where those that are stated are none."""
    for element in ruled:
        for one in (element, *element.iter("img")):
            if address := one.get("content") or one.get("src") or one.get("href"):
                return Found(address, _SELECTOR.format(rules.image)), None, None
    image, media_type, length = stated_picture(stated)
    if image is None:
        links = (link.get("href") or "" for link in page.iter("link") if link.get("rel") == "image_src")
        image = next((Found(href, "link rel=image_src") for href in links if is_picture(href)), None)
    if image is None and found(stated, *IMAGE):
        image = shown_picture(page)
    return image, media_type, length


def language_of(page: HtmlElement, stated: Stated) -> Found | None:
    """The language as a BCP 47 tag, which og:locale writes with an underscore."""
    said = page.get("lang") or page.get("xml:lang")
    told = Found(said, "html lang") if said and said.strip() else found(stated, *LANGUAGE)
    return told._replace(text=told.text.partition(",")[0].strip().replace("_", "-")) if told else None
