"""Titles that hold: a channel is called something else only when that has long been clearly better.

Pure. What a channel would be called today, its rival, is weighed against what it is called, by how well the
words in which the two differ tell its members from all other articles. The slug never follows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from feedsvc.model import Channel
from feedsvc.themes.describe import describe_anew
from feedsvc.themes.naming import Names, nearly_alike, telling_words

RUNS = 3  # in a row in which the rival, or one nearly alike, must be clearly better
CLEARLY = 2.0  # times as telling


def hold(
    channels: Sequence[Channel], names: Names, may_rename: Collection[str], may_describe: Collection[str]
) -> list[Channel]:
    """The same channels, each with the rival that its title has after this run, or with that rival for its title.

    `channels` are all whose titles must stay apart. `may_rename` are the slugs of those whose titles may change, and
    `may_describe` of those whose descriptions may then follow. A run should be counted for what it brought: the
    same members weighed again are no more evidence than before.
    """
    now = {channel.slug: channel for channel in channels}
    members = {slug: sorted(channel.members & names.vertices.keys()) for slug, channel in now.items()}
    free = [slug for slug in now if slug in may_rename and members[slug]]
    for slug in sorted(free, key=lambda slug: (-len(members[slug]), slug)):
        given = {other.title: members[other.slug] for other in now.values() if other.slug != slug}
        now[slug] = _weighed(now[slug], members[slug], given, names, slug in may_describe)
    return list(now.values())


def clearly_better(rival: str, title: str, members: Collection[str], names: Names) -> bool:
    """Whether the words that only `rival` has tell the members far better than those that only `title` has.

    All their words are compared where one only says more than the other. So a title that still fits is safe from a
    mere variation, and a word that fits no longer is not kept up by the others.
    """
    old, new = (telling_words(text, names.telling.reader.sentences) for text in (title, rival))
    if old - new and new - old:
        old, new = old - new, new - old
    return names.telling.fit(new, members) > CLEARLY * names.telling.fit(old, members)


def _weighed(
    channel: Channel, members: Sequence[str], given: Mapping[str, Sequence[str]], names: Names, may_describe: bool
) -> Channel:
    title = names.title(members, given)
    if not title or not clearly_better(title, channel.title, members, names):
        return replace(channel, rival="", rival_runs=0)
    same = channel.rival and nearly_alike(title, channel.rival)
    runs = channel.rival_runs + 1 if same else 1
    if runs < RUNS:
        return replace(channel, rival=title, rival_runs=runs)
    description = describe_anew(names, members, channel.description, title) if may_describe else channel.description
    return replace(channel, title=title, description=description, rival="", rival_runs=0)
