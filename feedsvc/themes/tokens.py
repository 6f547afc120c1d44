"""Text → the pairs of letters by which it is compared where its script does not set words apart.

Pure. It takes no dictionary to see what two texts have in common: nearly all their words show in pairs of letters
that follow each other. What is of other scripts is handed back as it is.
"""

import re

from feedsvc.themes.words import UNSPACED

# Vowels and tones of Thai, Lao, Burmese and Khmer, and the voicing of kana: they belong to the letter before.
MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099\u309a"
)
ANY = re.compile(f"[{UNSPACED}々〇]")  # which is found three times as fast as a run
RUN = re.compile(f"[{UNSPACED}々〇]+")
HIRAGANA = "\u3041-\u309f"  # writes endings and particles, which say as little as "the" and "of"
LETTER = rf"(?![{HIRAGANA}])[{UNSPACED}々〇](?<=\w)[{MARKS}]*"
PAIR = re.compile(f"(?=({LETTER}{LETTER})){LETTER}")


def set_apart(text: str) -> tuple[str, list[str]]:
    """The text without what its scripts do not set apart, and the pairs of letters that stand there."""
    if text.isascii() or not ANY.search(text):
        return text, []
    return RUN.sub(" ", text), PAIR.findall(text)
