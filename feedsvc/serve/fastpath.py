"""Stored feeds and maps, answered ahead of Flask: a plain WSGI callable that sends bytes from the shelf.

It answers GET and HEAD of what is on the shelf and leaves everything else to the application behind it,
and so too a feed that a browser opens as a page. It builds nothing.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from feedsvc.serve.conditional import best_coding, is_unchanged
from feedsvc.serve.headers import ANY_ORIGIN, Header
from feedsvc.serve.shelf import CODINGS, Answer, Shelf, is_stored

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FastPath:
    """The whole service as one WSGI callable: the shelf first, `behind` for the rest.

    `prefix` is the path of the base URL; a proxy may pass requests on with it or without.
    """

    def __init__(self, behind: "WSGIApplication", shelf: Shelf, prefix: str) -> None:
        self._behind = behind
        self._shelf = shelf
        self._prefix = prefix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"] = self._path(environ["PATH_INFO"])
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not is_stored(path):
            return self._behind(environ, start_response)
        index = self._shelf.index()
        if path in index.moved:
            return _redirect(index.moved[path], start_response)
        codings = index.answers.get(path)
        to_a_person = environ.get("HTTP_SEC_FETCH_DEST") == "document"
        if to_a_person and (codings is None or path in index.readable):
            return self._behind(environ, start_response)
        if codings is None:  # a page would be an answer, but none for a feed reader
            return _not_found(start_response) if index.answers else _unavailable(start_response)
        answer = codings[best_coding(environ.get("HTTP_ACCEPT_ENCODING", ""), CODINGS)]
        return self._answer(answer, path, environ, start_response)

    def _path(self, path: str) -> str:
        """The path below the prefix, with one slash in front: Flask forgives more, and //rss.xml would be no
        feed here and a page there."""
        path = "/" + path.lstrip("/")
        if self._prefix and (path == self._prefix or path.startswith(self._prefix + "/")):
            path = "/" + path[len(self._prefix) :].lstrip("/")
        return path

    def _answer(
        self, answer: Answer, path: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if is_unchanged(
            environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE"), answer.etag, answer.modified
        ):
            start_response("304 Not Modified", list(answer.headers_unchanged))
            return ()
        try:
            body = self._shelf.body(answer)
            if body is None:  # published anew since the last look, more than once
                answer = self._shelf.look_again().answers[path][answer.pointer.encoding]
                body = self._shelf.body(answer)
        except (SQLAlchemyError, KeyError):
            body = None
        if body is None:
            return _unavailable(start_response)
        start_response("200 OK", [*answer.headers, ("Content-Length", str(len(body)))])
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def _redirect(url: str, start_response: "StartResponse") -> Iterable[bytes]:
    headers: list[Header] = [("Location", url), ("Cache-Control", "public, max-age=3600"), ("Content-Length", "0")]
    start_response("301 Moved Permanently", [*headers, ANY_ORIGIN])
    return ()


def _not_found(start_response: "StartResponse") -> Iterable[bytes]:
    return _told("404 Not Found", "There is no such feed.", start_response)


def _unavailable(start_response: "StartResponse") -> Iterable[bytes]:
    text = "Nothing has been published yet, or the store cannot be read at this moment."
    return _told("503 Service Unavailable", text, start_response, ("Retry-After", "30"))


def _told(status: str, text: str, start_response: "StartResponse", *headers: Header) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    plain: list[Header] = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, [*plain, ("Cache-Control", "no-store"), ANY_ORIGIN, *headers])
    return (body,)
