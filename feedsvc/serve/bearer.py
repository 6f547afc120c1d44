"""Whose key a request has (RFC 6750). Nothing of a key is ever logged or answered."""

import hashlib
import hmac
from collections.abc import Sequence

import structlog
from flask import Request

from feedsvc.serve.limiter import Limiter, told_to_wait
from feedsvc.serve.problem import Problem
from feedsvc.settings import Serve, SourceSettings

log = structlog.get_logger()

CHALLENGE = 'Bearer realm="feedsvc"'
WRONG_KEYS = 10  # a minute and address


class Keys:
    """The keys of the sources that articles are handed over for.

    They are too long to be guessed, and a right one is always let in: else anybody behind the same proxy as a CMS
    could keep it out. What is limited is the trouble that wrong ones make.
    """

    def __init__(self, sources: Sequence[SourceSettings], settings: Serve) -> None:
        self._sources = [source for source in sources if source.kind == "push"]
        self._wrong = Limiter(settings.model_copy(update={"requests_per_minute": WRONG_KEYS, "unlimited": ()}))

    def source(self, request: Request) -> SourceSettings:
        """The source whose key it is. Raises Problem: 401, 404 where there is no such source at all, 429."""
        if not self._sources:
            raise Problem(404, "There is no source that articles could be handed over for.")
        scheme, _, key = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Problem(401, "The key of a source is needed.", {"WWW-Authenticate": CHALLENGE})
        told = _digest(key.strip().encode("utf-8", "backslashreplace"))
        # All are compared, and digests of one length, so that the time it takes tells nothing.
        same = [source for source in self._sources if hmac.compare_digest(told, _digest(source.key.encode()))]
        if same:
            return same[0]
        if wait_s := self._wrong.wait_s(request.environ):
            raise Problem(429, told_to_wait(wait_s), {"Retry-After": str(wait_s)})
        log.warning("wrong key")
        raise Problem(401, "This is no source's key.", {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
