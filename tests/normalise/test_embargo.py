"""Embargoes from record to settlement: moved, lifted, come too late, and what readers get meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feedsvc.load.record import read_record
from feedsvc.model import Document, Draft, Evidence, RawArticle
from feedsvc.normalise.article import Reading, normalise
from feedsvc.normalise.identity import resolve
from feedsvc.normalise.nodes import Known
from feedsvc.normalise.settle import Intake, settle

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BEFORE, SOON, LATER = "2026-10-01T09:00:00Z", "2026-12-01T09:00:00Z", "2026-12-24T09:00:00Z"
ID = {"id": "7"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def draft(place: str | None = None, **keys: object) -> Draft:
    """What is made of one record; with a `place`, its document holds no other."""
    raw = read_record({"title": "Secret", **keys}, "" if place else "line 1")
    assert isinstance(raw, RawArticle)
    document = Document("s", place or "all.jsonl", "application/json", b"", NOW)
    return normalise(raw, document, Reading(UTC))


def take_in(*drafts: Draft, known: Known | None = None, now: datetime = NOW) -> Intake:
    places = {("s", "a.json"): known.id} if known else {}
    return settle(resolve(drafts, [known] if known else [], places), now)


def kept(intake: Intake, served: bool = False) -> Known:
    """The one article of a run, as the store would know it in the next."""
    (one,) = intake.articles
    dating = one.dating
    return Known(
        one.id, one.source, one.title_key, one.stub, one.record_id, one.url, one.url_key, dating.own,
        dating.own_evidence, dating.listed, dating.published, dating.updated, served,
        one.content.digest if one.content else "",
    )  # fmt: skip


KEYED = pytest.mark.parametrize(
    ("place", "keys"), [(None, ID), (None, {"url": "https://a.example/7"}), ("a.json", {})], ids=["id", "url", "place"]
)


@KEYED
@pytest.mark.parametrize(
    ("embargo", "due"), [(LATER, LATER), ("2026-11-15", "2026-11-15T00:00:00Z"), (None, BEFORE), (BEFORE, BEFORE)]
)
def test_until_it_is_served_an_article_follows_its_embargo(
    place: str | None, keys: dict[str, str], embargo: str | None, due: str
) -> None:
    first = take_in(draft(place, published=BEFORE, embargo=SOON, **keys))
    assert kept(first).published == at(SOON)
    moved = take_in(draft(place, published=BEFORE, embargo=embargo, **keys), known=kept(first))
    (one,) = moved.articles
    assert (one.id, one.new, one.dating.published) == (kept(first).id, False, at(due))
    assert one.content is None  # nothing that readers see of it has changed
    assert moved.reports == ()


def test_an_embargo_alone_dates_an_article() -> None:
    (one,) = take_in(draft(embargo="2026-12-01", **ID)).articles
    assert (one.dating.published, one.dating.own_evidence) == (at("2026-12-01T00:00:00Z"), Evidence.RECORD)


@pytest.mark.parametrize("listed", [BEFORE, "2026-12-01", "2026-12-01T08:59:59Z"])
def test_a_list_that_gives_an_earlier_time_ends_no_embargo(listed: str) -> None:
    link = {"title": "Secret", "url": "https://a.example/7", "published": listed}
    secret = draft(published=BEFORE, embargo=SOON, url="https://a.example/7")
    intake = take_in(secret, replace(draft(published=BEFORE, related=[link], id="8"), title_key="lister"))
    (one,) = [one for one in intake.articles if one.url]
    assert one.dating.published == at(SOON)


def test_an_article_was_not_updated_before_its_embargo_ended() -> None:
    (one,) = take_in(draft(published=BEFORE, updated="2026-10-02", embargo=NOW.isoformat(), **ID)).articles
    assert (one.dating.published, one.dating.updated) == (NOW, None)


# Too late


@KEYED
@pytest.mark.parametrize("body", ["", "New text."])
def test_what_readers_have_stays_as_it_is_and_a_report_says_how_to_take_it_back(
    place: str | None, keys: dict[str, str], body: str
) -> None:
    public = kept(take_in(draft(place, published=BEFORE, **keys)), served=True)
    late = draft(place, published=BEFORE, embargo=SOON, body_text=body, **keys)
    intake = take_in(late, known=public)
    assert (intake.articles, intake.links, intake.witnesses, intake.id_by_place) == ((), {}, (), {})
    assert intake.waiting == (late,)
    assert intake.reports == (
        f"s: {late.ref} may not be seen yet, but it is public already and stays as it is;"
        f" feedsvc withdraw {public.id} takes it back",
    )


def test_a_report_says_nothing_of_what_may_not_be_seen() -> None:
    public = kept(take_in(draft(published=BEFORE, **ID)), served=True)
    late = draft(published=BEFORE, embargo=SOON, url="https://a.example/hush", subtitle="hush", **ID)
    (report,) = take_in(replace(late, title="Hush", title_key="hush"), known=public).reports
    assert "hush" not in report.lower()


def test_what_waited_is_taken_in_when_its_embargo_ends() -> None:
    public = kept(take_in(draft(published=BEFORE, **ID)), served=True)
    late = draft(published=BEFORE, embargo=SOON, body_text="New text.", **ID)
    intake = take_in(late, known=public, now=at(SOON))
    (one,) = intake.articles
    assert (one.content, intake.waiting, intake.reports) == (late, (), ())
    assert one.dating.published == at(BEFORE)  # which readers know
    assert one.dating.updated == at(NOW.isoformat())


def test_what_is_withdrawn_needs_no_report() -> None:
    public = kept(take_in(draft(published=BEFORE, **ID)), served=True)
    intake = take_in(draft(published=BEFORE, embargo=SOON, **ID), known=replace(public, withdrawn=True))
    assert (intake.articles, intake.reports) == ((), ())


def test_a_page_whose_shown_date_runs_ahead_holds_nothing_back() -> None:
    public = kept(take_in(draft("a.json", published=BEFORE)), served=True)
    page = replace(draft("a.json", published=SOON, body_text="New text."), evidence=Evidence.PAGE)
    intake = take_in(page, known=public)
    assert (intake.articles[0].content, intake.reports) == (page, ())
