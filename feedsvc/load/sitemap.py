"""Sitemap → the addresses in it (https://www.sitemaps.org/protocol.html).

Pure. A sitemap lists pages, an index lists sitemaps; a plain text one has an address on each line. What an entry says
of its last change is handed on as text.
"""

import re
import zlib
from dataclasses import dataclass

from lxml import etree

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.model import Document

MAX_LOCS = 50_000  # in one document, by the protocol
MAX_BYTES = 50 * 1024 * 1024  # uncompressed, by the protocol
GZIP_MAGIC = b"\x1f\x8b"
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>")  # it may name the encoding that the bytes were in
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


@dataclass(frozen=True, slots=True)
class Place:
    """An address in a sitemap. `changed` is W3CDTF, so that later texts of one precision sort later: the last change,
    or where none is told the publication, as news sitemaps have it."""

    url: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a document lists: pages, or further sitemaps."""

    pages: tuple[Place, ...] = ()
    sitemaps: tuple[Place, ...] = ()


def parse_sitemap(document: Document) -> Sitemap:
    """Read a sitemap, an index, or one as plain text; gzip is undone. Raises UnreadableDocument for anything else."""
    media_type = document.media_type if "xml" in document.media_type else "application/xml"  # and not gzip
    text = to_text(_unzipped(document.body), media_type).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return _plain(text)
    root = _root(_DECLARATION.sub("", text, count=1))
    name = etree.QName(root).localname
    if name == "urlset":
        return Sitemap(pages=_places(root))
    if name == "sitemapindex":
        return Sitemap(sitemaps=_places(root))
    raise UnreadableDocument(f"expected a sitemap, found <{name}>")


def _root(xml: str) -> etree._Element:
    """The root, with every `&` that begins no reference read as itself, where it stands in the way."""
    try:
        return etree.fromstring(xml.encode(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        if (mended := _BARE_AMPERSAND.sub("&amp;", xml)) == xml:
            raise UnreadableDocument(f"not a sitemap: {error}") from error
    try:
        return etree.fromstring(mended.encode(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(f"not a sitemap: {error}") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False
    )


def _places(root: etree._Element) -> tuple[Place, ...]:
    found = []
    for entry in list(root)[:MAX_LOCS]:
        told = {etree.QName(part).localname: (part.text or "").strip() for part in entry if isinstance(part.tag, str)}
        if told.get("loc"):
            published = entry.findtext("{*}news/{*}publication_date", "").strip()
            found.append(Place(told["loc"], told.get("lastmod") or published))
    return tuple(found)


def _plain(text: str) -> Sitemap:
    lines = [line.strip() for line in text.splitlines()[:MAX_LOCS]]
    urls = [line for line in lines if line.startswith(("http://", "https://"))]
    if not urls or len(urls) < len([line for line in lines if line]):
        raise UnreadableDocument("expected a sitemap, found something else")
    return Sitemap(pages=tuple(Place(url) for url in urls))


def _unzipped(body: bytes) -> bytes:
    if not body.startswith(GZIP_MAGIC):
        return body
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = unzip.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise UnreadableDocument(f"broken gzip: {error}") from error
    if unzip.unconsumed_tail:
        raise UnreadableDocument(f"a sitemap of more than {MAX_BYTES // 1024 // 1024} MiB")
    return plain
