"""How much of its time a process may spend on making documents, so that it goes on answering all the other requests.

A web process answers one request after the other; anybody can think of combinations that take half a second each.
"""

import time
from collections.abc import Callable

SHARE = 0.5
RESERVE_S = 10.0  # that may be spent at once, such as when many ask after a publication


class Budget:
    """Seconds in hand; they come back at a steady rate. To be used by one thread at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left_s = RESERVE_S
        self._looked_at = clock()

    def wait_s(self) -> float:
        """How long until something may be spent; 0 when it may be now."""
        now = self._clock()
        self._left_s = min(RESERVE_S, self._left_s + (now - self._looked_at) * SHARE)
        self._looked_at = now
        return max(0.0, -self._left_s / SHARE)

    def spend(self, seconds: float) -> None:
        # One that took a minute, while the store did not answer, is no reason to make nothing for two.
        self._left_s = max(self._left_s - seconds, -RESERVE_S)
