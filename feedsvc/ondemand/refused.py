"""Why a document is not made. `serve` maps each to a status."""

from collections.abc import Sequence

from feedsvc.errors import FeedsvcError


class BadQuery(FeedsvcError):
    """A query that no feed can be made of. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class UnknownChannel(FeedsvcError):
    """There never was a channel with this slug."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"There is no channel “{slug}”.")


class Ended(FeedsvcError):
    """The channels with these titles, all that were asked for, are no more."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)
        told = ", ".join(f"“{title}”" for title in titles)
        super().__init__(f"Ended for good, with nothing in their place: {told}.")


class TooBusy(FeedsvcError):
    """So much is being made that this document has to wait, for `wait_s` seconds or more."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"Many feeds are being made at this moment. Please ask again in {wait_s} seconds.")
