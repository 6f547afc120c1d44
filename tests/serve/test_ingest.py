"""Articles that a CMS hands over: what is asked and what is answered, without a network."""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from feedsvc import publishing
from feedsvc.editing import reinstate
from feedsvc.handing import values
from feedsvc.serve import ingest, upload
from feedsvc.serve.app import create_app
from feedsvc.store import inbox, patience

KEY = "correct-horse-battery"
OTHER_KEY = "staple-of-another-source"
PUSH = [{"name": "cms", "kind": "push", "key": KEY}, {"name": "wire", "kind": "push", "key": OTHER_KEY}]
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def _unwaiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


@dataclass
class Cms:
    """A CMS that hands over articles to a desk."""

    desk: Any
    app: Flask
    key: str = KEY

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.client.open(path, method=method, data=data, headers={k: v for k, v in sent.items() if v})

    def post(self, body: object, **headers: str) -> TestResponse:
        return self.ask("POST", "/ingest/articles", body, **headers)

    def put(self, id: str, body: object, **headers: str) -> TestResponse:
        return self.ask("PUT", f"/ingest/articles/{id}", body, **headers)

    def delete(self, id: str) -> TestResponse:
        return self.ask("DELETE", f"/ingest/articles/{id}")

    def state(self, id: str) -> str:
        answer = self.ask("GET", f"/ingest/articles/{id}")
        return answer.json["state"] if answer.status_code == 200 else str(answer.status_code)

    def waiting(self) -> list[inbox.Item]:
        with self.desk.store.reading() as connection:
            return inbox.waiting(connection, 5000)

    def titles(self) -> list[str]:
        return sorted(entry["title"] for entry in self.desk.entries())

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(item.body) for item in self.waiting() if item.action == inbox.READ]


def _cms(desk: Any) -> Cms:
    desk.config["sources"] = PUSH
    return Cms(desk, create_app(desk.settings))


@pytest.fixture
def cms(desk: Any) -> Cms:
    """On each database."""
    return _cms(desk)


@pytest.fixture
def sqlite_cms(sqlite_desk: Any) -> Cms:
    return _cms(sqlite_desk)


def record(id: str | None = "a1", title: str = "First tram", **more: Any) -> dict[str, Any]:
    told = {"title": title, "published": "2026-03-01T10:00:00Z", "body_html": f"<p>{title}, at length.</p>"}
    return ({"id": id} if id is not None else {}) | told | more


def statuses(answer: TestResponse) -> list[tuple[str | None, str]]:
    assert [result["index"] for result in answer.json["results"]] == list(range(len(answer.json["results"])))
    return [(result["id"], result["status"]) for result in answer.json["results"]]


def is_problem(answer: TestResponse, status: int) -> bool:
    told = answer.json
    shape = (told["type"], told["status"], bool(told["title"]), bool(told["detail"]))
    return (answer.status_code, answer.mimetype, shape) == (
        status, "application/problem+json", ("about:blank", status, True, True),
    )  # fmt: skip


# Handing over


def test_a_record_is_accepted_once_it_waits_and_published_by_the_next_run(cms: Cms):
    answer = cms.post(record())
    assert (answer.status_code, statuses(answer)) == (202, [("a1", "accepted")])
    assert [(one.source, one.place, one.action) for one in cms.waiting()] == [("cms", "push/a1", "read")]
    assert cms.state("a1") == "waiting"
    cms.desk.run()
    assert (cms.titles(), cms.waiting(), cms.state("a1")) == (["First tram"], [], "published")
    told = cms.ask("GET", "/ingest/articles/a1").json
    assert told == {"id": "a1", "state": "published", "article": cms.desk.entries()[0]["id"]}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", json.dumps([record("a"), record("b")])),
        ("application/json; charset=UTF-8", json.dumps({"articles": [record("a"), record("b")]})),
        ("application/json", json.dumps(record("a")) + "\n" + json.dumps(record("b"))),
        ("application/x-ndjson", json.dumps(record("a")) + "\r\n\r\n" + json.dumps(record("b")) + "\r\n"),
        ("application/jsonl", json.dumps(record("a")) + "\n" + json.dumps(record("b")) + "\n"),
        ("", json.dumps(record("a")) + "\n" + json.dumps(record("b")) + "\n"),
    ],
)
def test_several_records_come_as_an_array_or_as_lines(sqlite_cms: Cms, media_type: str, body: str):
    answer = sqlite_cms.post(body.encode(), Content_Type=media_type)
    assert (answer.status_code, statuses(answer)) == (202, [("a", "accepted"), ("b", "accepted")])
    sqlite_cms.desk.run()
    assert sorted(sqlite_cms.desk.articles()) == ["First tram"]
    assert len(sqlite_cms.desk.entries()) == 2


def test_a_bad_record_is_refused_with_its_reason_and_stops_only_itself(cms: Cms):
    bad = [{"id": "b1", "published": "2026-03-01"}, record("b2", published="some day"), record(["b3"]), 7]
    answer = cms.post([*bad, record()])
    assert (answer.status_code, answer.mimetype) == (207, "application/json")
    assert statuses(answer) == [
        ("b1", "refused"), ("b2", "refused"), (None, "refused"), (None, "refused"), ("a1", "accepted"),
    ]  # fmt: skip
    assert [result.get("reason", "")[:40] for result in answer.json["results"]] == [
        "'title' is missing",
        "unreadable date 'some day': the word 'so",
        "'id' must be text or a whole number, fou",
        "a record must be an object, found 7",
        "",
    ]
    assert [one.place for one in cms.waiting()] == ["push/a1"]


def test_when_every_record_is_refused_it_is_a_problem_that_holds_the_results(sqlite_cms: Cms):
    answer = sqlite_cms.post(record(title=None))
    assert is_problem(answer, 422)
    assert statuses(answer) == [("a1", "refused")]
    assert answer.json["detail"] == "The record was refused: 'title' must be text, found null"
    assert sqlite_cms.waiting() == []


def test_the_same_record_again_is_unchanged_before_and_after_it_is_published(cms: Cms):
    cms.post(record())
    again = dict(reversed(record().items()))
    answer = cms.post(again)
    assert (answer.status_code, statuses(answer), len(cms.waiting())) == (200, [("a1", "unchanged")], 1)
    cms.desk.run()
    before = cms.desk.standing()
    answer = cms.put("a1", again)
    assert (answer.status_code, statuses(answer), cms.waiting()) == (200, [("a1", "unchanged")], [])
    cms.desk.run()
    assert cms.desk.standing() == before


def test_of_one_id_the_record_that_came_last_is_published_whatever_its_dates(cms: Cms):
    cms.post([record(title="One"), record(title="Two", updated="2020-01-01"), record(title="Three")])
    cms.post(record(title="Four"))
    answer = cms.post(record(title="Five"))
    assert statuses(answer) == [("a1", "accepted")]
    assert len(cms.waiting()) == 1
    cms.desk.run()
    assert cms.titles() == ["Five"]
    cms.put("a1", record(None, title="Six"))
    cms.desk.run()
    assert cms.titles() == ["Six"]


def test_without_an_id_a_record_is_known_by_its_url_or_by_all_that_it_says(cms: Cms):
    url = "https://paper.example/tram"
    answer = cms.post([record(None, url=url), record(None, title="No address")])
    assert statuses(answer) == [(None, "accepted"), (None, "accepted")]
    assert cms.post([record(None, url=url + "/"), record(None, title="No address")]).status_code == 202
    assert len(cms.waiting()) == 2
    cms.desk.run()
    cms.post([record(None, title="Tram again", url=url), record(None, title="No address")])
    cms.desk.run()
    assert cms.titles() == ["No address", "Tram again"]


def test_what_two_sources_hand_over_under_one_id_are_two_articles(sqlite_cms: Cms):
    wire = Cms(sqlite_cms.desk, sqlite_cms.app, OTHER_KEY)
    sqlite_cms.post(record(title="Ours"))
    assert wire.state("a1") == "404"
    wire.post(record(title="Theirs"))
    sqlite_cms.desk.run()
    assert sqlite_cms.titles() == ["Ours", "Theirs"]
    assert wire.delete("a1").status_code == 202
    sqlite_cms.desk.run()
    assert (sqlite_cms.state("a1"), wire.state("a1")) == ("published", "withdrawn")


def test_a_record_with_a_list_of_items_is_still_one_record(sqlite_cms: Cms):
    body = [record(items=[{"title": "Not an article"}], articles=[1])]
    assert statuses(sqlite_cms.post(body)) == [("a1", "accepted")]
    sqlite_cms.put("a2", record(None, title="Second", items=[]))
    sqlite_cms.desk.run()
    assert sqlite_cms.titles() == ["First tram", "Second"]
    assert sqlite_cms.desk.set_aside() == []


# One article by its id


@pytest.mark.parametrize(
    "path",
    ["2026%2F03%2Ftram.html", "2026/03/tram.html", "/tram", "%2Ftram", "a%20b", "%D1%82%D1%80%D0%B0%D0%BC", "42"],
)
def test_an_id_may_be_anything_that_fits_into_an_address(sqlite_cms: Cms, path: str):
    answer = sqlite_cms.put(path, record(None))
    assert answer.status_code == 202
    id = answer.json["results"][0]["id"]
    assert sqlite_cms.post(record(id)).status_code == 200
    sqlite_cms.desk.run()
    assert sqlite_cms.state(path) == "published"


def test_a_number_as_an_id_is_its_digits(sqlite_cms: Cms):
    assert statuses(sqlite_cms.post(record(42))) == [("42", "accepted")]  # type: ignore[arg-type]
    assert sqlite_cms.put("42", record(42)).status_code == 200  # type: ignore[arg-type]


def test_a_record_that_is_put_may_not_have_another_id(sqlite_cms: Cms):
    answer = sqlite_cms.put("a1", record("a2"))
    assert is_problem(answer, 422)
    assert sqlite_cms.waiting() == []


def test_an_id_that_is_too_long_is_refused(sqlite_cms: Cms):
    long = "é" * 100
    assert statuses(sqlite_cms.post([record(long), record()])) == [(long, "refused"), ("a1", "accepted")]
    assert is_problem(sqlite_cms.delete(long), 400)


def test_what_was_taken_back_is_withdrawn_and_stays_so_until_an_operator_says_otherwise(cms: Cms):
    cms.post([record(), record("a2", title="Second")])
    cms.desk.run()
    urn = cms.ask("GET", "/ingest/articles/a1").json["article"]
    answer = cms.delete("a1")
    assert (answer.status_code, statuses(answer)) == (202, [("a1", "accepted")])
    assert cms.state("a1") == "waiting"
    assert statuses(cms.delete("a1")) == [("a1", "unchanged")]
    early = cms.post(record(title="Too early"))
    cms.desk.run()
    assert "First tram" not in cms.titles()
    assert "First tram" not in cms.desk.body()
    assert cms.state("a1") == "withdrawn"
    assert (cms.delete("a1").status_code, cms.waiting()) == (200, [])
    late = cms.put("a1", record())
    assert (early.status_code, late.status_code) == (422, 422)
    assert "withdrawn" in late.json["detail"]
    reinstate(cms.desk.settings, cms.desk.store, urn)
    assert cms.put("a1", record()).status_code == 202
    cms.desk.run()
    assert cms.titles() == ["First tram", "Second"]


def test_what_is_taken_back_before_any_run_is_never_published_and_may_come_again(cms: Cms):
    cms.post([record(), record("a2", title="Second")])
    assert cms.delete("a1").status_code == 202
    assert [(one.place, one.action) for one in cms.waiting()] == [("push/a2", "read"), ("push/a1", "withdraw")]
    cms.desk.run()
    assert (cms.titles(), cms.state("a1"), cms.delete("a1").status_code) == (["Second"], "404", 404)
    cms.post(record())
    cms.delete("a1")
    assert cms.post(record()).status_code == 202
    cms.desk.run()
    assert cms.titles() == ["First tram", "Second"]


def test_nobody_knows_what_was_never_handed_over(cms: Cms):
    assert is_problem(cms.delete("a1"), 404)
    assert is_problem(cms.ask("GET", "/ingest/articles/a1"), 404)


def test_under_embargo_an_article_says_so_before_and_after_it_was_taken_in(cms: Cms):
    cms.post([record(published=TOMORROW.isoformat()), record("a2", title="Second")])
    assert cms.state("a1") == "embargoed"
    cms.desk.run()
    assert (cms.state("a1"), cms.titles()) == ("embargoed", ["Second"])
    assert b"First tram" not in cms.desk.all_bytes()


def test_a_correction_under_embargo_waits_and_is_not_lost(cms: Cms):
    cms.post(record())
    cms.desk.run()
    cms.put("a1", record(title="Second tram", embargo=TOMORROW.isoformat()))
    for _ in range(2):
        cms.desk.run()
        assert (cms.titles(), cms.state("a1"), len(cms.waiting())) == (["First tram"], "embargoed", 1)


# Keys


@pytest.mark.parametrize("told", ["", "Bearer", "Bearer ", "Basic Y29ycmVjdA==", KEY])
def test_without_a_key_it_is_said_which_is_needed(sqlite_cms: Cms, told: str):
    answer = sqlite_cms.post(record(), Authorization=told)
    assert is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="feedsvc"'


@pytest.mark.parametrize("told", ["Bearer wrong", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", "Bearer \xe9\xff"])
def test_a_wrong_key_opens_nothing(sqlite_cms: Cms, told: str):
    for answer in (sqlite_cms.post(record(), Authorization=told), sqlite_cms.ask("GET", "/x", Authorization=told)):
        assert answer.status_code in (401, 404)
    answer = sqlite_cms.post(record(), Authorization=told)
    assert is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="feedsvc", error="invalid_token"'
    assert sqlite_cms.waiting() == []


def test_the_scheme_may_be_written_in_any_case(sqlite_cms: Cms):
    assert sqlite_cms.post(record(), Authorization=f"bearer  {KEY}").status_code == 202


def test_who_tries_many_wrong_keys_is_told_to_wait_and_nobody_is_kept_out_by_that(sqlite_cms: Cms):
    answers = [sqlite_cms.post(record(), Authorization=f"Bearer wrong-{n}") for n in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert is_problem(answers[-1], 429)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert sqlite_cms.post(record()).status_code == 202


def test_no_key_is_ever_logged_or_answered(sqlite_cms: Cms, capfd: pytest.CaptureFixture[str]):
    answers = [
        sqlite_cms.post(record()),
        sqlite_cms.post(record(), Authorization="Bearer a-secret-typo"),
        sqlite_cms.post(b"{"),
        sqlite_cms.put("a1", record("a2")),
    ]
    logged = "".join(capfd.readouterr())
    assert "articles handed over" in logged
    assert not any(secret in logged + answer.text for secret in (KEY, OTHER_KEY, "a-secret-typo") for answer in answers)


def test_without_a_source_to_hand_over_for_there_is_nothing_here(sqlite_desk: Any):
    cms = Cms(sqlite_desk, create_app(sqlite_desk.settings))
    assert is_problem(cms.post(record()), 404)


# What is sent


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"a":\n }', "Not valid JSON: unexpected character, expected a JSON value at line 2 column 2."),
        (b"", "Not valid JSON: Input is a zero-length, empty document at line 1 column 1."),
        (b"\xff\xfe{\x00", "Not UTF-8: invalid start byte at line 1 byte 1."),
        (b"[" * 5000, "Not valid JSON: depth limit exceeded at line 1 column 1026."),
        (b"[]", "It holds no record."),
    ],
)  # fmt: skip
def test_broken_json_is_told_with_line_and_column(sqlite_cms: Cms, body: bytes, told: str):
    for answer in (sqlite_cms.post(body), sqlite_cms.post(body, Idempotency_Key="k")):
        assert is_problem(answer, 400)
        assert answer.json["detail"] == told
    assert sqlite_cms.post(record(), Idempotency_Key="k").status_code == 202


@pytest.mark.parametrize(
    "told",
    [
        {"x": json.loads("[" * 300 + "]" * 300)},
        {"image": json.loads('{"url":' * 300 + "1" + "}" * 300)},
    ],
)
def test_a_record_that_is_nested_too_deep_is_refused(sqlite_cms: Cms, told: dict[str, Any]):
    answer = sqlite_cms.post([record(**told), record("a2")])
    assert statuses(answer) == [("a1", "refused"), ("a2", "accepted")]
    assert answer.json["results"][0]["reason"] == "it is nested too deep"


@pytest.mark.parametrize("number", ["1e308", "-1e308", "123456789012345678901234567890", "1" * 5000, "-0", "1e-400"])
@pytest.mark.parametrize("key", ["id", "published", "updated", "title", "x", "embargo"])
def test_odd_numbers_crash_nothing(sqlite_cms: Cms, key: str, number: str):
    body = json.dumps(record()).replace("{", f'{{"{key}": {number}, ', 1)
    if key != "x":
        told = record()
        told.pop(key, None)
        body = json.dumps(told).replace("{", f'{{"{key}": {number}, ', 1)
    answer = sqlite_cms.post(body.encode())
    assert answer.status_code in (202, 400, 422)
    assert "fault" not in answer.text


@pytest.mark.parametrize("said", ["text/html", "application/x-www-form-urlencoded", "multipart/form-data", "text/csv"])
def test_other_kinds_of_body_are_not_taken(sqlite_cms: Cms, said: str):
    assert is_problem(sqlite_cms.post(record(), Content_Type=said), 415)
    assert is_problem(sqlite_cms.put("a1", record(), Content_Type=said), 415)


def test_other_encodings_of_text_are_not_taken(sqlite_cms: Cms):
    assert is_problem(sqlite_cms.post(record(), Content_Type="application/json; charset=cp1252"), 415)


def test_a_body_may_be_compressed_with_gzip_and_with_nothing_else(sqlite_cms: Cms):
    body = json.dumps(record()).encode()
    assert sqlite_cms.post(gzip.compress(body), Content_Encoding="gzip").status_code == 202
    halves = gzip.compress(body[:20]) + gzip.compress(body[20:])
    assert sqlite_cms.post(halves, Content_Encoding="GZIP").status_code == 200
    for coding in ("br", "gzip, gzip", "deflate", "zstd"):
        answer = sqlite_cms.post(body, Content_Encoding=coding)
        assert is_problem(answer, 415)
        assert answer.headers["Accept-Encoding"] == "gzip"
    for broken in (body, gzip.compress(body)[:-9], b"", gzip.compress(body)[:10] + b"\xff" * 20):
        assert is_problem(sqlite_cms.post(broken, Content_Encoding="gzip"), 400)


def test_a_body_is_bounded_before_and_after_decompression(sqlite_cms: Cms):
    large = b'[{"title": "' + b" " * upload.MAX_BYTES + b'"}]'
    assert is_problem(sqlite_cms.post(large), 413)
    assert is_problem(sqlite_cms.post(gzip.compress(large), Content_Encoding="gzip"), 413)
    assert is_problem(sqlite_cms.put("a1", large), 413)


def test_a_record_is_bounded_and_stops_only_itself(sqlite_cms: Cms):
    large = record("a2", body_text="x" * values.MAX_RECORD_BYTES)
    assert is_problem(sqlite_cms.post(large), 413)
    assert statuses(sqlite_cms.post([large, record()])) == [("a2", "refused"), ("a1", "accepted")]


def test_only_so_many_records_are_taken_at_once(sqlite_cms: Cms):
    assert is_problem(sqlite_cms.post([{}] * (values.MAX_RECORDS + 1)), 413)


def test_a_body_that_does_not_come_in_time_is_not_waited_for(sqlite_cms: Cms, monkeypatch: pytest.MonkeyPatch):
    class Slow:
        def read(self, size: int = -1) -> bytes:
            time.sleep(0.05)
            return b" "

    monkeypatch.setattr(ingest, "read_body", lambda request: upload.read_body(request, within_s=0.2))
    environ = {"wsgi.input": Slow(), "wsgi.input_terminated": True}
    answer = sqlite_cms.client.post(
        "/ingest/articles", headers={"Authorization": f"Bearer {KEY}"}, environ_overrides=environ
    )
    assert is_problem(answer, 408)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("PUT", ""), ("OPTIONS", ""), ("POST", "/a1"), ("PATCH", "/a1")]
)
def test_what_cannot_be_done_is_told_with_what_can(sqlite_cms: Cms, method: str, path: str):
    answer = sqlite_cms.ask(method, f"/ingest/articles{path}")
    assert is_problem(answer, 405)
    assert answer.headers["Allow"] == ("GET, HEAD, PUT, DELETE" if path else "POST")


def test_elsewhere_there_is_nothing(sqlite_cms: Cms):
    assert is_problem(sqlite_cms.ask("POST", "/ingest/channels", record()), 404)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["id", "title", "published", "updated", "url", "authors", "author", "tags", "image", "related", "embargo"]
KEYS += ["body_html", "body_text", "language", "rights", "source", "summary", "attachments", "items"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES), min_size=1, max_size=4))
def test_whatever_a_record_holds_each_gets_its_result_and_never_a_fault(sqlite_cms: Cms, told: list[dict[str, Any]]):
    answer = sqlite_cms.post([record() | one for one in told])
    assert answer.status_code in (200, 202, 207, 422)
    assert len(answer.json["results"]) == len(told)
    assert "fault" not in answer.text


# Idempotency-Key


def test_under_the_same_key_the_same_answer_is_given_again(cms: Cms):
    first = cms.post([record(), record("a2", title=None)], Idempotency_Key='"k1"')
    cms.desk.run()
    cms.delete("a1")
    again = cms.post([record(), record("a2", title=None)], Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (207, 207)
    assert again.json == first.json
    assert [one.action for one in cms.waiting()] == ["withdraw"]
    assert statuses(cms.post(record("a3"), Idempotency_Key="k2")) == [("a3", "accepted")]


def test_a_refusal_is_given_again_as_it_was(sqlite_cms: Cms):
    first, again = (sqlite_cms.post(record(title=None), Idempotency_Key="k1") for _ in range(2))
    assert is_problem(again, 422)
    assert again.json == first.json


def test_a_key_with_another_body_is_refused(cms: Cms):
    cms.post(record(), Idempotency_Key="k1")
    answer = cms.post(record("a2"), Idempotency_Key="k1")
    assert is_problem(answer, 422)
    assert [one.place for one in cms.waiting()] == ["push/a1"]


@pytest.mark.parametrize("key", ['""', "x" * 256, "naïve"])
def test_a_key_that_is_none_is_refused(sqlite_cms: Cms, key: str):
    assert is_problem(sqlite_cms.post(record(), Idempotency_Key=key), 400)


def test_while_a_request_is_in_hand_the_same_is_not_begun_again(cms: Cms, monkeypatch: pytest.MonkeyPatch):
    begun, may_end, judge = threading.Event(), threading.Event(), ingest.judge

    def slow_judge(*given: Any) -> values.Verdict:
        begun.set()
        may_end.wait(10)
        return judge(*given)

    monkeypatch.setattr(ingest, "judge", slow_judge)
    answers: list[TestResponse] = []
    first = threading.Thread(target=lambda: answers.append(cms.post(record(), Idempotency_Key="k1")))
    first.start()
    assert begun.wait(10)
    second = cms.post(record(), Idempotency_Key="k1")
    may_end.set()
    first.join(10)
    assert is_problem(second, 409)
    assert second.headers["Retry-After"] == "1"
    assert (answers[0].status_code, cms.post(record(), Idempotency_Key="k1").json) == (202, answers[0].json)


# When it cannot be taken


def test_when_too_much_waits_nothing_more_is_taken_but_withdrawals(cms: Cms, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("feedsvc.handing.MAX_WAITING", 2)
    cms.post([record(), record("a2")])
    answer = cms.post(record("a3"), Idempotency_Key="k1")
    assert is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "60"
    assert cms.delete("a1").status_code == 202
    cms.desk.run()
    assert cms.post(record("a3"), Idempotency_Key="k1").status_code == 202


def test_while_the_store_is_written_to_for_long_it_is_asked_to_come_again(
    sqlite_cms: Cms, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ingest, "writing_soon", lambda store: patience.writing_soon(store, 50))
    with sqlite_cms.desk.store.writing():
        answer = sqlite_cms.post(record())
    assert is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    assert sqlite_cms.post(record()).status_code == 202


def test_a_fault_of_our_own_is_told_without_a_trace(sqlite_cms: Cms, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> Iterable[object]:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("feedsvc.handing.judging.normalise", broken)
    answer = sqlite_cms.post(record())
    assert (answer.status_code, "secret" in answer.text) == (422, False)
    monkeypatch.setattr(ingest, "split", broken)
    answer = sqlite_cms.post(record())
    assert is_problem(answer, 500)
    assert "secret" not in answer.text


def test_below_a_path_prefix_everything_is_where_it_was(sqlite_desk: Any, open_app: Callable[..., Cms]):
    sqlite_desk.config["site"]["base_url"] = "https://paper.example/feeds"
    cms = open_app(sqlite_desk)
    assert cms.ask("POST", "/feeds/ingest/articles", record()).status_code == 202
    assert cms.ask("GET", "/feeds/ingest/articles/a1").json["state"] == "waiting"
    assert cms.ask("GET", "/ingest/articles/a1").json["state"] == "waiting"


@pytest.fixture
def open_app() -> Callable[..., Cms]:
    return _cms
