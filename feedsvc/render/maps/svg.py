"""Elements of a picture in SVG, and how much room a text takes in it.

Pure. Colours are left to whoever shows the picture: everything is drawn in the colour of the text around it,
with presentation attributes and no style, so that a strict Content-Security-Policy has nothing to refuse.
Fonts are not at hand, so the width of a text is estimated by those of a wide face, rather too large than too small.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from lxml.etree import SubElement, _Element, fromstring, tostring

from feedsvc.render.edge import language_tag, writable

_SVG = "http://www.w3.org/2000/svg"
_FONT = "system-ui, sans-serif"
_TITLE_CHARS = 300  # what a tooltip shows of a title

# Hundredths of the font size that characters of a kind are wide, by DejaVu Sans.
_NARROW = frozenset("ijltfrI.,:;'’|!()[] ")
_BROAD = frozenset("mwMW@%—…")
_BREAKS = re.compile("(?<=[ –—-])")


class Box(NamedTuple):
    """A rectangle by its edges, in units of the picture; y runs downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def picture(width: float, height: float, name: str, title: str, description: str) -> _Element:
    """An empty picture. `name` is what its class and ids begin with, unlike any other's on the page.

    To a screen reader it is a group with a name and a description; what is in it stays reachable.
    """
    attributes = {
        "class": name,
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": number(width),
        "height": number(height),
        "lang": "en",
        "role": "group",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "font-family": _FONT,
        "fill": "currentColor",
    }
    root = fromstring(f'<svg xmlns="{_SVG}"/>')  # so that the name space needs no prefix
    root.attrib.update(list(attributes.items()))
    add(root, "title", one_line(title), id=f"{name}-title")
    add(root, "desc", description, id=f"{name}-desc")
    return root


def add(parent: _Element, tag: str, text: str | None = None, **attributes: str | float) -> _Element:
    """A new last child. Numbers are rounded; `_` stands for `-` in names, and a last one for nothing."""
    written = {
        key.rstrip("_").replace("_", "-"): writable(value) if isinstance(value, str) else number(value)
        for key, value in attributes.items()
    }
    element = SubElement(parent, f"{{{_SVG}}}{tag}", written)
    element.text = writable(text) if text else None
    return element


def unheard(parent: _Element, **attributes: str | float) -> _Element:
    """A group that screen readers pass over, because the description or a link's name says it."""
    return add(parent, "g", None, aria_hidden="true", **attributes)


def link(parent: _Element, href: str, name: str) -> _Element:
    """A link in a list; `name` is read out, and shown as a tooltip."""
    anchor = add(add(parent, "g", role="listitem"), "a", href=href)
    add(anchor, "title", name)
    return anchor


def speak(group: _Element, language: str | None) -> None:
    """Say what language the texts in a group are in, where that is known (a BCP 47 tag)."""
    if tag := language_tag(language):
        group.set("lang", tag)


def write(root: _Element) -> str:
    """The picture as text, without an XML declaration, so that it can stand within a page."""
    return tostring(root, encoding="unicode")


def counted(count: int, noun: str, many: str = "") -> str:
    """ "1 article", "21 articles", "2 stories"."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def left_out(counts: Mapping[str, int]) -> str:
    """A sentence on what the bounds keep out of a picture, by its noun, or nothing."""
    said = [counted(count, noun) for noun, count in counts.items() if count]
    return f"Not drawn: {' and '.join(said)}." if said else ""


def number(value: float) -> str:
    """With at most one digit after the point: "12", "0.5"."""
    return f"{round(value, 1) + 0.0:.10g}"


def one_line(text: str) -> str:
    """A title fit for a tooltip: no line breaks, and not without end."""
    text = " ".join(writable(text[: 4 * _TITLE_CHARS]).split())
    return text if len(text) <= _TITLE_CHARS else text[: _TITLE_CHARS - 1].rstrip() + "…"


def width_of(text: str, size: float) -> float:
    """About how wide `text` is when set in a font of `size`."""
    return sum(map(_hundredths, text)) * size / 100


def fitted(text: str, size: float, room: float) -> str:
    """As much of `text` as fits into `room`, with "…" where something is left out."""
    if width_of(text, size) <= room:
        return text
    end, left = 0, room * 100 / size - _hundredths("…")
    while (left := left - _hundredths(text[end])) >= 0:
        end += 1
    cut = text[:end]
    whole = cut.rpartition(" ")[0]
    return (whole if 2 * len(whole) > len(cut) else cut).rstrip(" ,;:.–-") + "…"


def lines_of(text: str, size: float, room: float, most: int) -> list[str]:
    """`text`, one line, broken after spaces and dashes into at most `most` lines that fit into `room`."""
    lines = [""]
    for word in _BREAKS.split(text):
        longer = lines[-1] + word
        if not lines[-1] or len(lines) == most or width_of(longer.rstrip(), size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [fitted(line.rstrip(), size, room) for line in lines]


def _hundredths(char: str) -> int:
    if char in _NARROW:
        return 40
    if char in _BROAD:
        return 100
    if unicodedata.east_asian_width(char) in "WF":
        return 110
    if unicodedata.combining(char):
        return 0
    return 63 if char.isascii() and not char.isupper() else 78
