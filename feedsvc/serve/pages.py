"""The pages for people: which channels there are, what is in them, and how to subscribe.

Shows what was published; all that is ever built is the map of a channel. Every link carries the path prefix; every
absolute address is made of the configured base URL, never of the request. The pages need no script, and may run none
but their own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

import structlog
from flask import Blueprint, Response, abort, after_this_request, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from feedsvc.explain.words import percent
from feedsvc.model import Article, Channel, ChannelState
from feedsvc.ondemand import Documents
from feedsvc.ondemand.refused import TooBusy
from feedsvc.publish.plan import channel_key
from feedsvc.render import FORMATS
from feedsvc.render.assemble import article_page, feed_home
from feedsvc.render.edge import language_tag
from feedsvc.serve import signposts
from feedsvc.serve.index import PROBED
from feedsvc.serve.speech import direction, host, machine, spoken, spoken_day
from feedsvc.serve.subscribing import reader_links
from feedsvc.settings import Settings, Site
from feedsvc.store import reading
from feedsvc.store.ages import changed_at
from feedsvc.store.generations import endings
from feedsvc.store.histories import extent, history
from feedsvc.store.reasons import others_of_story, reasons, stories
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

ARTICLES_A_PAGE = 30
ARTICLES_ON_HOME = 10
ARTICLES_IN_FEED_VIEW = 50
CHANNELS_TO_DISCOVER = 50  # each adds three lines to the head of the home page
TIES_NAMED = 2  # of a kind, where it is said why an article is in a channel
TURNS_TOLD = 8  # of a channel's history
OTHERS_OF_A_STORY = 10

LABELS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")

ERRORS = {
    404: ("Not found", "There is nothing at this address. It may be mistyped, or what was here is no longer public."),
    405: ("Not possible here", "This address can only be read; nothing can be sent to it."),
    410: ("Gone", "What was here has been taken away for good, and nothing has taken its place."),
    500: ("Something went wrong", "The fault is on this side and has been noted. Please try again in a moment."),
    503: ("Not at this moment", "The articles cannot be read at this moment. Please try again in a minute."),
}
ENDED = (
    "This channel has ended",
    "Nothing new had come to it for so long that it was closed for good, and nothing has taken its place.",
)

WITHDRAWN = (
    "This article has been withdrawn",
    "It stood here once and has been taken back. Feed readers that keep to what they are told remove it too.",
)

HEADERS = {
    # Articles may show pictures and play sound or video from anywhere; everything else is this service's own.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
        "media-src https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
    maps = Documents(settings, store)  # there are so many, and whoever thinks of ever new feeds is not to hold them up
    views = Pages(settings.site, timedelta(days=settings.feeds.farewell_days), store, maps)
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
        for number, path in enumerate(PROBED.get(format, ())):
            name, given = f"probed {format} {number}", {"key": "", "format": format}
            pages.add_url_rule(path, name, views.feed_view, defaults=given, provide_automatic_options=False)
    signposts.add_to(pages, settings.site)
    for status in ERRORS:
        pages.app_errorhandler(status)(_error)
    pages.app_errorhandler(SQLAlchemyError)(_store_is_away)
    pages.before_request(_refuse_nul)
    pages.after_app_request(_protect)
    pages.record_once(lambda state: state.app.jinja_env.globals.update(views.globals()))
    return pages


@dataclass(frozen=True, slots=True)
class Pages:
    """The views, on one site and one store. A channel that has ended says so for as long as `farewell`."""

    site: Site
    farewell: timedelta
    store: Store
    maps: Documents

    def home(self) -> ResponseReturnValue:
        with self.store.reading() as connection:
            channels = reading.channel_lines(connection)
            newest = reading.newest_articles(connection, ARTICLES_ON_HOME)
        return render_template(
            "home.html",
            channels=[channel for channel in channels if channel.state is not ChannelState.DORMANT],
            quiet=[channel for channel in channels if channel.state is ChannelState.DORMANT],
            to_discover=channels[:CHANNELS_TO_DISCOVER],
            newest=newest,
            picture=self._map() if channels else None,
        )

    def channels(self) -> ResponseReturnValue:
        return redirect(self._href("/"), 301)

    def channel_bare(self, slug: str) -> ResponseReturnValue:
        return redirect(self._channel_href(slug), 301)

    def channel(self, slug: str) -> ResponseReturnValue:
        page = _page_number()
        with self.store.reading() as connection:
            channel = self._standing_channel(connection, slug)
            found = reading.channel_articles(connection, slug, ARTICLES_A_PAGE + 1, (page - 1) * ARTICLES_A_PAGE)
            articles, more = found[:ARTICLES_A_PAGE], len(found) > ARTICLES_A_PAGE
            ids = [article.id for article in articles]
            leading, others = told_together(articles, stories(connection, ids))
            why = reasons(connection, ids, [slug], TIES_NAMED)
            chapters, earlier = history(connection, slug, TURNS_TOLD) if page == 1 else ([], 0)
            last = extent(connection, slug).last if channel.state is ChannelState.DORMANT else None
            changed = changed_at(connection, channel_key(slug))
            ended = endings(connection).get(slug)
        if not found and page > 1:
            abort(404)
        return render_template(
            "channel.html",
            channel=channel,
            articles=leading,
            others=others,
            why={id: reason for (id, _), reason in why.items()},
            page=page,
            more=more,
            picture=self._map(slug) if page == 1 else None,
            chapters=chapters,
            earlier=earlier,
            quiet_since=last,
            newest=articles[0].published if articles and page == 1 else None,
            changed=changed,
            ended=ended,
        )

    def article(self, id: str) -> ResponseReturnValue:
        with self.store.reading() as connection:
            article = reading.public_article(connection, id)
            if article is None:
                abort(404)
            if isinstance(article, str):
                return redirect(self._article_href(article), 301)
            if article.withdrawn:
                abort(_told(410, *WITHDRAWN))
            channels = reading.article_channels(connection, id)
            why = reasons(connection, [id], [channel.slug for channel in channels], TIES_NAMED)
            others, more = others_of_story(connection, id, OTHERS_OF_A_STORY)
        return render_template(
            "article.html",
            article=article,
            channels=channels,
            why={slug: reason for (_, slug), reason in why.items()},
            others=others,
            more_others=more,
        )

    def feed_view(self, key: str, format: str) -> ResponseReturnValue:
        """The feed with `key`, as a person sees it who opens its address in a browser."""
        after_this_request(_never_for_readers)
        slug, ended = key.removeprefix("channels/"), None
        with self.store.reading() as connection:
            if slug:
                title = self._standing_channel(connection, slug, FORMATS[format].file_name).title
                ended = endings(connection).get(slug)
                articles = reading.channel_articles(connection, slug, ARTICLES_IN_FEED_VIEW)
            else:
                title = self.site.title
                articles = reading.newest_articles(connection, ARTICLES_IN_FEED_VIEW)
        return render_template("feed.html", key=key, format=format, title=title, articles=articles, ended=ended)

    def channel_feed_view(self, slug: str, format: str) -> ResponseReturnValue:
        return self.feed_view(f"channels/{slug}", format)

    def _map(self, slug: str = "") -> Markup | None:
        """The map of a channel, or of all; no page waits for one that is not to be had at this moment."""
        try:
            document = self.maps.map(slug)
        except TooBusy:
            return None
        return Markup(document.made.body.decode()) if document else None

    def _standing_channel(self, connection: Connection, slug: str, file_name: str = "") -> Channel:
        """The channel at `slug`, which may have ended of late; without one the answer is 404, 410 or a redirect to
        where it was merged into."""
        channel = reading.channel(connection, slug)
        if channel is None:
            abort(404)
        if slug in reading.gone(connection, datetime.now(UTC), self.farewell):
            abort(_told(410, *ENDED))
        if channel.heir:
            abort(redirect(self._channel_href(channel.heir) + file_name, 301))
        return channel

    def globals(self) -> dict[str, object]:
        """What the templates know beside what a view hands them."""
        helpers: tuple[Callable[..., object], ...] = (
            feed_home,
            article_page,
            language_tag,
            spoken,
            spoken_day,
            machine,
            host,
            percent,
            direction,
            reader_links,
        )
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


def told_together(
    articles: Sequence[Article], story_by_id: Mapping[str, str]
) -> tuple[list[Article], dict[str, list[Article]]]:
    """The first article of each story, and by its id the others of that story; all in the order they are given in."""
    by_story: dict[str, list[Article]] = {}
    for article in articles:
        by_story.setdefault(story_by_id.get(article.id, article.id), []).append(article)
    return [first for first, *_ in by_story.values()], {first.id: others for first, *others in by_story.values()}


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
    status = error.code or 500
    answer = _told(status, *ERRORS[status])
    for name, value in error.get_headers():
        answer.headers.setdefault(name, value)  # such as Allow, which a 405 must have
    return answer


def _told(status: int, title: str, sentence: str) -> Response:
    answer = Response(render_template("error.html", title=title, sentence=sentence), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.extend({name: value for name, value in HEADERS.items() if name not in response.headers})
        response.headers.setdefault("Cache-Control", "public, max-age=60")
    return response
