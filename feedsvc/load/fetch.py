"""Documents from where they lie. The only module of this room that touches the outside.

A folder is read recursively, each file by its ending; hidden files and other endings are passed over.
Every read is bounded in bytes, and a file that cannot be read is told of, never fatal.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feedsvc.errors import SourceFailed
from feedsvc.load import MEDIA_TYPES
from feedsvc.model import Document

MAX_DOCUMENT_BYTES = 5 * 1024 * 1024  # one page, six times the largest in the sample of real ones
MAX_LINES_BYTES = 512 * 1024 * 1024  # a file of JSON lines holds a whole export
MAX_PLACE = 600  # characters
SETTLED_S = 3  # coarser than any file system's clock, FAT's two seconds among them
LINES = "application/x-ndjson"


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
    """A document, and the stamp by which its file is known again; "" while it may still be being written."""

    document: Document
    stamp: str

    @property
    def place(self) -> str:
        return self.document.place


def folder_documents(source: str, folder: Path, stamps: Mapping[str, str]) -> Iterator[Fetched | Untouched | Unfetched]:
    """Every document below `folder`, in the order of their places; a file that `stamps` (by place) knows is not read.

    Raises SourceFailed when the folder itself cannot be listed.
    """
    for path, media_type in sorted(_files(source, folder)):
        place = _place(path, folder)
        try:
            if stamps.get(place) and stamps[place] == _stamp(path.stat()):
                yield Untouched(place)
            else:
                yield _fetched(source, place, path, media_type)
        except _TooLarge as error:
            yield Unfetched(place, str(error))
        except OSError as error:
            if not isinstance(error, FileNotFoundError):  # gone since it was listed: nothing to tell
                yield Unfetched(place, f"the file cannot be read: {error.strerror}")


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


def _fetched(source: str, place: str, path: Path, media_type: str) -> Fetched:
    limit = MAX_LINES_BYTES if media_type == LINES else MAX_DOCUMENT_BYTES
    # O_NONBLOCK: opening a pipe that lies in the folder must not wait for a writer.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file")
        body = file.read(limit + 1)
    if len(body) > limit:
        raise _TooLarge(f"the file is larger than {limit // (1024 * 1024)} MiB")
    # Written again within what the clock of the file system tells apart, it would keep its stamp.
    settled = time.time() - max(status.st_mtime, status.st_ctime) >= SETTLED_S
    document = Document(source, place, media_type, body, datetime.fromtimestamp(status.st_mtime, UTC))
    return Fetched(document, _stamp(status) if settled else "")


def _place(path: Path, folder: Path) -> str:
    """The path below the folder, with forward slashes; bytes that are no UTF-8 are spelt out.

    Of a path too long to be a key in the store, the end is replaced by a digest of the whole.
    """
    whole = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
    place = whole.decode("utf-8", "backslashreplace")
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE - 65]}~{hashlib.sha256(whole).hexdigest()}"
