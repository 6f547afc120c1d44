"""Archives, combined feeds and maps: made when first asked for, with the answers that stored feeds give.

What a view hands out has been made and stored; making is counted against the address that asks, a 304 is free.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import orjson
import structlog
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.errors import FeedsvcError
from feedsvc.model import Article
from feedsvc.ondemand import Document, Documents
from feedsvc.ondemand.query import read_query
from feedsvc.ondemand.refused import BadQuery, Ended, TooBusy, UnknownChannel
from feedsvc.publish.snapshot import CODINGS
from feedsvc.render import FORMATS, MAP_FILE
from feedsvc.render.assemble import feed_home
from feedsvc.serve.conditional import best_coding, entity_tags, is_unchanged, takes
from feedsvc.serve.headers import ANY_ORIGIN, Headers, stored_headers, surrogate_keys
from feedsvc.serve.index import MAX_AGE_S
from feedsvc.serve.limiter import Limiter, told_to_wait
from feedsvc.serve.pages import LABELS, FeedLink
from feedsvc.settings import Settings
from feedsvc.store.store import Store, cause

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers as ResponseHeaders

log = structlog.get_logger()

FORMAT_BY_FILE = {format.file_name: name for name, format in FORMATS.items()}
FILE = f"<any({', '.join(map(repr, FORMAT_BY_FILE))}):file>"
COMBINED = "/feeds"
ARCHIVE = f"/archive/<number>/{FILE}"
ARCHIVE_OF_A_CHANNEL = f"/channels/<slug>{ARCHIVE}"
MAP = f"/{MAP_FILE}"
MAP_OF_A_CHANNEL = f"/channels/<slug>/{MAP_FILE}"
RULES = (COMBINED, ARCHIVE, ARCHIVE_OF_A_CHANNEL)
NUMBER = re.compile(r"[1-9][0-9]{0,5}")


class NotThere(FeedsvcError):
    """No such archive was ever closed, or there is no such channel to draw a map of."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.")


class TooMany(FeedsvcError):
    """The address has had its share for now; `wait_s` seconds later it may ask again."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(told_to_wait(wait_s))


STATUSES = {BadQuery: 400, UnknownChannel: 404, NotThere: 404, Ended: 410, TooMany: 429, TooBusy: 503}
RETRY_AFTER_S = 30

Admit = Callable[[], None]
# A document in a coding, or in a format and a coding; the last argument is called before one is made.
Ask = Callable[[str, Admit], Document | None]
AskInFormat = Callable[[str, str, Admit], Document | None]


class NotModified(Response):
    """Werkzeug would take Last-Modified out of a 304, by which some readers go."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> "ResponseHeaders":
        return self.headers


def blueprint(settings: Settings, store: Store, limiter: Limiter) -> Blueprint:
    """The views, and what is said when one refuses. OPTIONS is left to whoever answers it for stored feeds."""
    views = Demand(settings, Documents(settings, store), limiter)
    demand = Blueprint("demand", __name__, template_folder="templates")
    demand.add_url_rule(COMBINED, view_func=views.combined, provide_automatic_options=False)
    for rule in (ARCHIVE, ARCHIVE_OF_A_CHANNEL):
        demand.add_url_rule(rule, view_func=views.archive, provide_automatic_options=False)
    for rule in (MAP, MAP_OF_A_CHANNEL):
        demand.add_url_rule(rule, view_func=views.map, provide_automatic_options=False)
    for refusal in STATUSES:
        demand.register_error_handler(refusal, _refused)
    demand.register_error_handler(SQLAlchemyError, _store_is_away)
    return demand


@dataclass(frozen=True, slots=True)
class Demand:
    """The views, on one site and one store."""

    settings: Settings
    documents: Documents
    limiter: Limiter

    def combined(self) -> ResponseReturnValue:
        asked, format = read_query(request.args.to_dict(flat=False), self.settings.feeds)
        return self._answer(partial(self.documents.combined, asked), format)

    def archive(self, number: str, file: str, slug: str = "") -> ResponseReturnValue:
        if not NUMBER.fullmatch(number) or "\0" in slug:
            raise NotThere("archive")
        return self._answer(partial(self.documents.archive, slug, int(number)), FORMAT_BY_FILE[file])

    def map(self, slug: str = "") -> ResponseReturnValue:
        return self._sent(partial(self.documents.map, slug), "map")

    def _answer(self, ask: AskInFormat, format: str) -> Response:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            return self._page(partial(ask, "json"), format)
        return self._sent(partial(ask, format), "archive")

    def _sent(self, ask: Ask, what: str) -> Response:
        """The document, or that the client has it already. `what` it would be is told where there is none."""
        admit = Admission(self.limiter, request.environ)
        document = ask(best_coding(request.headers.get("Accept-Encoding", ""), CODINGS), admit)
        if document is None:
            raise NotThere(what)
        if tag := _held(document):
            answer = NotModified(status=304, headers=[*self._headers(document, tag).unchanged])
            del answer.headers["Content-Type"]
            return answer
        admit()
        return Response(document.made.body, headers=[*self._headers(document, document.made.etag).full])

    def _headers(self, document: Document, etag: str) -> Headers:
        made, recipe = document
        return stored_headers(
            etag,
            made.modified,
            made.media_type,
            made.coding,
            self.settings.site.base_url + made.path,
            min(MAX_AGE_S, self.settings.schedule.refresh_every_s),
            [name for key in recipe.keys for name in surrogate_keys(key, recipe.ids)],
            feed_home(recipe.home, self.settings.site),
        )

    def _page(self, ask: Ask, format: str) -> Response:
        """The same for a person who opens the address in a browser, made of the JSON that readers get."""
        document = ask("", Admission(self.limiter, request.environ))
        if document is None:
            raise NotThere("archive")
        feed = orjson.loads(document.made.body)
        page = render_template(
            "made.html",
            title=feed["title"],
            key=document.recipe.home,
            is_archive=not document.made.path.startswith(COMBINED),
            feeds=[self._link(name, path) for name, path in document.recipe.paths.items()],
            format=format,
            articles=[_article(item) for item in feed["items"]],
        )
        # The same address gives feed readers the feed: no cache may hand them this page.
        return Response(page, headers={"Cache-Control": "no-store", "Vary": "Sec-Fetch-Dest, Accept-Encoding"})

    def _link(self, format: str, path: str) -> FeedLink:
        site, media_type = self.settings.site, FORMATS[format].media_type.partition(";")[0]
        return FeedLink(format, LABELS[format], media_type, site.path_prefix + path, site.base_url + path)


class Admission:
    """Lets a request pass once it is counted, or refuses it. What is asked for twice is counted once."""

    def __init__(self, limiter: Limiter, environ: "WSGIEnvironment") -> None:
        self._limiter = limiter
        self._environ = environ
        self._given = False

    def __call__(self) -> None:
        if not self._given and (wait_s := self._limiter.wait_s(self._environ)):
            raise TooMany(wait_s)
        self._given = True


def _held(document: Document) -> str | None:
    """The tag of what a client has and need not be sent again, in whichever coding that it can read."""
    made, if_none_match = document.made, request.headers.get("If-None-Match")
    if is_unchanged(if_none_match, request.headers.get("If-Modified-Since"), made.etag, int(made.modified.timestamp())):
        return made.etag
    tags, accepted = entity_tags(if_none_match or ""), request.headers.get("Accept-Encoding", "")
    digest = made.etag.strip('"').partition("-")[0]
    tag_by_coding = {"": f'"{digest}"'} | {coding: f'"{digest}-{coding}"' for coding in CODINGS}
    return next((tag for coding, tag in tag_by_coding.items() if tag in tags and takes(accepted, coding)), None)


def _article(item: dict[str, str]) -> Article:
    """An entry as JSON Feed has it, as far as a list of articles shows it."""
    return Article(
        id=item["id"],
        source="",
        title=item["title"],
        published=datetime.fromisoformat(item["date_published"]),
        updated=None,
        url=item["url"],
        summary=item.get("summary", ""),
        body_html=item.get("content_html", ""),
        language=item.get("language"),
    )


def _refused(error: FeedsvcError) -> Response:
    return _told(STATUSES[type(error)], str(error), error.wait_s if isinstance(error, TooMany | TooBusy) else 0)


def _store_is_away(error: SQLAlchemyError) -> Response:
    log.error("store not readable", reason=cause(error))
    return _told(503, "The articles cannot be read at this moment.", RETRY_AFTER_S)


def _told(status: int, sentence: str, wait_s: int) -> Response:
    retry = [("Retry-After", str(wait_s))] if wait_s else []
    plain = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    return Response(f"{sentence}\n", status, [*plain, ("Cache-Control", "no-store"), ANY_ORIGIN, *retry])
