"""A map over time → SVG: the axis, the ties, the dots, some of their titles and a legend.

Pure. Where things lie is settled before; only what is written beside the dots is placed here, because what has
room depends on how wide a text is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from lxml.etree import _Element

from feedsvc.render.maps.layout import Pair, scaled
from feedsvc.render.maps.svg import Box, add, fitted, link, number, picture, speak, unheard, width_of, write
from feedsvc.render.maps.timescale import Timescale

WIDTH, MARGIN = 688, 16  # of the picture; within the margins lie the dots
RIGHT = WIDTH - 2 * MARGIN  # the largest x of a dot
LANE = 17  # from one lane to the next

_NAME = "channel-map"
_FONT, _ROW = 12, 20
_RADIUS, _REACH = 5, 11  # of a dot, and within which it is hit
_TICKS, _TICKS_APART = 7, 64
_MOST_TITLES = 14
_TITLE_ROOMS = (230, 180, 140)  # tried in turn
_FULL_WEIGHT = 1.2
_SAMPLE = 28  # what a mark in the legend takes


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot at its place, counted from the margins; `details` stand below the title where it is told."""

    x: int
    y: int
    title: str
    details: str
    href: str
    stub: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A tie between the dots with these numbers; solid when one lists the other."""

    ends: Pair
    weight: float
    listed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All that there is to draw. `stories` are the numbers of dots of one story; `height` is that of all lanes."""

    title: str
    description: str
    language: str | None
    marks: Sequence[Mark]
    lines: Sequence[Line]
    stories: Sequence[Sequence[int]]
    scale: Timescale
    height: int
    missing: str


def draw(plan: Plan) -> str:
    """The picture, the things that lie lowest first."""
    legend = _legend_rows(plan)
    rows = len(legend) + bool(plan.missing)
    root = picture(WIDTH, MARGIN + plan.height + 45 + rows * _ROW, _NAME, plan.title, plan.description)
    field = add(root, "g", transform=f"translate({MARGIN} {MARGIN})")
    _draw_axis(field, plan)
    _draw_stories(field, plan)
    _draw_lines(field, plan)
    _draw_titles(field, plan)
    _draw_dots(field, plan)
    _draw_legend(field, legend, plan)
    return write(root)


def draw_nothing(title: str) -> str:
    """The picture of a channel without articles."""
    root = picture(WIDTH, 60, _NAME, title, "There are no articles at the moment.")
    text = "No articles at the moment"
    add(unheard(root), "text", text, x=WIDTH / 2, y=35, text_anchor="middle", font_size=_FONT)
    return write(root)


def _draw_axis(field: _Element, plan: Plan) -> None:
    axis = unheard(field, class_="axis", font_size=_FONT, text_anchor="middle")
    marks = add(axis, "g", fill="none", stroke="currentColor")
    add(marks, "path", d=f"M0 {plan.height}H{RIGHT}", stroke_opacity=0.5)
    before, within = -1.0 * _TICKS_APART, ""
    for tick in plan.scale.ticks(_TICKS):
        x = tick.share * RIGHT
        if x - before >= _TICKS_APART:
            add(marks, "path", d=f"M{number(x)} 0V{plan.height + 5}", stroke_opacity=0.2)
            _draw_centred(axis, tick.label, x, plan.height + 19)
            _draw_centred(axis, tick.within if tick.within != within else "", x, plan.height + 34)
            before, within = x, tick.within
    for share in plan.scale.cuts:
        add(marks, "path", d=_slashes(share * RIGHT, plan.height))


def _draw_centred(parent: _Element, text: str, x: float, y: float) -> None:
    """Text around x, but not beyond the edges of the picture."""
    half = width_of(text, _FONT) / 2
    if text:
        add(parent, "text", text, x=min(max(x, half - MARGIN), RIGHT + MARGIN - half), y=y)


def _slashes(x: float, y: float) -> str:
    """The mark of a gap that was cut short."""
    return "".join(f"M{number(x + dx)} {number(y + 5)}l6 -10" for dx in (-6, 0))


def _draw_stories(field: _Element, plan: Plan) -> None:
    group = unheard(field, class_="stories", fill="none", stroke="currentColor", stroke_width=15, stroke_opacity=0.2)
    group.set("stroke-linecap", "round")
    group.set("stroke-linejoin", "round")
    for story in plan.stories:
        add(group, "path", d="M" + "L".join(f"{plan.marks[dot].x} {plan.marks[dot].y}" for dot in story))


def _draw_lines(field: _Element, plan: Plan) -> None:
    # The more there are, the lighter, so that many do not become one.
    opacity = 0.6 if len(plan.lines) <= 50 else 0.45 if len(plan.lines) <= 150 else 0.3
    group = unheard(field, class_="ties", fill="none", stroke="currentColor", stroke_opacity=opacity)
    for line in plan.lines:
        newer, older = (plan.marks[end] for end in line.ends)
        path = add(group, "path", d=_arc(older, newer), stroke_width=_thickness(line.weight))
        if not line.listed:
            path.set("stroke-dasharray", "2 3")


def _thickness(weight: float) -> float:
    return 0.7 + 1.5 * min(max(weight / _FULL_WEIGHT, 0.0), 1.0)


def _arc(start: Mark, end: Mark) -> str:
    """A line that bends aside a little, so that it does not run through the dots between its ends."""
    dx, dy = end.x - start.x, end.y - start.y
    bend = min(0.15, 30 / sqrt(dx * dx + dy * dy))
    x, y = (start.x + end.x) / 2 + bend * dy, (start.y + end.y) / 2 - bend * dx
    return f"M{start.x} {start.y}Q{number(x)} {number(y)} {end.x} {end.y}"


def _draw_dots(field: _Element, plan: Plan) -> None:
    group = add(field, "g", class_="dots", role="list", stroke="currentColor", stroke_width=1.5)
    speak(group, plan.language)
    for mark in plan.marks:
        anchor = link(group, mark.href, f"{mark.title}\n{mark.details}")
        add(anchor, "circle", cx=mark.x, cy=mark.y, r=_REACH, fill="none", stroke="none", pointer_events="all")
        _draw_dot(anchor, mark.x, mark.y, mark.stub)


def _draw_dot(parent: _Element, x: float, y: float, stub: bool) -> None:
    dot = add(parent, "circle", cx=x, cy=y, r=_RADIUS, class_="stub" if stub else "dot")
    if stub:
        dot.set("fill", "white")


def _draw_titles(field: _Element, plan: Plan) -> None:
    """Write some titles beside their dots, those that are tied most first, where nothing is in the way."""
    group = unheard(field, class_="titles", font_size=_FONT, stroke="white", stroke_width=3, paint_order="stroke")
    speak(group, plan.language)
    taken = [Box(mark.x - 8, mark.y - 8, mark.x + 8, mark.y + 8) for mark in plan.marks]
    for dot in _most_tied_first(plan):
        mark = plan.marks[dot]
        found = _room_for(mark, taken)
        if found:
            text, side, box = found
            add(group, "text", text, x=mark.x + 9 * side, y=mark.y + 4, text_anchor="start" if side > 0 else "end")
            taken.append(box)
        if len(taken) == len(plan.marks) + _MOST_TITLES:
            break


def _most_tied_first(plan: Plan) -> list[int]:
    held: Counter[int] = Counter()
    for ends, weight in scaled({line.ends: line.weight for line in plan.lines}).items():
        held.update(dict.fromkeys(ends, weight))
    return sorted(range(len(plan.marks)), key=lambda dot: (-held[dot], dot))


def _room_for(mark: Mark, taken: Sequence[Box]) -> tuple[str, int, Box] | None:
    """As much of a title as there is room for on the right (1) or the left (-1) of its dot."""
    for room in _TITLE_ROOMS:
        text = fitted(mark.title, _FONT, room)
        for side in (1, -1):
            near, far = sorted((mark.x + 9 * side, mark.x + (13 + width_of(text, _FONT)) * side))
            box = Box(near, mark.y - 8, far, mark.y + 8)
            if near >= -MARGIN and far <= RIGHT + MARGIN and not any(map(box.meets, taken)):
                return text, side, box
    return None


def _legend_rows(plan: Plan) -> list[list[tuple[float, str, str]]]:
    """What occurs in the picture and needs a word, in rows of (x, kind, words)."""
    listed = [line.listed for line in plan.lines]
    found = {
        "listed": (any(listed), "one links to the other"),
        "alike": (not all(listed), "the texts are alike"),
        "stub": (any(mark.stub for mark in plan.marks), "only the title is known"),
        "story": (bool(plan.stories), "the same story"),
        "cut": (bool(plan.scale.cuts), "a long time without articles"),
        "": (any(":" in tick.label for tick in plan.scale.ticks(_TICKS)), "times are in UTC"),
    }
    rows: list[list[tuple[float, str, str]]] = [[]] if any(occurs for occurs, _ in found.values()) else []
    x = 0.0
    for kind, (occurs, words) in found.items():
        width = width_of(words, _FONT) + (_SAMPLE if kind else 0)
        if occurs and x + width > RIGHT:
            rows.append([])
            x = 0.0
        if occurs:
            rows[-1].append((x, kind, words))
            x += width + 20
    return rows


def _draw_legend(field: _Element, rows: Sequence[Sequence[tuple[float, str, str]]], plan: Plan) -> None:
    group = unheard(field, class_="legend", font_size=_FONT)
    y = plan.height + 58
    for row in rows:
        for x, kind, words in row:
            _draw_sample(group, kind, x, y - 4)
            add(group, "text", words, x=x + (_SAMPLE if kind else 0), y=y)
        y += _ROW
    if plan.missing:
        add(group, "text", plan.missing, x=0, y=y)


def _draw_sample(group: _Element, kind: str, x: float, y: float) -> None:
    """What the words of the legend beside it are about."""
    sample = add(group, "g", stroke="currentColor", stroke_width=1.5, fill="none")
    if kind == "stub":
        _draw_dot(sample, x + 11, y, stub=True)
    elif kind == "cut":
        add(sample, "path", d=_slashes(x + 11, y))
    elif kind == "story":
        line = add(sample, "path", d=f"M{number(x + 7)} {number(y)}h8", stroke_width=15, stroke_opacity=0.2)
        line.set("stroke-linecap", "round")
        _draw_dot(add(sample, "g", fill="currentColor"), x + 7, y, stub=False)
    elif kind:
        line = add(sample, "path", d=f"M{number(x)} {number(y)}h22")
        if kind == "alike":
            line.set("stroke-dasharray", "2 3")
