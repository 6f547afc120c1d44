"""In which order drafts are settled, and which of several matches is the best: the same whatever order they come in.

Pure.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from feedsvc.model import Draft
from feedsvc.normalise.copies import key_of
from feedsvc.normalise.nodes import Node


def age_and_place(draft: Draft) -> tuple[str, datetime, list[str | int], str]:
    """By source, then the last said first known, then where it stands."""
    said = draft.updated or draft.published
    parts = re.split(r"(\d+)", draft.ref)
    numbered: list[str | int] = [int(part) if i % 2 else part for i, part in enumerate(parts)]
    return draft.source, said.at, numbered, draft.digest


def first_published_first(drafts: Sequence[Draft]) -> Sequence[Draft]:
    """New articles, so that of several sources with one story that leads which had it first."""
    if len({draft.source for draft in drafts}) < 2:
        return drafts
    earliest: dict[tuple[str, str], datetime] = {}
    for draft in drafts:
        key, at = (draft.source, key_of(draft)), draft.published.at
        earliest[key] = min(at, earliest.get(key, at))
    return sorted(drafts, key=lambda draft: earliest[draft.source, key_of(draft)])


def first(nodes: Iterable[Node], key: Callable[[Node], tuple[bool, ...]] | None = None) -> Node | None:
    """The best of several matches, the same whatever order they come in."""

    def rank(node: Node) -> tuple[tuple[bool, ...], str, str]:
        return (key(node) if key else (), node.id or "~", node.draft.ref if node.draft else "")

    return min(nodes, key=rank, default=None)
