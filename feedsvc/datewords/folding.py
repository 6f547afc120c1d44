"""Text as words of dates are compared: letter case, compatibility forms and kinds of dashes are one. Pure."""

import unicodedata

_SAME = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘ʼ`´′", "'") | {"ı": "i"})
# Arabic pages write yeh and kaf either way, whatever their language, and Bengali ones the i at the end of January.
_SAME_SIGN = str.maketrans(dict(zip("،、፣፥؛॰։׳يىكী", ",,,,;..'ییکি", strict=True)))
# Canonical combining classes (UAX 44 §5.7.4): nukta, Hebrew and Arabic points, and what is above or below a letter.
# Other marks are vowels, without which January and March are one word in Thai.
_ACCENTS = frozenset((7, *range(10, 37), *range(200, 256)))


def fold(text: str) -> str:
    """Text in compatibility forms and lower case, without any marks, with plain dashes and apostrophes."""
    if text.isascii():
        return text.lower()
    apart = _apart(text)
    return _together("".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf")))


def lean(text: str) -> str:
    """The same, but with the marks that are vowels, and with plain commas, stops and Arabic letters."""
    if text.isascii():
        return text.lower()
    return _together(_apart(text).translate(_BARE)).translate(_SAME_SIGN)


def _apart(text: str) -> str:
    # The apostrophes go first: NFKD would make a space and an accent of "´".
    return unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()


def _together(bare: str) -> str:
    return unicodedata.normalize("NFKC", bare).translate(_SAME)


class _Bare(dict[int, int | None]):
    """A table for str.translate that leaves out accents and signs that cannot be seen; found out once a character."""

    def __missing__(self, code: int) -> int | None:
        is_left_out = unicodedata.combining(chr(code)) in _ACCENTS or unicodedata.category(chr(code)) == "Cf"
        self[code] = None if is_left_out else code
        return self[code]


_BARE = _Bare()
