"""How near the names that channels would be given are to the headings that editors gave."""

from collections import defaultdict

from feedsvc.themes.naming import Names
from feedsvc.themes.parts import Vertex
from feedsvc.themes.words import told_by
from figures.corpora import Corpora, Record, day
from figures.scores import likeness, mean
from figures.table import Table

FEWEST = 8  # articles of a theme whose heading counts


def show(corpora: Corpora) -> None:
    table = Table("Names of the true themes", "F1", "themes", "floor")
    with table.measuring("names"):
        members: dict[str, set[str]] = defaultdict(set)
        for one in corpora.news:
            members[one["theme"]].add(one["id"])
        themes = [theme for theme in members if theme and len(members[theme]) >= FEWEST]
        headings = sorted(themes, key=lambda theme: (-len(members[theme]), theme))
        names = Names(map(_vertex, corpora.news)).titles([frozenset(members[heading]) for heading in headings])
    score = mean(likeness(name, heading) for name, heading in zip(names, headings, strict=True))
    table.row("news", f"{score:.3f}", str(len(headings)), floor="≥ 0.40")


def _vertex(one: Record) -> Vertex:
    text = told_by(one["title"], one["summary"], one["body_text"])
    return Vertex(one["id"], one["title"], text, day(one), stub=False)
