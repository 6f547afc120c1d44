import importlib
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from feedsvc.model import Origin

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.fixture(scope="module")
def scores() -> ModuleType:
    return bench_module("figures.scores")


@pytest.fixture(scope="module")
def corpora() -> ModuleType:
    return bench_module("figures.corpora")


def bench_module(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCH)
        return importlib.import_module(name)


def test_the_same_clusters_agree_wholly_whatever_they_are_called(scores: ModuleType) -> None:
    assert scores.agreement(list("aabb"), list("xxyy")) == pytest.approx((1, 1, 1))


def test_b_cubed_asks_how_pure_and_how_whole_each_articles_cluster_is(scores: ModuleType) -> None:
    # All in one cluster: each is whole, half of it is pure.
    assert scores.b_cubed(list("aabb"), list("xxxx")) == pytest.approx(2 * 0.5 * 1 / 1.5)


def test_an_article_counts_in_its_first_channel_and_one_in_none_is_alone(scores: ModuleType) -> None:
    truth = {("url", f"https://paper.example/{n}"): "flood" for n in range(5)} | {("url", "https://few.example"): "few"}
    articles = [{"url": url, "title": "A", "published": datetime(2025, 1, 1, tzinfo=UTC)} for _, url in truth]
    first = scores.Found("a", Origin.DISCOVERED, articles[:3])
    second = scores.Found("b", Origin.DISCOVERED, articles[2:4])
    true, found = scores.labels(truth, [first, second])
    assert true == ["flood"] * 5
    assert found[:4] == ["a", "a", "a", "b"]
    assert found[4] not in found[:4]


def test_churn_is_the_share_of_what_was_there_and_is_no_more(scores: ModuleType) -> None:
    before = {("1", "a"), ("2", "a"), ("3", "b"), ("4", "b")}
    assert scores.churn(before, before | {("5", "c")}) == 0
    assert scores.churn(before, before - {("4", "b")} | {("4", "a")}) == 0.25


@pytest.mark.parametrize(("themes", "expected"), [("aaabb", "a"), ("aaab", None), ("aabbc", None), ("aaabbb", "b")])
def test_a_theme_is_dominant_that_half_of_five_articles_have(
    scores: ModuleType, themes: str, expected: str | None
) -> None:
    assert scores.dominant(themes) == expected


def test_a_channel_has_drifted_whose_last_theme_is_not_its_first(scores: ModuleType) -> None:
    assert scores.drifts({"a": "xyx", "b": "xxy", "c": "x", "d": ""}) == {"b": ("x", "y")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Israeli–Palestinian conflicts", {"isra", "palestinian", "conflict"}),
        ("COVID-19 pandemic", {"covid", "19", "pandem"}),
        ("Russia’s elections", {"russia", "elect"}),
        ("", set()),
    ],
)
def test_stems_are_words_without_their_endings(scores: ModuleType, text: str, expected: set[str]) -> None:
    assert scores.stems(text) == expected


def test_a_name_is_as_near_to_a_heading_as_the_words_they_share(scores: ModuleType) -> None:
    assert scores.likeness("Monkeypox outbreaks", "2022 monkeypox outbreak") == pytest.approx(0.8)
    assert scores.likeness("Flood", "Strike") == 0


def test_every_world_after_the_first_says_other_words_of_the_same_articles(corpora: ModuleType) -> None:
    news: list[dict[str, Any]] = [
        {
            "id": f"{n}",
            "url": f"https://paper.example/{n}",
            "title": f"Flood number{n}",
            "summary": f"Water at gate{n}",
            "body_text": f"Water rises near gate{n} and bridge{n}",
            "related": [{"url": "https://paper.example/0", "title": "Flood number0", "published": "1 May 2022"}],
        }
        for n in range(3)
    ]
    first, second = (list(some) for some in (islice(corpora.worlds(news), 3), islice(corpora.worlds(news), 3, 6)))
    assert first == news
    assert [one["url"] for one in second] == [f"https://1.paper.example/{n}" for n in range(3)]
    assert {one["id"] for one in first}.isdisjoint(one["id"] for one in second)
    assert second[2]["related"][0]["url"] == second[0]["url"]
    assert second[2]["related"][0]["title"] == second[0]["title"]
    assert [one["body_text"] for one in second] != [one["body_text"] for one in first]
    assert list(islice(corpora.worlds(news), 9)) == list(islice(corpora.worlds(news), 9))
