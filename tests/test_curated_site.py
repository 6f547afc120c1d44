"""channels.toml at work: a site of two themes, run after run, on each database."""

import json
from typing import Any

import pytest

from feedsvc import publishing
from feedsvc.errors import BadSettings
from feedsvc.store import feeds as feed_store
from feedsvc.store import reading

WORDS = {
    "Tram": "The tram line opens another stop along the harbour rails.",
    "Flood": "High water came over the river wall and into the cellars.",
}
FLOODS = """
[[channels]]
slug = "high-water"
title = "High water"
[channels.rule.any_of]
words = ["river wall"]
"""


def record(theme: str, number: int, **more: Any) -> dict[str, Any]:
    listed = [{"title": f"{theme} report {n}", "published": stamp(n)} for n in range(max(0, number - 3), number)]
    body = f"<p>{WORDS[theme]}</p>"
    url = f"https://paper.example/{theme.lower()}/{number}"
    return {
        "title": f"{theme} report {number}",
        "published": stamp(number),
        "body_html": body,
        "url": url,
        "related": listed,
    } | more


def stamp(number: int) -> str:
    return f"2026-03-{1 + number:02}T12:00:00Z"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


@pytest.fixture
def town(desk):
    desk.write_lines("a.jsonl", *(record(theme, n) for theme in WORDS for n in range(6)))
    return desk


def say(desk, text: str) -> None:
    (desk.root / "channels.toml").write_text(text, encoding="utf-8")


def sizes(desk) -> dict[str, int]:
    return {slug: len(titles) for slug, titles in desk.channel_titles().items()}


def slug_of(desk, title: str) -> str:
    return next(slug for slug, titles in desk.channel_titles().items() if title in titles)


def test_a_curated_channel_has_its_feeds_and_the_discovered_one_redirects_to_it(town) -> None:
    town.run()
    flood = slug_of(town, "Flood report 1")
    say(town, FLOODS)
    town.run()
    assert sizes(town)["high-water"] == 6
    assert {entry["title"] for entry in town.entries("channels/high-water")} == {f"Flood report {n}" for n in range(6)}
    with town.store.reading() as connection:
        assert reading.heirs(connection) == {flood: "high-water"}


def test_a_run_after_a_change_of_the_file_alone_publishes_and_one_after_none_does_not(town) -> None:
    say(town, FLOODS)
    town.run()
    stood = town.standing()
    assert town.run().published == 0
    say(town, FLOODS.replace('"High water"', '"Higher water"'))
    assert town.run().published == 2  # the channel and the outline
    assert {key for key, one in town.standing().items() if stood[key] != one} == {
        key for key in stood if key[0] in ("channels/high-water", "opml")
    }


def test_an_image_and_a_language_come_and_go_with_the_file(town) -> None:
    say(town, FLOODS)
    town.run()
    stood = town.standing()
    look = 'image = "https://paper.example/river.png"\nlanguage = "de"\n'
    say(town, FLOODS.replace("[channels.rule", look + "[channels.rule"))
    assert town.run().published == 1
    document = json.loads(town.body("channels/high-water"))
    assert (document["icon"], document["language"]) == ("https://paper.example/river.png", "de")
    with town.store.reading() as connection:
        [channel] = [c for c in feed_store.all_channels(connection) if c.slug == "high-water"]
    assert (channel.image, channel.language) == ("https://paper.example/river.png", "de")
    assert town.run().published == 0
    say(town, FLOODS)
    assert town.run().published == 1
    assert town.standing() == stood


def test_a_pinned_url_and_a_banned_one_are_known_by_any_of_their_forms(town) -> None:
    pinned = 'pinned = ["https://PAPER.example/tram/2/?utm_source=x"]\nbanned = ["http://paper.example/flood/0#"]\n'
    say(town, FLOODS.replace("[channels.rule", pinned + "[channels.rule"))
    report = town.run()
    assert set(town.channel_titles()["high-water"]) == {*(f"Flood report {n}" for n in range(1, 6)), "Tram report 2"}
    assert report.reports == []


def test_a_merge_holds_for_articles_that_come_later(town) -> None:
    town.run()
    tram, flood = slug_of(town, "Tram report 1"), slug_of(town, "Flood report 1")
    say(town, f'[[merges]]\nslugs = ["{flood}"]\ninto = "{tram}"\n')
    town.run()
    assert sizes(town)[tram] == 12
    town.write_lines("b.jsonl", *(record(theme, 6) for theme in WORDS))
    town.run()
    assert sizes(town)[tram] == 14
    assert flood not in sizes(town)
    with town.store.reading() as connection:
        [one] = [a.id for a in town.articles().values() if a.title == "Flood report 6"]
        assert [channel.slug for channel in reading.article_channels(connection, one)] == [tram]


def test_a_split_holds_for_articles_that_come_later(town) -> None:
    town.run()
    tram = slug_of(town, "Tram report 1")
    say(
        town,
        f'[[splits]]\nslug = "early"\ntitle = "Early"\nout_of = "{tram}"\n'
        'rule.any_of.title = ["report 1", "report 7"]\n',
    )
    town.run()
    town.write_lines("b.jsonl", *(record(theme, n) for theme in WORDS for n in (6, 7)))
    town.run()
    assert set(town.channel_titles()["early"]) == {"Tram report 1", "Tram report 7"}
    assert len(town.channel_titles()[tram]) == 6


def test_a_split_stands_again_when_the_file_was_cut_off_or_away_for_a_run(town) -> None:
    town.run()
    tram = slug_of(town, "Tram report 1")
    whole = FLOODS + (
        f'[[splits]]\nslug = "early"\ntitle = "Early"\nout_of = "{tram}"\n'
        'rule.any_of.title = ["report 1", "report 2"]\n'
    )
    say(town, whole)
    town.run()
    stood = town.channel_titles()
    for cut_off in (FLOODS, ""):
        say(town, cut_off)
        town.run()
        say(town, whole)
        assert town.run().reports == []
        assert town.channel_titles() == stood


def test_what_is_banned_from_a_channel_is_in_the_rest_when_its_own_is_merged_there(town) -> None:
    town.run()
    tram = slug_of(town, "Tram report 1")
    banning = FLOODS.replace("[channels.rule", 'banned = ["https://paper.example/tram/1"]\n[channels.rule')
    say(town, banning + f'[[merges]]\nslugs = ["{tram}"]\ninto = "high-water"\n')
    town.run()
    assert sizes(town) == {"high-water": 11, "more-stories": 1}
    assert slug_of(town, "Tram report 1") == "more-stories"
    town.write_lines("b.jsonl", *(record(theme, 6) for theme in WORDS))
    town.run()
    assert "Tram report 1" in town.channel_titles()["more-stories"]
    assert set(town.channel_titles()["high-water"]) >= {f"Tram report {n}" for n in (0, 2, 3, 4, 5)}
    assert "Tram report 1" not in town.channel_titles()["high-water"]


def test_a_theme_that_would_have_ended_at_once_is_in_the_rest_run_after_run(desk) -> None:
    desk.config["themes"] |= {"window_days": 5, "retire_after_days": 2}
    early = (record("Tram", n) for n in range(6))
    late = (record("Flood", n, published=f"2026-05-{n + 1:02}T12:00:00Z", related=[]) for n in range(6))
    desk.write_lines("a.jsonl", *early, *late)
    desk.run()
    assert set(desk.channel_titles()["more-stories"]) == {f"Tram report {n}" for n in range(6)}
    assert len(desk.channel_titles()) == 2
    stood = desk.channel_titles()
    desk.config["themes"]["min_articles"] = 4  # so that all is arranged anew
    desk.run()
    assert desk.channel_titles() == stood


def test_the_title_of_what_is_left_over_follows_the_setting(town) -> None:
    town.write_lines("b.jsonl", {"title": "A cat", "published": stamp(3), "body_text": "It sat."})
    town.run()
    town.config["themes"]["rest_title"] = "Sundries"
    town.run()
    assert json.loads(town.body("channels/more-stories"))["title"].startswith("Sundries")


def test_a_channel_that_takes_over_several_says_so_once(town) -> None:
    town.run()
    slugs = sorted({slug_of(town, f"{theme} report 1") for theme in WORDS})
    say(town, FLOODS.replace("river wall", "o*"))
    assert town.run().reports == [
        "channels.toml line 3: channels[0].slug: 'high-water' has taken over 2 channels with all they had:"
        f" {', '.join(slugs)}"
    ]
    say(town, FLOODS.replace("river wall", "o*") + "# nothing new\n")
    assert town.run().reports == []


def test_a_slug_that_was_merged_away_ends_the_run_and_every_feed_stands(town) -> None:
    town.run()
    tram, flood = slug_of(town, "Tram report 1"), slug_of(town, "Flood report 1")
    say(town, f'[[merges]]\nslugs = ["{flood}"]\ninto = "{tram}"\n')
    town.run()
    stood = town.standing()
    say(town, FLOODS.replace("high-water", flood))
    with pytest.raises(BadSettings, match=f"channels\\[0\\].slug: the channel '{flood}' was merged into '{tram}'"):
        town.run()
    assert town.standing() == stood


def test_a_mistake_in_the_file_ends_the_run(town) -> None:
    say(town, FLOODS + "wrods = []\n")
    with pytest.raises(
        BadSettings, match=r"channels.toml line 7: channels\[0\].rule.any_of.wrods: there is no such key"
    ):
        town.run()


def test_what_the_file_names_and_nobody_knows_is_told(town) -> None:
    say(town, '[[renames]]\nslug = "nowhere"\ntitle = "Nowhere"\n')
    assert town.run().reports == ["channels.toml line 2: renames[0].slug: there is no channel 'nowhere'"]
