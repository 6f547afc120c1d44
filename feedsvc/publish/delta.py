"""A feed's document → the same with only some of its entries, for readers that have the others (RFC 3229).

Pure. What the feed says of itself stays as it is, tombstones included: a delta is a valid feed in its own right.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from functools import lru_cache
from xml.parsers.expat import ParserCreate

import orjson

RSS_ID = ("rss", "channel", "item", "guid")
ATOM_ID = tuple(f"http://www.w3.org/2005/Atom {name}" for name in ("feed", "entry", "id"))


def delta(body: bytes, format: str, keep: Set[str]) -> bytes:
    """`body`, a feed as it was rendered in one of the formats, without the entries whose ids are not in `keep`.

    Entries stay in their order and as they were written; with all of them kept, the bytes are the same.
    """
    return _DELTAS[format](body, keep)


def _rss(body: bytes, keep: Set[str]) -> bytes:
    return b"".join(_without_others(body, RSS_ID, keep))


def _atom(body: bytes, keep: Set[str]) -> bytes:
    return b"".join(_without_others(body, ATOM_ID, keep))


def _without_others(body: bytes, path: tuple[str, ...], keep: Set[str]) -> Iterator[bytes]:
    # Cut out rather than written anew, which would undo how some characters are escaped for the sake of readers.
    kept_to = 0
    for id, start, end in _entries(body, path):
        if id not in keep:
            yield body[kept_to:start]
            kept_to = end
    yield body[kept_to:]


@lru_cache(maxsize=2)  # a body as RSS and one as Atom: there are deltas since each of the last generations
def _entries(body: bytes, path: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """(id, first byte, byte after the last) of each entry. `path` are the elements from the root to an entry's id."""
    to_id, to_entry = list(path), list(path[:-1])
    parser = ParserCreate(namespace_separator=" ")
    at: list[str] = []
    id: list[str] = []
    starts: list[int] = []
    found: list[tuple[str, int, int]] = []

    def begins(name: str, _: object) -> None:
        at.append(name)
        if at == to_entry:
            id.clear()
            starts.append(parser.CurrentByteIndex)
        elif at == to_id:
            parser.CharacterDataHandler = id.append

    def ends(_: str) -> None:
        if at == to_id:
            parser.CharacterDataHandler = None
        elif at == to_entry:
            end = body.index(b">", parser.CurrentByteIndex) + 1
            found.append(("".join(id), starts[-1], end))
        at.pop()

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.Parse(body, True)
    return found


def _json(body: bytes, keep: Set[str]) -> bytes:
    document = orjson.loads(body)
    document["items"] = [item for item in document["items"] if item["id"] in keep]
    return orjson.dumps(document)


_DELTAS: Mapping[str, Callable[[bytes, Set[str]], bytes]] = {"rss": _rss, "atom": _atom, "json": _json}
