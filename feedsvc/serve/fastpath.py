"""Stored feeds, outlines and the like, answered ahead of Flask: a plain WSGI callable that sends bytes from the shelf.

It answers GET and HEAD of what is on the shelf and leaves everything else to the application behind it,
and so too a feed that a browser opens as a page. It builds nothing, and looks at no query.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.publish.snapshot import CODINGS
from feedsvc.render import FORMATS
from feedsvc.serve.conditional import best_coding, entity_tags, is_unchanged, takes, wants_news_only
from feedsvc.serve.headers import ANY_ORIGIN, Header, delta_headers
from feedsvc.serve.index import Answer, Choice, is_stored
from feedsvc.serve.limiter import Limiter, told_to_wait
from feedsvc.serve.shelf import Shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

# It says A-IM with every request, and programs built on it take 226 for an error: rss2email 3.13 stops reading.
STUMBLES = "feedparser"
COMBINED = "/feeds"
ASKS_FOR_FEED = re.compile(r"(?:^|&)(?:channels|q)=")
FOR_AN_HOUR: Header = ("Cache-Control", "public, max-age=3600")
NOT_TO_STORE: Header = ("Cache-Control", "no-store")

# What is told of each answer to a request for a feed: environ, the feed's key, its format, the status, how many bytes
# of body were sent, and how many the whole would have had.
Watch = Callable[[dict[str, Any], str, str, int, int, int], None]


class FastPath:
    """The whole service as one WSGI callable: the shelf first, `behind` for the rest.

    `prefix` is the path of the base URL; a proxy may pass requests on with it or without.
    """

    def __init__(
        self, behind: "WSGIApplication", shelf: Shelf, prefix: str, limiter: Limiter, watch: Watch | None = None
    ) -> None:
        self._behind = behind
        self._shelf = shelf
        self._prefix = prefix
        self._limiter = limiter
        self._watch = watch
        self._blind = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"] = self._path(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not is_stored(path):
            return self._behind(environ, start_response)
        index = self._shelf.index()
        if path in index.moved:
            return _redirect(index.moved[path], start_response)
        if path in index.drawn:
            return self._behind(environ, start_response)
        choice = index.answers.get(path)
        if environ.get("HTTP_SEC_FETCH_DEST") == "document" and (
            path in index.readable or (choice is None and path not in index.gone)
        ):
            return self._behind(environ, start_response)
        if choice is not None:
            return self._answer(choice, path, environ, start_response)
        if path in index.gone:
            return _gone(start_response)
        # A page would be an answer, but none for a feed reader.
        return _not_found(start_response) if index.answers else _unavailable(start_response)

    def _path(self, path: str, query: str) -> str:
        """The path below the prefix, with one slash in front: Flask forgives more, and //rss.xml would be no
        feed here and a page there."""
        path = "/" + path.lstrip("/")
        if path == COMBINED == self._prefix and ASKS_FOR_FEED.search(query):
            return path  # the prefix has been taken off already, and this is no question about the home page
        if self._prefix and (path == self._prefix or path.startswith(self._prefix + "/")):
            path = "/" + path[len(self._prefix) :].lstrip("/")
        return path

    def _answer(
        self, choice: Choice, path: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        answer = choice.answers[best_coding(environ.get("HTTP_ACCEPT_ENCODING", ""), choice.codings)]
        held = _held(answer, choice, environ)
        if held:
            start_response("304 Not Modified", list(held.headers_unchanged))
            return self._sent((), choice, environ, 304)
        if wait_s := self._limiter.wait_s(environ):
            return self._sent(_too_many(wait_s, start_response), choice, environ, 429)
        base = _base(choice, environ) if choice.since else None
        try:
            delta = self._shelf.delta(answer, _digest(base)) if base else None
            if delta is not None and base:
                start_response("226 IM Used", delta_headers(answer.headers, base, len(delta)))
                return self._sent((delta,), choice, environ, 226)
            body = self._shelf.body(answer)
            if body is None:  # published anew since the last look, more than once
                now = self._shelf.look_again().answers[path].answers
                answer = now.get(answer.pointer.encoding, now[""])
                body = self._shelf.body(answer)
        except (SQLAlchemyError, KeyError):
            body = None
        if body is None:
            return _unavailable(start_response)
        start_response("200 OK", list(answer.headers))
        return self._sent((body,), choice, environ, 200)

    def _sent(self, body: Sequence[bytes], choice: Choice, environ: "WSGIEnvironment", status: int) -> Iterable[bytes]:
        """Tell the watch; whatever becomes of that, the answer stands."""
        body = () if environ["REQUEST_METHOD"] == "HEAD" else body
        of = choice.answers[""].pointer  # what it would have been without any coding
        if self._watch and of.format in FORMATS:
            try:
                self._watch(environ, of.key, of.format, status, sum(map(len, body)), of.size)
            except Exception as error:
                if not self._blind:  # once is enough: it would be the same with each request
                    log.error("readers not counted", reason=repr(error))
                self._blind = True
        return body


def _held(answer: Answer, choice: Choice, environ: "WSGIEnvironment") -> Answer | None:
    """What a client has and need not be sent again: the answer it would get, or that in another coding it can read."""
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if is_unchanged(if_none_match, environ.get("HTTP_IF_MODIFIED_SINCE"), answer.etag, answer.modified):
        return answer
    if if_none_match is None:
        return None
    tags, accepted = entity_tags(if_none_match), environ.get("HTTP_ACCEPT_ENCODING", "")
    same = (one for coding, one in choice.answers.items() if one.etag in tags and takes(accepted, coding))
    return next(same, None)


def _base(choice: Choice, environ: "WSGIEnvironment") -> str | None:
    """The tag of the former generation that a client has, where it wants only what has changed since."""
    if not wants_news_only(environ.get("HTTP_A_IM", "")) or STUMBLES in environ.get("HTTP_USER_AGENT", "").lower():
        return None
    tags = sorted(entity_tags(environ.get("HTTP_IF_NONE_MATCH", "")))
    return next((tag for tag in tags if _digest(tag) in choice.since), None)


def _digest(tag: str) -> str:
    """What the ETags of all codings have in common; "" for a tag that was never given."""
    digest, _, coding = tag.strip('"').partition("-")
    return digest if coding in ("", *CODINGS) else ""


def _redirect(url: str, start_response: "StartResponse") -> Iterable[bytes]:
    headers: list[Header] = [("Location", url), FOR_AN_HOUR, ("Content-Length", "0")]
    start_response("301 Moved Permanently", [*headers, ANY_ORIGIN])
    return ()


def _gone(start_response: "StartResponse") -> Sequence[bytes]:
    return _told("410 Gone", "This channel has ended, and nothing has taken its place.", start_response, FOR_AN_HOUR)


def _not_found(start_response: "StartResponse") -> Sequence[bytes]:
    return _told("404 Not Found", "There is no such feed.", start_response, NOT_TO_STORE)


def _too_many(wait_s: int, start_response: "StartResponse") -> Sequence[bytes]:
    retry = ("Retry-After", str(wait_s))
    return _told("429 Too Many Requests", told_to_wait(wait_s), start_response, NOT_TO_STORE, retry)


def _unavailable(start_response: "StartResponse") -> Sequence[bytes]:
    text = "Nothing has been published yet, or the store cannot be read at this moment."
    return _told("503 Service Unavailable", text, start_response, NOT_TO_STORE, ("Retry-After", "30"))


def _told(status: str, text: str, start_response: "StartResponse", *headers: Header) -> Sequence[bytes]:
    body = f"{text}\n".encode()
    plain: list[Header] = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, [*plain, ANY_ORIGIN, *headers])
    return (body,)
