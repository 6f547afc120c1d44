import gzip
import re
import time
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.snapshot import CODINGS, PACKERS, snapshot

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompress(packed),
}
BODY = b"<rss>" + b"".join(b"<item><title>Item %d</title></item>" % n for n in range(200)) + b"</rss>"


@given(st.binary(max_size=2000))
def test_the_packed_bytes_are_the_bytes(body: bytes) -> None:
    for coding, pack in PACKERS.items():
        assert UNPACK[coding](pack(body)) == body


def test_every_coding_has_a_variant_the_best_one_first() -> None:
    made = snapshot("rss", "application/rss+xml", BODY)
    assert tuple(made.variants) == CODINGS == ("br", "zstd", "gzip")
    for coding, (packed, _) in made.variants.items():
        assert UNPACK[coding](packed) == BODY
        assert len(packed) < len(BODY) / 5


@given(st.binary(max_size=300) | st.text(alphabet="ab", max_size=300).map(str.encode))
def test_there_is_no_variant_that_is_not_smaller(body: bytes) -> None:
    assert all(len(packed) < len(body) for packed, _ in snapshot("map", "image/svg+xml", body).variants.values())


def test_the_same_bytes_give_the_same_snapshot_at_any_time() -> None:
    first = snapshot("rss", "application/rss+xml", BODY)
    time.sleep(1.1)  # gzip counts in seconds
    assert snapshot("rss", "application/rss+xml", BODY) == first


def test_etags_are_strong_quoted_and_one_for_each_coding() -> None:
    made = snapshot("rss", "application/rss+xml", BODY)
    digest = made.etag.strip('"')
    # entity-tag of RFC 9110 §8.8.3, not weak
    assert re.fullmatch(r'"[0-9a-f]{32}"', made.etag)
    assert {coding: etag for coding, (_, etag) in made.variants.items()} == {c: f'"{digest}-{c}"' for c in CODINGS}


@pytest.mark.parametrize("other", [BODY + b"\n", BODY[:-1], BODY.upper()])
def test_other_bytes_have_other_etags(other: bytes) -> None:
    made = [snapshot("rss", "application/rss+xml", body) for body in (BODY, other)]
    first, second = ({one.etag, *(etag for _, etag in one.variants.values())} for one in made)
    assert first.isdisjoint(second)
