"""What stands at which path, in which codings and with which headers: one publication as a value. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from feedsvc.publish.plan import ALL, MAP, OPML, SITEMAP
from feedsvc.publish.snapshot import CODINGS
from feedsvc.render import FORMATS, MAP_FILE
from feedsvc.render.assemble import feed_home
from feedsvc.serve.headers import Header, stored_headers, surrogate_keys
from feedsvc.settings import Settings
from feedsvc.store.reading import Pointer

MAX_AGE_S = 300  # at most; a site that refreshes more often is asked more often
OPML_PATH = "/channels.opml"
SITEMAP_PATHS = {"sitemap": "/sitemap.xml", "pages": "/sitemap-pages.xml", "news": "/sitemap-news.xml"}

# Where readers look for a feed that nobody told them of. They follow no redirect there.
PROBED = {
    "rss": ("/feed", "/feed/", "/feed.xml", "/rss", "/rss/", "/rss/feed.xml", "/index.rss", "/index.xml", "/feed.rss"),
    "atom": ("/atom", "/atom/", "/feed.atom", "/index.atom"),
    "json": ("/index.json", "/feed/json"),
}

FILES = {name: format.file_name for name, format in FORMATS.items()} | {MAP: MAP_FILE}  # by the name of the format
STORED_FILES = tuple(f"/{file}" for file in FILES.values())
STORED_PATHS = frozenset(
    (OPML_PATH, *SITEMAP_PATHS.values(), *STORED_FILES, *(path for paths in PROBED.values() for path in paths))
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One representation, ready to leave. `modified` is a Unix time."""

    etag: str
    modified: int
    headers: Sequence[Header]
    headers_unchanged: Sequence[Header]
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Choice:
    """One document in every coding that it is stored in: `answers` by coding, "" for the bytes as they are.

    `codings` are the others, best first. `since` are the digests in the ETags of former generations since which it is
    stored what has changed.
    """

    answers: Mapping[str, Answer]
    codings: tuple[str, ...]
    since: Set[str]


@dataclass(frozen=True, slots=True)
class Index:
    """All that stands in one publication. `answers` maps path → Choice, `moved` path → URL; at the paths in `gone`
    nothing will ever stand again. `readable` are the paths that also have a page for people. At those in `drawn` are
    maps that are made on demand."""

    publication: int
    answers: Mapping[str, Choice]
    moved: Mapping[str, str]
    gone: Set[str]
    readable: Set[str]
    drawn: Set[str]


EMPTY = Index(-1, {}, {}, frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store says of a publication, in the words of `reading`."""

    pointers: Sequence[Pointer]
    heirs: Mapping[str, str]
    gone: Set[str] = frozenset()
    since: Mapping[tuple[str, str], Set[str]] = field(default_factory=dict)
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)


def is_stored(path: str) -> bool:
    """Whether a feed, a map or a sitemap may stand at `path`, as opposed to a page."""
    if path in STORED_PATHS:
        return True
    # Archives lie deeper, and are not among them.
    return path.startswith("/channels/") and path.endswith(STORED_FILES) and path.count("/") == 3


def index(publication: int, stored: Stored, settings: Settings, former: Index = EMPTY) -> Index:
    """Lay out a publication by paths. What stands as in the `former` one is taken from there: most does."""
    base = settings.site.base_url
    heirs = stored.heirs.items()
    moved = {path: f"{base}/channels/{to}/{file}" for slug, to in heirs for file, path in _paths_of(slug)}
    gone = frozenset(path for slug in stored.gone for _, path in _paths_of(slug))
    readable = {path for path in gone if not path.endswith(MAP_FILE)}
    documents: dict[tuple[str, str], dict[str, Pointer]] = defaultdict(dict)
    for pointer in stored.pointers:
        documents[pointer.key, pointer.format][pointer.encoding] = pointer
    homes = {f"/{key}" if key else "" for key, format in documents if format in FORMATS}
    maps = {f"{home}/{MAP_FILE}" for home in homes}
    answers: dict[str, Choice] = {}
    for (key, format), by_coding in documents.items():
        path, *others = paths = _paths(key, format)
        if path in moved or path in gone:  # what it last said is still in the store
            continue
        if format in FORMATS:
            readable.update(paths)
        choice = former.answers.get(path)
        if choice is None or {coding: answer.pointer for coding, answer in choice.answers.items()} != by_coding:
            choice = _choice(by_coding, key, format, base + path, stored, settings)
        answers |= dict.fromkeys((path, *others), choice)
    return Index(publication, answers, moved, gone, readable, maps - moved.keys() - gone)


def _paths_of(slug: str) -> Iterable[tuple[str, str]]:
    """(file name, path) of everything that a channel may have."""
    return ((file, f"/channels/{slug}/{file}") for file in FILES.values())


def _paths(key: str, format: str) -> list[str]:
    """The canonical path first, then the names under which readers probe."""
    if key == OPML:
        return [OPML_PATH]
    if key == SITEMAP:
        return [SITEMAP_PATHS[format]]
    if key == ALL:
        return [f"/{FILES[format]}", *PROBED.get(format, ())]
    return [f"/{key}/{FILES[format]}"]


def _choice(
    by_coding: Mapping[str, Pointer], key: str, format: str, url: str, stored: Stored, settings: Settings
) -> Choice:
    names = surrogate_keys(key, stored.shown.get(key, ()))
    return Choice(
        {coding: _answer(pointer, url, names, settings) for coding, pointer in by_coding.items()},
        tuple(coding for coding in CODINGS if coding in by_coding),
        stored.since.get((key, format), frozenset()),
    )


def _answer(pointer: Pointer, url: str, names: Sequence[str], settings: Settings) -> Answer:
    of = stored_headers(
        pointer.etag,
        pointer.published_at,
        pointer.media_type,
        pointer.encoding,
        url,
        min(MAX_AGE_S, settings.schedule.refresh_every_s),
        names,
        _page(pointer.key, settings),
        deltas=pointer.format in FORMATS,
    )
    full = [*of.full, ("Content-Length", str(pointer.size))]
    return Answer(pointer.etag, int(pointer.published_at.timestamp()), full, of.unchanged, pointer)


def _page(key: str, settings: Settings) -> str:
    """Where people find what a document is about; a sitemap is about nothing in itself."""
    if key == SITEMAP:
        return ""
    return feed_home(ALL if key == OPML else key, settings.site)
