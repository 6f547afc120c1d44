"""The cache of answers, by requests-cache, which asks again with the validators it has kept.

requests-cache sits above `exchange`: what it is handed is finished and bounded, with only those headers that are
of use, so no cookie is ever kept.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests_cache import AnyResponse, CachedSession
from requests_cache.backends.base import BaseCache
from urllib3 import HTTPResponse

from feedsvc.load.web.answers import Answers
from feedsvc.load.web.exchange import Answer
from feedsvc.load.web.headers import fresh_s

Ask = Callable[[Mapping[str, str]], Answer]

KEPT = ("content-type", "etag", "last-modified", "retry-after", "vary")
# requests reads Location even where it is not to follow it, and fails at what is no URL.
REDIRECTS_TO = "redirects-to"
CONDITIONS = ("If-None-Match", "If-Modified-Since")


def open_cache(folder: Path | None, name: str) -> BaseCache:
    """A cache in a file of `folder`, or in memory. Raises StoreNotReady if nothing can be written there."""
    cache = BaseCache()
    if folder is not None:
        cache.responses = Answers(folder / f"{name}.sqlite")
    return cache


def ask_through(cache: BaseCache, url: str, ask: Ask) -> AnyResponse:
    """The answer for `url` from the cache if it is fresh, else through `ask`, conditionally where that can be.

    A session for each request: it is cheap, is shared by no threads, and ends with whatever it may have learnt.
    """
    with CachedSession(
        backend=cache,
        cache_control=True,
        expire_after=0,  # what has no lifetime of its own is asked for again
        ignored_parameters=(),  # the defaults take two URLs for one that differ by an access token only
        key_fn=_key,
        autoclose=False,
    ) as session:
        session.trust_env = False  # no proxies, no .netrc
        session.adapters.clear()
        session.mount("", _Adapter(ask))
        request = PreparedRequest()
        request.prepare(method="GET", url=url)
        return session.send(request, allow_redirects=False, proxies={})


class _Adapter(BaseAdapter):
    """What requests sends through; it sees neither proxies nor time limits, which are not its own to set."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        conditions = {name: str(request.headers[name]) for name in CONDITIONS if name in request.headers}
        answer = self._ask(conditions)
        response = Response()
        response.status_code = answer.status
        response.url = request.url or ""
        response.request = request
        response.headers = CaseInsensitiveDict(_kept(answer.headers))
        response.raw = HTTPResponse(
            BytesIO(answer.body), response.headers, answer.status, preload_content=False, request_url=request.url
        )
        return response

    def close(self) -> None:
        pass


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of use, with all that bears on freshness in one max-age.

    requests-cache itself forgets Age and Date, raises for an Expires that is no date, and lets `immutable` and a
    max-age of years stand for ever.
    """
    fresh = fresh_s(headers, datetime.now(UTC))
    kept = {name: headers[name] for name in KEPT if name in headers}
    if "location" in headers:
        kept[REDIRECTS_TO] = headers["location"]
    return {**kept, "cache-control": "no-store" if fresh is None else f"max-age={fresh}"}


def _key(request: Any, **_: object) -> str:
    """Exactly the URL: all requests have the same headers otherwise."""
    return sha256(str(request.url).encode()).hexdigest()
