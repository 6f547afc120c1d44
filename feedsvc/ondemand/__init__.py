"""Documents that are made when they are first asked for, then served from stored bytes.

There are too many archives and maps, and endlessly many combinations of channels, to make all of them in advance.
Each is made once for what goes into it, one at a time in a process, and kept; where the store takes nothing at this
moment, memory does. Nothing here decides who may read.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.model import Snapshot
from feedsvc.ondemand import archives, combined, maps
from feedsvc.ondemand.budget import Budget
from feedsvc.ondemand.query import Combination
from feedsvc.ondemand.recipe import Recipe
from feedsvc.ondemand.refused import TooBusy
from feedsvc.publish.snapshot import snapshot
from feedsvc.settings import Settings
from feedsvc.store import made, reading
from feedsvc.store.articles import revision
from feedsvc.store.made import Made
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

PATIENCE_S = 10  # for those that are being made before
UNSTORED = 20  # documents in memory that the store would not take
REMEMBERED = 1000  # combinations and maps of which it is known how they are while nothing changes
A_SECOND = timedelta(seconds=1)

T = TypeVar("T")


class Document(NamedTuple):
    """What was made, in one coding, and of what."""

    made: Made
    recipe: Recipe


RecipeOf = Callable[[Connection], Recipe | None]
Admit = Callable[[], None]


def _now() -> datetime:
    return datetime.now(UTC)


def _freely() -> None:
    """Whoever asks may have it made."""


class Documents:
    """What is made on demand, on one site and one store."""

    def __init__(self, settings: Settings, store: Store, now: Callable[[], datetime] = _now) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._making = threading.Lock()
        self._budget = Budget()
        self._unstored: OrderedDict[str, Mapping[str, Made]] = OrderedDict()
        self._known: OrderedDict[Hashable, tuple[tuple[int, int] | None, Any]] = OrderedDict()

    def archive(self, slug: str, number: int, format: str, coding: str, admit: Admit = _freely) -> Document | None:
        """Archive `number` of a channel, or for slug "" of everything, in a format and a content coding.

        None if there is none. `admit` is called before one is made, and may refuse by raising. Raises Ended and
        TooBusy.
        """

        def recipe(connection: Connection) -> Recipe | None:
            return archives.recipe(connection, slug, number, format, self._settings, self._now())

        return self._answer(recipe, coding, admit)

    def combined(self, asked: Combination, format: str, coding: str, admit: Admit = _freely) -> Document:
        """The feed of a combination, as with `archive`. Raises UnknownChannel, Ended and TooBusy."""

        def recipe(connection: Connection) -> Recipe:
            now, meant = self._now(), combined.meant(connection, asked)
            state = self._remembered(
                connection,
                meant,
                lambda: combined.state(connection, meant, self._settings, now),
                lambda state: state.until is None or now < state.until,
            )
            return combined.recipe(meant, format, self._settings, state, now)

        document = self._answer(recipe, coding, admit)
        assert document is not None
        return document

    def map(self, slug: str, coding: str = "", admit: Admit = _freely) -> Document | None:
        """The map of a channel's newest articles, or for slug "" that of all channels, as with `archive`.

        Raises TooBusy.
        """

        def recipe(connection: Connection) -> Recipe | None:
            of = partial(maps.of_a_channel, slug=slug) if slug else maps.of_all
            look = partial(of, connection, site=self._settings.site)
            return self._remembered(connection, ("map", slug), look)

        return self._answer(recipe, coding, admit)

    def _remembered(
        self,
        connection: Connection,
        what: Hashable,
        look: Callable[[], T],
        stands: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """How something is. To look at all that goes into it takes a while; it is done once while nothing changes."""
        as_of = reading.publication(connection), revision(connection)
        of, known = self._known.get(what, (None, None))
        found: T = known if of == as_of and stands(known) else look()
        self._known[what] = as_of, found
        _shorten(self._known, REMEMBERED)
        return found

    def _answer(self, recipe_of: RecipeOf, coding: str, admit: Admit) -> Document | None:
        """What stands, or else what is made now."""
        exists, document = self._standing(recipe_of, coding)
        if document or not exists:
            return document
        admit()
        if not self._making.acquire(timeout=PATIENCE_S):
            raise TooBusy(PATIENCE_S)
        try:
            _, document = self._standing(recipe_of, coding)  # whoever was at it before may have made the same
            return document or self._made_in_time(recipe_of, coding)
        finally:
            self._making.release()

    def _standing(self, recipe_of: RecipeOf, coding: str) -> tuple[bool, Document | None]:
        """Whether there is such a document at all, and if so what stands of it."""
        with self._store.reading() as connection:
            recipe = recipe_of(connection)
            return recipe is not None, self._found(connection, recipe, coding) if recipe else None

    def _found(self, connection: Connection, recipe: Recipe, coding: str) -> Document | None:
        held = self._unstored.get(recipe.path)
        if held and held[""].digest == recipe.digest:
            return Document(held.get(coding, held[""]), recipe)
        found = made.find(connection, recipe.path, coding, recipe.digest)
        return Document(found, recipe) if found else None

    def _made_in_time(self, recipe_of: RecipeOf, coding: str) -> Document | None:
        if wait_s := self._budget.wait_s():
            raise TooBusy(math.ceil(wait_s))
        began = time.monotonic()
        try:
            return self._made(recipe_of, coding)
        finally:
            self._budget.spend(time.monotonic() - began)

    def _made(self, recipe_of: RecipeOf, coding: str) -> Document | None:
        """Make a document of what goes into it at this moment."""
        with self._store.reading() as connection:
            recipe = recipe_of(connection)
            if recipe is None or (document := self._found(connection, recipe, coding)):
                return document if recipe else None
            body = recipe.body(connection)
            last = made.last(connection, recipe.path)
            as_of = revision(connection)
        whole = snapshot(recipe.format, recipe.media_type, body)
        now = self._now().replace(microsecond=0)
        documents = made.representations(recipe.path, recipe.digest, whole, _modified(whole, last, now))
        self._keep(recipe.path, documents, as_of, now)
        return Document(documents.get(coding, documents[""]), recipe)

    def _keep(self, path: str, documents: Mapping[str, Made], as_of: int, now: datetime) -> None:
        self._unstored.pop(path, None)
        try:
            made.keep(self._store, documents, as_of, now)
        except SQLAlchemyError as error:
            log.warning("made but not stored", path=path, reason=cause(error))
            self._unstored[path] = documents
            _shorten(self._unstored, UNSTORED)


def _modified(whole: Snapshot, last: tuple[str, datetime] | None, now: datetime) -> datetime:
    """When these bytes came to be: never when others did, as far as Last-Modified can tell."""
    if last is None:
        return now
    etag, modified = last
    return modified if etag == whole.etag else max(now, modified + A_SECOND)


def _shorten(held: OrderedDict[Any, Any], most: int) -> None:
    while len(held) > most:
        held.popitem(last=False)
