"""A body → the records in it, decoded. Pure."""

import orjson

from feedsvc.errors import UnreadableDocument
from feedsvc.handing.values import MAX_RECORDS, TooMuch
from feedsvc.load.json import COLLECTIONS, loads
from feedsvc.load.record import kind
from feedsvc.model import Unread


def split(body: bytes, lines: bool = False) -> list[object]:
    """The records of a JSON record, an array of them, an object that holds such an array, or JSON Lines.

    Of a line that cannot be read there is an Unread. Without `lines`, they are known by their looks. Raises
    UnreadableDocument for what is not JSON in UTF-8 (RFC 8259 §8.1) or holds no record, and TooMuch.
    """
    text = _text(body)
    if lines or _are_lines(text):
        records = [_line(line, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    else:
        records = _listed(_loads(text))
    if not records:
        raise UnreadableDocument("it holds no record")
    if len(records) > MAX_RECORDS:
        raise TooMuch(f"It holds {len(records):,} records, and at most {MAX_RECORDS:,} are taken at once.")
    return records


def single(body: bytes) -> object:
    """The one value that a body is. Raises UnreadableDocument as `split` does."""
    return _loads(_text(body))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line, byte = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise UnreadableDocument(f"not UTF-8: {error.reason} at line {line} byte {byte}") from error


def _listed(value: object) -> list[object]:
    if isinstance(value, dict):
        return next((value[key] for key in COLLECTIONS if isinstance(value.get(key), list)), [value])
    if isinstance(value, list):
        return value
    raise UnreadableDocument(f"expected a record or a list of records, found {kind(value)}")


def _are_lines(text: str) -> bool:
    """Whether the first line is an object of its own, and more follows."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{") or not rest.strip():
        return False
    try:
        _loads(first)
    except UnreadableDocument:
        return False
    return True


def _line(line: str, number: int) -> object:
    try:
        return _loads(line, number)
    except UnreadableDocument as error:
        return Unread(f"line {number}", error.reason)


def _loads(text: str, line: int = 1) -> object:
    """Decode JSON that begins at `line`."""
    try:
        return loads(text)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno + line - 1} column {error.colno}"
        raise UnreadableDocument(f"not valid JSON: {error.msg} at {where}") from error
