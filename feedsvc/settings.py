"""TOML and environment → one typed, frozen `Settings`.

Read once at start and passed down. Every problem is found at once and named by its key; an unknown
key is a problem. The environment overrides the file: FEEDSVC_SITE__BASE_URL is `[site] base_url`.
Relative paths resolve against the folder of the configuration file.
"""

import json
import os
import re
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from feedsvc.datewords.cldr import known_language
from feedsvc.errors import BadSettings
from feedsvc.model import Marks

DEFAULT_CONFIG = "config/feedsvc.toml"
PREFIX = "FEEDSVC_"
OWN_PATHS = frozenset({"channels", "articles", "static", "archive", "ingest"})
MIN_KEY = 16  # characters of a key that a CMS shows
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}  # whatever driver a URL asks for
# Read by the command line itself, so not settings: where the file is, and where the tests' data are.
NOT_SETTINGS = frozenset({"FEEDSVC_CONFIG", "FEEDSVC_SHARED"})


# What all links begin with. The path has the characters of RFC 3986 §3.3; neither ? nor # may follow.
WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(?:/[A-Za-z0-9%!$&'()*+,;=:@/._~-]*)?", re.IGNORECASE)


class Section(BaseModel):
    """A table of the configuration file: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Site(Section):
    title: str = Field("feedsvc", min_length=1)
    base_url: str = "http://127.0.0.1:8080"
    language: str = Field("en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    copyright: str = ""
    image: str = ""

    @field_validator("base_url")
    @classmethod
    def _absolute_web_address(cls, value: str) -> str:
        if not WEB_ADDRESS.fullmatch(value) or not _has_host_and_port(value):
            raise ValueError(
                "must be an absolute http or https address in ASCII, such as https://feeds.example.org,"
                " without query, fragment or user name"
            )
        if (first := urlsplit(value).path.strip("/").partition("/")[0]) in OWN_PATHS:
            # A proxy may strip the prefix or not, and /channels/x must mean one thing only.
            raise ValueError(f"must have a path that does not begin with /{first}, which is one of the service's own")
        return value.rstrip("/")

    @property
    def path_prefix(self) -> str:
        """The path of `base_url`, without a trailing slash: "" or "/feeds"."""
        return urlsplit(self.base_url).path


class StoreSettings(Section):
    url: str = "sqlite:///../var/feedsvc.db"

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
            raise ValueError("must be a database URL, such as sqlite:///feedsvc.db") from error
        backend = url.get_backend_name()
        if backend not in DRIVERS:
            raise ValueError(f"must begin with sqlite: or postgresql:, not {backend}:")
        if backend == "sqlite" and (not url.database or url.database == ":memory:" or "\0" in url.database):
            raise ValueError("must name a file, such as sqlite:///feedsvc.db; what is in memory would not last")
        return value


class Schedule(Section):
    refresh_every_s: int = Field(300, ge=1, le=86_400)


class Feeds(Section):
    max_entries: int = Field(50, ge=1, le=1000)
    burst_days: float = Field(2, ge=0, le=365)
    burst_entries: int = Field(200, ge=1, le=1000)
    archive_entries: int = Field(20, ge=1, le=1000)
    hold_share: float = Field(0.5, gt=0, le=1)
    notice_days: float = Field(30, ge=0, le=3650)
    farewell_days: float = Field(90, ge=0, le=3650)


class Themes(Section):
    min_articles: int = Field(5, ge=2)
    min_span_hours: float = Field(1, ge=0)
    window_days: float = Field(365, gt=0)
    retire_after_days: float = Field(0, ge=0)
    model: str = ""
    rest_title: str = Field("More stories", min_length=1)


class Serve(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65_535)
    workers: int = Field(1, ge=1, le=64)
    cache_mb: int = Field(64, ge=1)
    requests_per_minute: int = Field(120, ge=0)
    unlimited: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    trusted_proxies: int = Field(0, ge=0, le=10)
    readers_days: int = Field(30, ge=0, le=400)

    @field_validator("unlimited")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)  # its ValueError says what is wrong
        return value


class Fetch(Section):
    cache: Path = Path("../var/fetched")
    pause_s: float = Field(1, ge=0, le=60)
    parallel: int = Field(8, ge=1, le=64)
    total_s: float = Field(30, gt=0, le=600)
    max_mb: int = Field(10, ge=1, le=100)


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class PageSettings(Section):
    """Where the parts of a source's pages are, as CSS selectors, or XPath beginning with / or (."""

    title: str = ""
    body: str = ""
    published: str = ""
    updated: str = ""
    author: str = ""
    image: str = ""
    related: str = ""


class SourceSettings(Section):
    """One `[[sources]]` table. A folder has a `path`, pages and feeds a `url`, and a push has a `key`."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    kind: Literal["folder", "pages", "feed", "push"]
    path: Path | None = None
    url: str = ""
    urls: tuple[str, ...] = ()
    find: Literal["pages", "sitemap", "section"] = "pages"
    only: str = ""
    every_s: int = Field(0, ge=0, le=86_400 * 7)
    max_pages: int = Field(200, ge=1, le=10_000)
    allow_private: bool = False
    key: str = Field("", repr=False)
    time_zone: str = "UTC"
    date_language: str = ""
    related_marks: tuple[Annotated[str, Field(min_length=1)], ...] = Marks().related
    end_marks: tuple[Annotated[str, Field(min_length=1)], ...] = Marks().end
    page: PageSettings = PageSettings()

    @field_validator("path", mode="before")
    @classmethod
    def _names_something(cls, value: object) -> object:
        if isinstance(value, str) and (not value.strip() or "\0" in value):
            raise ValueError("must name a folder")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, LookupError) as error:
            raise ValueError("must be a zone of the IANA database, such as Europe/Kyiv") from error
        return value

    @field_validator("date_language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value:
            known_language(value)  # its ValueError says what is wrong
        return value

    @field_validator("url", "urls")
    @classmethod
    def _web_address(cls, value: Any) -> Any:
        for url in (value,) if isinstance(value, str) else value:
            parts = urlsplit(url)
            if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
                raise ValueError(f"must be an absolute http or https address without a user name, not {url!r}")
        return value

    @field_validator("only")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"must be a regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "SourceSettings":
        needs = {"folder": self.path, "feed": self.url, "pages": self.url or self.urls, "push": self.key}
        wanted = {"folder": "a path", "feed": "a url", "pages": "a url, or urls", "push": "a key"}
        if not needs[self.kind]:
            raise ValueError(f"a source of kind {self.kind!r} needs {wanted[self.kind]}")
        if self.kind == "push" and (len(self.key) < MIN_KEY or not re.fullmatch(r"[!-~]+", self.key)):
            raise ValueError(f"key: must have at least {MIN_KEY} visible ASCII characters, so that nobody guesses it")
        return self

    @property
    def marks(self) -> Marks:
        return Marks(self.related_marks, self.end_marks, self.date_language)


class Settings(Section):
    """Everything that can be set. `origin` is the file it was read from."""

    origin: Path
    site: Site = Site()
    store: StoreSettings = StoreSettings()
    schedule: Schedule = Schedule()
    feeds: Feeds = Feeds()
    themes: Themes = Themes()
    serve: Serve = Serve()
    fetch: Fetch = Fetch()
    log: Log = Log()
    sources: tuple[SourceSettings, ...]

    @field_validator("sources")
    @classmethod
    def _can_be_told_apart(cls, sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        if not sources:
            raise ValueError("at least one [[sources]] table is needed")
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the name {twice[0]!r} is used more than once")
        keys = [source.key for source in sources if source.kind == "push"]
        if len(keys) != len(set(keys)):
            raise ValueError("two sources have the same key")
        return sources

    def source_path(self, source: SourceSettings) -> Path:
        """Where a folder is."""
        return (self.origin.parent / (source.path or "")).resolve()

    @property
    def fetch_cache(self) -> Path:
        """The folder in which answers from the network are kept."""
        return (self.origin.parent / self.fetch.cache).resolve()

    @property
    def model(self) -> str:
        """The model by which texts are compared, a relative folder made absolute; empty for none."""
        folder = self.origin.parent / self.themes.model
        return str(folder.resolve()) if self.themes.model and folder.is_dir() else self.themes.model

    @property
    def store_url(self) -> str:
        """The database URL, with a relative SQLite path made absolute."""
        url = make_url(self.store.url)
        url = url.set(drivername=DRIVERS[url.get_backend_name()])
        if url.get_backend_name() == "sqlite" and url.database:
            url = url.set(database=str((self.origin.parent / url.database).resolve()))
        return url.render_as_string(hide_password=False)


def _has_host_and_port(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def load_settings(path: str | Path) -> Settings:
    """Read the settings at `path` and the environment. Raises BadSettings with every problem at once."""
    origin = Path(path).resolve()
    try:
        table = tomllib.loads(origin.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(str(path), [f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadSettings(str(path), [f"is not TOML: {error}"]) from error
    problems: list[str] = []
    if "PORT" in os.environ:
        _set(table, ["serve", "port"], os.environ["PORT"])
    for name, value in sorted(os.environ.items()):
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            path_in_table = name.removeprefix(PREFIX).lower().split("__")
            if not all(path_in_table) or not _set(table, path_in_table, value):
                problems.append(f"environment variable {name} names no setting")
    if "origin" in table:  # where the file is, which it need not say of itself
        problems.append("origin: there is no such setting")
    try:
        settings = Settings(**{**table, "origin": origin})
    except ValidationError as error:
        problems += [_sentence(detail) for detail in error.errors()]
    if problems:
        raise BadSettings(str(path), problems)
    return settings


def _set(table: dict[str, Any], keys: list[str], value: str) -> bool:
    """Put an environment variable's text where its name points: `sources__0__path` is sources[0].path."""
    here: Any = table
    for key in keys[:-1]:
        if isinstance(here, list):
            if not key.isdecimal() or int(key) >= len(here):
                return False
            here = here[int(key)]
        else:
            here = here.setdefault(key, {})
        if not isinstance(here, dict | list):
            return False
    if not isinstance(here, dict):
        return False
    here[keys[-1]] = _json_or_text(value)
    return True


def _json_or_text(value: str) -> Any:
    """Lists and tables come as JSON; anything else is text, which the model turns into its own type."""
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _sentence(detail: ErrorDetails) -> str:
    key = _key(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{key}: there is no such setting"
    message = detail["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{key}: {message}" if key else message


def _key(location: tuple[Any, ...]) -> str:
    """("sources", 1, "path") → "sources[1].path"."""
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key
