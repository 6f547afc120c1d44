"""Values on their way into a feed: the last look before they become bytes.

Pure. Entries arrive clean; what stands here keeps one stray character from taking a whole feed down, and
answers the few questions that every format asks.
"""

import re
from html import unescape

from feedsvc.model import Entry, Feed

# XML 1.0 §2.2, production Char, less the controls that it discourages. JSON allows more, but all formats
# are to say the same.
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    r"|time|tt|u|var|wbr)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*(?:>|\Z)")
_EXTRACT_CHARS = 300


def writable(text: str) -> str:
    """`text` without control characters and whatever else XML 1.0 forbids or discourages."""
    if text.isascii() and text.isprintable():
        return text
    return _NOT_XML.sub("", text)


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


def language_tag(language: str | None) -> str | None:
    """A language tag as BCP 47 writes it, or None for what cannot be one."""
    tag = (language or "").replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def own_language(entry: Entry, feed: Feed) -> str | None:
    """The entry's language when it is not the feed's."""
    tag = language_tag(entry.language)
    return tag if tag and tag.lower() != (language_tag(feed.language) or "").lower() else None


def _extract(html: str) -> str:
    """The beginning of sanitised HTML as text. Its attributes hold no angle brackets, so a pattern will do."""
    start = html[: 4 * _EXTRACT_CHARS]
    text = " ".join(unescape(_TAG.sub(" ", _INLINE_TAG.sub("", start))).split())
    if len(text) <= _EXTRACT_CHARS:
        return text
    return text[:_EXTRACT_CHARS].rsplit(" ", 1)[0] + "…"
