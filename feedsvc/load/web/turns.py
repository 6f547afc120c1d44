"""Who may ask a host, and when: a few at a time, with a pause in between, and not while it wants to be left alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from threading import BoundedSemaphore, Lock

from feedsvc.load.web.values import FetchFailed

MAX_LANES = 10_000  # hosts remembered


@dataclass(slots=True)
class _Lane:
    places: BoundedSemaphore
    waiting: int = 0
    free_at: float = 0
    held_until: float = 0


class Turns:
    """One for the whole process. Times are in seconds of a monotonic clock."""

    def __init__(
        self,
        per_host: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._per_host = per_host
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._lanes: dict[str, _Lane] = {}

    @contextmanager
    def turn(self, host: str, pause_s: float) -> Iterator[None]:
        """Wait until `host` may be asked. The next one waits for `pause_s` from this one's start and from its end.

        Raises FetchFailed at once while the host is held.
        """
        lane = self._entered(host)
        try:
            with lane.places:
                self._sleep(self._claimed_s(lane, pause_s))
                try:
                    yield
                finally:
                    self._released(lane, pause_s)
        finally:
            with self._lock:
                lane.waiting -= 1

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for so long, since it has said so."""
        lane = self._entered(host)
        with self._lock:
            lane.held_until = max(lane.held_until, self._clock() + seconds)
            lane.waiting -= 1

    def _entered(self, host: str) -> _Lane:
        with self._lock:
            if len(self._lanes) >= MAX_LANES:
                self._forget_idle_lanes()
            lane = self._lanes.setdefault(host, _Lane(BoundedSemaphore(self._per_host)))
            lane.waiting += 1
            return lane

    def _forget_idle_lanes(self) -> None:
        now = self._clock()
        busy = {
            host: lane for host, lane in self._lanes.items() if lane.waiting or max(lane.free_at, lane.held_until) > now
        }
        self._lanes = busy

    def _claimed_s(self, lane: _Lane, pause_s: float) -> float:
        with self._lock:
            now = self._clock()
            if lane.held_until > now:
                left_s = ceil(lane.held_until - now)
                raise FetchFailed(f"the server asked to be left alone for another {left_s} s", left_s)
            start = max(now, lane.free_at)
            lane.free_at = start + pause_s
            return start - now

    def _released(self, lane: _Lane, pause_s: float) -> None:
        with self._lock:
            lane.free_at = max(lane.free_at, self._clock() + pause_s)
