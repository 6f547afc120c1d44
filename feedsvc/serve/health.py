"""What operators look at: alive, able to serve, the whole picture, and the same for Prometheus.

Everything comes from what the worker and all web processes wrote into the store, never from this process' own
state. Only what readers may see is counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.serve import readers
from feedsvc.serve.shelf import Shelf
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import reading, runs, sources
from feedsvc.store.articles import count_set_aside
from feedsvc.store.generations import Hold, read_holds
from feedsvc.store.sources import State
from feedsvc.store.store import Store, cause

STALE_AFTER = 3  # intervals without a run that went through
MAX_SET_ASIDE = 50
MAX_CHANNELS = 200
MAX_HOLDS = 50
PUBLIC_COUNTS = ("published", "set_aside", "seconds")  # the others count what may not be seen yet
NO_STORE = {"Cache-Control": "no-store"}


def blueprint(settings: Settings, store: Store, shelf: Shelf) -> Blueprint:
    """The four addresses: /healthz, /readyz, /health and /metrics."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def alive() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8", headers=NO_STORE)

    @pages.get("/readyz")
    def ready() -> Response:
        can = bool(shelf.index().answers)
        text = "ready\n" if can else "there is nothing to serve yet\n"
        return Response(text, 200 if can else 503, NO_STORE, content_type="text/plain; charset=utf-8")

    @pages.get("/health")
    def health() -> Response:
        now = datetime.now(UTC)
        try:
            facts = gather(store, now)
        except SQLAlchemyError as error:
            picture: dict[str, Any] = {"status": "failing", "problems": [f"the store cannot be read: {cause(error)}"]}
        else:
            picture = judge(facts, settings, now)
        answer = jsonify(picture)
        answer.status_code = 503 if picture["status"] == "failing" else 200
        answer.headers.update(NO_STORE)
        return answer

    @pages.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        registry.register(_Collector(store))
        return Response(generate_latest(registry), headers=NO_STORE, content_type=CONTENT_TYPE_LATEST)

    return pages


def gather(store: Store, now: datetime, days: int = readers.DAYS) -> dict[str, Any]:
    """Read all that the judgement needs, in one view of the store; of readers, the last `days` days."""
    with store.reading() as connection:
        set_aside = reading.set_aside_lines(connection, MAX_SET_ASIDE)
        return {
            "store": store.engine.url.render_as_string(hide_password=True),
            "publication": reading.publication(connection),
            "runs": runs.last_runs(connection, 2),  # one may be in hand
            "last_good": runs.last_good_run(connection),
            "worker": runs.read_worker(connection),
            "articles": reading.count_articles(connection),
            "set_aside": set_aside,
            "set_aside_count": count_set_aside(connection),
            "sources": reading.documents_by_source(connection),
            "states": sources.states(connection),
            "channels": reading.channel_lines(connection),
            "holds": {key: hold for key, hold in sorted(read_holds(connection).items()) if not hold.released},
            "readers": readers.gather(connection, now, days),
        }


def judge(facts: Mapping[str, Any], settings: Settings, now: datetime) -> dict[str, Any]:
    """The whole picture. `status` is "ok", "failing" or, between them, "degraded": an article is set aside, a feed
    held back, a source fails."""
    last = facts["runs"][0] if facts["runs"] else None
    worker = facts["worker"]
    interval = worker.refresh_every_s if worker else settings.schedule.refresh_every_s
    failing = _failing(facts, interval, now)
    finished = _finished(facts["runs"])
    errors = list(finished["errors"]) if finished else []  # a run in hand has not met them yet
    aside = [f"{facts['set_aside_count']} article(s) are set aside"] if facts["set_aside_count"] else []
    degraded = errors + aside + [_held(key, hold) for key, hold in islice(facts["holds"].items(), MAX_HOLDS)]
    return {
        "status": "failing" if failing else "degraded" if degraded else "ok",
        "problems": failing + degraded,
        "checked_at": _time(now),
        "store": {"url": facts["store"], "readable": True},
        "last_run": _run(last),
        "last_good_run_at": _time(facts["last_good"]),
        "next_run_at": _time(worker.next_run_at) if worker else None,
        "refresh_every_s": interval,
        "articles": facts["articles"],
        "sources": [
            _source(source, facts["sources"].get(source.name, 0), facts["states"].get(source.name), errors)
            for source in settings.sources
        ],
        "set_aside": {
            "count": facts["set_aside_count"],
            "newest": [{**line, "since": _time(line["since"])} for line in facts["set_aside"]],
        },
        "held_back": {"count": len(facts["holds"])},
        "readers": readers.picture(facts["readers"]) if settings.serve.readers_days else None,
        "channels": {
            "count": len(facts["channels"]),
            "list": [
                {
                    "slug": line.slug,
                    "title": line.title,
                    "articles": line.size,
                    "newest_article_at": _time(line.newest),
                    "published_at": _time(line.published_at),
                }
                for line in facts["channels"][:MAX_CHANNELS]
            ],
        },
    }


def _failing(facts: Mapping[str, Any], interval_s: int, now: datetime) -> list[str]:
    problems = []
    if not facts["publication"]:
        problems.append("nothing can be served yet: no run has published anything")
    last_good = facts["last_good"]
    if last_good is None:
        problems.append("no run has gone through yet")
    elif now - last_good > STALE_AFTER * timedelta(seconds=interval_s):
        age = int((now - last_good).total_seconds())
        problems.append(f"the last good run ended {age} s ago, more than {STALE_AFTER} intervals of {interval_s} s")
    return problems


def _held(key: str, hold: Hold) -> str:
    slug = key.removeprefix("channels/")
    which = f"channel {slug}" if slug else "the feed of everything"
    remedy = f"feedsvc release {slug}".rstrip()
    return f"{which} is held back since {_time(hold.since)}: {'; '.join(hold.reasons)}; {remedy} lets it out"


def _source(source: SourceSettings, documents: int, state: State | None, errors: Sequence[str]) -> dict[str, Any]:
    error = next((error for error in errors if error.startswith(f"source {source.name!r}: ")), None)
    error = state.trouble if state else error
    told: dict[str, Any] = {"name": source.name, "kind": source.kind, "documents": documents}
    told |= {"failing": error is not None, "error": error}
    if state:
        health = state.health
        told |= {
            "checked_at": _time(state.checked_at),
            "last_good_at": _time(health.last_good),
            "failures": health.failures,
            "next_try_at": _time(health.next_try) if health.failures else None,
            "moved_to": state.url,
        }
    return told


def _run(run: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "number": run["id"],
        "started_at": _time(run["started_at"]),
        "finished_at": _time(run["finished_at"]),
        "outcome": run["outcome"] or "in hand",
        "counts": {name: number for name, number in run["counts"].items() if name in PUBLIC_COUNTS},
        "errors": run["errors"],
        "reports": len(run["reports"]),  # their words may name pages that may not be seen yet
    }


def _finished(newest_first: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((run for run in newest_first if run["finished_at"]), None)


def _time(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


class _Collector:
    """The figures of the store at the moment they are asked for, the same from every web process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterable[Metric]:
        try:
            facts = gather(self._store, datetime.now(UTC), days=1)
        except SQLAlchemyError:
            yield GaugeMetricFamily("feedsvc_store_readable", "Whether the store answers", 0)
            return
        yield GaugeMetricFamily("feedsvc_store_readable", "Whether the store answers", 1)
        articles = GaugeMetricFamily("feedsvc_articles", "Articles that readers may see", labels=["kind"])
        for kind, number in facts["articles"].items():
            articles.add_metric([kind], number)
        yield articles
        yield GaugeMetricFamily("feedsvc_set_aside", "Articles set aside", facts["set_aside_count"])
        yield GaugeMetricFamily("feedsvc_channels", "Channels served", len(facts["channels"]))
        yield GaugeMetricFamily("feedsvc_held_back", "Feeds whose newest generation is held back", len(facts["holds"]))
        yield GaugeMetricFamily("feedsvc_publication", "Times that feeds were published", facts["publication"])
        if facts["last_good"]:
            when = facts["last_good"].timestamp()
            yield GaugeMetricFamily("feedsvc_last_good_run_timestamp_seconds", "End of the last good run", when)
        finished = _finished(facts["runs"])
        if finished:
            seconds = finished["counts"].get("seconds", 0)
            yield GaugeMetricFamily("feedsvc_last_run_seconds", "How long the last run took", seconds)
        yield from _read(facts["readers"].all)


def _read(by: readers.Readers) -> Iterable[Metric]:
    """Who reads; the counters start anew at midnight in UTC, as after a restart."""
    yield GaugeMetricFamily("feedsvc_readers", "People who read a feed on one day, as far as it is told", by.readers)
    yield GaugeMetricFamily("feedsvc_subscribers", "Those of them whom services tell of", by.subscribers)
    sums = by.sums
    full = sums.requests - sums.unchanged - sums.refused
    yield _counter(
        "feed_requests", "Requests for feeds today", full=full, unchanged=sums.unchanged, refused=sums.refused
    )
    yield _counter("feed_conditional_requests", "Those of them with a condition", all=sums.conditional)
    yield _counter("feed_bytes", "Bytes of feeds sent, and not sent, today", sent=sums.sent, saved=max(sums.saved, 0))


def _counter(name: str, about: str, **numbers: int) -> Metric:
    counter = CounterMetricFamily(f"feedsvc_{name}", about, labels=["kind"])
    for kind, number in numbers.items():
        counter.add_metric([kind], number)
    return counter
