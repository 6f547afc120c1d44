import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update

from feedsvc.model import Article
from feedsvc.serve.shelf import LOOK_EVERY_S
from feedsvc.store import reading, runs
from feedsvc.store.tables import holds, set_aside
from feedsvc.store.tables import runs as run_table

SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def now() -> datetime:
    return datetime.now(UTC)


def picture(client: FlaskClient, status: int) -> dict[str, Any]:
    answer = client.get("/health")
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = json.loads(answer.data)
    return found


def figures(client: FlaskClient) -> dict[str, float]:
    """name{label} → value of everything that /metrics tells."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    return {s.name + "".join(s.labels.values()): s.value for family in families for s in family.samples}


def let_last_good_run_end(paper: Any, ago: timedelta) -> None:
    with paper.store.writing() as connection:
        connection.execute(update(run_table).values(started_at=now() - ago, finished_at=now() - ago))


def lose_store(paper: Any, client: FlaskClient) -> None:
    client.application.wsgi_app._shelf._store.engine.dispose()  # type: ignore[attr-defined]
    paper.store.engine.dispose()
    paper.database.rename(paper.database.with_suffix(".moved"))


# Alive, and able to serve


def test_being_alive_needs_no_store(paper: Any):
    client = paper.app().test_client()
    lose_store(paper, client)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok\n", "no-store")
    assert not paper.database.exists()


def test_ready_once_there_is_something_to_serve(paper: Any):
    client = paper.app().test_client()
    assert client.get("/readyz").status_code == 503
    paper.write_themes()
    paper.refresh()
    time.sleep(LOOK_EVERY_S)
    assert client.get("/readyz").status_code == 200
    lose_store(paper, client)
    time.sleep(LOOK_EVERY_S)
    assert client.get("/readyz").status_code == 200  # from the shelf


# The whole picture


def test_all_is_well_after_a_good_run(printed: Any):
    found = picture(printed.app().test_client(), 200)
    assert (found["status"], found["problems"]) == ("ok", [])
    assert found["articles"] == {"whole": 8, "stubs": 0}
    assert found["channels"]["count"] == len(found["channels"]["list"]) == 2
    assert sum(channel["articles"] for channel in found["channels"]["list"]) == 8
    assert found["sources"] == [{"name": "paper", "kind": "folder", "documents": 8, "failing": False, "error": None}]
    assert found["set_aside"] == {"count": 0, "newest": []}
    assert found["last_run"]["outcome"] == "good"
    assert SECOND.fullmatch(found["last_good_run_at"])
    assert SECOND.fullmatch(found["checked_at"])
    assert found["refresh_every_s"] == 60


def test_no_password_is_told(printed: Any):
    client = printed.app().test_client()
    engine = client.application.wsgi_app._shelf._store.engine  # type: ignore[attr-defined]
    engine.url = engine.url.set(username="user", password="secret")
    assert "user" in picture(client, 200)["store"]["url"]
    assert "secret" not in client.get("/health").text


def test_before_the_first_run_it_is_failing(paper: Any):
    found = picture(paper.app().test_client(), 503)
    assert found["status"] == "failing"
    assert any("nothing can be served" in problem for problem in found["problems"])
    assert found["last_run"] is None


def test_a_store_that_cannot_be_read_is_failing(printed: Any):
    client = printed.app().test_client()
    lose_store(printed, client)
    found = picture(client, 503)
    assert found["status"] == "failing"
    assert "the store cannot be read" in found["problems"][0]
    assert figures(client) == {"feedsvc_store_readable": 0}


@pytest.mark.parametrize(("age_s", "status"), [(0, 200), (170, 200), (190, 503), (10**6, 503)])
def test_three_intervals_without_a_good_run_are_failing(printed: Any, age_s: int, status: int):
    let_last_good_run_end(printed, timedelta(seconds=age_s))
    found = picture(printed.app().test_client(), status)
    assert (found["status"] == "failing") == (status == 503)


def test_the_interval_that_counts_is_the_workers(printed: Any):
    let_last_good_run_end(printed, timedelta(seconds=30))
    client = printed.app().test_client()
    picture(client, 200)
    with printed.store.writing() as connection:
        runs.write_worker(connection, runs.Worker("elsewhere", 7, 5, now() + timedelta(seconds=5)))
    found = picture(client, 503)
    assert found["refresh_every_s"] == 5
    assert SECOND.fullmatch(found["next_run_at"])


def test_failed_runs_since_do_not_make_a_good_run_newer(printed: Any):
    let_last_good_run_end(printed, timedelta(seconds=500))
    with printed.store.writing() as connection:
        number = runs.begin_run(connection, now())
        runs.end_run(connection, number, now(), "failed", {}, ["the sky fell"], [])
    found = picture(printed.app().test_client(), 503)
    assert "the sky fell" in found["problems"]


def test_what_is_set_aside_is_told_with_its_reason_and_degrades(printed: Any):
    (printed.folder / "broken.json").write_text("{", encoding="utf-8")
    printed.write("undated", "No such day", now())
    record = json.loads((printed.folder / "undated.json").read_text()) | {"published": "31 February 2025"}
    (printed.folder / "undated.json").write_text(json.dumps(record), encoding="utf-8")
    printed.refresh()
    client = printed.app().test_client()
    found = picture(client, 200)
    assert found["status"] == "degraded"
    assert found["problems"] == ["2 article(s) are set aside"]
    assert found["set_aside"]["count"] == 2
    assert {line["place"] for line in found["set_aside"]["newest"]} == {"broken.json", "undated.json"}
    assert all(line["reason"] and SECOND.fullmatch(line["since"]) for line in found["set_aside"]["newest"])
    assert "31 February 2025" in client.get("/health").text
    assert figures(client)["feedsvc_set_aside"] == 2


def test_however_much_is_set_aside_the_picture_stays_small(printed: Any):
    row = {"source": "paper", "ref": "", "reason": "unreadable " + "x" * 100, "since": now()}
    with printed.store.writing() as connection:
        connection.execute(insert(set_aside), [row | {"place": f"page-{n}.txt"} for n in range(5000)])
    found = picture(printed.app().test_client(), 200)
    assert found["set_aside"]["count"] == 5000
    assert len(found["set_aside"]["newest"]) == 50
    assert len(json.dumps(found)) < 30_000


def test_a_source_that_fails_degrades_and_is_named(printed: Any, tmp_path: Path):
    missing = printed.settings.sources[0].model_copy(update={"name": "gone", "path": tmp_path / "gone"})
    printed.settings = printed.settings.model_copy(update={"sources": (*printed.settings.sources, missing)})
    printed.refresh()
    client = printed.app().test_client()
    found = picture(client, 200)
    assert found["status"] == "degraded"
    good, failing = found["sources"]
    assert (good["failing"], failing["failing"], failing["name"]) == (False, True, "gone")
    assert failing["error"] in found["problems"]


def test_what_was_wrong_is_not_forgotten_while_the_next_run_is_in_hand(printed: Any, tmp_path: Path):
    test_a_source_that_fails_degrades_and_is_named(printed, tmp_path)
    with printed.store.writing() as connection:
        runs.begin_run(connection, now())
    client = printed.app().test_client()
    found = picture(client, 200)
    assert found["status"] == "degraded"
    assert found["sources"][1]["failing"]
    assert found["last_run"]["outcome"] == "in hand"
    assert figures(client)["feedsvc_last_run_seconds"] > 0


# What may not be seen yet


def test_nothing_of_an_embargoed_article_is_counted_or_named(printed: Any):
    client = printed.app().test_client()

    def told() -> tuple[dict[str, Any], dict[str, float]]:
        found = picture(client, 200)
        for passing in ("checked_at", "last_good_run_at", "last_run", "next_run_at"):
            found.pop(passing)
        measured = figures(client)
        for passing in ("feedsvc_last_good_run_timestamp_seconds", "feedsvc_last_run_seconds", "feedsvc_publication"):
            measured.pop(passing)
        return found, measured

    before = told()
    due = now() + timedelta(days=2)
    related = {"title": "What the hush is about", "published": "2025-01-02T03:04:05Z"}
    printed.write("hush-hush", "The mayor will resign", due, related)
    printed.refresh()
    assert told() == before
    everything = client.get("/health").text + client.get("/metrics").text
    for word in ("hush", "mayor", "Hush", due.strftime("%Y-%m-%d")):
        assert word not in everything
    counts = picture(client, 200)["last_run"]["counts"]
    assert not {"read", "articles", "unchanged"} & set(counts)
    with printed.store.reading() as connection:  # it is there, all the same
        titles = {article.title for article in reading.every_article(connection) if isinstance(article, Article)}
    assert "The mayor will resign" in titles


def test_the_words_of_reports_may_name_pages_that_nobody_may_see_so_they_are_only_counted(printed: Any):
    with printed.store.writing() as connection:
        connection.execute(update(run_table).values(reports=["the first page is hush-hush.txt"]))
    client = printed.app().test_client()
    assert picture(client, 200)["last_run"]["reports"] == 1
    assert "hush" not in client.get("/health").text


# For Prometheus


def hold(paper: Any, key: str, **more: Any) -> None:
    row = {"key": key, "since": datetime(2026, 11, 22, 8, tzinfo=UTC), "reasons": ["9 of 10 would go"]}
    with paper.store.writing() as connection:
        connection.execute(insert(holds), [row | {"released": False} | more])


def test_a_feed_that_is_held_back_degrades_and_says_what_helps(printed: Any):
    hold(printed, "channels/tram", reasons=["9 of 10 entries would vanish", "3 would show again"])
    hold(printed, "")
    found = picture(printed.app().test_client(), 200)
    assert (found["status"], found["held_back"]["count"]) == ("degraded", 2)
    assert found["problems"] == [
        "the feed of everything is held back since 2026-11-22T08:00:00Z: 9 of 10 would go; feedsvc release lets it out",
        "channel tram is held back since 2026-11-22T08:00:00Z: 9 of 10 entries would vanish; 3 would show again;"
        " feedsvc release tram lets it out",
    ]
    assert figures(printed.app().test_client())["feedsvc_held_back"] == 2


def test_what_an_operator_has_released_is_no_problem_any_more(printed: Any):
    hold(printed, "channels/tram", released=True)
    assert picture(printed.app().test_client(), 200)["status"] == "ok"


def test_however_many_feeds_are_held_back_the_picture_stays_small(printed: Any):
    for number in range(60):
        hold(printed, f"channels/{number}")
    found = picture(printed.app().test_client(), 200)
    assert (found["held_back"]["count"], len(found["problems"])) == (60, 50)


def test_who_reads_what_is_told(printed: Any):
    client = printed.app().test_client()
    path = f"/channels/{printed.slugs()[0]}/rss.xml"
    whole = client.get(path, headers={"User-Agent": "Miniflux/2"})
    etag = {"If-None-Match": whole.headers["ETag"]}
    client.get(path, headers={"User-Agent": "Miniflux/2"} | etag)
    client.get("/atom.xml", headers={"User-Agent": "Feedbin feed-id:1 - 142 subscribers", "Accept-Encoding": "gzip"})
    client.get("/channels.opml", headers={"User-Agent": "Miniflux/2"})
    client.application.wsgi_app._watch.__self__.flush()  # type: ignore[attr-defined]
    told = picture(client, 200)["readers"]
    assert {feed["feed"]: (feed["readers"], feed["requests"]) for feed in told["feeds"]} == {
        "everything": (142, 1),
        printed.slugs()[0]: (1, 2),
    }
    assert (told["all"]["readers"], told["all"]["unchanged_share"]) == (143, 0.3333)
    assert told["all"]["bytes_saved"] > len(whole.data)
    found = figures(client)
    assert (found["feedsvc_readers"], found["feedsvc_subscribers"]) == (143, 142)
    assert found["feedsvc_feed_requests_totalunchanged"] == 1
    assert found["feedsvc_feed_bytes_totalsaved"] == told["all"]["bytes_saved"]


def test_where_readers_are_not_counted_nothing_is_told_of_them(printed: Any):
    printed.settings = printed.settings.model_copy(
        update={"serve": printed.settings.serve.model_copy(update={"readers_days": 0})}
    )
    assert picture(printed.app().test_client(), 200)["readers"] is None


def test_metrics_can_be_read_by_prometheus(printed: Any):
    told = figures(printed.app().test_client())
    assert told["feedsvc_store_readable"] == 1
    assert told["feedsvc_articleswhole"] == 8
    assert told["feedsvc_articlesstubs"] == 0
    assert told["feedsvc_channels"] == 2
    assert told["feedsvc_publication"] == 1
    assert abs(told["feedsvc_last_good_run_timestamp_seconds"] - time.time()) < 60


def test_metrics_of_an_empty_store_are_well_formed_too(paper: Any):
    told = figures(paper.app().test_client())
    assert told["feedsvc_publication"] == told["feedsvc_channels"] == 0
    assert "feedsvc_last_good_run_timestamp_seconds" not in told


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/health", "/metrics"])
def test_head_and_other_methods_are_answered_as_ever(printed: Any, path: str):
    client = printed.app().test_client()
    assert client.head(path).status_code == 200
    assert client.head(path).data == b""
    assert client.post(path).status_code == 405
