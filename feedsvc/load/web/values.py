"""What is asked of the network, and what comes of it: values only, no IO.

An `Errand` says what to fetch and how far to go for it. Its result is one of `Got`, `Same`, `Gone` and `Failed`;
whatever happens out there is a value, never an exception.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from feedsvc.errors import FeedsvcError

WEB_PORTS = frozenset({80, 443, 8080, 8443})
MAX_BODY_BYTES = 10 * 1024 * 1024  # after decompression; the largest feeds in use are below 5 MiB
MAX_HEADER_BYTES = 64 * 1024


class FetchFailed(FeedsvcError):
    """Why something was not fetched, in words for people. It never leaves this package: see `Failed`."""

    def __init__(self, reason: str, retry_after_s: int | None = None, status: int | None = None) -> None:
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a source's own settings let it go.

    `allow_private` opens loopback, private and shared networks, but never metadata services, link-local and
    other special addresses. It ends with the first public host: none of those may redirect into the house.
    """

    allow_private: bool = False
    ports: frozenset[int] = WEB_PORTS

    @classmethod
    def of(cls, source_url: str, allow_private: bool = False) -> "Reach":
        """The reach of a source by the URL in its settings, whose port is allowed whichever it is."""
        try:
            port = urlsplit(source_url).port
        except ValueError:
            port = None
        return cls(allow_private, WEB_PORTS | {port} if port else WEB_PORTS)

    def public_only(self) -> "Reach":
        return replace(self, allow_private=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one errand may take. `total_s` is for all its redirects together, without the pauses between them.

    A body over `body_bytes` (after decompression) fails the errand, or is cut there if `cut`.
    """

    body_bytes: int = MAX_BODY_BYTES
    header_bytes: int = MAX_HEADER_BYTES
    total_s: float = 30
    redirects: int = 5
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """One URL to fetch. `known_digest` is that of the body that the caller has dealt with already, or ""."""

    url: str
    reach: Reach = field(default_factory=Reach)
    limits: Limits = field(default_factory=Limits)
    known_digest: str = ""
    obey_robots: bool = True


@dataclass(frozen=True, slots=True)
class Got:
    """A body that the caller does not know yet.

    `media_type` (lower case) and `charset` are what the header said, and "" and None when it said nothing; `body`
    is as sent, decompressed only. `digest` is the SHA-256 of `body` in hex. `fetched_at` is when these
    bytes came, in UTC. `moved_permanently_to` is the URL to store instead: every redirect there was permanent.
    """

    url: str
    final_url: str
    media_type: str
    charset: str | None
    body: bytes
    digest: str
    fetched_at: datetime
    moved_permanently_to: str | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """The body that `known_digest` names: by a 304, by a cached answer that is still fresh, or byte for byte."""

    url: str
    final_url: str
    moved_permanently_to: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """410: what this URL named was taken away for good (RFC 9110 §15.5.11)."""

    url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was fetched. `reason` is for people; `status` is that of the answer, if there was one.

    `retry_after_s` is the time for which the server wants to be left alone, in seconds, a day at most.
    """

    url: str
    reason: str
    retry_after_s: int | None = None
    status: int | None = None


Result = Got | Same | Gone | Failed
