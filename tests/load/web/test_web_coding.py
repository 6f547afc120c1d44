"""Content codings, undone piece by piece."""

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.web.coding import decode
from feedsvc.load.web.values import FetchFailed

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "": bytes,
}


def cut_into(data: bytes, length: int) -> Iterator[bytes]:
    return (data[start : start + length] for start in range(0, len(data), length))


@given(st.binary(max_size=3000), st.integers(1, 4000), st.sampled_from(sorted(COMPRESS)))
def test_it_does_not_matter_where_the_network_cuts(data: bytes, length: int, coding: str) -> None:
    assert decode(cut_into(COMPRESS[coding](data), length), coding, 10_000) == data


@pytest.mark.parametrize("coding", sorted(COMPRESS))
def test_the_limit_is_exact(coding: str) -> None:
    data = b"news" * 50_000
    assert decode([COMPRESS[coding](data)], coding, len(data)) == data
    with pytest.raises(FetchFailed, match="larger than 199999 bytes"):
        decode([COMPRESS[coding](data)], coding, len(data) - 1)
    assert decode([COMPRESS[coding](data)], coding, 10, cut=True) == b"newsnewsne"


def test_several_members_of_gzip_are_one_body_and_padding_is_none() -> None:
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    assert decode(cut_into(data + bytes(512), 7), "GZIP", 100) == b"one two"


def test_several_frames_of_zstd_are_one_body() -> None:
    compress = zstandard.ZstdCompressor().compress
    assert decode([compress(b"one ") + compress(b"two")], "zstd", 100) == b"one two"


def test_a_window_that_would_fill_the_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    huge = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = huge.compress(bytes(1_000_000)) + huge.flush()
    with pytest.raises(FetchFailed, match="cannot be decompressed from zstd"):
        decode([data], "zstd", 10_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_nothing_at_all_is_no_compressed_body(coding: str) -> None:
    with pytest.raises(FetchFailed, match="broke off before the end"):
        decode([], coding, 100)
