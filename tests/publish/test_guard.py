"""What readers would make of a new generation, and when it may not go out."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.publish.guard import Effect, Shown, compare, objections, shown, told
from feedsvc.publish.window import Line

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(id: str, hours: int = 0, **more: object) -> Shown:
    at = NOON + timedelta(hours=hours)
    return Shown(id, at, at, "digest", f"https://paper.example/{id}")._replace(**more)  # type: ignore[arg-type]


OLD = tuple(entry(id, n) for n, id in enumerate("abcdefghij"))
PUBLIC = {one.id for one in OLD}


def effect(after: tuple[Shown, ...], archived: str = "", gone: str = "") -> Effect:
    return compare(OLD, after, set(archived), set(gone))


def test_the_same_again_is_nothing_to_anybody() -> None:
    assert effect(OLD) == Effect()
    assert told(Effect()) == []


def test_what_was_never_shown_is_new_and_late_when_it_is_older_than_the_newest() -> None:
    found = effect((entry("n", 99), *OLD, entry("l", 3)))
    assert (found.new, found.late) == (("n", "l"), ("l",))


def test_what_has_another_digest_or_time_is_updated() -> None:
    later = OLD[0]._replace(updated=NOON + timedelta(days=1))
    assert effect((later, *OLD[1:])).updated == ("a",)
    assert effect((OLD[0]._replace(digest="other"), *OLD[1:])).updated == ("a",)


def test_what_goes_into_an_archive_is_not_lost() -> None:
    assert effect(OLD[2:], archived="ab") == Effect()
    assert effect(OLD[2:]).lost == ("a", "b")


def test_what_had_gone_and_comes_back_is_seen_as_new_again() -> None:
    found = effect((*OLD, entry("z")), gone="z")
    assert (found.resurrected, found.new) == (("z",), ())


def test_another_id_for_what_was_shown_is_seen_as_new_again() -> None:
    found = effect((entry("A", trace=OLD[0].trace), *OLD[1:]))
    assert (found.renamed, found.lost, found.new) == (("A",), ("a",), ())


def test_another_publication_time_and_a_repeated_id_are_told() -> None:
    found = effect((OLD[0]._replace(published=NOON - timedelta(days=1)), *OLD[1:], OLD[1]))
    assert (found.redated, found.repeated) == (("a",), ("b",))


def test_a_feed_of_which_more_than_a_share_vanishes_or_is_shown_again_is_held_back() -> None:
    assert objections(effect(OLD[6:]), 10, 4, 0.5, PUBLIC) == ["6 of 10 entries would vanish"]
    assert objections(effect(OLD[5:]), 10, 5, 0.5, PUBLIC) == []
    again = tuple(entry(one.id.upper(), trace=one.trace) for one in OLD)
    assert objections(effect(again), 10, 10, 0.5, PUBLIC) == [
        "10 of 10 entries would show as new again",
        "10 of 10 entries would vanish",
    ]


def test_few_entries_are_no_reason() -> None:
    few = OLD[:4]
    assert objections(compare(few, few[:1], (), ()), 4, 1, 0.5, PUBLIC) == []


@pytest.mark.parametrize("number", [1, 4, 10])
def test_a_feed_that_would_be_empty_is_held_back_however_few_entries_it_has(number: int) -> None:
    told = objections(compare(OLD[:number], (), (), ()), number, 0, 1.0, PUBLIC)
    assert told == ["it would be empty"]


def test_a_feed_may_be_empty_once_readers_may_see_nothing_of_it_any_more() -> None:
    few = OLD[:4]
    assert objections(compare(few, (), (), ()), 4, 0, 0.5, ()) == []
    assert objections(compare(few, (), (), ()), 4, 0, 0.5, {"d"}) == ["it would be empty"]
    assert objections(compare(few, (), set("abcd"), ()), 4, 0, 0.5, PUBLIC) == []
    assert objections(Effect(), 0, 0, 0.5, PUBLIC) == []


def test_what_comes_back_to_a_feed_that_was_emptied_is_weighed_among_what_it_shows_then() -> None:
    back = compare((), OLD, (), {one.id for one in OLD})
    assert objections(back, 0, 10, 0.5, PUBLIC) == ["10 of 10 entries would show as new again"]
    mixed = (*OLD[:5], *(entry(f"n{n}", 50 + n) for n in range(10)))
    assert objections(compare((), mixed, (), set("abcde")), 0, 15, 0.5, PUBLIC) == []


def test_repeated_ids_are_always_a_reason() -> None:
    assert objections(effect((*OLD, *OLD[:1])), 10, 11, 1.0, PUBLIC) == ["1 of 11 entries have the id of another one"]


def test_news_and_honest_updates_are_never_a_reason() -> None:
    changed = tuple(one._replace(digest="other", updated=NOON + timedelta(days=9)) for one in OLD)
    news = tuple(entry(f"n{n}", 50 + n) for n in range(100))
    assert objections(effect((*news, *changed)), 10, 110, 0.1, PUBLIC) == []


def test_a_withdrawn_article_is_shown_as_changed_at_its_withdrawal() -> None:
    line = Line("a", NOON, None, "digest", trace="https://paper.example/a")
    gone = line._replace(withdrawn=NOON + timedelta(days=3), recalled=True)
    assert shown(gone).updated == NOON + timedelta(days=3)
    assert compare([shown(line)], [shown(gone)], (), ()).updated == ("a",)
    assert shown(line._replace(touched=4)) != shown(line)
