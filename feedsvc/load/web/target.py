"""A URL → where to connect and what to ask for; or why that is not done.

The URL is taken apart once, and the same parts are checked, connected to and asked for, so that no second reading
can come to another host. No IO; what is read is read by requests and urllib3, which know IDNA and odd escapes.
"""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from requests.exceptions import RequestException
from requests.models import PreparedRequest
from requests.utils import requote_uri
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from feedsvc.load.web.values import FetchFailed, Reach

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 4096  # characters


@dataclass(frozen=True, slots=True)
class Target:
    """One request. `url` is without fragment, `host` without brackets and closing dot, `path` with the query."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


def read_target(url: str, reach: Reach) -> Target:
    """Raises FetchFailed for anything but http and https, for credentials, and for ports out of `reach`."""
    if len(url) > MAX_URL:
        raise FetchFailed(f"its address is longer than {MAX_URL} characters")
    request = PreparedRequest()
    try:
        request.prepare_url(urldefrag(url).url, None)
        parts = parse_url(request.url or "")
    except (RequestException, HTTPError, ValueError) as error:
        raise FetchFailed(f"its address is no web address: {url[:100]!r}") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchFailed(f"only http and https are fetched, not {(parts.scheme or '')[:20]!r}")
    if parts.auth is not None:
        raise FetchFailed("its address holds a user name or password")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    if port not in reach.ports:
        raise FetchFailed(f"port {port} is not one that is fetched from")
    host = (parts.host or "").strip("[]").rstrip(".")
    if not host:
        raise FetchFailed(f"its address names no host: {url[:100]!r}")
    return Target(request.url or "", parts.scheme, host, port, request.path_url)


def next_url(url: str, location: str) -> str:
    """Where a redirect from `url` leads. Headers arrive as Latin-1, and some servers mean UTF-8 by it."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return requote_uri(urljoin(url, location.strip()))
    except (RequestException, ValueError) as error:
        raise FetchFailed(f"it redirects to what is no web address: {location[:100]!r}") from error
