"""Themed channels and what happens to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """Where a channel comes from: the link graph, the operator's file, or what is left over."""

    DISCOVERED = "discovered"
    CURATED = "curated"
    REST = "rest"


class ChannelState(StrEnum):
    """ACTIVE and DORMANT channels are served; a dormant one has had nothing new for longer than themes last.

    The addresses of a MERGED one lead to its heir; those of a RETIRED one lead nowhere.
    """

    ACTIVE = "active"
    DORMANT = "dormant"
    MERGED = "merged"
    RETIRED = "retired"

    @property
    def stands(self) -> bool:
        return self in (ChannelState.ACTIVE, ChannelState.DORMANT)


@dataclass(frozen=True, slots=True)
class Channel:
    """A theme with an identity over time. `members` are article ids; `heir` is the slug a merged one went to.

    `born` is the time of the newest article there was when the channel was first published. `image` is the URL of
    a picture of it and `language` a BCP 47 tag, where the operator gave them. `rival` is a title that has been
    better than its own in the last `rival_runs` runs that weighed the two.
    """

    slug: str
    title: str
    origin: Origin
    description: str = ""
    state: ChannelState = ChannelState.ACTIVE
    heir: str | None = None
    members: frozenset[str] = frozenset()
    born: datetime | None = None
    image: str | None = None
    language: str | None = None
    rival: str = ""
    rival_runs: int = 0


class Turn(StrEnum):
    """What can happen to a channel; that it continues is not told each time."""

    BORN = "born"
    SPLIT = "split"
    MERGED = "merged"
    RENAMED = "renamed"
    SLEPT = "slept"
    WOKE = "woke"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Event:
    """A turn in a channel's life, with the time of the newest article there was then.

    `other` is the channel it was split from or merged into, or the title it had before. `articles` is how many
    came along: its first members, but for those that came from a third channel, or those that went to the heir.
    """

    slug: str
    turn: Turn
    at: datetime
    other: str = ""
    articles: int = 0
