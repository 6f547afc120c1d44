"""Text as sources write it → plain text that any format can carry.

Pure. `plain` takes markup off once: what it returns is text, and giving it back would read that text as
markup. It does not judge whether a text says anything; a title may come out empty.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape

import nh3

# Everything outside the Char production of XML 1.0 (§2.2), and what it advises against: C1 controls and
# noncharacters. A byte order mark within text is always a leftover.
_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNWANTED = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffd{_NONCHARACTERS}]")

_BLOCKS = set(
    "address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr li main ol p pre section summary table td th tr ul".split()
)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})(?=[\s/>])[^>]*(?:>|\Z)", re.IGNORECASE)
_SILENT_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)(?=[\s/>]).*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"</?[a-z!?][^>]*(?:>|\Z)", re.IGNORECASE)
_FORMATTING_TAG = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*(?:>|\Z)", re.IGNORECASE
)

# What is markup in a text that may be but text: "the <dialog> element" is, "<b>the</b> element" is not.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9:-]*+)([^<>]*+)>", re.IGNORECASE)
_KNOWN = (
    _BLOCKS
    | nh3.ALLOWED_TAGS
    | set(
        "audio big body button em fieldset font form head html iframe input label legend main nobr noscript object "
        "optgroup option picture script select source style svg textarea title tt video".split()
    )
)
_VOID = set("br col hr img wbr".split())
_OFTEN_LEFT_OPEN = re.compile(r"\s*<(p|div|span|li)(?=[\s/>])", re.IGNORECASE)

# html5ever takes time that grows with the square of the depth, of the entities in one text and of the
# attributes of one tag: 20,000 nested lists took 4.7 s, 10,000 took 0.9 s. Articles have a few hundred.
_MAX_TAGS = 15_000
_MAX_ENTITIES = 100_000
_MAX_ATTRIBUTES = 20_000
_ATTRIBUTE_ENDS = " \t\n\f/\"'"
_LONG_TAG_CHARS = 50_000

_STRIPPER = nh3.Cleaner(tags=_BLOCKS, attributes={}, link_rel=None)
_TITLE_CHARS = 120


def clean(text: str) -> str:
    """`text` without characters that XML 1.0 cannot carry, in NFC, with `\\n` as the only line end.

    C1 controls (U+0080–9F) are read as the cp1252 bytes that they nearly always were.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _UNWANTED.sub(_repair, text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text)


def drop_unwanted(text: str) -> str:
    """`text` without what `clean` removes, and otherwise unchanged.

    For sanitised HTML: composing it could fuse the end of a tag with a combining mark.
    """
    return _UNWANTED.sub("", text)


def plain(markup: str) -> str:
    """A title, name, tag or summary as one line of plain text: tags taken off, entities decoded once.

    A `<` that opens no tag stays, as in `a < b`, and so does a tag that marks nothing up, as in `the <dialog> element`:
    one that is not closed, or that HTML has not.
    """
    if "<" in markup:
        markup = _untagged(markup)
    if "&" in markup:
        markup = unescape(markup)
    return " ".join(clean(markup).split())


def first_words(text: str, limit: int = 12) -> str:
    """The first `limit` words of plain text, 120 characters at most, for an article without a title."""
    words = text.split(maxsplit=limit)
    short = " ".join(words[:limit])[:_TITLE_CHARS].rstrip()
    return short if short == " ".join(words) else f"{short}…"


@lru_cache(maxsize=65_536)
def title_key(text: str) -> str:
    """The form in which two titles are equal: letter case, width, punctuation, stars and spaces make no
    difference; letters, marks, digits, currency, mathematical signs and emoji do.

    A title of nothing but punctuation is its own key.
    """
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_KEY_BY_CHARACTER))
    return key or text.strip().casefold()


def is_heavy(markup: str) -> bool:
    """Whether `markup` has more in it than an article has, so that parsing it could take minutes."""
    return (
        markup.count("<") - markup.count("</") > _MAX_TAGS
        or markup.count("&") > _MAX_ENTITIES
        or any(map(_has_too_many_attributes, markup.split(">")))
    )


def tame(markup: str) -> str:
    """`markup` with the attributes of b, i, font … dropped.

    An HTML parser opens unclosed ones again in every later paragraph, all of them if their attributes
    differ but at most three of a kind if not (HTML §13.2.4.3): 17 kB could become 7 MB.
    """
    return _FORMATTING_TAG.sub(r"<\1>", markup)


def roughly_untagged(markup: str) -> str:
    """`markup` without tags, in linear time whatever it is: blank lines stand for block tags."""
    markup = _SILENT_TAG.sub("", markup)
    return _ANY_TAG.sub("", _BLOCK_TAG.sub("\n\n", markup))


def _untagged(markup: str) -> str:
    if is_heavy(markup):
        return roughly_untagged(markup)
    markup = _with_lone_tags_as_text(markup)
    head, end, tail = _drop_surrogates(markup).rpartition(">")
    markup = head + end + tail.replace("<", "&lt;")  # no tag can end there
    # Of what nh3 leaves only tags still have angle brackets; the parser escaped those of the text.
    return _BLOCK_TAG.sub(" ", _STRIPPER.clean(tame(markup)))


def _with_lone_tags_as_text(markup: str) -> str:
    names: dict[str, set[str]] = {"": set(), "/": set()}
    for slash, name, _ in _TAG.findall(markup):
        names[slash].add(name.lower())
    marks_up = names[""] & names["/"] | _VOID
    if begins := _OFTEN_LEFT_OPEN.match(markup):
        marks_up.add(begins[1].lower())
    if names[""] <= marks_up & _KNOWN and names["/"] <= _KNOWN:
        return markup

    def kept(tag: re.Match[str]) -> str:
        slash, name, rest = tag[1], tag[2].lower(), tag[3]
        known = name in _KNOWN or ((":" in name or "-" in name) and name in marks_up)
        return tag[0] if known and (slash or "=" in rest or name in marks_up) else f"&lt;{tag[0][1:]}"

    return _TAG.sub(kept, markup)


def _drop_surrogates(text: str) -> str:
    """`text` without lone surrogates, which cannot be handed to any library that is not Python."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _has_too_many_attributes(up_to_tag_end: str) -> bool:
    if len(up_to_tag_end) < _LONG_TAG_CHARS:
        return False
    tag = up_to_tag_end.partition("<")[2]
    return sum(map(tag.count, _ATTRIBUTE_ENDS)) > _MAX_ATTRIBUTES


def _repair(unwanted: re.Match[str]) -> str:
    character = unwanted.group()
    return bytes([ord(character)]).decode("cp1252", "ignore") if "\x80" <= character <= "\x9f" else ""


class _KeyTable(dict[int, str]):
    """Code point → what is left of it in a title key, filled as characters are met."""

    def __missing__(self, code_point: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code_point)).casefold()
        kept = "" if _is_spacing_accent(code_point) else "".join(filter(_tells_apart, folded))
        self[code_point] = kept
        return kept


def _tells_apart(character: str) -> bool:
    category = unicodedata.category(character)
    if "\ufe00" <= character <= "\ufe0f":  # variation selectors: how an emoji is drawn, not which
        return False
    return category[0] in "LMN" or category in ("Sc", "Sm", "So") or "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_spacing_accent(code_point: int) -> bool:
    """´ ` ¨ and their like, which stand for quotes and decompose into a space and a mark."""
    return unicodedata.category(chr(code_point)) == "Sk" and code_point < 0x1F000


_KEY_BY_CHARACTER = _KeyTable()
