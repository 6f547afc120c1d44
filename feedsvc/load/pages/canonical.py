"""Where a page is, and what its links are resolved against.

Pure. A page may name an address of its own, which is believed where it can be one: on the web, of the same site or
else plainly an article's, and no shallower place than where the page was found.
"""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from urllib.parse import SplitResult, urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.pagedata import ADDRESS, Found, Stated, absolute, origin

_PREFIX = re.compile(r"^(?:(?:www|m|mobile|amp)\.)+")
_PRIVATE = ("localhost", "local", "internal", "lan")
_SLUG = re.compile(r"[-_][^-_]+[-_]|\d{3,}")
# A broken head ends early: what would still be in it stands before anything to read.
_HEAD_LINKS = "//link[@href][ancestor::head or not(preceding::h1 or preceding::p or ancestor::article or ancestor::p)]"
_LINKS = {"a": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"), "video": ("src", "poster")}
_LINKS |= {"audio": ("src",), "iframe": ("src",), "area": ("href",)}
_PIECE = re.compile(r"(\S*[^\s,])(\s+[^,]+)?(?:,|$)")


def places(page: HtmlElement, stated: Stated, fetched_from: str | None) -> tuple[Found | None, str]:
    """The page's own URL, and the base of its links."""
    here = absolute(fetched_from or "", _base_of(page))
    found = (one._replace(text=absolute(here, one.text)) for one in chain(_linked(page), _told(stated)))
    own = next((one for one in found if _may_be(one.text, fetched_from)), None)
    if own is None and fetched_from:
        own = Found(fetched_from, "where it was fetched")
    return own, absolute(fetched_from or (own.text if own else ""), _base_of(page))


def resolve_links(page: HtmlElement, fetched_from: str | None) -> None:
    """Make the addresses on a page absolute, as far as it is known where it was; for the page's own URL may differ."""
    base = absolute(fetched_from or "", _base_of(page))
    for element in page.iter(*_LINKS) if base else ():
        for name in _LINKS[element.tag]:
            if value := element.get(name):
                with suppress(ValueError):  # characters that no document may hold
                    element.set(name, _srcset(base, value) if name == "srcset" else _resolved(base, value))


def _srcset(base: str, value: str) -> str:
    return ", ".join(_resolved(base, url) + (size or "") for url, size in _PIECE.findall(value))


def _resolved(base: str, href: str) -> str:
    return href if href.lstrip().startswith("#") else absolute(base, href)


def _base_of(page: HtmlElement) -> str:
    """What <base> says, where that is an address that links can be resolved against."""
    href = next((element.get("href") or "" for element in page.iter("base")), "").strip()
    scheme = _parts(href).scheme
    return href if scheme in ("", "http", "https") else ""


def _linked(page: HtmlElement) -> Iterator[Found]:
    """What the head names as canonical, unless it names two places."""
    links = page.xpath(_HEAD_LINKS)
    hrefs = {link.get("href").strip() for link in links if "canonical" in (link.get("rel") or "").lower().split()}
    return (Found(href, "link rel=canonical") for href in hrefs if len(hrefs) == 1 and href)


def _told(stated: Stated) -> Iterator[Found]:
    return (Found(text, origin(name)) for name in ADDRESS for text in stated.get(name, ())[:1])


def _may_be(url: str, fetched_from: str | None) -> bool:
    """Whether an address may be that of the page that was fetched from another."""
    if not fetched_from:
        return ":" not in url.partition("/")[0] or _parts(url).scheme in ("http", "https")
    own, here = _parts(url), _parts(fetched_from)
    if own.scheme not in ("http", "https") or not own.hostname:
        return False
    if not _is_same_site(own, here):
        is_article = _depth(own) >= max(1, _depth(here)) or (_depth(own) > 1 and _SLUG.search(_last(own)))
        return _is_public(own.hostname) and bool(is_article)
    if not _depth(own) and not own.query:
        return not _depth(here) and not here.query
    is_no_section = _depth(own) >= min(2, _depth(here)) or _last(own) == _last(here)
    return bool(own.query) or is_no_section or _SLUG.search(_last(own)) is not None


def _is_same_site(one: SplitResult, other: SplitResult) -> bool:
    """Whether two hosts are one site: the same but for www and the like, or one below the other."""
    first, second = (_PREFIX.sub("", parts.hostname or "") for parts in (one, other))
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def _is_public(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_global
    return "." in host.strip(".") and host.rpartition(".")[2] not in _PRIVATE


def _depth(parts: SplitResult) -> int:
    return len([part for part in parts.path.split("/") if part])


def _last(parts: SplitResult) -> str:
    return parts.path.rstrip("/").rpartition("/")[2]


def _parts(url: str) -> SplitResult:
    """The parts of an address, all empty for what is none."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.hostname
    except ValueError:  # "http://[" and its like
        return SplitResult("", "", "", "", "")
    return parts
