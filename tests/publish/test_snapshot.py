import gzip
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.snapshot import snapshot


@given(st.binary(max_size=2000))
def test_the_packed_bytes_are_the_bytes(body: bytes) -> None:
    packed, _ = snapshot("rss", "application/rss+xml", body).variants["gzip"]
    assert gzip.decompress(packed) == body


def test_the_same_bytes_give_the_same_snapshot_at_any_time() -> None:
    first = snapshot("rss", "application/rss+xml", b"body")
    time.sleep(1.1)  # gzip counts in seconds
    assert snapshot("rss", "application/rss+xml", b"body") == first


def test_etags_are_strong_quoted_and_one_for_each_coding() -> None:
    made = snapshot("rss", "application/rss+xml", b"body")
    etags = [made.etag, made.variants["gzip"][1]]
    assert len(set(etags)) == 2
    # entity-tag of RFC 9110 §8.8.3, not weak
    assert all(re.fullmatch(r'"[\x21\x23-\x7e]+"', etag) for etag in etags)


def test_other_bytes_have_other_etags() -> None:
    one, other = (snapshot("rss", "application/rss+xml", body) for body in (b"", b"\0"))
    assert {one.etag, one.variants["gzip"][1]}.isdisjoint({other.etag, other.variants["gzip"][1]})
