"""How often a channel is worth asking for news.

Pure. It follows from the times of the entries alone, so that a feed in which nothing has changed says the same on
every day. Some readers take it as the least time between two polls, which is why it errs on the short side.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

# Each divides an hour or a day: RSS tells a rhythm twice, in minutes and as times per hour or day.
_STEPS_MIN = (1440, 720, 360, 180, 60, 30, 15)
_NEWEST = 20  # entries that are looked at: a channel that has woken up is not held to how it slept
_FEWEST = 3


def every_min(published: Sequence[datetime]) -> int | None:
    """Minutes between two looks at a channel, 15 … 1440. None for fewer than 3 entries, which tell no rhythm.

    It is at most half the usual gap between the newest entries, and beyond an hour at most a 24th of it: where there
    is something every day the next story waits for an hour, and where there is something every week for six.
    """
    newest = sorted(published, reverse=True)[:_NEWEST]
    if len(newest) < _FEWEST:
        return None
    gap_min = median((later - earlier) / timedelta(minutes=1) for later, earlier in pairwise(newest))
    longest_min = min(gap_min / 2, max(60, gap_min / 24))
    return next((step for step in _STEPS_MIN if step <= longest_min), _STEPS_MIN[-1])


def per_period(minutes: int) -> tuple[str, int]:
    """The same as a period and a number of times in it: 30 → ("hourly", 2)."""
    return ("hourly", 60 // minutes) if minutes <= 60 else ("daily", 1440 // minutes)
