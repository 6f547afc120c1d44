"""Titles that hold: a channel is called something else only when that has long been clearly better.

Pure. What a channel would be called today is weighed against what it is called, by what the words in which
the two differ tell of its members. The slug never follows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from feedsvc.model import Channel
from feedsvc.themes.describe import describe_anew
from feedsvc.themes.naming import Names, nearly_alike, telling_words

RUNS = 3  # in a row, in which a rival must be clearly better
CLEARLY = 2.0  # times as telling


def hold(
    channels: Sequence[Channel], names: Names, may_rename: Collection[str], may_describe: Collection[str]
) -> list[Channel]:
    """The channels, each with the rival of its title as it is after this run, or with that for its new title.

    `channels` are all there are or ever were, so that no title is given twice; `may_rename` are the slugs of those
    whose titles may change, and `may_describe` of those whose descriptions then may. To be called where
    the articles have grown, for a rival is only as good as the runs that it held in.
    """
    now = {channel.slug: channel for channel in channels}
    members = {slug: sorted(id for id in channel.members if id in names.vertices) for slug, channel in now.items()}
    for slug in sorted(may_rename, key=lambda slug: (-len(members[slug]), slug)):
        given = {other.title: members[other.slug] for other in now.values() if other.slug != slug}
        if members[slug]:
            now[slug] = _weighed(now[slug], members[slug], given, names, slug in may_describe)
    return [now[channel.slug] for channel in channels]


def clearly_better(rival: str, title: str, members: Collection[str], names: Names) -> bool:
    """Whether the words that `rival` alone has tell the members far better than those that `title` alone has.

    When one only says more than the other, it is all their words that are compared. A title that says little but
    holds is thus safe from a mere variation, while one word that holds no more gives way.
    """
    old, new = telling_words(title), telling_words(rival)
    if old - new and new - old:
        old, new = old - new, new - old
    return names.telling.fit(new, members) > CLEARLY * names.telling.fit(old, members)


def _weighed(
    channel: Channel, members: Sequence[str], given: Mapping[str, Sequence[str]], names: Names, may_describe: bool
) -> Channel:
    title = names.today(members, given)
    if not title or not clearly_better(title, channel.title, members, names):
        return replace(channel, rival="", rival_runs=0)
    same = channel.rival and nearly_alike(title, channel.rival)
    runs = channel.rival_runs + 1 if same else 1
    if runs < RUNS:
        return replace(channel, rival=title, rival_runs=runs)
    description = describe_anew(names, members, channel.description) if may_describe else channel.description
    return replace(channel, title=title, description=description, rival="", rival_runs=0)
