"""When an article was published and changed, and what a run has to write of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.model import Draft, DraftLink, Evidence, Precision, ReadDate
from feedsvc.normalise.identity import resolve
from feedsvc.normalise.nodes import Known, Moment
from feedsvc.normalise.settle import Intake, Settled, settle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(when: datetime, precision: Precision = Precision.SECOND) -> ReadDate:
    return ReadDate(when.isoformat(), when, "UTC", False, precision)


def link(title: str, when: datetime | None = None, precision: Precision = Precision.SECOND) -> DraftLink:
    date = read(when, precision) if when else None
    return DraftLink(title, title.lower(), published=date, date_text=when and when.isoformat())


def draft(title: str = "A", when: datetime = NOON, *links: DraftLink, **more: object) -> Draft:
    read_from = {"source": "s", "document": "a.txt", "ref": "a.txt", "place": "a.txt"}
    fields: dict = {**read_from, "evidence": Evidence.RECORD, "digest": "d"}
    date = read(when, more.pop("precision", Precision.SECOND))  # type: ignore[arg-type]
    return Draft(
        title=title,
        title_key=title.lower(),
        published=date,
        links=links,
        **{**fields, "fetched_at": NOW - HOUR, **more},
    )


def known(**more: object) -> Known:
    fields: dict = {
        "id": "urn:1", "source": "s", "title_key": "a", "stub": False, "served": True, "digest": "d",
        "own": Moment(NOON), "own_evidence": Evidence.RECORD, "published": NOON,
    }  # fmt: skip
    return Known(**{**fields, **more})


def take_in(*drafts: Draft, before: tuple[Known, ...] = (), now: datetime = NOW) -> Intake:
    places = {("s", "a.txt"): before[0].id} if before and not before[0].stub else {}
    return settle(resolve(drafts, before, places), now)


def the_one(intake: Intake, title_key: str = "a") -> Settled:
    (found,) = [article for article in intake.articles if article.title_key == title_key]
    return found


# Published


@pytest.mark.parametrize(
    ("own", "evidence", "listed", "published"),
    [
        (NOON, Evidence.RECORD, NOON - HOUR, NOON),  # what an article states itself outranks what others say
        (NOON, Evidence.PAGE, NOON - HOUR, NOON - HOUR),  # what a page shows may be when it was rendered
        (NOON, Evidence.PAGE, None, NOON),
    ],
)
def test_the_best_evidence_says_when(
    own: datetime, evidence: Evidence, listed: datetime | None, published: datetime
) -> None:
    drafts = [draft("A", own, evidence=evidence)]
    if listed:
        drafts.append(draft("B", NOON + HOUR, link("A", listed), ref="b.txt", place="b.txt"))
    settled = take_in(*drafts)
    whole = [one for one in settled.articles if one.title_key == "a" and not one.stub]
    assert [one.dating.published for one in whole] == [published]


def test_of_two_times_that_agree_the_finer_one_is_taken() -> None:
    minute = NOON.replace(second=0)
    lister = draft("B", NOON + HOUR, link("A", NOON + timedelta(seconds=27)), ref="b.txt", place="b.txt")
    settled = take_in(draft("A", minute, precision=Precision.MINUTE), lister)
    assert the_one(settled).dating.published == NOON + timedelta(seconds=27)


def test_what_was_served_keeps_its_time_and_better_evidence_is_only_recorded() -> None:
    settled = the_one(take_in(draft("A", NOON - HOUR), before=(known(),)))
    assert settled.dating.published == NOON
    assert settled.dating.own == Moment(NOON - HOUR)


def test_what_was_not_served_yet_follows_the_evidence() -> None:
    settled = the_one(take_in(draft("A", NOON - HOUR), before=(known(served=False),)))
    assert settled.dating.published == NOON - HOUR


def test_a_stub_that_nobody_dated_has_no_time() -> None:
    settled = take_in(draft("A", NOON, link("Undated")))
    assert the_one(settled, "undated").dating.published is None
    assert the_one(settled, "undated").stub


# Updated


def test_an_article_seen_for_the_first_time_was_never_updated_unless_it_says_so() -> None:
    assert the_one(take_in(draft())).dating.updated is None
    assert the_one(take_in(draft(updated=read(NOON + HOUR)))).dating.updated == NOON + HOUR


@pytest.mark.parametrize("updated", [NOON - HOUR, NOON, NOW + HOUR])
def test_an_update_before_the_article_or_after_now_is_none(updated: datetime) -> None:
    assert the_one(take_in(draft(updated=read(updated)))).dating.updated is None


def test_the_same_content_again_changes_no_article() -> None:
    settled = take_in(draft(), before=(known(),))
    assert settled.articles == ()
    assert settled.links == {"urn:1": ()}


def test_a_change_is_dated_by_what_it_says_of_itself() -> None:
    changed = draft(digest="other", updated=read(NOON + 2 * HOUR))
    assert the_one(take_in(changed, before=(known(),))).dating.updated == NOON + 2 * HOUR


def test_a_change_that_says_nothing_is_dated_by_its_file() -> None:
    settled = the_one(take_in(draft(digest="other"), before=(known(),)))
    assert settled.dating.updated == NOW - HOUR
    assert settled.content is not None


@pytest.mark.parametrize("fetched", [NOON - HOUR, NOW + HOUR])
def test_a_file_from_before_the_article_or_from_the_future_is_dated_by_the_clock(fetched: datetime) -> None:
    settled = the_one(take_in(draft(digest="other", fetched_at=fetched), before=(known(),)))
    assert settled.dating.updated == NOW.replace(microsecond=0)


def test_updates_never_run_backwards() -> None:
    last = NOW - timedelta(minutes=1)
    changed = draft(digest="other", updated=read(NOON + HOUR))
    settled = the_one(take_in(changed, before=(known(updated=last),)))
    assert settled.dating.updated is not None
    assert settled.dating.updated > last
    clock_set_back = the_one(take_in(changed, before=(known(updated=NOW + HOUR),)))
    assert clock_set_back.dating.updated == NOW + HOUR


def test_a_stub_that_becomes_whole_keeps_its_time_and_counts_as_updated() -> None:
    stub = known(stub=True, own=None, own_evidence=None, listed=Moment(NOON), digest="")
    settled = the_one(take_in(draft("A", NOON, evidence=Evidence.PAGE), before=(stub,)))
    assert (settled.id, settled.stub, settled.new, settled.dating.published) == ("urn:1", False, False, NOON)
    assert settled.dating.updated == NOW - HOUR


# What else is written


def test_an_article_does_not_list_itself_and_lists_another_once() -> None:
    page = draft("A", NOON, link("A", NOON), link("B", NOON - HOUR), link("B", NOON - HOUR), link("C", NOON - HOUR))
    settled = take_in(page)
    (listed,) = settled.links.values()
    assert [one.link.title for one in listed] == ["B", "C"]
    assert len({one.target for one in listed}) == 2


def test_every_date_is_witnessed_as_it_was_written() -> None:
    page = draft("A", NOON, link("B", NOON - HOUR), updated=read(NOON + HOUR))
    settled = take_in(page)
    said = {(one.role, one.kind, one.date.text) for one in settled.witnesses}
    assert said == {
        ("published", Evidence.RECORD, NOON.isoformat()),
        ("updated", Evidence.RECORD, (NOON + HOUR).isoformat()),
        ("published", Evidence.LISTED, (NOON - HOUR).isoformat()),
    }


def test_the_dates_of_an_article_that_is_as_it_was_are_witnessed_again_for_where_they_stand() -> None:
    settled = take_in(draft(), before=(known(),))
    assert settled.articles == ()
    assert [(one.article_id, one.date.text) for one in settled.witnesses] == [("urn:1", NOON.isoformat())]


def test_an_article_that_is_only_listed_again_has_no_new_witness() -> None:
    listed = known(id="urn:2", title_key="b", own=None, own_evidence=None, listed=Moment(NOON), stub=True, digest="")
    settled = take_in(draft("A", NOON, link("B", NOON)), before=(known(), listed))
    assert {one.article_id for one in settled.witnesses} == {"urn:1"}


def test_a_former_title_is_remembered_since_others_go_on_listing_it() -> None:
    settled = take_in(draft("New name", digest="other"), before=(known(),))
    assert [(one.id, one.title_key, one.at) for one in settled.former_titles] == [("urn:1", "a", NOON)]
    assert the_one(settled, "new name").title == "New name"


def test_a_document_that_is_one_article_is_remembered_as_that() -> None:
    settled = take_in(draft(), replace(draft("B", NOON + HOUR), place=None, ref="b.jsonl line 1"))
    assert settled.id_by_place == {("s", "a.txt"): the_one(settled).id}
