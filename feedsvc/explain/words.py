"""How explanations put things: times, counts, shares, and lists that are bounded. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from textwrap import shorten

from feedsvc.settings import Themes

MOST = 10  # of anything that is listed
MAX_TITLE = 72  # characters, so that a line with a title and an id is two on a narrow terminal at most


def when(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else "at no known time"


def in_run(run: int, at: datetime | None) -> str:
    """ "run 3 of 2026-03-01T08:00:00Z", and for one that is no longer kept its number alone."""
    return f"run {run}" + (f" of {when(at)}" if at else "")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def percent(share: float) -> str:
    """ "41 %", and "under 1 %" rather than a nought that is none."""
    return "under 1 %" if 0 < share < 0.005 else f"{round(100 * share)} %"


def hours(number: float) -> str:
    return f"{number:g} hour" if number == 1 else f"{number:g} hours"


def came(span: timedelta) -> str:
    """ "came within 0.5 hours", for articles that are this far apart at most."""
    return f"came within {hours(round(span / timedelta(hours=1), 2))}" if span else "came at the same moment"


def takes(rules: Themes) -> str:
    """What makes a community of articles a channel."""
    span = f" whose own dates span {hours(rules.min_span_hours)} (themes.min_span_hours)"
    return f"{rules.min_articles} articles (themes.min_articles)" + (span if rules.min_span_hours else "")


def titled(title: str, id: str) -> str:
    return f"{shorten(title, MAX_TITLE, placeholder='…') or 'without a title'} ({id})"


def quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def some(texts: Sequence[str]) -> str:
    """The first of them in a line, and how many more there are."""
    more = len(texts) - MOST
    return ", ".join(texts[:MOST]) + (f" and {more} more" if more > 0 else "")


def listed(heading: str, lines: Iterable[str], more: int = 0) -> Iterator[str]:
    """A heading with lines below it."""
    yield f"  {heading}:"
    yield from (f"    {line}" for line in lines)
    if more:
        yield f"    and {more} more"
