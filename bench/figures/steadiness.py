"""How little moves while articles come day by day, and whether channels stay with what they are about."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest.mock import patch

from feedsvc import publishing
from feedsvc.model import Origin
from figures.corpora import Corpora, Record, by_section, day, themes_of, write
from figures.scores import Found, Truth, agreement, churn, dominant, drifts, labels, mean
from figures.service import service
from figures.table import Progress, Table, percent

STEP = 50  # articles a run
WINDOW = 60  # days


def show(corpora: Corpora) -> None:
    table = Table(
        f"{STEP} articles a run", "churn", "worst run", "drift", "AMI", "channels", "s a run", "floor (churn, drift)"
    )
    lists = {"news, related": corpora.news, "news, section lists": by_section(corpora.news)}
    windows: dict[str, tuple[Mapping[str, object], str]] = {
        "": ({}, "≤ 2.5 %"),
        f", {WINDOW} days": ({"window_days": WINDOW}, "≤ 2.5 %, ≤ 5 %"),
    }
    for window, (themes, floor) in windows.items():
        for name, news in lists.items():
            with table.measuring(name + window) as progress:
                history = replay(news, themes, progress)
            table.row(name + window, *history.cells(), floor=floor)
            table.note(", ".join(f"{turn} {number}" for turn, number in sorted(history.turns.items())))
            for slug, (first, last) in drifts(history.dominants).items():
                table.note(f"{slug}: {first} → {last}")


@dataclass(slots=True)
class History:
    """What happened from run to run; `dominants` are a channel's dominant themes, in the runs that had one."""

    churns: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    dominants: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ami: float = 0.0
    channels: int = 0
    turns: Counter[str] = field(default_factory=Counter)

    def cells(self) -> tuple[str, ...]:
        drift = len(drifts(self.dominants)) / (len(self.dominants) or 1)
        shares = (mean(self.churns), max(self.churns), drift)
        return *map(percent, shares), f"{self.ami:.3f}", str(self.channels), f"{mean(self.seconds):.2f}"


# A run waits until its feeds can have another Last-Modified than those before; nobody reads these.
@patch.object(publishing, "_until_the_next_second", lambda *_: None)
def replay(news: Sequence[Record], themes: Mapping[str, object], progress: Progress) -> History:
    """Load the articles as they came, some a run."""
    in_time = sorted(news, key=lambda one: (day(one), one["id"]))
    truth = themes_of(news)
    history = History()
    before: set[tuple[str, str]] = set()
    with service(themes) as made:
        window = timedelta(days=made.settings.themes.window_days)
        for start in range(0, len(in_time), STEP):
            progress("articles", start, len(in_time))
            some = in_time[start : start + STEP]
            write(made.articles, some, f"{start:06}")
            history.seconds.append(made.refresh(lambda *_: None))
            channels = made.channels()
            after = {(url, channel.slug) for channel in channels for url in channel.urls}
            if before:
                history.churns.append(churn(before, after))
            before = after
            for channel in channels:
                if channel.origin is not Origin.REST and (theme := _theme(channel, truth, day(some[-1]) - window)):
                    history.dominants[channel.slug].append(theme)
        history.ami, *_ = agreement(*labels(truth, channels))
        history.channels = len(channels)
        history.turns = made.turns()
    return history


def _theme(channel: Found, truth: Truth, since: datetime) -> str | None:
    """What the channel's young members are about."""
    young = [("url", str(one["url"])) for one in channel.members if one["published"] > since]
    return dominant(truth[key] for key in young if key in truth)
