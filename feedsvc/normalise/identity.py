"""Which drafts and related links are articles known already, and which are new.

Pure. Keys from strongest to weakest: a record id within its source; the URL; the place of a document
that is one article; title and time. Every exact match is settled before any looser one, and a stronger
key that differs forbids a match by a weaker one. The only loose match: a scraped page, whose shown date
may be the moment it was rendered, joins the one stub of its source with the same title and an earlier
listed time. With several candidates it joins none, and that is reported.

The order of the drafts makes no difference: they are settled in the order of source and place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedsvc.model import Draft, DraftLink, Evidence
from feedsvc.normalise.copies import is_copy, is_same_page, is_still_copy, key_of, leader, same_text
from feedsvc.normalise.ids import Taken, mint
from feedsvc.normalise.nodes import Alias, Known, Moment, Node
from feedsvc.normalise.order import age_and_place, first, first_published_first
from feedsvc.normalise.prints import keys_of
from feedsvc.normalise.urls import without_fragment

Found = dict[tuple[str, int], Node]  # what a source means by a link object


@dataclass(frozen=True, slots=True)
class Repoint:
    """Links to `old` that say `title_key` at `at` mean `new` after all."""

    old: str
    new: str
    title_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Resolution:
    """`nodes`: every article that this run read or named. `reports`: sentences about what was ambiguous."""

    nodes: tuple[Node, ...]
    repoints: tuple[Repoint, ...]
    reports: tuple[str, ...]


def resolve(
    drafts: Iterable[Draft],
    known: Iterable[Known],
    id_by_place: Mapping[tuple[str, str], str],
    aliases: Iterable[Alias] = (),
    taken: Taken = lambda ids: (),
) -> Resolution:
    """Settle which article every draft and every link of it is, and mint the ids of new ones.

    `known` are at least the articles with a key that `sought` names, and `taken` tells which of some ids there are,
    those of stubs that turned out to be other articles among them; none is given away again. Of two drafts
    that are one article, the one that says it was updated later stands.
    """
    ordered = sorted(drafts, key=age_and_place)
    settling = _Settling(known, aliases)
    settling.settle_pages(ordered, id_by_place)
    settling.settle_links(ordered)
    mint((node for node in settling.touched.values() if not node.id), lambda ids: {*settling.by_id, *taken(ids)})
    return settling.resolution()


class _Settling:
    """The indexes over all nodes, and the passes that fill them."""

    def __init__(self, known: Iterable[Known], aliases: Iterable[Alias]) -> None:
        self.by_id: dict[str, Node] = {}
        self.by_record: dict[tuple[str, str], Node] = {}
        self.by_url: dict[str, list[Node]] = defaultdict(list)
        self.by_title: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self.by_copy: dict[tuple[str, str], Node] = {}
        self.by_print: dict[int, list[Node]] = defaultdict(list)
        self.told_ids: set[str | None] = set()
        self.node_by_draft: dict[int, Node] = {}
        self.touched: dict[int, Node] = {}
        self.became: dict[int, Node] = {}
        self.repoints: list[tuple[Node, Node, str, datetime]] = []
        self.reports: list[str] = []
        for one in known:
            node = Node(one.source, one.title_key, one.id, known=one, own=one.own, own_evidence=one.own_evidence)
            if one.listed:
                node.listed[one.listed.at] = one.listed
            self.by_id[one.id] = node
            self._index(node, one.record_id, one.url, one.url_key)
            self._find_by_print(node)
            for copy in one.copies:
                self.by_copy[copy.source, copy.key] = node
                if copy.url_key and copy.likeness is not None:  # at a URL of its own, whatever id it is given there
                    self.by_copy.setdefault((copy.source, f"url {copy.url_key}"), node)
                self.by_title[copy.source, copy.title_key].append(node)
                if copy.url_key and copy.url_key != one.url_key:
                    self.by_url[copy.url_key].append(node)
                node.aliases.update({(copy.title_key, copy.published)} if copy.published else ())
        for alias in aliases:
            if named := self.by_id.get(alias.id):
                titled = self.by_title[named.source, alias.title_key]
                if named not in titled:
                    titled.append(named)
                named.aliases.add((alias.title_key, alias.at))

    def _index(self, node: Node, record_id: str | None, url: str | None, url_key: str | None) -> None:
        """Make a node findable by its title and by whatever else is told of it for the first time."""
        if record_id and not node.record_id:
            node.record_id = record_id
            self.by_record[node.source, record_id] = node
        if url_key and not node.url_key:
            node.url, node.url_key = url, url_key
            self.by_url[url_key].append(node)
        titled = self.by_title[node.source, node.title_key]
        if node not in titled:
            titled.append(node)

    # Pages

    def settle_pages(self, drafts: Sequence[Draft], id_by_place: Mapping[tuple[str, str], str]) -> None:
        def by_place(draft: Draft) -> Node | None:
            if draft.place is None:
                return None
            node = self.by_id.get(id_by_place.get((draft.source, draft.place), ""))
            return node if node and node.source == draft.source and self._open_to(node, draft) else None

        waiting = list(drafts)
        self.told_ids = {draft.record_id for draft in drafts}
        passes: tuple[Callable[[Draft], Node | None], ...] = (
            self._by_copy, self._by_record, self._by_url, self._by_rewritten_id, by_place,
            self._by_own_time, self._by_listed_time, self._by_title_alone,
        )  # fmt: skip
        for find in passes:
            waiting = [draft for draft in waiting if not self._settle(draft, find(draft))]
        for draft in first_published_first(waiting):
            node = self._by_record(draft) or self._by_url(draft) or self._by_own_time(draft) or self._by_text(draft)
            self._settle(draft, node or Node(draft.source, draft.title_key))
        for draft in drafts:
            self._absorb_stubs(self.node_by_draft[id(draft)])

    def _settle(self, draft: Draft, node: Node | None) -> bool:
        if node is None:
            return False
        self.node_by_draft[id(draft)] = node
        self.touched[id(node)] = node
        if is_copy(node, draft):
            node.copies.append(draft)
            return True
        if node.source != draft.source:
            self._pass_lead(node, draft)
        node.title_key = draft.title_key  # still found by its former title, which others may list
        node.draft = draft
        node.drafts.append(draft)
        self._date(node, draft)
        if draft.record_id and node.record_id != draft.record_id:
            node.record_id = None  # the source calls it otherwise now
        self._index(node, draft.record_id, draft.url, draft.url_key)
        self._find_by_print(node)
        return True

    def _find_by_print(self, node: Node) -> None:
        for number in keys_of(node.print) if node.print else ():
            self.by_print[number].append(node)

    @staticmethod
    def _pass_lead(node: Node, draft: Draft) -> None:
        """Let the source of a draft lead the article from now on."""
        node.led_before = leader(node)
        node.copies += node.drafts
        node.drafts = []
        node.source, node.record_id = draft.source, None

    @staticmethod
    def _date(node: Node, draft: Draft) -> None:
        """A page's shown date only ever moves back, and never replaces a stated one."""
        shown = draft.evidence is Evidence.PAGE
        if shown and node.own and (node.own_evidence is not Evidence.PAGE or node.own.at <= draft.published.at):
            return
        node.own, node.own_evidence = Moment.of(draft.published), draft.evidence

    def _by_copy(self, draft: Draft) -> Node | None:
        if node := self.by_copy.get((draft.source, key_of(draft))):
            return node if is_still_copy(draft, node) else None
        node = self.by_copy.get((draft.source, f"url {draft.url_key}"))
        return node if node and is_same_page(draft, node) else None

    def _by_record(self, draft: Draft) -> Node | None:
        return self.by_record.get((draft.source, draft.record_id)) if draft.record_id else None

    def _by_url(self, draft: Draft) -> Node | None:
        if not draft.url_key:
            return None
        nodes = [n for n in self.by_url.get(draft.url_key, ()) if self._open_to(n, draft)]
        own = [n for n in nodes if n.source == draft.source or n.stub]
        return first(own or (n for n in nodes if is_same_page(draft, n)), lambda n: (n.source != draft.source,))

    def _by_rewritten_id(self, draft: Draft) -> Node | None:
        """What a source gives another id, and no other URL, title or time, while nothing has the former id any more."""
        if not draft.url_key or not draft.record_id:
            return None
        at, nodes = draft.published.at, self.by_url.get(draft.url_key, ())
        same = [n for n in nodes if n.source == draft.source and n.title_key == draft.title_key and not n.stub]
        return first(n for n in same if n.own and n.own.at == at and not n.drafts and n.record_id not in self.told_ids)

    def _by_text(self, draft: Draft) -> Node | None:
        numbers = keys_of(draft.print) if draft.print else ()
        nodes = {id(node): node for number in numbers for node in self.by_print.get(number, ())}
        return same_text(draft, nodes.values())

    def _by_own_time(self, draft: Draft) -> Node | None:
        at = draft.published.at
        return first(n for n in self._titled(draft) if n.own and n.own.at == at and not n.stub)

    def _by_listed_time(self, draft: Draft) -> Node | None:
        """The stub that others list under just this title and time, or the article that took its place loosely."""
        at = draft.published.at
        named = [n for n in self._titled(draft) if at in n.listed]
        return first(n for n in named if n.stub) or self._taken_back(draft, named)

    def _by_title_alone(self, draft: Draft) -> Node | None:
        """The stub that others list without a time, when nothing else has the title."""
        nodes = self._titled(draft)
        return nodes[0] if len(nodes) == 1 and nodes[0].undated else None

    def _taken_back(self, draft: Draft, named: Sequence[Node]) -> Node | None:
        """A page that joined a stub loosely gives the listed time up to the page that shows it exactly."""
        at = draft.published.at
        holder = first(
            n for n in named
            if n.own and n.own.at != at and n.own_evidence is Evidence.PAGE and not n.record_id and not n.url_key
        )  # fmt: skip
        if holder is None:
            return None
        rightful = Node(draft.source, draft.title_key)
        rightful.listed[at] = holder.listed.pop(at)
        self.touched[id(holder)] = holder
        self.repoints.append((holder, rightful, draft.title_key, at))
        return rightful

    def _titled(self, draft: Draft) -> list[Node]:
        nodes = self.by_title.get((draft.source, draft.title_key), ())
        return [n for n in nodes if n.title_key == draft.title_key and self._open_to(n, draft)]

    def _open_to(self, node: Node, draft: Draft) -> bool:
        return node.allows(draft.source, draft.record_id, draft.url_key)

    def _absorb_stubs(self, node: Node) -> None:
        """A stub known by title and time is this article, if one of its times is just the article's."""
        for other in list(self.by_title[node.source, node.title_key]):
            if other is node or not other.stub or not node.allows(other.source, other.record_id, other.url_key):
                continue
            if any((node.own and node.own.at == at) or at in node.listed for at in other.listed):
                self._merge(other, node)

    def _merge(self, stub: Node, into: Node) -> None:
        into.listed.update(stub.listed)
        into.listed_by.update(stub.listed_by)
        into.absorbed.append(stub.id)
        self._forget(stub, into)
        self._index(into, None, stub.url, stub.url_key)

    def _forget(self, old: Node, new: Node) -> None:
        """`old` turned out to be `new`: nothing finds it any more, and what named it means `new`."""
        for titled in (self.by_title[old.source, old.title_key], self.by_url.get(old.url_key or "", [])):
            if old in titled:
                titled.remove(old)
        self.touched.pop(id(old), None)
        self.became[id(old)] = new

    # Links

    def settle_links(self, drafts: Sequence[Draft]) -> None:
        # The same link object stands in many lists of a source, and means the same in all of them.
        said = {(draft.source, id(link)): (draft.source, link) for draft in drafts for link in draft.links}
        found: Found = {}
        for finder in (self._link_by_url, self._link_by_title_and_time):
            for key, (source, link) in said.items():
                if key not in found and (node := finder(source, link)):
                    self._name(node, source, link, found)
        left = [one for key, one in said.items() if key not in found]
        self._join_loosely(left, found)
        # Links that say more come first, so that the others can mean the same.
        for source, link in sorted(left, key=lambda one: (not one[1].published, not one[1].url_key)):
            if (source, id(link)) not in found:
                self._name(self._stub_for(source, link), source, link, found)
        for draft in drafts:
            node = self._now(self.node_by_draft[id(draft)])
            targets = node.copied_targets if any(draft is copy for copy in node.copies) else node.targets
            targets += [(link, self._now(found[draft.source, id(link)])) for link in draft.links]

    def _now(self, node: Node) -> Node:
        while id(node) in self.became:
            node = self.became[id(node)]
        return node

    def _name(self, node: Node, source: str, link: DraftLink, found: Found) -> None:
        found[source, id(link)] = node
        self.touched[id(node)] = node
        self._index(node, None, link.url, link.url_key)
        if link.published:
            at = link.published.at
            node.listed.setdefault(at, Moment(at, link.published.precision))
            node.listed_by.setdefault(at, link.published)

    def _link_by_url(self, source: str, link: DraftLink) -> Node | None:
        if not link.url_key:
            return None
        nodes = self.by_url.get(link.url_key) or self.by_url.get(without_fragment(link.url_key), [])
        return first(nodes, lambda n: (n.title_key != link.title_key, n.source != source, n.stub))

    def _link_by_title_and_time(self, source: str, link: DraftLink) -> Node | None:
        if not link.published or not link.title_key:
            return None
        at, stated = link.published.at, Moment.of(link.published)
        nodes = self._titled_as(source, link)
        exact = [n for n in nodes if (n.own and n.own.at == at) or at in n.listed or (link.title_key, at) in n.aliases]
        if exact:
            return first(exact, lambda n: (n.own is None or n.own.at != at, n.stub))
        near = [n for n in nodes if stated and any(m.agrees(stated) for m in (n.own, *n.listed.values()) if m)]
        near = near or [n for n in nodes if n.undated and len(nodes) == 1]
        return near[0] if len(near) == 1 else None

    def _link_by_title_alone(self, source: str, link: DraftLink) -> Node | None:
        if link.published or not link.title_key:
            return None
        nodes = [n for n in self._titled_as(source, link) if n.title_key == link.title_key]
        if len(nodes) > 1:
            nodes = [n for n in nodes if n.undated]
        return nodes[0] if len(nodes) == 1 else None

    def _titled_as(self, source: str, link: DraftLink) -> list[Node]:
        nodes = self.by_title.get((source, link.title_key), ())
        return [n for n in nodes if n.allows(source, None, link.url_key)]

    def _stub_for(self, source: str, link: DraftLink) -> Node:
        """The stub of a link that no article answers; the same one for all links that say the same."""
        finders = (self._link_by_url, self._link_by_title_and_time, self._link_by_title_alone)
        known = (node for find in finders if (node := find(source, link)))
        return next(known, None) or Node(source, link.title_key, link=link)

    # The loose match

    def _join_loosely(self, left: Sequence[tuple[str, DraftLink]], found: Found) -> None:
        links_by_title: dict[tuple[str, str], list[DraftLink]] = defaultdict(list)
        for source, link in left:
            if link.title_key and link.published and not link.url_key:
                links_by_title[source, link.title_key].append(link)
        page_titles = {(n.source, n.title_key) for n in self.touched.values() if n.draft}
        for key in sorted(links_by_title.keys() | page_titles):
            self._join_one(key, links_by_title.get(key, []), found)

    def _join_one(self, key: tuple[str, str], links: Sequence[DraftLink], found: Found) -> None:
        """Pages without a listed time on one side, times without a page on the other: one of each, or nothing."""
        nodes = [n for n in self.by_title.get(key, ()) if n.title_key == key[1]]
        pages = [n for n in nodes if not n.stub and n.own_evidence is Evidence.PAGE and not n.listed]
        stubs = [n for n in nodes if n.stub and n.listed]
        earlier = [n for n in stubs if any(_before(at, pages) for at in n.listed)]
        times = {link.published.at for link in links if link.published and _before(link.published.at, pages)}
        candidates = len(earlier) + len(times)
        if not pages or not candidates:
            return
        if len(pages) > 1 or candidates > 1:
            self.reports.append(
                f"{key[0]}: {len(pages)} page(s) and {candidates} listed time(s) share a title, so none was"
                f" joined to another; the first page is {_place(pages[0])}"
            )
            return
        if earlier:
            self._merge_page(pages[0], earlier[0])
        for link in links:
            if link.published and link.published.at in times:
                self._name(pages[0], key[0], link, found)

    def _merge_page(self, page: Node, stub: Node) -> None:
        """The stub becomes whole under its own id, unless the page has one already."""
        if page.known is not None:
            self._merge(stub, page)
            return
        stub.draft, stub.drafts = page.draft, page.drafts
        stub.own, stub.own_evidence = page.own, page.own_evidence
        self._forget(page, stub)
        self._index(stub, page.record_id, page.url, page.url_key)
        self.touched[id(stub)] = stub

    def resolution(self) -> Resolution:
        nodes = sorted(self.touched.values(), key=lambda n: n.id)
        repoints = tuple(Repoint(old.id, new.id, key, at) for old, new, key, at in self.repoints)
        return Resolution(tuple(nodes), repoints, tuple(self.reports))


def _before(at: datetime, pages: Sequence[Node]) -> bool:
    return any(page.own is not None and at < page.own.at for page in pages)


def _place(node: Node) -> str:
    return node.draft.ref if node.draft else node.id
