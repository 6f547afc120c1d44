"""The last answer of an errand → its result.

Pure. Whether something is new is judged by what the caller has dealt with, not by what the cache has: an answer
that came in just before a crash is still new to the run after it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from feedsvc.load.web.headers import content_type, retry_after_s
from feedsvc.load.web.values import Errand, Failed, Gone, Got, Result, Same

GOOD = frozenset({200, 203})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, fresh or kept. Header names are lower case; `came_at` is when its bytes came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """How the answer was come to. `permanent` is true while every redirect was for good, as it is of none."""

    final_url: str
    redirected: bool = False
    permanent: bool = True

    def next(self, status: int, url: str) -> "Route":
        """One redirect further. A way from https back to http is followed, but never for good."""
        safe = url.startswith("https:") or not self.final_url.startswith("https:")
        return Route(url, True, self.permanent and safe and status in PERMANENT)


def outcome(errand: Errand, route: Route, reply: Reply, now: datetime) -> Result:
    """What came at the end of `route`, for the caller of `errand`."""
    if reply.status in GOOD:
        return _body(errand, route, reply)
    # Where a redirect leads for the time being, something may be gone without the errand's own URL being so.
    if reply.status == HTTPStatus.GONE and route.permanent:
        return Gone(errand.url)
    reason = f"the server answered {_phrase(reply.status)}"
    return Failed(errand.url, reason, retry_after_s(reply.headers, now), reply.status)


def _body(errand: Errand, route: Route, reply: Reply) -> Got | Same:
    digest = hashlib.sha256(reply.body).hexdigest()
    moved_to = route.final_url if route.redirected and route.permanent else None
    if digest == errand.known_digest:
        return Same(errand.url, route.final_url, moved_to)
    media_type, charset = content_type(reply.headers)
    return Got(errand.url, route.final_url, media_type, charset, reply.body, digest, reply.came_at, moved_to)


def _phrase(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
