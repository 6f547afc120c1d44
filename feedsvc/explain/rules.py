"""What the operator's file says of an article and of a channel, in sentences. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feedsvc.curation import CuratedChannel, Curation, Rule, Split, Terms, Told
from feedsvc.explain.words import counted, percent, quoted, some
from feedsvc.themes.curated import MAJORITY, Candidate, judge
from feedsvc.themes.words import plain

PART = {"words": "text", "sources": "source", "authors": "authors", "tags": "tags"}


def why_merged(parts: Sequence[str], curation: Curation) -> Iterator[str]:
    """With which channels an article came, each merged into its own in the last run."""
    still = {slug for merge in curation.merges for slug in merge.slugs}
    for part in parts:
        does = "merges here" if part in still else "merged here in the last run, and does so no more"
        yield f"came with {part}, which channels.toml {does}"


def why_curated(
    row: Mapping[str, Any], told: Told | None, fits: bool | None, to_fitting: float, merged: bool = False
) -> Iterator[str]:
    """Why the file has an article in a channel.

    `row` is the article as it is stored and `told` what the file says of the channel today. In the last run, the rule
    said of the article whether it `fits`, and the share `to_fitting` of its ties led to members that fit. One that is
    `merged` came with another channel, or in the run in which one was merged here.
    """
    if not isinstance(told, CuratedChannel | Split):
        yield "channels.toml made this channel once and does so no more"
        return
    draws = isinstance(told, CuratedChannel) and told.rule is not None
    names = told.pinned if isinstance(told, CuratedChannel) else told.articles
    named = [what for what, name in (("id", row["id"]), ("URL", row["url_key"])) if name in names]
    if named:
        yield f"pinned there in channels.toml by its {named[0]}"
    if fits:
        found = found_terms(row, told.rule) if told.rule else []
        yield (
            f"it fits the channel's rule, which finds {some(found)}" if found else "it fitted the rule in the last run"
        )
    elif draws and to_fitting > MAJORITY:
        yield f"drawn in: {percent(to_fitting)} of the weight of its ties leads to members that fit the rule"
    elif draws and not named and not merged:
        today = f"; today {percent(to_fitting)} does" if to_fitting else ""
        yield f"drawn in when over half the weight of its ties led to members that fit the rule{today}"
    elif not named and not merged:
        yield "channels.toml put it there once and does so no more"


def found_terms(row: Mapping[str, Any], rule: Rule) -> list[str]:
    """Those terms of a rule that ask for something and are found in an article: "“flood*” in the title"."""
    pairs = list(dict.fromkeys((*rule.any_of.pairs(), *rule.all_of.pairs())))
    probes = tuple(
        CuratedChannel(slug=f"term-{number}", title=term, rule=Rule(any_of=Terms.model_validate({where: (term,)})))
        for number, (where, term) in enumerate(pairs)
    )
    found = {slug for slug, _, fits in judge([_candidate(row)], Curation(channels=probes)) if fits}
    return [
        f"“{term}” in the {PART.get(where, where)}"
        for probe, (where, term) in zip(probes, pairs, strict=True)
        if probe.slug in found
    ]


def _candidate(row: Mapping[str, Any]) -> Candidate:
    """An article as rules see it."""
    return Candidate(
        row["id"],
        row["title"],
        row["source"],
        row["summary"],
        plain(row["body_html"]),
        tuple(row["authors"]),
        tuple(row["tags"]),
        row["url_key"],
    )


def said_of_channel(slug: str, curation: Curation) -> Iterator[str]:
    """All that the file says of a channel, whoever made it."""
    told = curation.made.get(slug)
    if isinstance(told, CuratedChannel):
        yield "makes it"
        yield from _counted_names(pinned=len(told.pinned), banned=len(told.banned))
    if isinstance(told, Split):
        yield f"splits it out of {told.out_of}"
        yield from _counted_names(named=len(told.articles))
    if isinstance(told, CuratedChannel | Split) and told.rule:
        yield from _asked(told.rule)
    for rename in curation.renames:
        if rename.slug == slug:
            yield f"gives it its {', '.join(sorted(rename.model_fields_set - {'slug'}))}"
    for merge in curation.merges:
        if merge.into == slug:
            yield f"merges into it {some(merge.slugs)}"
        if slug in merge.slugs:
            yield f"merges it into {merge.into}"
    parts = [split.slug for split in curation.splits if split.out_of == slug]
    if parts:
        yield f"splits out of it {some(parts)}"


def _counted_names(**counts: int) -> Iterator[str]:
    yield from (f"has {counted(count, 'article')} {how}" for how, count in counts.items() if count)


def _asked(rule: Rule) -> Iterator[str]:
    for asked, terms in (("any", rule.any_of), ("all", rule.all_of), ("none", rule.none_of)):
        parts = [(where, getattr(terms, where)) for where in Terms.model_fields]
        said = [
            f"{PART.get(where, where)}: {some([quoted([one]) for one in found])}" for where, found in parts if found
        ]
        if said:
            yield f"asks for {asked} of {'; '.join(said)}"
