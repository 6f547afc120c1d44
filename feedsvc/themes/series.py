"""Title → what tells an event from its like: where, on what day, which one of a series, how it ended.

Pure. Numbers tell little by themselves, since the number of the dead rises from one headline to the next. They tell
events apart where they count what is told and not what happened: a version, a part, the number of an issue.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from feedsvc.themes.casing import Key, has_capital, keys
from feedsvc.themes.places import PLACES
from feedsvc.themes.tokens import HIRAGANA
from feedsvc.themes.vocabulary import DULL

CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december""".split()
)
ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth".split())
COUNTED = frozenset("day week month round stage game match matchday night no leg set".split())
NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
YEAR = re.compile(r"(?:19|20)\d\d")
SCORE = re.compile(r"(?<![\d–-])(\d{1,2})\s?[–:-]\s?(\d{1,2})(?![\d–-])")

PARTS = """part chapter episode season volume vol teil folge kapitel ausgabe staffel partie épisode chapitre
    saison numéro tome parte capítulo episodio episódio número tomo temporada capitolo numero puntata deel aflevering"""
PART = "|".join(PARTS.split())
TURNS = """erster erste premier première primera primero prima primo primeira
    zweiter zweite deuxième seconde segunda segundo seconda secondo
    dritter dritte troisième tercera tercero terza terzo terceira
    vierter vierte quatrième cuarta cuarto quarta quarto"""
NUMBER_BY_WORD = {word: str(n) for n, line in enumerate(TURNS.splitlines(), 1) for word in line.split()}
for row in (NUMBERS, "i ii iii iv v vi vii viii ix x xi xii".split(), "一二三四五六七八九十"):
    NUMBER_BY_WORD |= {word: str(n) for n, word in enumerate(row, 1)}
COUNT = rf"\d+|[ivx]+|[a-h]|{'|'.join(NUMBERS)}"
HAN_NUMBER = "[〇零一二三四五六七八九十百]+"
END = r"(?=\s*$|\s*[:：|(（]|\s[–—-]\s)"  # of a title or its head
ISSUES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:{PART})\.? ({COUNT})\b",
        rf"\b(\d+)(?:\.|[^\W\d]{{1,3}})? (?:{PART})\b",
        rf"\b({'|'.join(TURNS.split())}) (?:{PART})\b",
        r"(?:#|№|\b(?:no|nr|n°|nº|n\.º|nº|núm)\.?) ?(\d+)\b",
        rf"第 ?(\d+|{HAN_NUMBER})",
        rf"[(（]({HAN_NUMBER}|[上中下])[)）]",
        rf"[(（](\d{{1,3}}|[ivx]+)[)）]{END}",
    )
]
AT_THE_END = re.compile(rf"([^\W\d_]{{4,}}) (\d{{1,4}}){END}")

VERSION = re.compile(r"(?<![\w.,])(?:[vV](?=\d)|(?=\d+(?:\.\d+){2}))(\d++(?:\.\d++)*+\w*+(?:-\w++)?+)(?!%)")
# A decimal is a version after a name, "Python 3.12", unless it measures something.
NAMED = re.compile(r"(?<!\w)([^\W\d_][\w.+#-]*) (\d+\.\d+)(?!\.?\w|-| ?%)(?: (\w+))?")
THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
MEASURES = frozenset(
    """magnitude stärke magnitud percent per prozent pour por million billion trillion millionen milliarden millions
    milliards millones m bn km degrees points earthquake quake aftershock temblor erdbeben séisme terremoto""".split()
)
NO_NAME = re.compile(f"[{HIRAGANA}ー]+")


def marks(title: str, words: Sequence[Key]) -> Iterator[tuple[str, str]]:
    """(kind, name) of what a title tells its event from others by. `words` are the keys of its words."""
    yield from (("score", f"{a}-{b}") for a, b in SCORE.findall(title))
    yield from (("version", version) for version in _versions(title))
    yield from (("issue", _number(number)) for number in _issues(title))
    before = ""
    for key in words:
        if key in PLACES:
            yield "place", key
        elif key in CALENDAR:
            yield "day", key
        elif YEAR.fullmatch(key):
            yield "year", key
        elif key in ORDINALS or ORDINAL.fullmatch(key):
            yield "turn", key
        elif before in COUNTED and is_number(key):
            yield "turn", f"{before} {key}"
        before = key


def differ(a: Mapping[str, frozenset[str]], b: Mapping[str, frozenset[str]]) -> bool:
    """Whether each names one of a kind that the other does not: "Storm over Spain", "Storm over Portugal"."""
    return any(a[kind] - b[kind] and b[kind] - a[kind] for kind in a.keys() & b.keys())


def is_number(key: Key) -> bool:
    """Whether a word is a number, in digits or in letters."""
    return key.isnumeric() or key in NUMBERS


def may_be_a_name(form: str) -> bool:
    """Whether a word has a capital, or could not have one: most scripts write names as they write all words."""
    without_case = form.lower() == form.upper() and any(map(str.isalpha, form))
    return has_capital(form) or (without_case and not NO_NAME.fullmatch(form))


def _versions(title: str) -> Iterator[str]:
    for version in VERSION.findall(title):
        if not THOUSANDS.fullmatch(version):
            yield version
    for name, version, unit in NAMED.findall(title):
        measured = not MEASURES.isdisjoint((name.lower(), unit.lower())) or THOUSANDS.fullmatch(version)
        if has_capital(name) and not _is_dull(name) and not measured:
            yield version


def _issues(title: str) -> Iterator[str]:
    for pattern in ISSUES:
        yield from pattern.findall(title)
    for word, number in AT_THE_END.findall(title):
        if not _is_dull(word):  # "… rises to 12", "… kills 12"
            yield number


def _is_dull(word: str) -> bool:
    return not DULL.isdisjoint(keys(word))


def _number(text: str) -> str:
    """The same for "2", "II" and "Two"."""
    text = text.lower()
    return str(int(text)) if text.isdecimal() else NUMBER_BY_WORD.get(text, text)
