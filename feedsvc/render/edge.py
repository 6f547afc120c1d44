"""Values on their way into a feed: the last look before they become bytes.

Pure. Entries arrive clean; what stands here keeps one stray character from taking a whole feed down, and
answers the few questions that every format asks.
"""

import re
from datetime import datetime
from html import unescape
from typing import NamedTuple

from w3lib.url import safe_url_string

from feedsvc.model import Entry, Feed
from feedsvc.render.languages import LANGUAGES

# XML 1.0 §2.2, production Char, less the controls that it discourages. JSON allows more, but all formats
# are to say the same.
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*")
# RFC 3986, less what RFC 2396 had no place for, addresses of IPv6 in brackets: feed validators still go by it.
_HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?(?::[0-9]+)?"
_PART = r"(?:[a-zA-Z0-9;/?:@&=+$,._~!*'()-]|%[0-9a-fA-F]{2})*"
_WEB_URL = re.compile(rf"https?://{_HOST}(?:[/?]{_PART})?(?:#{_PART})?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    r"|time|tt|u|var|wbr)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*(?:>|\Z)")
_EXTRACT_CHARS = 300


class Enclosure(NamedTuple):
    """A file that belongs to an entry; `length` in bytes."""

    url: str
    media_type: str
    length: int


def writable(text: str) -> str:
    """`text` without control characters and whatever else XML 1.0 forbids or discourages."""
    if text.isascii() and text.isprintable():
        return text
    return _NOT_XML.sub("", text)


def web_url(url: str | None) -> str:
    """`url` as every format can carry it: absolute, http or https, ASCII, percent-encoded, its host in IDNA.

    Empty for one that cannot be made so.
    """
    if not url or _WEB_URL.fullmatch(url):
        return url or ""
    try:
        mended = _STRAY_PERCENT.sub("%25", safe_url_string(url))
    except ValueError:
        return ""
    return mended if _WEB_URL.fullmatch(mended) else ""


def title_of(item: Entry | Feed, url: str) -> str:
    """The title, or the URL when there is nothing in it: no format has a place for an empty one."""
    return writable(item.title).strip() or writable(url)


def summary_of(entry: Entry) -> str:
    """The summary, else the beginning of the content as plain text, else nothing."""
    return writable(entry.summary).strip() or _extract(writable(entry.content_html))


def names(values: tuple[str, ...]) -> list[str]:
    """Authors or categories fit to be written: none empty, none twice, in order."""
    written = (writable(value).strip() for value in values)
    return [value for value in dict.fromkeys(written) if value]


def enclosure_of(entry: Entry) -> Enclosure | None:
    """The picture, where all is known of it that an enclosure has to tell."""
    image = entry.image
    if image is None or not image.media_type or not image.length:
        return None
    return Enclosure(writable(image.url), writable(image.media_type), image.length)


def language_tag(language: str | None) -> str | None:
    """A language tag as BCP 47 writes it, or None for what is none that readers know."""
    tag = (language or "").replace("_", "-")
    found = _LANGUAGE.fullmatch(tag)
    return tag if found and found[1].lower() in LANGUAGES else None


def own_language(entry: Entry, feed: Feed) -> str | None:
    """The entry's language when it is not the feed's."""
    tag = language_tag(entry.language)
    return tag if tag and tag.lower() != (language_tag(feed.language) or "").lower() else None


def timestamp(moment: datetime) -> str:
    """A time in UTC to the second, as RFC 3339 and W3CDTF write it: 2025-06-21T09:30:01Z."""
    return moment.isoformat()[:19] + "Z"


def deletions(feed: Feed) -> dict[str, datetime]:
    """What readers shall forget of a feed: id → since when. A withdrawn entry is named once, however it is told."""
    tombs = {tombstone.id: tombstone.at for tombstone in feed.tombstones}
    return tombs | {entry.id: entry.expired for entry in feed.entries if entry.expired}


def _extract(html: str) -> str:
    """The beginning of sanitised HTML as text. Its attributes hold no angle brackets, so a pattern will do."""
    start = html[: 4 * _EXTRACT_CHARS]
    text = " ".join(unescape(_TAG.sub(" ", _INLINE_TAG.sub("", start))).split())
    if len(text) <= _EXTRACT_CHARS:
        return text
    return text[:_EXTRACT_CHARS].rsplit(" ", 1)[0] + "…"
