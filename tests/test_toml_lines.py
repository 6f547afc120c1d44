import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.toml_lines import Place, key_lines, line_of

TEXT = """\
# [not.a.table]
top = 1
[one]
a = "# no comment ["  # but [ this
[[many]]
x = [
  1,  # ]
  2,
]
[many.inner]
y = { z = "}", list = [3] }
text = '''
[many]
x = 2
'''

[[many]]
"quoted key" = \"\"\"
]]\"\"\"\"
dotted . key = 'C:\\'
[[many.deep]]
[[many.deep]]
end = true"""


def test_every_key_has_the_line_it_begins_at() -> None:
    lines = key_lines(TEXT)
    assert lines["top",] == 2
    assert (lines["one",], lines["one", "a"]) == (3, 4)
    assert (lines["many", 0], lines["many", 0, "x"]) == (5, 6)
    assert (lines["many", 0, "x", 0], lines["many", 0, "x", 1]) == (7, 8)
    assert lines["many", 0, "inner"] == 10
    assert {lines["many", 0, "inner", *more] for more in [("y",), ("y", "z"), ("y", "list", 0)]} == {11}
    assert lines["many", 0, "inner", "text"] == 12
    assert (lines["many", 1], lines["many", 1, "quoted key"], lines["many", 1, "dotted", "key"]) == (17, 18, 20)
    assert (lines["many", 1, "deep", 0], lines["many", 1, "deep", 1, "end"]) == (21, 23)


def test_every_place_of_the_table_has_a_line_and_nothing_else_has() -> None:
    assert set(key_lines(TEXT)) == set(places(tomllib.loads(TEXT)))


LISTS = """\
a = [ 1, [2,
  3], "]"  # ]
  # [
  , '''
4''', 5
  , { b = [ 6 ] },

  { b = [
      7,
      8 ] } ]
c."d.e".f = [
  "x", ]
g = { h = [1, 2] }
i = [[
  1,
], []]
"""


def test_what_a_list_over_several_lines_holds_has_its_own_line() -> None:
    lines = key_lines(LISTS)
    assert [lines["a", n] for n in range(7)] == [1, 1, 1, 4, 4, 6, 8]
    assert (lines["a", 1, 1], lines["a", 5, "b", 0], lines["a", 6, "b", 1]) == (1, 6, 8)
    assert lines["c", "d.e", "f", 0] == 12
    assert lines["g", "h", 1] == 13
    assert (lines["i", 0, 0], lines["i", 1]) == (14, 14)
    assert set(lines) == set(places(tomllib.loads(LISTS)))


def test_what_is_not_there_has_the_line_of_the_table_around_it() -> None:
    lines = key_lines(TEXT)
    assert line_of(("many", 1, "missing"), lines) == 17
    assert line_of(("one", "a", "deeper", 3), lines) == 4
    assert line_of((), lines) == line_of(("missing",), lines) == 1


def test_a_windows_text_has_the_same_lines() -> None:
    assert key_lines(TEXT.replace("\n", "\r\n")) == key_lines(TEXT)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])), max_size=5))
def test_no_text_in_a_string_moves_a_line(texts: list[str]) -> None:
    written = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    lines = key_lines("".join(f'k{i} = ["{text}", """\n{text}\n"""]\n' for i, text in enumerate(written)))
    assert [lines[f"k{i}",] for i in range(len(texts))] == [1 + 3 * i for i in range(len(texts))]


def places(value: Any, here: Place = ()) -> list[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here][not here :] + [place for key, one in inner for place in places(one, (*here, key))]
