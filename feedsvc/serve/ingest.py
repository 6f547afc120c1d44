"""Articles that a CMS hands over by HTTP: /ingest/articles, with `Authorization: Bearer KEY`, a source's key.

    POST   /ingest/articles      one record, a JSON array of records, or JSON Lines (application/x-ndjson), in UTF-8
    PUT    /ingest/articles/ID   one record; its `id` is ID, or left out
    DELETE /ingest/articles/ID   withdraws the article
    GET    /ingest/articles/ID   tells what has become of it

Records are those that files may hold. ID is percent-encoded and may contain slashes. POST, PUT and DELETE answer

    {"results": [{"index": 0, "id": "a1", "status": "accepted" | "unchanged" | "refused", "reason": "…"}]}

with 202 when something was accepted, 200 when there was nothing new, 207 when some records were refused and 422 when
all were; then it is a problem (RFC 9457) with `results` beside. What was accepted is in the store for good before that
is said, whatever happens to this process then. GET answers

    {"id": "a1", "state": "waiting" | "embargoed" | "published" | "set aside" | "withdrawn", "article": "urn:uuid:…"}

with a `reason` where there is one. Whatever is handed over twice is unchanged the second time: by its id, else by its
URL, else by all that it says. To the same POST under the same `Idempotency-Key`, the same answer is given for a day.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.errors import FeedsvcError, UnreadableDocument, UnreadableRecord
from feedsvc.handing import hand_over, outlook, take_back
from feedsvc.handing.body import single, split
from feedsvc.handing.judging import judge
from feedsvc.handing.values import InboxFull, NeverHeardOf, Status, TooMuch, Verdict
from feedsvc.normalise.text import clean
from feedsvc.serve.bearer import Keys
from feedsvc.serve.problem import NOT_TO_STORE, Problem, problem
from feedsvc.serve.upload import read_body
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store.answers import Answer, KeyReused, StillInHand, claim, keep, let_go
from feedsvc.store.patience import writing_soon
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"})
TAKEN = frozenset({"", "application/json", "text/json"}) | LINES
MAX_IDEMPOTENCY_KEY = 255

STATUSES: dict[type[FeedsvcError], int] = {
    UnreadableDocument: 400,
    UnreadableRecord: 400,
    NeverHeardOf: 404,
    StillInHand: 409,
    TooMuch: 413,
    KeyReused: 422,
    InboxFull: 503,
}
RETRY_AFTER_S = {409: 1, 503: 60}
STORE_AWAY_S = 5

View = Callable[[SourceSettings, str], Response]


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The views, and what is said when one refuses."""
    views = Ingest(settings, store)
    ingest = Blueprint("ingest", __name__)
    # One rule for all: an id may begin with a slash, and whatever is refused here is a program's to read.
    ingest.add_url_rule("/ingest/<path:rest>", view_func=views.view, methods=METHODS, provide_automatic_options=False)
    ingest.register_error_handler(Problem, _problem)
    for refusal in STATUSES:
        ingest.register_error_handler(refusal, _refused)
    ingest.register_error_handler(SQLAlchemyError, _store_is_away)
    ingest.register_error_handler(Exception, _fault)
    return ingest


class Ingest:
    """The views, for the sources of one site, on one store."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._keys = Keys(settings.sources, settings.serve)
        self._store = store

    def view(self, rest: str) -> Response:
        source = self._keys.source(request)
        root, _, id = rest.partition("/")
        if root != "articles":
            raise Problem(404, "There is nothing here; articles are handed over at /ingest/articles.")
        id = clean(id).strip()
        of_one: dict[str, View] = {"GET": self.look, "HEAD": self.look, "PUT": self.put, "DELETE": self.delete}
        views = of_one if id else {"POST": self.post}
        if request.method not in views:
            allowed = ", ".join(views)
            raise Problem(405, f"What can be done here is {allowed}.", {"Allow": allowed})
        return views[request.method](source, id)

    def post(self, source: SourceSettings, _id: str) -> Response:
        lines, key = _are_lines(), _idempotency_key()
        body = read_body(request)
        records = split(body, lines)
        if key is None:
            return _response(self._hand_over(source, (judge(record, source, _now()) for record in records)))
        with writing_soon(self._store) as connection:
            before = claim(connection, source.name, key, hashlib.sha256(body).hexdigest(), _now())
        if before:
            return _response(before)
        try:
            return _response(self._hand_over(source, (judge(record, source, _now()) for record in records), key))
        except Exception:
            with suppress(SQLAlchemyError), writing_soon(self._store) as connection:
                let_go(connection, source.name, key)
            raise

    def put(self, source: SourceSettings, id: str) -> Response:
        _are_lines()
        return _response(self._hand_over(source, [judge(single(read_body(request)), source, _now(), id)]))

    def delete(self, source: SourceSettings, id: str) -> Response:
        with writing_soon(self._store) as connection:
            verdict = take_back(connection, source, id, _now())
        log.info("article taken back", source=source.name, status=verdict.status.value)
        return _response(_answer([verdict]))

    def look(self, source: SourceSettings, id: str) -> Response:
        with self._store.reading() as connection:
            now = outlook(connection, source, id, _now())
        told = {"id": id, "state": now.state.value, "article": now.article}
        return _json(200, {**told, "reason": now.reason} if now.reason else told)

    def _hand_over(self, source: SourceSettings, judged: Iterable[Verdict], key: str | None = None) -> Answer:
        """Put into the store what is good, and with it the answer, before that is given."""
        verdicts = list(judged)
        with writing_soon(self._store) as connection:
            verdicts = hand_over(connection, source, verdicts, _now())
            answer = _answer(verdicts)
            if key is not None:
                keep(connection, source.name, key, answer)
        log.info("articles handed over", source=source.name, **_counts(verdicts))
        return answer


def _are_lines() -> bool:
    """Whether the body says that it is JSON Lines. Raises Problem for what is no kind of JSON in UTF-8."""
    if request.mimetype not in TAKEN:
        said = "Please send JSON as application/json, or JSON Lines as application/x-ndjson."
        raise Problem(415, said, {"Accept-Post": "application/json, application/x-ndjson"})
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "JSON is always in UTF-8 (RFC 8259).")
    return request.mimetype in LINES


def _idempotency_key() -> str | None:
    """A string in quotes (RFC 9651 §3.3.3), or as many send it, without."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    key = key.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not key or len(key) > MAX_IDEMPOTENCY_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, f"An Idempotency-Key has 1 to {MAX_IDEMPOTENCY_KEY} visible ASCII characters.")
    return key


def _answer(verdicts: Sequence[Verdict]) -> Answer:
    results = [_result(index, verdict) for index, verdict in enumerate(verdicts)]
    return Answer(_status(verdicts), {"results": results})


def _result(index: int, verdict: Verdict) -> dict[str, Any]:
    told = {"index": index, "id": verdict.id, "status": verdict.status.value}
    return {**told, "reason": verdict.reason} if verdict.reason else told


def _status(verdicts: Sequence[Verdict]) -> int:
    refused = [verdict for verdict in verdicts if verdict.status is Status.REFUSED]
    if refused and len(refused) < len(verdicts):
        return 207
    if refused:
        return 413 if all(verdict.too_large for verdict in refused) else 422
    return 202 if any(verdict.status is Status.ACCEPTED for verdict in verdicts) else 200


def _counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {status.value: sum(verdict.status is status for verdict in verdicts) for status in Status}


def _response(answer: Answer) -> Response:
    if answer.status < 400:
        return _json(answer.status, answer.content)
    reasons = dict.fromkeys(result["reason"] for result in answer.content["results"])
    which = "The record was refused" if len(answer.content["results"]) == 1 else "Every record was refused"
    return problem(answer.status, f"{which}: {next(iter(reasons))}", more=answer.content)


def _json(status: int, content: dict[str, Any]) -> Response:
    body = orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
    return Response(body, status, NOT_TO_STORE, content_type="application/json")


def _problem(error: Problem) -> Response:
    return problem(error.status, str(error), error.headers)


def _refused(error: FeedsvcError) -> Response:
    status = STATUSES[type(error)]
    retry = {"Retry-After": str(RETRY_AFTER_S[status])} if status in RETRY_AFTER_S else {}
    return problem(status, _sentence(str(error)), retry)


def _store_is_away(error: SQLAlchemyError) -> Response:
    log.error("store not writable", reason=cause(error))
    said = "The store cannot take anything at this moment; please hand this over again."
    return problem(503, said, {"Retry-After": str(STORE_AWAY_S)})


def _fault(error: Exception) -> Response:
    log.error("fault while articles were handed over", exc_info=error)
    return problem(500, "A fault of feedsvc itself, in its log in full.")


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "."


def _now() -> datetime:
    return datetime.now(UTC)
