"""Answers that are given again, on each database."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.store.answers import IN_HAND_FOR, KEPT, Answer, KeyReused, StillInHand, claim, keep, let_go
from feedsvc.store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ANSWER = Answer(202, {"results": [{"index": 0, "id": "a1", "status": "accepted"}]})


def ask(store: Store, digest: str = "d", at: datetime = NOW, source: str = "cms") -> Answer | None:
    with store.writing() as connection:
        return claim(connection, source, "key", digest, at)


def kept(store: Store) -> None:
    with store.writing() as connection:
        keep(connection, "cms", "key", ANSWER)


def test_the_answer_to_a_request_is_given_again(store: Store):
    assert ask(store) is None
    kept(store)
    assert ask(store) == ANSWER


def test_a_key_means_one_request(store: Store):
    ask(store)
    with pytest.raises(KeyReused):
        ask(store, "another")
    kept(store)
    with pytest.raises(KeyReused):
        ask(store, "another")


def test_a_key_is_a_sources_own(store: Store):
    ask(store)
    kept(store)
    assert ask(store, "another", source="wire") is None


def test_a_request_that_is_in_hand_is_not_begun_a_second_time(store: Store):
    ask(store)
    with pytest.raises(StillInHand):
        ask(store, at=NOW + IN_HAND_FOR / 2)


def test_a_request_that_nobody_ended_is_begun_again(store: Store):
    ask(store)
    later = NOW + 2 * IN_HAND_FOR
    assert ask(store, at=later) is None
    with pytest.raises(StillInHand):
        ask(store, at=later)


def test_a_request_that_came_to_nothing_is_the_first_again(store: Store):
    ask(store)
    with store.writing() as connection:
        let_go(connection, "cms", "key")
    assert ask(store, "another") is None


def test_an_answer_that_was_given_is_not_let_go(store: Store):
    ask(store)
    kept(store)
    with store.writing() as connection:
        let_go(connection, "cms", "key")
    assert ask(store) == ANSWER


def test_answers_are_forgotten_after_a_day(store: Store):
    ask(store)
    kept(store)
    assert ask(store, "another", NOW + KEPT + timedelta(seconds=1)) is None
