"""What would be read of one article, told for people and as JSON. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from feedsvc.cli.base import time_text
from feedsvc.explain.article import said_by
from feedsvc.model import Draft, DraftLink, Evidence, Precision, RawArticle, ReadDate
from feedsvc.normalise.text import clean, plain

FIRST_WORDS = 30  # of the body
MOST_LINKS = 10
SHORT_BODY = 200  # characters; less is rather a teaser, or a page that a program fills in
JUST_NOW = timedelta(minutes=2)
LABEL = 11  # characters

WANTED = ("title", "url", "published", "authors", "language", "image", "summary", "body", "related")


@dataclass(frozen=True, slots=True)
class Trial:
    """One article, or why there is none. `origins` says where each field was found, as far as its format tells it.

    `draft` is None where it would be set aside; then `raw` has what was read, if anything was.
    """

    ref: str
    raw: RawArticle | None = None
    draft: Draft | None = None
    set_aside: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As a JSON object: times in UTC, null for what is missing."""
        row: dict[str, Any] = {"ref": self.ref or None, "set_aside": self.set_aside or None}
        if self.draft is None:
            title = plain(self.raw.title) if self.raw else ""
            return {**row, "title": title or None, "found": dict(self.origins)}
        draft, text = self.draft, plain(self.draft.body_html)
        return row | {
            "title": draft.title,
            "url": draft.url,
            "published": _date_row(draft.published) | {"evidence": draft.evidence.value},
            "updated": _date_row(draft.updated) if draft.updated else None,
            "authors": list(draft.authors),
            "language": draft.language,
            "image": draft.image.url if draft.image else None,
            "tags": list(draft.tags),
            "subtitle": draft.subtitle or None,
            "summary": draft.summary or None,
            "body": {"characters": len(text), "words": len(text.split()), "first": _first(text)},
            "related": [_link_row(link) for link in draft.links],
            "found": dict(self.origins),
            "missing": missing(draft),
            "odd": list(odd(draft)),
        }

    def lines(self) -> Iterator[str]:
        """For people, a field a line with where it was found."""
        if self.ref:
            yield f"{self.ref}:"
        if self.set_aside:
            yield _line("set aside", self.set_aside)
        if self.draft is None:
            if self.raw and self.raw.title:
                yield _line("title", plain(self.raw.title), self.origins.get("title"))
            return
        draft, text = self.draft, plain(self.draft.body_html)
        yield from self._field("title", draft.title)
        yield from self._field("url", draft.url)
        yield from self._field("published", _told(draft.published))
        yield _line("", said_by(draft.evidence, draft.published.origin))
        yield from self._field("updated", _told(draft.updated) if draft.updated else None)
        yield from self._field("authors", ", ".join(draft.authors))
        yield from self._field("language", draft.language)
        yield from self._field("image", draft.image.url if draft.image else None)
        yield from self._field("tags", ", ".join(draft.tags))
        yield from self._field("subtitle", draft.subtitle)
        yield from self._field("summary", draft.summary)
        if text:
            yield from self._field("body", f"{len(text)} characters, {len(text.split())} words")
            yield _line("", _first(text))
        if draft.links:
            yield from self._field("related", f"{len(draft.links)}")
        yield from (_line("", _link_line(link)) for link in draft.links[:MOST_LINKS])
        if len(draft.links) > MOST_LINKS:
            yield _line("", f"and {len(draft.links) - MOST_LINKS} more")
        if lacking := missing(draft):
            yield _line("missing", ", ".join(lacking))
        yield from (_line("odd", sentence) for sentence in odd(draft))

    def _field(self, name: str, value: str | None) -> Iterator[str]:
        if value:
            yield _line(name, value, self.origins.get(name))


def missing(draft: Draft) -> list[str]:
    """The fields that a feed could show and that this article has not."""
    has = {
        **{name: bool(getattr(draft, name)) for name in ("title", "url", "published", "authors", "language", "image")},
        "summary": bool(draft.summary),
        "body": bool(draft.body_html),
        "related": bool(draft.links),
    }
    return [name for name in WANTED if not has[name]]


def odd(draft: Draft) -> Iterator[str]:
    """What an operator had better look at, a sentence each."""
    published, text = draft.published, plain(draft.body_html)
    if published.note:
        yield published.note
    if published.zone_assumed and published.precision is not Precision.DAY:
        yield f"the publication time names no zone, so that of the source was assumed: {published.zone}"
    if published.at > draft.fetched_at:
        yield "it was published after it was read"
    if draft.evidence is Evidence.PAGE and abs(draft.fetched_at - published.at) < JUST_NOW:
        yield "the time that the page shows is when it was fetched"
    if draft.updated and draft.updated.at < published.at:
        yield "it was changed before it was published"
    if 0 < len(text) < SHORT_BODY:
        yield f"the body has only {len(text)} characters"
    if bare := sum(link.url is None and link.published is None for link in draft.links):
        yield f"{bare} of the related links have neither a URL nor a time that can be read"


def _date_row(date: ReadDate) -> dict[str, Any]:
    at = {"at": time_text(date.at), "text": date.text, "zone": date.zone, "zone_assumed": date.zone_assumed}
    return at | {"precision": date.precision.value, "note": date.note}


def _told(date: ReadDate) -> str:
    assumed = ", assumed" if date.zone_assumed else ""
    precision = "" if date.precision is Precision.SECOND else f", to the {date.precision.value}"
    return f"{time_text(date.at)}: {clean(date.text)!r}, read in {date.zone}{assumed}{precision}"


def _link_row(link: DraftLink) -> dict[str, Any]:
    at = time_text(link.published.at) if link.published else None
    return {"title": link.title, "url": link.url, "published": at, "text": link.date_text}


def _link_line(link: DraftLink) -> str:
    at = time_text(link.published.at) if link.published else link.date_text
    return " · ".join(filter(None, (link.title or "without a title", link.url, at)))


def _first(text: str) -> str:
    words = text.split()
    return " ".join(words[:FIRST_WORDS]) + ("…" if len(words) > FIRST_WORDS else "")


def _line(label: str, text: str, origin: str | None = None) -> str:
    return f"{label:{LABEL}} {' '.join(text.split())}" + (f"  [{origin}]" if origin else "")
