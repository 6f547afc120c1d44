"""What is set aside is listed, shown, tried again and released."""

from typing import Any

import pytest

from feedsvc import asides
from feedsvc.errors import UnknownSubject

UNDATED = {"title": "Harbour wall opens", "body_text": "The quay stands."}


def test_what_is_set_aside_is_released_with_what_it_lacks(desk: Any) -> None:
    desk.write_lines("a.jsonl", UNDATED, {"title": "Fine", "published": "2026-03-01T10:00:00Z"})
    desk.run()
    [one] = asides.listed(desk.store)
    assert (one.number, one.where, one.reason) == (1, "paper a.jsonl line 1", "'published' is missing")
    assert asides.record_of(desk.settings, one) == UNDATED
    with pytest.raises(UnknownSubject, match="cannot be released"):
        asides.release(desk.settings, desk.store, one, {})
    asides.release(desk.settings, desk.store, one, {"published": "2026-03-02T10:00:00Z"})
    desk.run()
    assert [entry["title"] for entry in desk.entries()] == ["Harbour wall opens", "Fine"]
    assert asides.listed(desk.store) == []
    assert desk.run().published == 0


def test_what_is_mended_at_its_source_is_taken_in_when_it_is_tried_again(desk: Any) -> None:
    desk.write_lines("a.jsonl", UNDATED)
    desk.run()
    asides.retry(desk.store, asides.listed(desk.store))
    assert desk.run().read == 1
    assert len(asides.listed(desk.store)) == 1, "nothing has been mended yet"
    desk.write_lines("a.jsonl", UNDATED | {"published": "2026-03-02T10:00:00Z"})
    desk.run()
    assert asides.listed(desk.store) == []


def test_a_number_that_is_not_there_is_told(desk: Any) -> None:
    with pytest.raises(UnknownSubject, match="no number 3"):
        asides.the(desk.store, 3)


def test_what_cannot_be_read_at_all_is_said_to_be_so(desk: Any) -> None:
    desk.write("a.json", "{")
    desk.run()
    [one] = asides.listed(desk.store)
    with pytest.raises(UnknownSubject, match="cannot be read"):
        asides.record_of(desk.settings, one)
