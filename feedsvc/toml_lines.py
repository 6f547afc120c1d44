"""Where each key of a TOML text stands, which tomllib does not tell.

Pure. A text is cut into statements, a header or a key with its value each, and tomllib reads every one of
them by itself; so nothing of TOML's grammar is written down here but strings, comments and brackets.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]  # ("channels", 1, "rule"): the keys and numbers that lead there

# Strings and comments, whose brackets and line ends are text (https://toml.io/en/v1.0.0#string), and what else matters.
TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*|[\[\]{}\n]', re.DOTALL
)


def key_lines(text: str) -> dict[Place, int]:
    """place → the line it begins at, for every table, key and list item of a text that tomllib reads.

    What a list over several lines holds has its own line; whatever else stands in the value of one key has the line
    of that key.
    """
    found: dict[Place, int] = {}
    sizes: Counter[Place] = Counter()
    table: Place = ()
    for line, statement in _statements(text):
        said = tomllib.loads(statement)
        if statement.startswith("["):
            table = _header(said, statement.startswith("[["), sizes)
            places = [(table[:n], line) for n in range(1, len(table) + 1)]
        else:
            items = ((table + below, line + down) for below, down in _item_lines(statement, said))
            places = [*items, *((table + below, line) for below in _places(said))]
        for place, its_line in places:
            found.setdefault(place, its_line)
    return found


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """The line of what stands at `place`, or of the nearest table around it."""
    return next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of everything that stands alone between two line ends."""
    depth = start = 0
    line = 1
    for token in TOKEN.finditer(text + "\n"):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth == 0:
            statement = text[start : token.start()]
            yield line, statement.strip()
            line += statement.count("\n") + 1
            start = token.end()


def _item_lines(statement: str, said: Any) -> Iterator[tuple[Place, int]]:
    """(place, number of lines below the key) of everything in a list that goes over several lines."""
    key: Place = ()
    while isinstance(said, dict) and len(said) == 1:
        name, said = next(iter(said.items()))
        key += (name,)
    number = 0
    for down, text in _list_lines(statement) if isinstance(said, list) else ():
        items = tomllib.loads(f"list = [{text.strip().removeprefix(',')}\n]")["list"]
        for item in items:
            yield from (((*key, number, *below), down) for below in [(), *_places(item)])
            number += 1


def _list_lines(statement: str) -> Iterator[tuple[int, str]]:
    """(number of lines below the key, text) of what a list holds, cut at every line end between its items."""
    depth = start = 0
    for token in TOKEN.finditer(statement):
        if token[0] == "{" and not start:
            return  # a table, and lines end in none
        if token[0] in ("[", "{"):
            depth += 1
            start = start or token.end()
        elif token[0] in ("]", "}"):
            depth -= 1
        if start and (depth == 0 or (depth == 1 and token[0] == "\n")):
            yield statement.count("\n", 0, start), statement[start : token.start()]
            start = token.end()
        if start and depth == 0:
            return


def _header(said: Any, is_list: bool, sizes: Counter[Place]) -> Place:
    """The place of the table that a header opens. `sizes` counts the tables of each list so far."""
    place: Place = ()
    while said:
        key = next(iter(said))
        said = said[key]
        place += (key,)
        if isinstance(said, list):  # [[key]]: one table more
            sizes[place] += 1
            said = said[0]
        if place in sizes:
            place += (sizes[place] - 1,)
    return place


def _places(value: Any) -> Iterator[Place]:
    """Every place within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (key,)
        yield from ((key, *below) for below in _places(one))
