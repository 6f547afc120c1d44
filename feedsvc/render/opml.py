"""Channels → an outline that feed readers import (OPML 2.0, https://opml.org/spec2.opml).

Pure. It carries no dates: a document that changes only when a channel does keeps its ETag.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import Element, SubElement, tostring

from feedsvc.render.edge import writable


@dataclass(frozen=True, slots=True)
class Outline:
    """One channel in the outline: its page at `html_url`, its feed at `xml_url`, both absolute."""

    title: str
    description: str
    html_url: str
    xml_url: str


def render_opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """An OPML 2.0 document with one subscription for each outline, in the order given."""
    root = Element("opml", {"version": "2.0"})
    SubElement(SubElement(root, "head"), "title").text = writable(title)
    body = SubElement(root, "body")
    for outline in outlines:
        name = writable(outline.title).strip() or writable(outline.xml_url)
        attributes = {
            "type": "rss",
            "text": name,
            "title": name,
            "description": writable(outline.description),
            "htmlUrl": writable(outline.html_url),
            "xmlUrl": writable(outline.xml_url),
        }
        SubElement(body, "outline", attributes)
    return tostring(root, encoding="UTF-8", xml_declaration=True)
