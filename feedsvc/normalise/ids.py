"""Ids of articles: minted once, from what tells the article apart when it is first seen. Pure."""

import uuid
from collections.abc import Callable, Collection, Iterable

from feedsvc.normalise.nodes import Node

# Never change it: every id that was ever served was made with it (RFC 9562 §5.5, UUID version 5).
ID_NAMESPACE = uuid.UUID("6f1d2f0e-6a57-5c1e-9d51-7a1c5b0c6e11")

Taken = Callable[[Collection[str]], Collection[str]]  # those among some ids that there are already


def mint(nodes: Iterable[Node], taken: Taken) -> None:
    """Give each of these nodes an id that nothing has; the same ones whatever order they come in."""
    new, number = sorted(nodes, key=_first_identity), 1
    while new:
        minted = [_minted(_first_identity(node), number) for node in new]
        given = set(taken(minted))
        again = []
        for node, id in zip(new, minted, strict=True):
            if id in given:
                again.append(node)
            else:
                node.id = id
                given.add(id)
        new, number = again, number + 1


def _first_identity(node: Node) -> tuple[str, str, str]:
    """(source, kind, value) of the strongest thing that tells the article apart."""
    if node.record_id:
        return node.source, "record", node.record_id
    if node.url_key:
        return node.source, "url", node.url_key
    at = min(node.listed) if node.listed else node.own.at if node.own else None
    return node.source, "title", f"{at.isoformat() if at else ''} {node.title_key}"


def _minted(identity: tuple[str, str, str], number: int) -> str:
    """A `urn:uuid:` (RFC 9562 §5.5) of the identity; numbered in the rare case that it was given away before."""
    name = "\n".join(identity if number == 1 else (*identity, str(number)))
    return f"urn:uuid:{uuid.uuid5(ID_NAMESPACE, name)}"
