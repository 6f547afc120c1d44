"""Same article or another: through `resolve` and `settle`, with what was settled carried to the next run."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Draft, DraftLink, Evidence, Precision, ReadDate
from feedsvc.normalise.identity import resolve
from feedsvc.normalise.nodes import Alias, Known
from feedsvc.normalise.settle import Intake, settle
from feedsvc.normalise.text import title_key
from feedsvc.normalise.urls import url_key

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def read(when: datetime, precision: Precision = Precision.SECOND) -> ReadDate:
    return ReadDate(when.isoformat(), when, "UTC", False, precision)


def link(title: str, when: datetime | None = None, url: str | None = None) -> DraftLink:
    return DraftLink(title, title_key(title), url, url and url_key(url), read(when) if when else None)


def page(title: str, when: datetime, *links: DraftLink, place: str = "a.txt", **more: object) -> Draft:
    """A scraped page: its shown date may be when it was rendered."""
    fields = {"evidence": Evidence.PAGE, "place": place, "ref": place, **more}
    return draft(title, when, *links, **fields)


def draft(title: str, when: datetime, *links: DraftLink, **more: object) -> Draft:
    read_from = {"source": "s", "document": "f.jsonl", "ref": "f.jsonl line 1", "fetched_at": NOW}
    fields: dict = {**read_from, "evidence": Evidence.RECORD, **more}
    if fields.get("url"):
        fields["url_key"] = url_key(fields["url"])
    fields.setdefault("digest", f"{title} {fields.get('body_html', '')} {fields.get('url')}")
    return Draft(title=title, title_key=title_key(title), published=read(when), links=links, **fields)


@dataclass
class Memory:
    """What the store would keep from run to run."""

    known: dict[str, Known] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    listed: dict[str, set[tuple[str, str, datetime]]] = field(default_factory=dict)
    former: set[tuple[str, str, datetime]] = field(default_factory=set)
    reports: list[str] = field(default_factory=list)

    def run(self, *drafts: Draft, served: bool = True) -> Intake:
        intake = settle(resolve(drafts, self.known.values(), self.places, self.aliases()), NOW)
        for one in intake.articles:
            before = self.known.get(one.id)
            digest = one.content.digest if one.content else before.digest if before else ""
            self.known[one.id] = Known(
                one.id, one.source, one.title_key, one.stub, one.record_id, one.url, one.url_key, one.dating.own,
                one.dating.own_evidence, one.dating.listed, one.dating.published, one.dating.updated, False, digest,
            )  # fmt: skip
        for stub, into in intake.merges.items():
            del self.known[stub]
            self.former = {(into if id == stub else id, key, when) for id, key, when in self.former}
            for id, named in self.listed.items():
                self.listed[id] = {(into if target == stub else target, *rest) for target, *rest in named}
        self.places |= intake.id_by_place
        for id, links in intake.links.items():
            named = {(one.target, one.link.title_key, one.link.published.at) for one in links if one.link.published}
            self.listed.setdefault(id, set()).update(named)
        self.former |= {(one.id, one.title_key, one.at) for one in intake.former_titles}
        self.reports += intake.reports
        if served:
            self.known = {id: replace(one, served=True) for id, one in self.known.items()}
        return intake

    def aliases(self) -> list[Alias]:
        named = sorted(self.former.union(*self.listed.values()))
        return [Alias(*one) for one in named if one[0] in self.known]

    def one(self, title: str) -> Known:
        (found,) = self.titled(title)
        return found

    def titled(self, title: str) -> list[Known]:
        return [one for one in self.known.values() if one.title_key == title_key(title)]


def test_a_page_lists_stubs_and_a_stub_becomes_whole_under_its_id_when_its_page_comes():
    memory = Memory()
    memory.run(page("Main", at(60), link("**Told**".strip("*"), at(0))))
    stub = memory.one("Told")
    assert stub.stub
    assert stub.published == at(0)
    memory.run(page("Told", at(0), place="b.txt"))
    assert memory.one("Told").id == stub.id
    assert not memory.one("Told").stub


def test_titles_are_the_same_whatever_their_case_quotes_spaces_and_stars():
    memory = Memory()
    memory.run(
        page("Main", at(60), link("Iran’s  “Talks” – begin", at(0))), page('IRAN\'S "talks" - Begin', at(0), place="b")
    )
    assert len(memory.known) == 2


def test_equal_titles_at_other_times_stay_apart():
    memory = Memory()
    memory.run(page("Fire", at(0), place="a"), page("Fire", at(90), place="b"))
    assert len(memory.titled("Fire")) == 2


def test_a_page_read_again_with_a_later_date_is_the_same_and_nothing_is_written():
    memory = Memory()
    memory.run(page("Main", at(0)))
    intake = memory.run(page("Main", at(500)))
    assert intake.articles == ()
    assert memory.one("Main").published == at(0)


def test_a_page_moved_to_another_place_is_the_same_by_title_and_time():
    memory = Memory()
    memory.run(page("Main", at(0), place="old.txt"))
    memory.run(page("Main", at(0), place="new.txt"))
    memory.run(page("Main", at(30), place="old.txt"), page("Main", at(40), place="new.txt"))
    assert len(memory.known) == 1


def test_a_page_rendered_late_joins_the_one_stub_with_its_title_and_an_earlier_time():
    memory = Memory()
    memory.run(page("Other", at(60), link("Main", at(0))))
    stub = memory.one("Main")
    memory.run(page("Main", at(45), place="m"))
    assert memory.one("Main").id == stub.id
    assert memory.one("Main").published == at(0)


def test_a_listed_time_is_better_evidence_until_the_article_is_served():
    for served, expected in ((False, at(0)), (True, at(45))):
        memory = Memory()
        memory.run(page("Main", at(45), place="m"), served=served)
        memory.run(page("Other", at(60), link("Main", at(0))), served=served)
        assert memory.one("Main").published == expected
        assert memory.one("Main").listed.at == at(0), "recorded all the same"


def test_with_several_candidates_a_page_joins_none_and_that_is_reported():
    memory = Memory()
    memory.run(page("Other", at(60), link("Main", at(0)), link("Main", at(10))))
    memory.run(page("Main", at(45), place="m"))
    assert len(memory.titled("Main")) == 3
    assert "share a title" in memory.reports[0]


def test_a_page_does_not_join_a_stub_that_is_listed_later_than_it_shows():
    memory = Memory()
    memory.run(page("Other", at(60), link("Main", at(50))), page("Main", at(45), place="m"))
    assert len(memory.titled("Main")) == 2


def test_exact_matches_are_settled_before_looser_ones():
    memory = Memory()
    memory.run(
        page("Other", at(60), link("Main", at(0)), place="a"),
        page("Main", at(0), place="exact"),
        page("Main", at(45), place="late"),
    )
    assert sorted(one.published for one in memory.titled("Main")) == [at(0), at(45)]


def test_a_page_that_shows_the_listed_time_takes_it_back_from_one_that_joined_loosely():
    memory = Memory()
    memory.run(page("Other", at(60), link("Main", at(0))))
    memory.run(page("Main", at(45), place="late"), served=False)
    late = memory.one("Main")
    intake = memory.run(page("Main", at(0), place="exact"))
    assert len(memory.titled("Main")) == 2
    assert memory.known[late.id].own.at == at(45)
    (repoint,) = intake.repoints
    assert (repoint.old, repoint.at) == (late.id, at(0))
    assert memory.known[repoint.new].published == at(0)


def test_a_records_stated_time_never_joins_a_stub_of_another_time():
    memory = Memory()
    memory.run(page("Other", at(60), link("Main", at(0))), draft("Main", at(45)))
    assert len(memory.titled("Main")) == 2


def test_an_article_is_still_known_by_its_former_title():
    memory = Memory()
    memory.run(page("Fire in town", at(0), place="a"))
    memory.run(page("Fire in town put out", at(0), place="a"))
    memory.run(page("Other", at(60), link("Fire in town", at(0)), place="b"))
    assert len(memory.known) == 2


def test_a_record_id_outranks_the_url_and_the_url_outranks_title_and_time():
    memory = Memory()
    memory.run(
        draft("One", at(0), record_id="1", url="https://a.example/x", ref="l 1"),
        draft("Two", at(1), record_id="2", url="https://a.example/x", ref="l 2"),
        draft("Same", at(2), url="https://a.example/p", ref="l 3"),
        draft("Same", at(2), url="https://a.example/q", ref="l 4"),
    )
    assert len(memory.known) == 4
    memory.run(draft("One, corrected", at(9), record_id="1", url="https://a.example/moved"))
    assert len(memory.known) == 4


def test_a_url_with_a_fragment_is_another_article_but_tracking_parameters_are_not():
    memory = Memory()
    memory.run(
        draft("A", at(0), url="https://a.example/day#item-1", ref="l 1"),
        draft("B", at(0), url="https://a.example/day#item-2", ref="l 2"),
        draft("List", at(5), link("A", None, "http://a.example/day?utm_source=x#item-1"), ref="l 3"),
    )
    assert len(memory.known) == 3


def test_two_stubs_are_one_once_a_page_has_the_url_of_one_and_the_title_and_time_of_the_other():
    memory = Memory()
    memory.run(
        draft("List", at(60), link("Main", at(0)), ref="l 1"),
        draft("List 2", at(61), link("Mian", None, "https://a.example/m"), ref="l 2"),
    )
    assert len(memory.known) == 4
    intake = memory.run(draft("Main", at(0), url="https://a.example/m"))
    assert len(intake.merges) == 1
    assert len(memory.known) == 3


def test_an_id_that_was_merged_away_is_not_given_to_another():
    told = page("Other", at(60), link("Main", at(0)))
    (first,) = [one.id for one in settle(resolve([told], (), {}), NOW).articles if one.stub]
    (second,) = [one.id for one in settle(resolve([told], (), {}, (), lambda ids: [first]), NOW).articles if one.stub]
    assert first != second


def test_a_stub_without_any_time_has_none():
    memory = Memory()
    memory.run(draft("List", at(60), link("Main", None, "https://a.example/m")))
    assert memory.one("Main").published is None


def test_a_change_that_readers_see_moves_updated_and_keeps_published():
    memory = Memory()
    memory.run(draft("Main", at(0), record_id="1"))
    memory.run(draft("Main", at(7), record_id="1", body_html="<p>new</p>", updated=read(at(30))))
    main = memory.one("Main")
    assert (main.published, main.updated) == (at(0), at(30))


def test_the_same_record_twice_in_one_run_stands_as_it_was_updated_last():
    for order in permutations([(read(at(10)), "old"), (read(at(20)), "new"), (None, "oldest")]):
        drafts = [draft("Main", at(0), record_id="1", updated=u, body_html=b, ref=f"l {b}") for u, b in order]
        memory = Memory()
        intake = memory.run(*drafts)
        assert intake.articles[0].content.body_html == "new"


titles = st.sampled_from(["Fire", "Flood", "Vote"])
times = st.integers(0, 3).map(lambda n: at(n * 30))
urls = st.sampled_from([None, None, "https://a.example/1", "https://a.example/2"])
links = st.lists(st.builds(link, titles, st.one_of(st.none(), times), urls), max_size=3).map(tuple)


def others(title: str, found: tuple[DraftLink, ...]) -> list[DraftLink]:
    return [one for one in found if one.title != title]


pages = st.builds(
    lambda t, w, ls, n: page(t, w, *others(t, ls), place=f"p{n}"), titles, times, links, st.integers(0, 5)
)
records = st.builds(
    lambda t, w, ls, n, i, u: draft(t, w, *others(t, ls), ref=f"f line {n}", record_id=i, url=u, digest=str(n)),
    titles, times, links, st.integers(0, 9), st.sampled_from([None, "1", "2"]), urls,
)  # fmt: skip
batches = st.lists(
    st.one_of(pages, records),
    max_size=6,
    unique_by=(lambda d: d.ref, lambda d: d.record_id or d.ref, lambda d: d.url or d.ref),
)


@given(st.lists(batches, max_size=3), st.randoms())
@settings(max_examples=500, deadline=None)
def test_the_order_within_a_run_never_matters(runs, random):
    straight, shuffled = Memory(), Memory()
    for batch in runs:
        straight.run(*batch)
        shuffled.run(*random.sample(batch, len(batch)))
    assert straight.known == shuffled.known
    assert straight.places == shuffled.places


@dataclass(frozen=True)
class Truth:
    """An article as it is in the world; pages and lists tell parts of it."""

    number: int
    title: str
    when: datetime
    url: str | None
    record_id: str | None

    def listed(self, by_url: bool) -> DraftLink:
        return link(self.title, self.when, self.url if by_url else None)

    def loaded(self, *others: "DraftLink") -> Draft:
        if self.record_id:
            return draft(
                self.title, self.when, *others, ref=f"f line {self.number}", record_id=self.record_id, url=self.url
            )
        return page(self.title, self.when, *others, place=f"p{self.number}", url=self.url)


worlds = st.lists(
    st.tuples(titles, times, st.booleans(), st.booleans()), min_size=1, max_size=8, unique_by=lambda one: one[:2]
).map(
    lambda told: [
        Truth(n, title, when, f"https://a.example/{n}" if has_url else None, str(n) if has_id else None)
        for n, (title, when, has_url, has_id) in enumerate(told)
    ]
)


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_no_article_is_lost_or_doubled_and_every_id_and_time_stays(data):
    world = data.draw(worlds)
    numbers = st.integers(0, len(world) - 1)
    unique = {one.title for one in world if sum(other.title == one.title for other in world) == 1}
    mentions = st.lists(st.tuples(numbers, st.booleans()), max_size=3)
    runs = data.draw(st.lists(st.lists(st.tuples(numbers, mentions), max_size=4, unique_by=lambda v: v[0]), max_size=4))
    memory, seen, first = Memory(), set(), {}
    for views in runs:
        drafts = []
        for number, mentioned in views:
            links = [world[m].listed(by_url) for m, by_url in mentioned if m != number]
            drafts.append(world[number].loaded(*links))
            seen |= {number} | {m for m, _ in mentioned}
        memory.run(*drafts)
        told = sorted((title_key(world[n].title), world[n].when) for n in seen)
        if {world[n].title for n in seen} <= unique:
            assert sorted((one.title_key, one.published) for one in memory.known.values()) == told
        for id, one in memory.known.items():
            assert first.setdefault(id, one.published) == one.published
