"""Scraped text page → RawArticle.

Pure. The layout: title; date; title again; subtitle; summary; body; a line that opens the related
links; each related title between its doubled stamps; a line that ends the page; a copyright line.
Reads the gaps between paragraphs, and never cuts a body that merely quotes one of those lines.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.load.words import DATE_WORD, MONTH, folded, worded
from feedsvc.model import Document, Evidence, Marks, RawArticle, RawLink, Unread

# Blank lines before a paragraph. A missing subtitle or summary is an empty line of its own and widens the gap.
SUMMARY_GAP = 2
BODY_GAP = 3
LONE_SUMMARY_GAP = 4  # 1 before the empty subtitle, its own line, and 2 before the summary

FOOTER_CHARS = 200  # a page may end in a few short words after its end mark, an article does not
TITLE_LINES = 3  # a related title is wrapped over at most this many lines
DATE_CHARS = 100
NO_DATE = 1_000_000
WORD_CHARS = 20  # a longer one is a sentence in a script without spaces
DATE_STRANGE_WORDS = 3  # room for a month in another language or a city, not for a sentence with a date in it

_DATE_HINT = re.compile(
    r"\d:\d\d|\d[-./]\d+[-./]\d|\d\s*[年년]\s*\d"
    rf"|\d(?:st|nd|rd|th|er|re|[oaº])?[\s.,-]+(?:of\s+|de\s+|d')?(?:{MONTH})\b|\b(?:{MONTH})[\s.,-]+\d"
)
_DATE_WORD = re.compile(DATE_WORD)
_DIGIT = re.compile(r"\d")
_PARENTHESIS = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]+")


def parse_text(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one page. Raises UnreadableDocument for a page without a single word."""
    raw = split_lines(to_text(document.body, document.media_type))
    lines = [line.strip() for line in raw]
    first = _next_line(lines, 0)
    if first is None:
        raise UnreadableDocument("the page is empty")
    title = unstarred(lines[first])
    dated, start = _head(lines, first + 1, title, marks)
    opening = _related_opening(lines, start, marks)
    end = _body_end(lines, start, opening, marks)
    subtitle, summary, start = _standfirst(lines, start, end)
    start = _after_repeated_title(lines, start, end, title)
    yield RawArticle(
        title=title,
        published=None if dated is None else lines[dated],
        date_evidence=Evidence.PAGE,
        date_origin="" if dated is None else f"line {dated + 1} of the text, below the title",
        url=document.url,
        subtitle=subtitle,
        summary=summary,
        body="\n".join(raw[start:end]).strip(),
        related=() if opening is None else related_links(lines[opening + 1 :], marks),
    )


def split_lines(text: str) -> list[str]:
    """Split at line feeds alone: str.splitlines would also break paragraphs at U+2028 and U+0085."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def unstarred(title: str) -> str:
    """A title without the one pair of ** that scrapers leave around it."""
    return title[2:-2].strip() if len(title) > 4 and title.startswith("**") and title.endswith("**") else title


def looks_like_date(text: str, language: str = "") -> bool:
    """Whether a whole line seems to be a date, in `language` or any of `words`; it need not be a readable one."""
    return strangeness(text, language) <= DATE_STRANGE_WORDS


def strangeness(text: str, language: str = "") -> int:
    """How many words a line has that no date has, zones in capitals aside; beyond all bounds for what is no date."""
    if len(text) > DATE_CHARS or not _DIGIT.search(text):
        return NO_DATE
    text = worded(text, language)
    plain = folded(text)
    if not _DATE_HINT.search(plain):
        return NO_DATE
    words = [word for word in _WORD.findall(_PARENTHESIS.sub("", text)) if not _DATE_WORD.fullmatch(folded(word))]
    if max(map(len, words), default=0) > WORD_CHARS:
        return NO_DATE
    zones = 0 if text.isupper() else sum(map(str.isupper, words))
    return len(words) - zones


def opens_related(text: str, marks: Marks) -> bool:
    """Whether the whole text of a heading opens the related links, case, accents, spacing and a colon aside."""
    return len(text) <= FOOTER_CHARS and folded(text) in _folded(marks.related)


def ends_page(line: str, marks: Marks) -> bool:
    """Whether a stripped line is an end mark or a copyright line."""
    return line.casefold() in _casefolded(marks.end) or (line.startswith("©") and len(line) <= FOOTER_CHARS)


def related_links(lines: Sequence[str], marks: Marks) -> tuple[RawLink, ...]:
    """Read stripped lines as related titles with their stamps, up to a line that ends the page.

    A stamp stands on both sides of its title, or else before or after it, or is missing. Stamps that
    repeat from one title to the next make the first form ambiguous: what leaves least over is right.
    """
    filled = [line for line in lines if line]
    pairs = list(_pairs(filled, marks, doubled=True))
    if _left_over(pairs):
        pairs = min(pairs, list(_pairs(filled, marks, doubled=False)), key=_left_over)
    return tuple(RawLink(unstarred(title), published=stamp) for title, stamp in pairs if title)


def _left_over(pairs: list[tuple[str, str | None]]) -> int:
    return sum(not title or stamp is None for title, stamp in pairs)


def _pairs(lines: list[str], marks: Marks, doubled: bool) -> Iterator[tuple[str, str | None]]:
    """Titles with their stamps; a stamp without a title comes with an empty one."""
    language = marks.date_language
    stamps_lead = bool(lines) and looks_like_date(lines[0], language)
    at = 0
    while at < len(lines) and not ends_page(lines[at], marks):
        line = lines[at]
        following = lines[at + 1] if at + 1 < len(lines) else ""
        closing = _closing_stamp(lines, at) if doubled else None
        if closing:
            yield " ".join(lines[at + 1 : closing]), line
            at = closing + 1
        elif looks_like_date(line, language):
            title = "" if looks_like_date(following, language) or ends_page(following, marks) else following
            yield title, line
            at += 2 if title else 1
        elif stamps_lead or not looks_like_date(following, language) or (doubled and _closing_stamp(lines, at + 1)):
            yield line, None
            at += 1
        else:
            yield line, following
            at += 2


def _closing_stamp(lines: list[str], opening: int) -> int | None:
    for at in range(opening + 2, min(opening + 2 + TITLE_LINES, len(lines))):
        if lines[at] == lines[opening]:
            return at
    return None


@lru_cache
def _casefolded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words)


@lru_cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, words))


def _next_line(lines: list[str], start: int) -> int | None:
    return next((at for at in range(start, len(lines)) if lines[at]), None)


def _last_line(lines: list[str], end: int) -> int | None:
    return next((at for at in range(end - 1, -1, -1) if lines[at]), None)


def _head(lines: list[str], start: int, title: str, marks: Marks) -> tuple[int | None, int]:
    """Where the date stands, and where the lines after date and repeated title begin."""
    dated, repeated = None, False
    while (at := _next_line(lines, start)) is not None:
        if dated is None and looks_like_date(lines[at], marks.date_language):
            dated = at
        elif not repeated and unstarred(lines[at]) == title:
            repeated = True
        else:
            break
        start = at + 1
    return dated, start


def _related_opening(lines: list[str], start: int, marks: Marks) -> int | None:
    """The last line that opens the related links; a related title may read just like it."""
    words = _casefolded(marks.related)
    for at in range(len(lines) - 1, start - 1, -1):
        if lines[at].casefold() in words and not _is_stamped(lines, at, marks):
            return at
    return None


def _is_stamped(lines: list[str], at: int, marks: Marks) -> bool:
    before, after = _last_line(lines, at), _next_line(lines, at + 1)
    if before is None or after is None or ends_page(lines[after], marks):
        return False
    return lines[before] == lines[after]


def _body_end(lines: list[str], start: int, opening: int | None, marks: Marks) -> int:
    end = _footer(lines, start, marks) if opening is None else opening
    while (last := _last_line(lines, end)) is not None and last >= start and ends_page(lines[last], marks):
        end = last
    return end


def _footer(lines: list[str], start: int, marks: Marks) -> int:
    """Where a page without related links ends: at its last end mark, unless much follows it."""
    after = 0
    for at in range(len(lines) - 1, start - 1, -1):
        if lines[at].casefold() in _casefolded(marks.end):
            return at
        after += len(lines[at])
        if after > FOOTER_CHARS:
            break
    return len(lines)


def _standfirst(lines: list[str], start: int, end: int) -> tuple[str | None, str | None, int]:
    """Subtitle, summary, and where the body begins; by the gaps, or by order where gaps were collapsed."""
    blocks = list(_blocks(lines, start, end))
    gaps = [gap for gap, _, _ in blocks]
    text = ["\n".join(lines[first:last]) for _, first, last in blocks[:2]]
    if max(gaps[:2], default=0) < SUMMARY_GAP:
        return (text[0], text[1], blocks[2][1]) if len(blocks) >= 4 else (None, None, start)
    lead = 0 if gaps[0] >= SUMMARY_GAP else 1
    subtitle = text[0] if lead else None
    body = next((at for at in range(lead + 1, len(gaps)) if gaps[at] >= SUMMARY_GAP), None)
    if gaps[lead] == SUMMARY_GAP and (lead or body):
        body = body or lead + 1
    elif not (lead == 0 and gaps[0] == LONE_SUMMARY_GAP and body and gaps[body] >= BODY_GAP):
        return subtitle, None, blocks[lead][1]
    summary = "\n".join(lines[blocks[lead][1] : blocks[body - 1][2]])
    return subtitle, summary, blocks[body][1] if body < len(blocks) else end


def _blocks(lines: list[str], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Runs of filled lines as (blank lines before, first, end)."""
    gap, at = 0, start
    for filled, run in groupby(lines[start:end], key=bool):
        length = len(list(run))
        if filled:
            yield gap, at, at + length
        gap, at = length, at + length


def _after_repeated_title(lines: list[str], start: int, end: int, title: str) -> int:
    """Skip the title where a body opens with it; a body that is nothing else stays."""
    first = _next_line(lines, start)
    if first is None or first >= end or unstarred(lines[first]) != title:
        return start
    following = _next_line(lines, first + 1)
    return start if following is None or following >= end else first + 1
