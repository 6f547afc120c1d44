"""What the operator's file asks for and cannot have, and what comes of it that may not be meant.

Pure. A mistake is told with its place in the file.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from feedsvc.curation import Curation, Merge
from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.themes.curated import Judged
from feedsvc.themes.lineage import leads_to
from feedsvc.toml_lines import Place


def clashes(before: Iterable[Channel], curation: Curation) -> list[str]:
    """What the file asks for and never can have, given the channels there have been: one sentence each."""
    known = {channel.slug: channel for channel in before}
    into = {slug: merge.into for merge in curation.merges for slug in merge.slugs}
    return [
        *_slugs_in_use("channels", [channel.slug for channel in curation.channels], known, curation),
        *_slugs_in_use("splits", [split.slug for split in curation.splits], known, curation),
        *(
            f"{curation.at(*place)}: {slug!r} holds what is left over and cannot be merged"
            for place, slug in _merged_slugs(curation)
            if slug in known and known[slug].origin is Origin.REST
        ),
        *(
            f"{curation.at('merges', i, 'into')}: the channel {merge.into!r} was merged into {heir!r},"
            f" and a slug is not used again; merge into {heir!r}"
            for i, merge in enumerate(curation.merges)
            if (heir := _led_back(merge, known, into))
        ),
    ]


def remarks(before: Collection[Channel], after: Iterable[Channel], judged: Judged, curation: Curation) -> list[str]:
    """What the file names and nobody knows, and what comes of it that may not be meant: one sentence each.

    `after` is what `finish` gave.
    """
    channels = {channel.slug: channel for channel in after}
    told: list[tuple[Place, str]] = [
        (place, problem) for place, slug, no in _slugs_named(curation) if (problem := _gone(slug, channels, no))
    ]
    told += [
        (("renames", i, "slug"), f"the channel {rename.slug!r} was merged into {channels[rename.slug].heir!r}")
        for i, rename in enumerate(curation.renames)
        if rename.slug in channels and channels[rename.slug].heir
    ]
    told += [
        (place, f"there is no article {name!r}")
        for place, name in _articles_named(curation)
        if not judged.named([name])
    ]
    for place, slug in _slugs_made(curation):
        if not channels[slug].members:
            told.append((place, f"there is no article in the channel {slug!r} so far"))
        if len(taken := _taken_over(before, channels, slug, curation)) > 1:
            told.append((place, f"{slug!r} has taken over {len(taken)} channels with all they had: {', '.join(taken)}"))
    return [f"{curation.at(*place)}: {problem}" for place, problem in told]


def _led_back(merge: Merge, known: Mapping[str, Channel], into: Mapping[str, str]) -> str:
    """The slug of those that are merged to which `into` leads, by former merges and those of the file; or nothing."""
    at, seen = leads_to(merge.into, known), set[str]()
    while at not in merge.slugs and at in into and at not in seen:
        seen.add(at)
        at = leads_to(into[at], known)
    return at if at in merge.slugs else ""


def _gone(slug: str, channels: Mapping[str, Channel], forbids: str) -> str:
    """Why nothing can be done with a channel, if so; `forbids` says what its end does not let happen."""
    if slug not in channels:
        return f"there is no channel {slug!r}"
    return f"the channel {slug!r} has ended{forbids}" if channels[slug].state is ChannelState.RETIRED else ""


def _taken_over(before: Iterable[Channel], channels: Mapping[str, Channel], slug: str, curation: Curation) -> list[str]:
    """Those that stood before and now lead to this channel, though the file does not say so."""
    merged = {slug for _, slug in _merged_slugs(curation)}
    return sorted(c.slug for c in before if c.state.stands and c.slug not in merged and channels[c.slug].heir == slug)


def _slugs_in_use(table: str, slugs: Iterable[str], known: Mapping[str, Channel], curation: Curation) -> Iterator[str]:
    for i, slug in enumerate(slugs):
        channel = known.get(slug)
        if channel and not channel.state.stands:
            where = f"was merged into {channel.heir!r}" if channel.heir else "has ended"
            told = f"the channel {slug!r} {where}, and a slug is not used again; take another"
            yield f"{curation.at(table, i, 'slug')}: {told}"
        elif channel and channel.origin is Origin.REST:
            yield f"{curation.at(table, i, 'slug')}: there is a channel {slug!r} already; take another"


def _slugs_made(curation: Curation) -> Iterator[tuple[Place, str]]:
    yield from ((("channels", i, "slug"), channel.slug) for i, channel in enumerate(curation.channels))
    yield from ((("splits", i, "slug"), split.slug) for i, split in enumerate(curation.splits))


def _merged_slugs(curation: Curation) -> Iterator[tuple[Place, str]]:
    for i, merge in enumerate(curation.merges):
        yield from ((("merges", i, "slugs", at), slug) for at, slug in enumerate(merge.slugs))


def _slugs_named(curation: Curation) -> Iterator[tuple[Place, str, str]]:
    yield from ((("renames", i, "slug"), rename.slug, "") for i, rename in enumerate(curation.renames))
    yield from ((("splits", i, "out_of"), split.out_of, "") for i, split in enumerate(curation.splits))
    yield from ((place, slug, " and cannot be merged") for place, slug in _merged_slugs(curation))
    yield from ((("merges", i, "into"), merge.into, "") for i, merge in enumerate(curation.merges))


def _articles_named(curation: Curation) -> Iterator[tuple[Place, str]]:
    tables = [
        ("channels", "pinned", [channel.pinned for channel in curation.channels]),
        ("channels", "banned", [channel.banned for channel in curation.channels]),
        ("splits", "articles", [split.articles for split in curation.splits]),
    ]
    for table, key, lists in tables:
        yield from (((table, i, key, at), name) for i, names in enumerate(lists) for at, name in enumerate(names))
