"""Bytes → text.

Pure, and it never raises: bytes that fit no encoding become U+FFFD. The order is that of browsers: byte order mark,
then what the transport declares, what the page declares, UTF-8, a guess. But where a server says an encoding in
which any bytes are text, and they are UTF-8 beyond doubt, they are read as that.
"""

from collections.abc import Iterator
from functools import lru_cache

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

GUESS_BYTES = 64 * 1024  # enough to tell; more would cost time and know no better
GUESS_LEAST_BYTES = 256  # below it the guess is often an exotic code page, where cp1252 is the better bet
SAMPLE_BYTES = 1024  # of which the NULs are counted
NUL_SHARE = 0.05  # of the bytes, at least, in UTF-16 without a mark; markup and spaces alone bring more
NUL_LEAD = 4  # times as many at even or at odd places
DAMAGE_SHARE = 10  # UTF-8 with one bad character among this many beyond ASCII is damaged, not foreign

# What news was written in before UTF-8, likeliest first: short texts fit several of them equally well.
LEGACY = (
    *("cp1252", "cp1251", "cp1250", "koi8_u", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "tis_620", "iso8859_2", "iso8859_5"),
)

SERVERS_DEFAULT = "cp1252"  # what ISO-8859-1 is read as: servers add it to pages of which they know nothing
SHIFTS_IN = b"\x1b$"  # how ISO-2022-JP begins Japanese, all in ASCII

# Codecs that a page may name but no page is written in: quadratic in time, or makers of lone surrogates.
NOT_FOR_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})


def to_text(body: bytes, media_type: str = "text/plain") -> str:
    """Decode `body` and drop its byte order mark and NULs.

    A charset parameter of `media_type` counts as declared, and for HTML and XML so does, after it, a <meta>
    or XML declaration within the first 4 KiB. A declared encoding that does not fit the bytes is passed over.
    """
    return _decode(body, media_type).replace("\0", "")


def joined(text: str) -> str:
    """The same text with surrogate halves, as escapes like \\ud83d leave them, joined or made U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _decode(body: bytes, media_type: str) -> str:
    encoding, mark = read_bom(body)
    if encoding and mark:
        return body[len(mark) :].decode(encoding, "replace")
    if encoding := _utf16(body):
        return body.decode(encoding, "replace")
    for encoding in (*filter(None, _declared(body, media_type)), "utf-8"):
        try:
            text = body.decode(encoding)
            return (_certain_utf8(body) or text) if _is_single_byte(encoding) else text
        # LookupError: bytes.decode refuses "rot13", "zlib" and their like, which codecs.lookup knows.
        except (UnicodeError, LookupError):
            continue
    return _damaged_utf8(body) or body.decode(_guess(body), "replace")


def _declared(body: bytes, media_type: str) -> Iterator[str | None]:
    """What the transport declares, then what the page does; the other way round where the former is but a default."""
    said = [http_content_type_encoding(media_type)]
    if "html" in media_type or "xml" in media_type:
        by_page = html_body_declared_encoding(body)
        # A declaration that reads as ASCII was not written in UTF-16 (WHATWG HTML §13.2.3.2).
        said.append(None if by_page and by_page.startswith(("utf-16", "utf-32")) else by_page)
        if said[0] == SERVERS_DEFAULT:
            said.reverse()
    if SHIFTS_IN in body:
        said.insert(0, "iso2022_jp")
    return (name for name in said if name and name.replace("-", "_") not in NOT_FOR_TEXT)


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark, told by the NULs beside its ASCII characters, of which markup has many."""
    head = body[:SAMPLE_BYTES]
    if len(head) < 4 or not head.count(0) >= NUL_SHARE * len(head):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < NUL_LEAD * min(even, odd) or b"\0\0\0" in head:  # UTF-32 is written with its mark
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _certain_utf8(body: bytes) -> str | None:
    """The text, if it is UTF-8 with characters beyond ASCII: no other encoding makes that by chance."""
    try:
        return None if body.isascii() else body.decode("utf-8")
    except UnicodeError:
        return None


@lru_cache
def _is_single_byte(encoding: str) -> bool:
    """Whether an encoding has 256 characters at most, so that nearly any bytes are text in it."""
    try:
        return len(bytes(range(128, 256)).decode(encoding, "replace")) == 128 and not encoding.startswith("utf")
    except (UnicodeError, LookupError):
        return False


def _damaged_utf8(body: bytes) -> str | None:
    """UTF-8 that was cut or spliced: nearly all of what lies beyond ASCII still reads."""
    text = body.decode("utf-8", "replace")
    beyond_ascii = len(text) - sum(text.count(chr(code)) for code in range(128))
    return text if text.count("\ufffd") * DAMAGE_SHARE <= beyond_ascii else None


def _guess(body: bytes) -> str:
    matches = from_bytes(body[:GUESS_BYTES], cp_isolation=list(LEGACY))
    best = matches.best() if len(body) >= GUESS_LEAST_BYTES else None
    if best is None:
        return LEGACY[0]
    equals = (match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence))
    likely = {name for match in equals for name in match.could_be_from_charset}
    return next((name for name in LEGACY if name in likely), best.encoding)
