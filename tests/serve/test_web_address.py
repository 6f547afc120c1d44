import socket
from collections.abc import Iterator

import pytest

from feedsvc.errors import BadSettings
from feedsvc.serve import web


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_name_is_served_at_its_address():
    assert web.free_address("localhost", 0) == "127.0.0.1"
    assert web.free_address("0.0.0.0", 0) == "0.0.0.0"


def test_a_port_that_is_in_use_is_not_shared(taken: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(web, "FREE_WITHIN_S", 0.2)
    with pytest.raises(BadSettings, match="already in use"):
        web.free_address("127.0.0.1", taken)


@pytest.mark.parametrize("host", ["256.1.1.1", "no such host", "..", "192.0.2.1"])
def test_a_host_that_is_not_here_is_named(host: str):
    with pytest.raises(BadSettings) as caught:
        web.free_address(host, 8080)
    assert host in caught.value.problems[0]
