"""What a run did, as its callers and the health page are told."""

from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.publish.guard import Effect


@dataclass(frozen=True, slots=True)
class Change:
    """What a run does to one feed: to its entries, and what the guard has against it."""

    key: str
    before: int
    after: int
    effect: Effect
    objections: tuple[str, ...] = ()
    held: bool = False


@dataclass(slots=True)
class Report:
    """What a run did. `set_aside` counts all that stands set aside now, not only what this run added.

    At `next_due` something is to be published that may not be seen before, and at `next_reading` the sources have
    something that may not be taken in before.
    """

    run: int = 0
    read: int = 0
    unchanged: int = 0
    articles: int = 0
    published: int = 0
    held: int = 0
    set_aside: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    next_due: datetime | None = None
    next_reading: datetime | None = None

    @property
    def outcome(self) -> str:
        return "partial" if self.errors or self.set_aside else "good"

    @property
    def counts(self) -> dict[str, int | float]:
        return {
            "read": self.read,
            "unchanged": self.unchanged,
            "articles": self.articles,
            "published": self.published,
            "held": self.held,
            "set_aside": self.set_aside,
            "seconds": round(self.seconds, 3),
        }
