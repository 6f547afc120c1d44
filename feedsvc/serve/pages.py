"""The pages for people: which channels there are, what is in them, and how to subscribe.

Shows what was published and builds nothing. Every link carries the path prefix; every absolute address is
made of the configured base URL, never of the request. The pages need no script, and may run none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import structlog
from flask import Blueprint, Response, abort, after_this_request, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from feedsvc.model import Channel
from feedsvc.render import FORMATS
from feedsvc.render.assemble import article_page, feed_home
from feedsvc.render.edge import language_tag
from feedsvc.settings import Settings, Site
from feedsvc.store import reading
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

ARTICLES_A_PAGE = 30
ARTICLES_ON_HOME = 10
ARTICLES_IN_FEED_VIEW = 50
CHANNELS_TO_DISCOVER = 50  # each adds three lines to the head of the home page

LABELS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
# Written out, because strftime and calendar speak the language of the process's locale.
MONTHS = "January February March April May June July August September October November December".split()
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")

ERRORS = {
    404: ("Not found", "There is nothing at this address. It may be mistyped, or what was here is no longer public."),
    405: ("Not possible here", "This address can only be read; nothing can be sent to it."),
    410: ("Gone", "What was here has been taken away for good, and nothing has taken its place."),
    500: ("Something went wrong", "The fault is on this side and has been noted. Please try again in a moment."),
    503: ("Not at this moment", "The articles cannot be read at this moment. Please try again in a minute."),
}

HEADERS = {
    # Articles may show pictures and play sound or video from anywhere; everything else is this service's own.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; media-src https: http:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


class FeedLink(NamedTuple):
    """A feed as a page names it: `href` to link to it, `url` in full to copy."""

    format: str
    label: str
    media_type: str
    href: str
    url: str


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The pages, with routes that know nothing of the path prefix, and the error pages of the whole app."""
    views = Pages(settings.site, store)
    pages = Blueprint("pages", __name__, template_folder="templates")
    pages.add_url_rule("/", view_func=views.home)
    # With and without the slash are routes of their own: Flask's redirect would name the host of the request.
    pages.add_url_rule("/channels", view_func=views.channels)
    pages.add_url_rule("/channels/", view_func=views.channels)
    pages.add_url_rule("/channels/<slug>", view_func=views.channel_bare)
    pages.add_url_rule("/channels/<slug>/", view_func=views.channel)
    pages.add_url_rule("/articles/<path:id>", view_func=views.article)
    for format, (file_name, _, _) in FORMATS.items():
        for rule, view, given in (
            (f"/{file_name}", views.feed_view, {"key": "", "format": format}),
            (f"/channels/<slug>/{file_name}", views.channel_feed_view, {"format": format}),
        ):
            # OPTIONS of a feed is a question about the feed, not about this view of it.
            pages.add_url_rule(rule, view_func=view, defaults=given, provide_automatic_options=False)
    for status in ERRORS:
        pages.app_errorhandler(status)(_error)
    pages.app_errorhandler(SQLAlchemyError)(_store_is_away)
    pages.before_request(_refuse_nul)
    pages.after_app_request(_protect)
    pages.record_once(lambda state: state.app.jinja_env.globals.update(views.globals()))
    return pages


@dataclass(frozen=True, slots=True)
class Pages:
    """The views, on one site and one store."""

    site: Site
    store: Store

    def home(self) -> ResponseReturnValue:
        with self.store.reading() as connection:
            channels = reading.channel_lines(connection)
            newest = reading.newest_articles(connection, ARTICLES_ON_HOME)
        return render_template("home.html", channels=channels, newest=newest, to_discover=CHANNELS_TO_DISCOVER)

    def channels(self) -> ResponseReturnValue:
        return redirect(self._href("/"), 301)

    def channel_bare(self, slug: str) -> ResponseReturnValue:
        return redirect(self._channel_href(slug), 301)

    def channel(self, slug: str) -> ResponseReturnValue:
        page = _page_number()
        with self.store.reading() as connection:
            channel = self._standing_channel(connection, slug)
            found = reading.channel_articles(connection, slug, ARTICLES_A_PAGE + 1, (page - 1) * ARTICLES_A_PAGE)
        if not found and page > 1:
            abort(404)
        articles, more = found[:ARTICLES_A_PAGE], len(found) > ARTICLES_A_PAGE
        return render_template("channel.html", channel=channel, articles=articles, page=page, more=more)

    def article(self, id: str) -> ResponseReturnValue:
        with self.store.reading() as connection:
            article = reading.public_article(connection, id)
            channels = reading.article_channels(connection, id)
        if article is None:
            abort(404)
        if isinstance(article, str):
            return redirect(self._article_href(article), 301)
        return render_template("article.html", article=article, channels=channels)

    def feed_view(self, key: str, format: str) -> ResponseReturnValue:
        """The feed with `key`, as a person sees it who opens its address in a browser."""
        after_this_request(_never_for_readers)
        slug = key.removeprefix("channels/")
        with self.store.reading() as connection:
            if slug:
                title = self._standing_channel(connection, slug, FORMATS[format].file_name).title
                articles = reading.channel_articles(connection, slug, ARTICLES_IN_FEED_VIEW)
            else:
                title = self.site.title
                articles = reading.newest_articles(connection, ARTICLES_IN_FEED_VIEW)
        return render_template("feed.html", key=key, format=format, title=title, articles=articles)

    def channel_feed_view(self, slug: str, format: str) -> ResponseReturnValue:
        return self.feed_view(f"channels/{slug}", format)

    def _standing_channel(self, connection: Connection, slug: str, file_name: str = "") -> Channel:
        """The channel at `slug`; without one the answer is 404, or a redirect to where it was merged into."""
        channel = reading.channel(connection, slug)
        if channel is None:
            abort(404)
        if channel.heir:
            abort(redirect(self._channel_href(channel.heir) + file_name, 301))
        return channel

    def globals(self) -> dict[str, object]:
        """What the templates know beside what a view hands them."""
        helpers: tuple[Callable[..., object], ...] = (feed_home, article_page, language_tag, spoken, machine, host)
        return {
            "site": self.site,
            "href": self._href,
            "channel_href": self._channel_href,
            "article_href": self._article_href,
            "feeds_of": self._feeds_of,
            **{helper.__name__: helper for helper in helpers},
        }

    def _href(self, path: str) -> str:
        return self.site.path_prefix + path

    def _channel_href(self, slug: str) -> str:
        return self._href(f"/channels/{quote(slug, safe='')}/")

    def _article_href(self, id: str) -> str:
        return self._href(f"/articles/{quote(id, safe=':')}")

    def _feeds_of(self, key: str) -> list[FeedLink]:
        """The three feeds of the channel with `key`, or of everything for ""."""
        home = feed_home(key, self.site)
        path = f"/{key}/" if key else "/"
        return [
            FeedLink(name, LABELS[name], media_type.partition(";")[0], self._href(path + file), home + file)
            for name, (file, media_type, _) in FORMATS.items()
        ]


def spoken(at: datetime) -> str:
    """A time as people read it: "21 June 2025, 21:47 UTC"."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def machine(at: datetime) -> str:
    """A time as HTML's `datetime` attribute has it: "2025-06-21T21:47:06Z"."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def host(url: str) -> str:
    """The site that a URL leads to, without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not PAGE_NUMBER.fullmatch(text):
        abort(404)
    return int(text)


def _refuse_nul() -> None:
    if "\0" in request.path:  # no name has one, and PostgreSQL takes none in a question
        abort(404)


def _never_for_readers(response: Response) -> Response:
    # The same address gives feed readers the feed: no cache may hand them this page.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Sec-Fetch-Dest, Accept-Encoding"
    return response


def _store_is_away(error: SQLAlchemyError) -> ResponseReturnValue:
    log.error("store not readable", reason=cause(error))
    return _error(ServiceUnavailable(retry_after=30))


def _error(error: HTTPException) -> ResponseReturnValue:
    title, sentence = ERRORS[error.code or 500]
    answer = Response(render_template("error.html", title=title, sentence=sentence), error.code)
    for name, value in error.get_headers():
        answer.headers.setdefault(name, value)  # such as Allow, which a 405 must have
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.extend({name: value for name, value in HEADERS.items() if name not in response.headers})
        response.headers.setdefault("Cache-Control", "public, max-age=60")
    return response
