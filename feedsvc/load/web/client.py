"""The only way out: errands → results, guarded, cached and polite.

Each hop of an errand is looked at on its own: its address, its robots.txt, the turn at its host. Only the body
that comes at the end is kept in the cache. Nothing is raised for what happens out there.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from feedsvc.load.web.answers import Answers
from feedsvc.load.web.cache import REDIRECTS_TO, ask_through, open_cache
from feedsvc.load.web.coding import size
from feedsvc.load.web.connect import Meter, Wire
from feedsvc.load.web.exchange import Answer, exchange
from feedsvc.load.web.headers import retry_after_s
from feedsvc.load.web.outcome import REDIRECTS, Reply, Route, outcome
from feedsvc.load.web.robots import MAX_ROBOTS_BYTES, Rules, read_rules
from feedsvc.load.web.target import Target, next_url, read_target
from feedsvc.load.web.turns import Turns
from feedsvc.load.web.values import Errand, Failed, FetchFailed, Got, Limits, Reach, Result

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.8"
ROBOTS_LIMITS = Limits(body_bytes=MAX_ROBOTS_BYTES, total_s=15, cut=True)
ROBOTS_KEPT_S = 86_400  # RFC 9309 §2.4
ROBOTS_RETRY_S = 600
MAX_ROBOTS_KEPT = 10_000  # sites
ASKS_FOR_PATIENCE = frozenset({429, 503})


@dataclass(slots=True)
class _Trip:
    """What an errand under way may still reach and take."""

    reach: Reach
    meter: Meter


class Web:
    """One for the whole process; its methods may be called from many threads.

    `user_agent` begins with the product's name, as "feedsvc/1.0 (+https://…)". The cache is kept in `folder`, or
    in memory. `pause_s` is the least time between requests to one host, `parallel` the number of hosts at a time.
    """

    def __init__(
        self,
        user_agent: str,
        folder: Path | None = None,
        *,
        pause_s: float = 1.0,
        parallel: int = 8,
        wire: Wire | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._pause_s = pause_s
        self._parallel = parallel
        self._wire = wire or Wire()
        self._turns = turns or Turns()
        # What one source may see of a private network is not kept where another finds it.
        self._cache_by_private = {False: open_cache(folder, "public"), True: open_cache(folder, "private")}
        self._rules: dict[tuple[str, Reach], tuple[Rules, float]] = {}

    def __enter__(self) -> "Web":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for cache in self._cache_by_private.values():
            cache.close()  # type: ignore[no-untyped-call]

    def tidy(self) -> None:
        """Drop from the cache what is a month old or beyond its size; worth a call a day."""
        for cache in self._cache_by_private.values():
            if isinstance(cache.responses, Answers):
                cache.responses.tidy()

    def fetch(self, errand: Errand) -> Result:
        """Go once, through redirects. Waits for the host's turn, and then for `errand.limits.total_s` at most."""
        try:
            return self._walked(errand)
        except FetchFailed as error:
            return Failed(errand.url, error.reason, error.retry_after_s, error.status)

    def fetch_all(self, errands: Iterable[Errand]) -> Iterator[tuple[Errand, Result]]:
        """Results as they come: several hosts at a time, the errands of one host one after another.

        No more is fetched ahead than there are hosts at a time. Closing the iterator drops what was not begun.
        """
        waiting: dict[str, deque[Errand]] = {}
        for errand in errands:
            waiting.setdefault(_host(errand.url), deque()).append(errand)
        running: dict[Future[Result], tuple[str, Errand]] = {}
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="web") as pool:
            while waiting or running:
                busy = {host for host, _ in running.values()}
                free = [host for host in waiting if host not in busy]
                for host in free[: self._parallel - len(running)]:
                    # Put back last, so that a host with many errands lets the others have their turn.
                    errands_of_host = waiting.pop(host)
                    errand = errands_of_host.popleft()
                    if errands_of_host:
                        waiting[host] = errands_of_host
                    running[pool.submit(self.fetch, errand)] = host, errand
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    _, done = running.pop(future)
                    yield done, future.result()

    def rules(self, url: str, reach: Reach) -> Rules:
        """What the robots.txt of the site says, asked for once a day. Raises FetchFailed for what is no web address."""
        target = read_target(url, reach)
        key = target.origin, reach
        rules, until = self._rules.get(key, (None, 0.0))
        if rules is None or until <= time.monotonic():
            rules = self._asked_rules(target, reach)
            if len(self._rules) >= MAX_ROBOTS_KEPT:
                self._rules.clear()
            self._rules[key] = rules, time.monotonic() + (ROBOTS_RETRY_S if rules.refusal else ROBOTS_KEPT_S)
        return rules

    def _asked_rules(self, target: Target, reach: Reach) -> Rules:
        """4xx: there are no rules; a server that cannot say what they are is left alone (RFC 9309 §2.3.1)."""
        match self.fetch(Errand(f"{target.origin}/robots.txt", reach, ROBOTS_LIMITS, obey_robots=False)):
            case Failed(status=int(status)) if 400 <= status < 500 and status not in ASKS_FOR_PATIENCE:
                return Rules()
            case Failed(reason=reason):
                return Rules(refusal=f"robots.txt of the site cannot be read, so nothing else is for now: {reason}")
            case Got(body=body):
                return read_rules(body, self._user_agent)
        return Rules()

    def _walked(self, errand: Errand) -> Result:
        trip = _Trip(errand.reach, Meter(errand.limits.total_s))
        target = read_target(errand.url, trip.reach)
        route, seen = Route(target.url), {target.url}
        while (reply := self._replied(target, errand, trip)).status in REDIRECTS:
            if len(seen) > errand.limits.redirects:
                raise FetchFailed(f"it redirects more than {errand.limits.redirects} times")
            if not (location := reply.headers.get(REDIRECTS_TO)):
                raise FetchFailed("it redirects without saying where", status=reply.status)
            target = read_target(next_url(target.url, location), trip.reach)
            if target.url in seen:
                raise FetchFailed("its redirects go round in a circle")
            route = route.next(reply.status, target.url)
            seen.add(target.url)
        return outcome(errand, route, reply, datetime.now(UTC))

    def _replied(self, target: Target, errand: Errand, trip: _Trip) -> Reply:
        """One hop: the answer for `target`, kept or asked for in turn."""
        reach = trip.reach
        pause_s = max(self._pause_s, self._allowed(target, reach).delay_s if errand.obey_robots else 0)

        def ask(conditions: Mapping[str, str]) -> Answer:
            headers = {"User-Agent": self._user_agent, "Accept": ACCEPT, **conditions}
            with self._turns.turn(target.host, pause_s), trip.meter.running():
                answer = exchange(self._wire, target, headers, errand.limits, trip.meter, reach.allow_private)
            if not answer.private:
                trip.reach = reach.public_only()
            wait_s = retry_after_s(answer.headers, datetime.now(UTC))
            if wait_s and answer.status in ASKS_FOR_PATIENCE:
                self._turns.hold(target.host, wait_s)
            return answer

        response = ask_through(self._cache_by_private[reach.allow_private], target.url, ask)
        if len(response.content) > errand.limits.body_bytes:  # kept for an errand that may take more
            raise FetchFailed(f"it is larger than {size(errand.limits.body_bytes)}")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, response.content, response.created_at)

    def _allowed(self, target: Target, reach: Reach) -> Rules:
        rules = self.rules(target.url, reach)
        if rules.refusal:
            raise FetchFailed(rules.refusal, ROBOTS_RETRY_S)
        if not rules.allow(target.url):
            raise FetchFailed(f"robots.txt of {target.host} does not allow it")
        return rules


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
