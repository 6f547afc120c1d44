"""Bytes → text.

Pure, and it never raises: bytes that fit no encoding become U+FFFD. The order is that of browsers:
byte order mark, then what the transport or the page declares, then UTF-8, then a guess.
"""

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

GUESS_BYTES = 64 * 1024  # enough to tell; more would cost time and know no better
GUESS_LEAST_BYTES = 256  # below it the guess is often an exotic code page, where cp1252 is the better bet
DAMAGE_SHARE = 10  # UTF-8 with one bad character among this many beyond ASCII is damaged, not foreign

# What news was written in before UTF-8, likeliest first: short texts fit several of them equally well.
LEGACY = (
    *("cp1252", "cp1251", "cp1250", "koi8_u", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "iso8859_2", "iso8859_5"),
)

# Codecs that a page may name but no page is written in: quadratic in time, or makers of lone surrogates.
NOT_FOR_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})


def to_text(body: bytes, media_type: str = "text/plain") -> str:
    """Decode `body` and drop its byte order mark and NULs.

    A charset parameter of `media_type` counts as declared, and for HTML and XML so does a <meta>
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
    for encoding in (_declared(body, media_type), "utf-8"):
        try:
            if encoding is not None:
                return body.decode(encoding)
        # LookupError: bytes.decode refuses "rot13", "zlib" and their like, which codecs.lookup knows.
        except (UnicodeError, LookupError):
            continue
    return _damaged_utf8(body) or body.decode(_guess(body), "replace")


def _declared(body: bytes, media_type: str) -> str | None:
    encoding = http_content_type_encoding(media_type)
    if encoding is None and ("html" in media_type or "xml" in media_type):
        encoding = html_body_declared_encoding(body)
        # A declaration that reads as ASCII was not written in UTF-16 (WHATWG HTML §13.2.3.2).
        if encoding and encoding.startswith(("utf-16", "utf-32")):
            return None
    return None if encoding and encoding.replace("-", "_") in NOT_FOR_TEXT else encoding


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
