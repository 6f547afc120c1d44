"""What programs are told when something cannot be done: problem details as JSON (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from feedsvc.errors import FeedsvcError

MEDIA_TYPE = "application/problem+json"
NOT_TO_STORE = {"Cache-Control": "no-store"}


class Problem(FeedsvcError):
    """A request that cannot be met: the HTTP status, what is wrong in a sentence, and the headers that go with it."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = dict(headers or {})
        super().__init__(detail)


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
) -> Response:
    """The answer that tells of a problem. `more` are members of its own (§3.2)."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(
        orjson.dumps({**told, **(more or {})}, option=orjson.OPT_APPEND_NEWLINE),
        status,
        {**NOT_TO_STORE, **(headers or {})},
        content_type=MEDIA_TYPE,
    )
