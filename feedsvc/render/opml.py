"""Channels → an outline that feed readers import (OPML 2.0, https://opml.org/spec2.opml).

Pure. It carries no dates: a document that changes only when a channel does keeps its ETag.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import Element, SubElement, _Element, tostring

from feedsvc.render.edge import writable


@dataclass(frozen=True, slots=True)
class Outline:
    """One channel in the outline: its page at `html_url`, its feed at `xml_url`, both absolute.

    `group` is the title of the group it stands in, "" for none.
    """

    title: str
    description: str
    html_url: str
    xml_url: str
    group: str = ""


def render_opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """An OPML 2.0 document with one subscription for each outline, in the order given.

    A group stands where its first member does, and those without a group at the top level.
    """
    root = Element("opml", {"version": "2.0"})
    SubElement(SubElement(root, "head"), "title").text = writable(title)
    body = SubElement(root, "body")
    places: dict[str, _Element] = {"": body}
    for outline in outlines:
        group = writable(outline.group).strip()
        if group not in places:
            places[group] = SubElement(body, "outline", {"text": group, "title": group})
        SubElement(places[group], "outline", _attributes(outline))
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _attributes(outline: Outline) -> dict[str, str]:
    name = writable(outline.title).strip() or writable(outline.xml_url)
    return {
        "type": "rss",
        "text": name,
        "title": name,
        "description": writable(outline.description),
        "htmlUrl": writable(outline.html_url),
        "xmlUrl": writable(outline.xml_url),
    }
