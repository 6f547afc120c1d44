"""Documents from where they lie. The only module of this room that touches the outside.

A folder is read recursively, each file by its ending; hidden files and other endings are passed over.
Every read is bounded in bytes, and a file that cannot be read is told of, never fatal. A file of JSON lines may hold
a whole export: a long one is read as several documents, one after the other.
"""

import hashlib
import io
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from w3lib.encoding import read_bom

from feedsvc.errors import SourceFailed
from feedsvc.load import MEDIA_TYPES
from feedsvc.load.json import MAX_LINE_BYTES
from feedsvc.model import Document

MAX_DOCUMENT_BYTES = 5 * 1024 * 1024  # one page, six times the largest in the sample of real ones
PART_BYTES = 4 * 1024 * 1024  # from which on a file of JSON lines goes on as another document
MAX_PLACE = 600  # characters
SETTLED_S = 3  # coarser than any file system's clock, FAT's two seconds among them
LINES = "application/x-ndjson"

_PART = re.compile(r"#\d+$")  # no file's place ends like this, since none has such an ending


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A file that is there and could not be read, with the reason for people."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Untouched:
    """A file that is just as it was when it was read last."""

    place: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and the stamp by which its file is known again; "" while it may still be being written.

    Of a file that is several documents, the last has the stamp.
    """

    document: Document
    stamp: str

    @property
    def place(self) -> str:
        return self.document.place


def folder_documents(source: str, folder: Path, stamps: Mapping[str, str]) -> Iterator[Fetched | Untouched | Unfetched]:
    """Every document below `folder`, in the order of their places; a file that `stamps` (by place) knows is not read.

    Raises SourceFailed when the folder itself cannot be listed.
    """
    parts: dict[str, list[str]] = {}
    for part in stamps:
        parts.setdefault(file_of(part), []).append(part)
    for path, media_type in sorted(_files(source, folder)):
        place = _place(path, folder)
        known = parts.get(place, [])
        try:
            stamp = _stamp(path.stat()) if known else ""
            if known and any(stamps[one] == stamp for one in known):
                yield from (Untouched(one) for one in known)
            elif media_type == LINES:
                yield from _parts(source, place, path)
            else:
                yield _whole(source, place, path, media_type)
        except _TooLarge as error:
            yield Unfetched(place, str(error))
        except OSError as error:
            if not isinstance(error, FileNotFoundError):  # gone since it was listed: nothing to tell
                yield Unfetched(place, f"the file cannot be read: {error.strerror}")


def file_documents(source: str, folder: Path, place: str) -> Iterator[Document]:
    """The documents that the file at a place is. Raises OSError for one that cannot be read."""
    path = folder / place
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "")
    try:
        found = _parts(source, place, path) if media_type == LINES else [_whole(source, place, path, media_type)]
        yield from (one.document for one in found)
    except _TooLarge as error:
        raise OSError(0, str(error)) from error


def file_of(place: str) -> str:
    """The place of the file that a document is, or is a part of."""
    return _PART.sub("", place)


class _TooLarge(Exception):
    pass


def _files(source: str, folder: Path) -> Iterator[tuple[Path, str]]:
    def fail(error: OSError) -> None:
        if error.filename == str(folder):
            raise SourceFailed(source, f"the folder {folder} cannot be read: {error.strerror}") from error

    for parent, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
            if media_type and not name.startswith("."):
                yield Path(parent, name), media_type


def _stamp(status: os.stat_result) -> str:
    """What changes whenever a file's bytes do: whoever sets the one time back moves the other forward."""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _whole(source: str, place: str, path: Path, media_type: str) -> Fetched:
    with _opened(path) as (file, status):
        body = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(body) > MAX_DOCUMENT_BYTES:
        raise _TooLarge(f"the file is larger than {MAX_DOCUMENT_BYTES // (1024 * 1024)} MiB")
    return Fetched(Document(source, place, media_type, body, _changed(status)), _settled(status))


def _parts(source: str, place: str, path: Path) -> Iterator[Fetched]:
    """The documents that a file of JSON lines is, each with whole lines. A part is known by its first line."""
    with _opened(path) as (file, status):
        held, size, first = list[bytes](), 0, 1
        for line in _lines(file):
            if size >= PART_BYTES:
                yield Fetched(_part(source, place, first, held, status), "")
                held, size, first = [], 0, first + len(held)
            held.append(line)
            size += len(line)
    yield Fetched(_part(source, place, first, held, status), _settled(status))


def _part(source: str, place: str, first: int, lines: Iterable[bytes], status: os.stat_result) -> Document:
    part = place if first == 1 else f"{place}#{first}"
    return Document(source, part, LINES, b"".join(lines), _changed(status), first_line=first)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines with their line feeds, in UTF-8 where a line feed would be more than one byte.

    Of one that is longer than a line may be, no more than shows that it is.
    """
    encoding, mark = read_bom(file.read(4))
    file.seek(0)
    if encoding and encoding != "utf-8":
        file.seek(len(mark or b""))
        wide = io.TextIOWrapper(file, encoding, errors="replace", newline="\n")
        pieces: Iterator[bytes] = (text.encode() for text in iter(lambda: wide.readline(MAX_LINE_BYTES + 1), ""))
    else:
        pieces = iter(lambda: file.readline(MAX_LINE_BYTES + 1), b"")
    begun = False
    for piece in pieces:
        whole = piece.endswith(b"\n")
        if not begun:
            yield piece if whole or len(piece) <= MAX_LINE_BYTES else piece + b"\n"
        begun = not whole


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    # O_NONBLOCK: opening a pipe that lies in the folder must not wait for a writer.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file")
        yield file, status


def _changed(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)


def _settled(status: os.stat_result) -> str:
    """The stamp, unless it would be kept if the file was written again within what the file system's clock can tell."""
    return _stamp(status) if time.time() - max(status.st_mtime, status.st_ctime) >= SETTLED_S else ""


def _place(path: Path, folder: Path) -> str:
    """The path below the folder, with forward slashes; bytes that are no UTF-8 are spelt out.

    Of a path too long to be a key in the store, the end is replaced by a digest of the whole.
    """
    whole = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
    place = whole.decode("utf-8", "backslashreplace")
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE - 65]}~{hashlib.sha256(whole).hexdigest()}"
