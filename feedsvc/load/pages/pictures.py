"""Which pictures on a page are pictures, and where the one is that shows only once it is scrolled to.

Pure. A logo, a blank, a pixel that counts readers and what a site shares where it has nothing better stand for no
article: their file names are made of such words alone, or they measure next to nothing.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.page import drop
from feedsvc.load.pages.pagedata import IMAGE, SITE, Found, Stated, picture
from feedsvc.load.words import folded

MOST_PIXELS = 2  # of a side of what is there to be fetched, not to be seen

_NOTHING = frozenset(
    "logo logos logotype placeholder blank pixel spacer transparent clear dummy default fallback favicon noimage"
    " nophoto nopic missing beacon tracking loading loader lazy".split()
)
_BESIDE = frozenset(
    "site header footer print brand main og share sharing shared social facebook twitter fb open graph opengraph image"
    " images img picture photo thumb thumbnail thumbs card meta news white black dark light small large big square icon"
    " no gif png jpg jpeg webp svg x px new the grey gray".split()
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src", "data-hi-res-src")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_WORD = re.compile(r"[^\W\d_]+")
_SET = re.compile(r"\s*(\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)[wx])?\s*(?:,|$)")
_ONE_BY_ONE = re.compile(r"(?:^|\D)1x1(?:\D|$)")
_EXTENSION = re.compile(r"\.[a-zA-Z]{2,5}$")


def is_picture(url: str, site: str = "") -> bool:
    """Whether an address may be that of a picture of something; `site` holds the names of the site."""
    address = url.strip()
    if not address or address.lower().startswith(("data:", "javascript:", "about:", "blob:")):
        return False
    try:
        name = _EXTENSION.sub("", unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2])
    except ValueError:
        return True  # others refuse it
    words = set(_WORD.findall(folded(name)))
    own = set(_WORD.findall(folded(site))) | {"".join(_WORD.findall(folded(site)))}
    return not _ONE_BY_ONE.search(name) and not (words & _NOTHING and words <= _NOTHING | _BESIDE | own)


def stated_picture(stated: Stated) -> tuple[Found | None, str | None, str | None]:
    """(address, media type, bytes) of the first picture that a page states to stand for it and that is one."""
    site = site_names(stated)
    good = {name: [text for text in stated[name] if is_picture(text, site)] for name in IMAGE if name in stated}
    kept = {name: texts for name, texts in stated.items() if name not in IMAGE}
    for name, texts in good.items():
        if texts[:1] != stated[name][:1]:  # what is said of the first is said of no other
            kept = {key: told for key, told in kept.items() if not key.startswith((f"{name}:", f"{name}."))}
        if texts:
            kept[name] = texts
    return picture(kept)


def site_names(stated: Stated) -> str:
    """The names of the site, in one text."""
    return " ".join(name for key in SITE for name in stated.get(key, ()))


def shown_picture(page: HtmlElement) -> Found | None:
    """The first picture that a figure of the article shows."""
    images = page.xpath("(//article | //main)//figure//img[@src] | //h1/following::figure//img[@src]")
    sources = (image.get("src") for image in images)
    return next((Found(source, "a figure") for source in sources if is_picture(source)), None)


def settle_pictures(page: HtmlElement, site: str) -> None:
    """Give every picture the address where it is, which <noscript> may tell, and take what is none from the page."""
    for image in list(page.iter("img")):
        if image.getparent() is None or next(image.iterancestors("noscript"), None) is not None:
            continue
        source = image.get("src") or ""
        if not is_picture(source) and (found := next(_elsewhere(image), "")):
            image.set("src", found)
            source = found
        if _is_tiny(image) or (source and not is_picture(source, site)):
            drop([image])
            continue
        for name in (*_LAZY, "data-srcset", "data-lazy-srcset"):
            image.attrib.pop(name, None)


def _elsewhere(image: HtmlElement) -> Iterator[str]:
    """Where else a picture may be: in what a script would show in its place, or what is shown without scripts."""
    texts = [image.get(name) or "" for name in _LAZY] + [_largest(image.get(name) or "") for name in _LAZY_SETS]
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        texts += [_largest(one.get(name) or "") for one in parent.iter("source") for name in _LAZY_SETS]
    beside = image.getnext()
    if beside is not None and beside.tag == "noscript":
        texts += [one.get("src") or "" for one in beside.iter("img")]
    return (text.strip() for text in texts if is_picture(text))


def _largest(srcset: str) -> str:
    """The address of the largest picture in a srcset (HTML §4.8.4.2)."""
    sizes = [(float(size or 1), url) for url, size in _SET.findall(srcset[:20_000]) if url]
    return max(sizes, key=lambda one: one[0])[1] if sizes else ""


def _is_tiny(image: HtmlElement) -> bool:
    sides = (re.match(r"\s*(\d+)", image.get(name) or "") for name in ("width", "height"))
    return any(side and int(side[1][:9]) <= MOST_PIXELS for side in sides)
