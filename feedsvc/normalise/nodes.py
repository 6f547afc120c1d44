"""The values that identity works on: what is known of an article, and an article while it is being settled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedsvc.model import Draft, DraftLink, Evidence, Precision, Print, ReadDate
from feedsvc.normalise.prints import keys_of
from feedsvc.normalise.urls import without_fragment

SPAN = {
    Precision.DAY: timedelta(days=1),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.SECOND: timedelta(0),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time and how finely it was told."""

    at: datetime
    precision: Precision = Precision.SECOND

    @classmethod
    def of(cls, read: ReadDate | None) -> "Moment | None":
        return cls(read.at, read.precision) if read else None

    @property
    def fineness(self) -> timedelta:
        """How long the span is that the text named; shorter is finer."""
        return SPAN[self.precision]

    def agrees(self, other: "Moment") -> bool:
        """Whether both can name the same instant: 14:03 agrees with 14:03:27, and so does the day."""
        coarse, fine = (self, other) if SPAN[self.precision] >= SPAN[other.precision] else (other, self)
        return coarse.at <= fine.at < coarse.at + SPAN[coarse.precision] or coarse.at == fine.at


@dataclass(frozen=True, slots=True)
class Copy:
    """What another source has of an article. `key` tells it from all else that this source has.

    `likeness` is the share of the shorter text that is in the other word for word, None where the URL is the same.
    """

    source: str
    key: str
    record_id: str | None
    url: str | None
    url_key: str | None
    title: str
    title_key: str
    published: datetime | None
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What identity and dating need of a stored article.

    `own` is the time it states itself, `listed` the earliest that others give it, `published` the one
    chosen; it is frozen once `served`. Of one that is `withdrawn` readers have nothing. `size` is that of its text, in
    characters of markup.
    """

    id: str
    source: str
    title_key: str
    stub: bool
    record_id: str | None = None
    url: str | None = None
    url_key: str | None = None
    own: Moment | None = None
    own_evidence: Evidence | None = None
    listed: Moment | None = None
    published: datetime | None = None
    updated: datetime | None = None
    served: bool = False
    digest: str = ""
    withdrawn: bool = False
    size: int = 0
    copies: tuple[Copy, ...] = ()
    print: Print | None = None


@dataclass(slots=True, eq=False)
class Node:
    """An article while it is being settled: known, or new in this run.

    `draft` is what this run read of it, the last of all `drafts` that are it; `link` the first link that
    named a new stub; `absorbed` the ids of stubs that turned out to be this article. `copies` are what this run read of
    it from sources that do not lead it, `copied_targets` what those list, and `led_before` what a source has that led.
    """

    source: str
    title_key: str
    id: str = ""
    known: Known | None = None
    draft: Draft | None = None
    drafts: list[Draft] = field(default_factory=list)
    link: DraftLink | None = None
    record_id: str | None = None
    url: str | None = None
    url_key: str | None = None
    own: Moment | None = None
    own_evidence: Evidence | None = None
    listed: dict[datetime, Moment] = field(default_factory=dict)
    listed_by: dict[datetime, ReadDate] = field(default_factory=dict)
    aliases: set[tuple[str, datetime]] = field(default_factory=set)
    targets: list[tuple[DraftLink, "Node"]] = field(default_factory=list)
    absorbed: list[str] = field(default_factory=list)
    copies: list[Draft] = field(default_factory=list)
    copied_targets: list[tuple[DraftLink, "Node"]] = field(default_factory=list)
    led_before: Copy | None = None

    @property
    def stub(self) -> bool:
        return self.draft is None and (self.known is None or self.known.stub)

    @property
    def print(self) -> Print | None:
        """The print of its text, where that is known."""
        return self.draft.print if self.draft else self.known.print if self.known else None

    @property
    def undated(self) -> bool:
        """A stub that nobody gave a time yet."""
        return self.stub and self.own is None and not self.listed

    def allows(self, source: str, record_id: str | None, url_key: str | None) -> bool:
        """Whether no stronger key speaks against a match."""
        if record_id and self.record_id and source == self.source and record_id != self.record_id:
            return False
        return not (url_key and self.url_key and url_key != self.url_key)


@dataclass(frozen=True, slots=True)
class Alias:
    """A title and time by which pages may list an article that is now titled otherwise."""

    id: str
    title_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """What articles may be found by. `places` are (source, document), and `prints` numbers of texts."""

    record_ids: frozenset[str]
    url_keys: frozenset[str]
    title_keys: frozenset[str]
    places: frozenset[tuple[str, str]]
    prints: frozenset[int] = frozenset()

    @property
    def most(self) -> int:
        return max(map(len, (self.record_ids, self.url_keys, self.title_keys, self.places)))


def sought(drafts: Iterable[Draft]) -> Keys:
    """Every key by which `identity.resolve` looks for an article that is known already."""
    listed = list(drafts)
    links = list({id(link): link for draft in listed for link in draft.links}.values())
    urls = {url for url in (*(draft.url_key for draft in listed), *(link.url_key for link in links)) if url}
    return Keys(
        frozenset(draft.record_id for draft in listed if draft.record_id),
        frozenset(urls | {without_fragment(url) for url in urls}),
        frozenset(draft.title_key for draft in listed) | frozenset(link.title_key for link in links),
        frozenset((draft.source, draft.document) for draft in listed),
        frozenset(number for draft in listed if draft.print for number in keys_of(draft.print)),
    )
