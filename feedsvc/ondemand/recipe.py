"""What a document that is made on demand is made of."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a document, which is one of those at `paths`, by format: canonical, with their query if any.

    `digest` is of all that goes into it: where it is what it was, the bytes that were made still stand. `keys` are
    those of the feeds that it draws on, `home` that of the feed which it is a part of or like, and `ids` those of the
    articles that it is known to show. `body` makes the bytes.
    """

    paths: Mapping[str, str]
    format: str
    media_type: str
    digest: str
    keys: tuple[str, ...]
    home: str
    ids: tuple[str, ...]
    body: Callable[[Connection], bytes]

    @property
    def path(self) -> str:
        return self.paths[self.format]


def digest_of(*described: object) -> str:
    return hashlib.sha256(repr(described).encode("utf-8", "backslashreplace")).hexdigest()
