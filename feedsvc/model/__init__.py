"""Every noun of the service, as frozen values.

No behaviour beyond what follows from the fields themselves, no IO, no clock. All datetimes in
`Article`, `Channel`, `Entry` and `Feed` are aware and in UTC; a `RawArticle` holds text only.
"""

from feedsvc.model.articles import Article, Credit, Draft, DraftLink, Image, Print, RelatedLink
from feedsvc.model.channels import Channel, ChannelState, Event, Origin, Turn
from feedsvc.model.feeds import Entry, Feed, Snapshot, Tombstone
from feedsvc.model.reading import (
    BodyFormat,
    Document,
    Evidence,
    Marks,
    Precision,
    RawArticle,
    RawDate,
    RawLink,
    ReadDate,
    Unread,
)

__all__ = [
    "Article",
    "BodyFormat",
    "Channel",
    "ChannelState",
    "Credit",
    "Document",
    "Draft",
    "DraftLink",
    "Entry",
    "Event",
    "Evidence",
    "Feed",
    "Image",
    "Marks",
    "Origin",
    "Precision",
    "Print",
    "RawArticle",
    "RawDate",
    "RawLink",
    "ReadDate",
    "RelatedLink",
    "Snapshot",
    "Tombstone",
    "Turn",
    "Unread",
]
