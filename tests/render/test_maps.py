import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.render.maps.channel import Dot, Tie, channel_map
from feedsvc.render.maps.channels import Circle, Touch, channels_map
from feedsvc.render.maps.drawing import MARGIN
from feedsvc.render.maps.layout import FULL, places, seriation
from feedsvc.render.maps.svg import Box, fitted, lines_of, number, width_of

SVG = {"s": "http://www.w3.org/2000/svg"}
START = datetime(2025, 6, 21, 9, 4, tzinfo=UTC)


def dot(number: int, **changes) -> Dot:
    at = START + timedelta(hours=number)
    values = {"title": f"Title {number}", "published": at, "href": f"/articles/{number}", "stub": False, "story": ""}
    return Dot(id=str(number), **(values | changes))


def circle(number: int, size: int = 10, title: str = "") -> Circle:
    return Circle(str(number), title or f"The channel of number {number}", size, f"/channels/{number}/")


def parsed(svg: str) -> etree._Element:
    """The picture, which must be well-formed and hold nothing that a page's Content-Security-Policy refuses."""
    root = etree.fromstring(svg)
    assert root.tag == f"{{{SVG['s']}}}svg"
    names = {etree.QName(element).localname for element in root.iter()}
    assert names <= {"svg", "title", "desc", "g", "a", "circle", "path", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not any(name == "style" or name.startswith("on") for name in attributes)
    return root


def spots(root: etree._Element, kinds: str = "dot stub disc") -> list[tuple[float, float, float]]:
    """(x, y, radius) of what is drawn, in order."""
    found = [one for one in root.iterfind(".//s:a/s:circle", SVG) if one.get("class", "none") in kinds.split()]
    return [(float(one.get("cx")), float(one.get("cy")), float(one.get("r"))) for one in found]


def overlaps(found: list[tuple[float, float, float]]) -> list[object]:
    return [(a, b) for a, b in combinations(found, 2) if (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < (a[2] + b[2]) ** 2]


def size_of(root: etree._Element) -> tuple[float, float]:
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, top) == (0, 0)
    return width, height


def words(root: etree._Element) -> list[str]:
    return [one.text for one in root.iterfind(".//s:text", SVG)]


def hrefs(root: etree._Element) -> list[str]:
    return [one.get("href") for one in root.iterfind(".//s:a", SVG)]


# A channel's map over time


def test_every_article_is_a_link_that_says_its_title_and_time_newest_first():
    dots = [dot(0), dot(1, stub=True), dot(2, title="R&D <b>\n“new”")]
    root = parsed(channel_map(dots, [Tie("0", "2", 0.5, True)], "Map of X", "uk"))
    assert [(one.get("href"), one.findtext("s:title", None, SVG)) for one in root.iterfind(".//s:a", SVG)] == [
        ("/articles/2", "R&D <b> “new”\n21 June 2025, 11:04 UTC; tied to 1 other"),
        ("/articles/1", "Title 1\n21 June 2025, 10:04 UTC; only the title is known so far"),
        ("/articles/0", "Title 0\n21 June 2025, 09:04 UTC; tied to 1 other"),
    ]
    assert root.find(".//s:g[@class='dots']", SVG).get("lang") == "uk"
    xs = [x for x, _, _ in spots(root)]
    assert xs == sorted(xs, reverse=True)


def test_the_picture_has_a_name_and_says_in_words_what_is_in_it():
    dots = [dot(0, story="s"), dot(1, story="s"), dot(30, stub=True)]
    ties = [Tie("0", "1", 0.9, False), Tie("1", "0", 0.4, True), Tie("1", "30", 0.3, False), Tie("0", "none", 1, True)]
    root = parsed(channel_map(dots, ties, "Map of X"))
    assert root.findtext("s:title", None, SVG) == "Map of X"
    assert root.findtext("s:desc", None, SVG) == (
        "3 articles between 21 and 22 June 2025, newest first; 1 link from one to another; "
        "1 pair with texts that are alike; 1 story told by several articles; "
        "1 article of which only the title is known."
    )
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} == ids
    assert {"one links to the other", "the texts are alike", "the same story"} <= set(words(root))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (START, "on 21 June 2025"),
        (START + timedelta(days=3), "between 21 and 24 June 2025"),
        (START + timedelta(days=30), "between 21 June and 21 July 2025"),
        (START + timedelta(days=365), "between 21 June 2025 and 21 June 2026"),
    ],
)
def test_the_period_is_said_in_few_words(end, said):
    assert f" {said}," in channel_map([dot(0), dot(1, published=end)], [], "X")


def test_links_are_solid_and_likeness_is_dashed_and_stubs_are_hollow():
    dots = [dot(0, stub=True), dot(1), dot(2)]
    root = parsed(channel_map(dots, [Tie("0", "1", 1.2, True), Tie("1", "2", 0.2, False)], "X"))
    paths = root.findall(".//s:g[@class='ties']/s:path", SVG)
    assert [path.get("stroke-dasharray") for path in paths] == [None, "2 3"]
    assert float(paths[0].get("stroke-width")) > float(paths[1].get("stroke-width"))
    fills = {one.get("class"): one.get("fill") for one in root.iterfind(".//s:a/s:circle[@class]", SVG)}
    assert fills == {"stub": "white", "dot": None}


def test_the_newest_articles_and_the_strongest_ties_are_drawn_and_the_rest_is_counted():
    dots = [dot(number) for number in range(130)]
    ties = [Tie(str(a), str(b), a / 130, True) for a in range(125, 4, -1) for b in range(a - 4, a)]
    root = parsed(channel_map(dots, ties, "X"))
    assert hrefs(root) == [f"/articles/{number}" for number in range(129, 9, -1)]
    drawn = root.findall(".//s:g[@class='ties']/s:path", SVG)
    said = f"Not drawn: 10 older articles and {len(ties) - len(drawn)} further links."
    assert len(drawn) == 400
    assert words(root)[-1] == said
    assert root.findtext("s:desc", None, SVG).endswith(said)


def test_articles_of_one_moment_lie_apart():
    dots = [dot(number, published=START) for number in range(120)]
    assert overlaps(spots(parsed(channel_map(dots, [], "X")))) == []


def test_tied_articles_lie_near_each_other():
    dots = [dot(number, published=START + timedelta(hours=number)) for number in range(24)]
    ties = [Tie(str(a), str(b), 0.8, True) for a, b in combinations(range(24), 2) if a % 2 == b % 2]
    root = parsed(channel_map(dots, ties, "X"))
    heights = [
        sorted(y for (_, y, _), href in zip(spots(root), hrefs(root), strict=True) if int(href[10:]) % 2 == rest)
        for rest in (0, 1)
    ]
    upper, lower = sorted(heights)
    assert upper[-1] <= lower[0]


def test_titles_in_the_map_cross_neither_each_other_nor_a_dot():
    dots = [dot(number, title="Eine Überschrift von einiger Länge " * 3) for number in range(60)]
    root = parsed(channel_map(dots, [], "X"))
    taken = [Box(x - r, y - r, x + r, y + r) for x, y, r in spots(root)]
    titles = root.findall(".//s:g[@class='titles']/s:text", SVG)
    assert 3 <= len(titles) <= 14
    for one in titles:
        x, y, width = float(one.get("x")), float(one.get("y")), width_of(one.text, 12)
        left = x if one.get("text-anchor") == "start" else x - width
        taken.append(Box(left, y - 10, left + width, y + 3))
    assert not any(a.meets(b) for a, b in combinations(taken, 2))


def test_a_map_of_nothing_or_of_one_article_is_a_picture_too():
    assert words(parsed(channel_map([], [Tie("a", "b", 1, True)], "X"))) == ["No articles at the moment"]
    root = parsed(channel_map([dot(0)], [], "X"))
    assert "1 article on 21 June 2025" in root.findtext("s:desc", None, SVG)
    assert spots(root)[0][0] + MARGIN == size_of(root)[0] / 2


TEXTS = st.text(max_size=40) | st.sampled_from(
    ["\x00\ud800\ufffe", "]]>&<!--", "منظمة الصحة", "見出し" * 40, "e\u0301" * 300]
)
TIMES = st.datetimes(timezones=st.just(UTC)) | st.integers(0, 5000).map(
    lambda minutes: START + minutes * timedelta(minutes=1)
)
NAMES = st.integers(0, 12).map(str)
DOTS = st.lists(st.builds(Dot, NAMES, TEXTS, TIMES, TEXTS, st.booleans(), NAMES), max_size=20)
TIES = st.lists(st.builds(Tie, NAMES, NAMES, st.floats(0, 2), st.booleans()), max_size=30)
CIRCLES = st.lists(st.builds(Circle, NAMES, TEXTS, st.integers(0, 3000), TEXTS), max_size=14)
TOUCHES = st.lists(st.builds(Touch, NAMES, NAMES, st.floats(0, 200)), max_size=20)


@settings(deadline=None, max_examples=60)
@given(DOTS, TIES, TEXTS)
def test_any_articles_make_a_well_formed_map_within_its_bounds_in_any_order(dots, ties, title):
    svg = channel_map(dots, ties, title)
    root = parsed(svg)
    width, height = size_of(root)
    found = [(x + MARGIN, y + MARGIN, r) for x, y, r in spots(root)]
    assert len(found) == len({dot.id for dot in dots})
    assert all(r <= x <= width - r and r <= y <= height - r for x, y, r in found)
    assert overlaps(found) == []
    assert channel_map(dots[::-1], [Tie(tie.b, tie.a, tie.weight, tie.listed) for tie in ties[::-1]], title) == svg


# The channels


def test_a_channel_is_a_circle_whose_area_is_its_number_of_articles():
    root = parsed(channels_map([circle(0, 25), circle(1, 100)], [Touch("1", "0", 3.5)], "Channels"))
    (_, _, large), (_, _, small) = spots(root)
    assert large / small == pytest.approx(2, abs=0.02)
    assert [(one.get("href"), one.findtext("s:title", None, SVG)) for one in root.iterfind(".//s:a", SVG)] == [
        ("/channels/1/", "The channel of number 1\n100 articles; touches “The channel of number 0”"),
        ("/channels/0/", "The channel of number 0\n25 articles; touches “The channel of number 1”"),
    ]
    assert root.findtext("s:desc", None, SVG) == (
        "2 channels, largest first, each a circle whose area is its number of articles; "
        "1 pair with ties between their articles."
    )


def test_a_number_that_is_told_roughly_is_said_to_be():
    root = parsed(channels_map([Circle("0", "Floods", 345, "/channels/floods/", 300)], [], "Channels"))
    assert root.find(".//s:a", SVG).findtext("s:title", None, SVG) == "Floods\nat least 300 articles"
    assert "300+" in words(root)


def test_no_smaller_circle_tells_its_number_where_a_larger_has_no_room():
    circles = [Circle("a", "Floods", 400, "/", 400), Circle("b", "Trams", 12, "/", 10), Circle("c", "Ferries", 9, "/")]
    said = words(parsed(channels_map(circles, [], "Channels")))
    assert [one for one in said if one[0].isdigit()] == ["400+"]


def test_the_wider_the_line_the_more_there_is_between_two_channels():
    touches = [Touch("0", "1", 4.0), Touch("1", "2", 1.0), Touch("0", "0", 9), Touch("0", "elsewhere", 9)]
    root = parsed(channels_map([circle(number) for number in range(3)], touches, "Channels"))
    assert [path.get("stroke-width") for path in root.iterfind(".//s:path", SVG)] == ["8", "2.8"]


def test_channels_that_touch_lie_near_each_other():
    circles = [circle(number) for number in range(12)]
    found = spots(parsed(channels_map(circles, [Touch("0", "11", 1.0)], "Channels")))
    order = sorted(range(12), key=str)  # of one size, they are drawn by title
    a, b = found[order.index(0)], found[order.index(11)]
    distances = sorted((a[0] - c[0]) ** 2 + (a[1] - c[1]) ** 2 for c in found)
    assert (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 <= distances[2]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30, 100])
def test_any_number_of_channels_fits(count):
    circles = [circle(number, 1 + number * number) for number in range(count)]
    touches = [Touch(str(a), str(b), 1 / b) for a, b in combinations(range(count), 2) if b % (a + 1) == 0]
    root = parsed(channels_map(circles, touches, "Channels"))
    found = spots(root)
    width, height = size_of(root)
    assert len(found) == min(count, 40)
    assert overlaps(found) == []
    assert all(r <= x <= width - r and r <= y <= height - r for x, y, r in found)
    said = words(root)
    assert ("No channels at the moment" in said) == (count == 0)
    assert any(one.startswith("Not drawn: 60 smaller channels and ") for one in said) == (count == 100)


@settings(deadline=None, max_examples=40)
@given(CIRCLES, TOUCHES, TEXTS)
def test_any_channels_make_a_well_formed_picture_without_overlap_in_any_order(circles, touches, title):
    svg = channels_map(circles, touches, title)
    root = parsed(svg)
    assert len(spots(root)) == len({circle.id for circle in circles})
    assert overlaps(spots(root)) == []
    assert channels_map(circles[::-1], [Touch(one.b, one.a, one.weight) for one in touches[::-1]], title) == svg


def test_pictures_are_the_same_in_every_process():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_maps import *; from hashlib import sha256;"
        "ties = [(str(a), str(a * 7 % 50), a / 50) for a in range(50)];"
        "svg = channel_map(map(dot, range(50)), [Tie(*tie, True) for tie in ties], 'X');"
        "svg += channels_map(map(circle, range(30)), [Touch(*tie) for tie in ties], 'X');"
        "print(sha256(svg.encode()).hexdigest())"
    )
    here = os.path.dirname(__file__)
    digests = set()
    for seed, zone in (("1", "Asia/Kolkata"), ("2", "America/St_Johns")):
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "OMP_NUM_THREADS": seed}
        run = subprocess.run([sys.executable, "-c", program, here], env=env, capture_output=True, text=True, check=True)
        digests.add(run.stdout)
    assert len(digests) == 1


# Their parts


@given(st.integers(1, 25), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_things_get_places_where_none_lies_on_another(count, random):
    boxes = [Box(-random.randint(5, 60), -random.randint(5, 50), random.randint(5, 60), 30) for _ in range(count)]
    weights = {pair: random.randint(0, FULL) for pair in combinations(range(count), 2) if random.random() < 0.2}
    found = places(boxes, weights, 240)
    put = [Box(x + b.left, y + b.top, x + b.right, y + b.bottom) for (x, y), b in zip(found, boxes, strict=True)]
    assert not any(a.meets(b) for a, b in combinations(put, 2))
    assert min(box.left for box in put) >= 0
    assert max(box.right for box in put) <= 240
    assert min(box.top for box in put) == 0


def test_a_chain_is_put_in_its_own_order():
    chain = [3, 0, 4, 1, 2]
    order = seriation(5, {tuple(sorted(pair)): FULL for pair in pairwise(chain)})
    assert order in (chain, chain[::-1])


@given(st.text(max_size=60), st.floats(20, 200))
def test_a_text_is_cut_to_fit_and_only_when_it_must(text, room):
    cut = fitted(text, 12, room)
    assert width_of(cut, 12) <= room
    assert cut == text or cut.endswith("…")


def test_a_label_is_broken_between_words_and_after_dashes():
    assert lines_of("Israeli–Palestinian conflict", 13, 120, 3) == ["Israeli–", "Palestinian", "conflict"]
    assert lines_of("One two three four five six", 13, 50, 2) == ["One", "two…"]
    assert lines_of("", 13, 50, 2) == [""]


def test_numbers_are_short():
    assert [number(value) for value in (12, 0.5, -0.04, 1234567.89, 1 / 3)] == ["12", "0.5", "0", "1234567.9", "0.3"]
