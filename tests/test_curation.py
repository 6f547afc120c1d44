import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from feedsvc.curation import Curation, load_curation
from feedsvc.errors import BadSettings
from feedsvc.normalise.urls import url_key
from feedsvc.settings import Site

SHIPPED = Path(__file__).resolve().parents[1] / "config" / "channels.toml"

RIVER = """
[[channels]]
slug = "river"
title = "River"
"""
NO_IMAGE = (
    "must be the absolute http or https URL of a picture, in ASCII, such as https://paper.example/river.png,"
    " without user name"
)
NO_LANGUAGE = "must be a language tag, such as en or pt-BR"


def read(tmp_path: Path, text: str | bytes) -> Curation:
    path = tmp_path / "channels.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_curation(path, url_key)


def problems(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, text)
    return [problem.removeprefix("channels.toml ") for problem in caught.value.problems]


# What can be said


def test_without_the_file_nothing_is_said(tmp_path: Path) -> None:
    assert load_curation(tmp_path / "channels.toml") == Curation() == read(tmp_path, "")


def test_everything_that_can_be_said_of_a_curated_channel_is_read(tmp_path: Path) -> None:
    [channel] = read(
        tmp_path,
        RIVER
        + """
        description = "High and low water"
        pinned = ["urn:uuid:1"]
        banned = ["https://paper.example/a"]
        rule.any_of.words = ["flood*", "high water"]
        rule.none_of = { tags = ["Sport"] }
        """,
    ).channels
    assert (channel.slug, channel.title, channel.description) == ("river", "River", "High and low water")
    assert channel.rule
    assert channel.rule.any_of.pairs() == (("words", "flood*"), ("words", "high water"))
    assert channel.rule.all_of.pairs() == ()
    assert channel.rule.none_of.pairs() == (("tags", "Sport"),)
    assert channel.pinned == ("urn:uuid:1",)


def test_renames_merges_and_splits_are_read(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        """
        renames = [{ slug = "council-2", title = "Town council", description = "" }]
        merges = [{ slugs = ["a", "b"], into = "c" }]
        splits = [{ slug = "divers", title = "Divers", out_of = "pier", articles = ["urn:uuid:1"] }]
        """,
    )
    assert (said.renames[0].title, said.renames[0].description) == ("Town council", "")
    assert (said.merges[0].slugs, said.merges[0].into) == (("a", "b"), "c")
    assert (said.splits[0].out_of, said.splits[0].articles) == ("pier", ("urn:uuid:1",))
    assert list(said.made) == ["divers"]


def test_an_image_and_a_language_may_be_given_for_every_channel_that_the_file_tells_of(tmp_path: Path) -> None:
    look = 'image = "https://paper.example/pictures/a%20b@2x.png?w=512"\nlanguage = "pt-BR"\n'
    said = read(
        tmp_path,
        f"""{RIVER}{look}pinned = ["urn:uuid:1"]
        [[renames]]
        slug = "council-2"
        {look}
        [[splits]]
        slug = "divers"
        title = "Divers"
        out_of = "pier"
        articles = ["urn:uuid:1"]
        {look}""",
    )
    for told in (*said.channels, *said.renames, *said.splits):
        assert (told.image, told.language) == ("https://paper.example/pictures/a%20b@2x.png?w=512", "pt-BR")
    assert (said.renames[0].title, said.renames[0].description) == (None, None)


@pytest.mark.parametrize("key", ["title", "description", "image", "language"])
def test_a_rename_may_give_any_one_thing(tmp_path: Path, key: str) -> None:
    value = {"image": "https://paper.example/a.png", "language": "uk"}.get(key, "A")
    [rename] = read(tmp_path, f'[[renames]]\nslug = "a"\n{key} = "{value}"').renames
    assert rename.model_dump(exclude_none=True) == {"slug": "a", key: value}


@pytest.mark.parametrize(
    ("tag", "is_one"),
    [("en", True), ("zh-Hant-TW", True), ("DE", True), ("en_GB", False), ("English", False), ("e", False), ("", False)],
)
def test_a_language_is_what_the_site_may_have_as_one(tmp_path: Path, tag: str, is_one: bool) -> None:
    text = f'[[renames]]\nslug = "a"\nlanguage = "{tag}"'
    if is_one:
        assert read(tmp_path, text).renames[0].language == Site(language=tag).language == tag
    else:
        assert problems(tmp_path, text) == [f"line 3: renames[0].language: {NO_LANGUAGE}"]
        with pytest.raises(ValidationError):
            Site(language=tag)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "river.png",
        "/river.png",
        "//paper.example/river.png",
        "https:paper.example/river.png",
        "https://paper.example",
        "https:///river.png",
        "ftp://paper.example/river.png",
        "data:image/png;base64,AA==",
        "https://paper.example/high water.png",
        "https://paper.example/100%.png",
        "https://paper.example/flüsse.png",
        "https://papier-für-alle.example/river.png",
        "https://user:secret@paper.example/river.png",
        "https://paper.example:port/river.png",
        "https://paper.example/<river>.png",
    ],
)
def test_an_image_is_an_absolute_web_address_that_every_feed_can_carry(tmp_path: Path, url: str) -> None:
    assert problems(tmp_path, f'[[renames]]\nslug = "a"\nimage = "{url}"') == [f"line 3: renames[0].image: {NO_IMAGE}"]


def test_articles_named_by_url_are_kept_in_the_form_that_is_compared(tmp_path: Path) -> None:
    pinned = '["https://Paper.example/a/?utm_source=x", "urn:uuid:A", "record 7"]'
    said = read(tmp_path, RIVER + f"pinned = {pinned}")
    assert said.channels[0].pinned == (url_key("https://paper.example/a"), "urn:uuid:A", "record 7")


def test_a_file_that_an_editor_on_windows_wrote_is_read(tmp_path: Path) -> None:
    text = (RIVER + 'pinned = ["urn:uuid:1"]').replace("\n", "\r\n")
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()).channels[0].title == "River"


def test_the_shipped_file_and_every_example_in_its_comments_can_be_read(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert [channel.slug for channel in load_curation(SHIPPED).channels] == ["weather-and-the-river"]
    said = read(tmp_path, re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", shipped))
    assert (len(said.channels), len(said.renames), len(said.merges), len(said.splits)) == (2, 1, 1, 1)


def test_the_shipped_file_explains_every_key() -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")

    def keys(schema: object) -> set[str]:
        if isinstance(schema, list):
            return set().union(*map(keys, schema))
        if not isinstance(schema, dict):
            return set()
        return set(schema.get("properties", {})).union(*map(keys, schema.values()))

    missing = {key for key in keys(Curation.model_json_schema()) if not re.search(rf"\b{key}\b( =|\])", shipped)}
    assert missing - {"rule"} == set()  # the table of tables


# What is refused


def test_every_mistake_is_told_at_once_with_its_line_and_key(tmp_path: Path) -> None:
    assert problems(
        tmp_path,
        """\
chanels = 3
merges = 4

[[channels]]
slug = "A b"
titel = "x"

[channels.rule]
words = ["x"]
[channels.rule.any_of]
words = "flood"
title = [
  "*",
  "a*b",
]

[[channels]]
slug = "river"
title = 5
pinned = "urn:uuid:1"

[[channels]]
slug = "river"
title = ""
image = 5
language = "English"
rule = 1
""",
    ) == [
        "line 1: chanels: there is no such key",
        "line 2: merges: must be written as [[merges]] tables",
        "line 4: channels[0].title: is needed",
        "line 5: channels[0].slug: must be lower-case letters, digits and single hyphens, as in a channel's URL",
        "line 6: channels[0].titel: there is no such key",
        "line 9: channels[0].rule.words: there is no such key",
        "line 11: channels[0].rule.any_of.words: must be a list of words",
        "line 13: channels[0].rule.any_of.title[0]: must hold a letter or a digit",
        "line 14: channels[0].rule.any_of.title[1]: may have a * only at its end, as in flood*",
        "line 19: channels[1].title: must be text in quotes",
        "line 20: channels[1].pinned: must be a list of ids or URLs",
        "line 23: channels[2].slug: 'river' is the slug of another channel here",
        "line 24: channels[2].title: must not be empty",
        "line 25: channels[2].image: must be text in quotes",
        f"line 26: channels[2].language: {NO_LANGUAGE}",
        "line 27: channels[2].rule: must be a table",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (RIVER, "line 2: channels[0].pinned: must name articles where there is no rule"),
        (RIVER + "[channels.rule]", "line 5: channels[0].rule.all_of: must ask for something where any_of does not"),
        (
            RIVER + 'rule.none_of.words = ["x"]',
            "line 5: channels[0].rule.all_of: must ask for something where any_of does not",
        ),
        (
            RIVER + 'pinned = ["https://paper.example/a"]\nbanned = ["https://paper.example/a"]',
            "line 5: channels[0].pinned[0]: 'https://paper.example/a' is banned from this channel, too",
        ),
        ('[[renames]]\nslug = "a"', "line 1: renames[0]: must give a title, a description, an image or a language"),
        (
            '[[renames]]\nslug = "a"\ntitle = "A"\n[[renames]]\nslug = "a"\ntitle = "B"',
            "line 5: renames[1].slug: 'a' is renamed twice",
        ),
        (
            RIVER + 'pinned = ["x"]\n[[renames]]\nslug = "river"\ntitle = "B"',
            "line 7: renames[0].slug: 'river' is a channel that this file makes, not a discovered one",
        ),
        (
            '[[merges]]\nslugs = ["a"]\ninto = "b"\n[[merges]]\nslugs = ["b"]\ninto = "c"',
            "line 3: merges[0].into: 'b' is merged into another channel here",
        ),
        ('[[merges]]\nslugs = ["a"]\ninto = "a"', "line 3: merges[0].into: 'a' is merged into another channel here"),
        ('[[merges]]\nslugs = ["a", "a"]\ninto = "b"', "line 2: merges[0].slugs[1]: 'a' is merged twice"),
        (
            '[[splits]]\nslug = "a"\ntitle = "A"\nout_of = "b"',
            "line 1: splits[0].articles: must name articles where there is no rule",
        ),
        (
            RIVER + 'pinned = ["x"]\n[[splits]]\nslug = "a"\ntitle = "A"\nout_of = "river"\narticles = ["y"]',
            "line 9: splits[0].out_of: 'river' is a channel that this file makes, not a discovered one",
        ),
        (
            f'[[merges]]\nslugs = ["a"]\ninto = "b"\n[[channels]]\nslug = "{"x" * 61}"\ntitle = "X"\npinned = ["y"]',
            "line 5: channels[0].slug: must have 60 characters at most",
        ),
        (
            '[[channels]]\nslug = "everything"\ntitle = "X"\npinned = ["y"]',
            "line 2: channels[0].slug: 'everything' is the name of the feed of all articles; take another",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('title = "a\\u0000b"', "title: holds the control character U+0000"),
        ('description = """\na\n\tb\\u001B"""', "description: holds the control character U+001B"),
        ('description = "a\\uFFFF"', "description: holds the control character U+FFFF"),
        ('title = "a\\nb"', "title: must be one line, without tabs"),
        ('title = "\\u200B"', "title: must show something"),
        ('title = "\\u2800 \\u0301"', "title: must show something"),
    ],
)
def test_what_no_reader_can_see_is_refused(tmp_path: Path, said: str, problem: str) -> None:
    assert problems(tmp_path, f'[[renames]]\nslug = "a"\n{said}') == [f"line 3: renames[0].{problem}"]


@pytest.mark.parametrize("title", ["猫", "🚋", "C++", "£", "हिन्दी"])
def test_a_title_may_be_of_any_letters_and_signs(tmp_path: Path, title: str) -> None:
    text = f'[[renames]]\nslug = "a"\ntitle = "{title}"\ndescription = """\n{title}\n\n{title}"""'
    assert read(tmp_path, text).renames[0].title == title


@pytest.mark.parametrize("term", ["\uff9e", "+", "#", "."])
def test_a_term_that_comes_to_nothing_is_refused(tmp_path: Path, term: str) -> None:
    said = RIVER + f'rule.any_of.words = [\n  "flood",\n  "{term}",\n]'
    assert problems(tmp_path, said) == ["line 7: channels[0].rule.any_of.words[1]: must hold a letter or a digit"]


def test_a_place_in_the_file_is_named_by_its_line_and_key(tmp_path: Path) -> None:
    said = read(tmp_path, '[[merges]]\nslugs = [\n  "a",\n  "b",\n]\ninto = "c"')
    assert said.at("merges", 0, "slugs", 1) == "channels.toml line 4: merges[0].slugs[1]"
    assert Curation().at("merges", 0, "into") == "merges[0].into"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[channels]]\nslug = "a"\ntitle "x"\n', r"line 3: is not TOML: Expected .* \(column 7\)"),
        ('[[channels]]\nslug = "a"\nwords = [\n"x",\n\n', r"line 4: is not TOML: .* \(here the file ends\)"),
        ("a = " + "[" * 5000, "is not TOML: "),
        (f"a = {'1' * 5000}", "is not TOML: "),
        (b'\xef\xbb\xbfa = 1\ntitle = "\xff"', "line 2: is not text in UTF-8: it holds the byte 0xff"),
        ("a = 1\n".encode("utf-16"), "line 1: is text in UTF-16; save it as UTF-8"),
    ],
    ids=["a key without =", "cut off", "brackets without end", "a number too long", "Latin-1", "UTF-16"],
)
def test_a_file_that_is_not_toml_is_told_as_such(tmp_path: Path, text: str | bytes, problem: str) -> None:
    [told] = problems(tmp_path, text)
    assert re.match(problem, told)


def test_a_file_that_cannot_be_opened_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "channels.toml").mkdir()
    with pytest.raises(BadSettings, match=re.escape("channels.toml cannot be read")):
        load_curation(tmp_path / "channels.toml")
