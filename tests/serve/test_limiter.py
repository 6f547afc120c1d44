import re
import time
from typing import Any

import pytest

from feedsvc.serve.limiter import BURST, COUNTERS, Counters, Limiter, told_to_wait
from feedsvc.settings import Serve


class Clock:
    """Stands in for the clock, and goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock.time)
    return clock


def limiter(per_minute: int, trusted_proxies: int = 0) -> Limiter:
    return Limiter(Serve(requests_per_minute=per_minute, unlimited=(), trusted_proxies=trusted_proxies))


def asks(address: str = "192.0.2.1", forwarded: str = "") -> dict[str, Any]:
    return {"REMOTE_ADDR": address} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})


def allowed(limiter: Limiter, environ: dict[str, Any], times: int) -> int:
    return sum(limiter.wait_s(environ) == 0 for _ in range(times))


def test_so_many_answers_a_minute_and_no_more(clock: Clock):
    twenty = limiter(20)
    assert allowed(twenty, asks(), 30) == 20
    clock.now += 45
    assert twenty.wait_s(asks()) == 15
    clock.now += 16
    assert allowed(twenty, asks(), 30) == 20


@pytest.mark.parametrize("per_minute", [1, 3, 9])
def test_a_low_rate_lets_a_burst_through_and_keeps_to_the_rate_over_minutes(clock: Clock, per_minute: int):
    slow = limiter(per_minute)
    windows = [allowed(slow, asks(), 50)]
    for _ in range(120):
        clock.now += 60
        windows.append(allowed(slow, asks(), 50))
    assert windows[0] >= BURST
    assert sum(windows[1:]) == pytest.approx(120 * per_minute, rel=0.15)


def test_a_rate_of_zero_refuses_nobody():
    assert allowed(limiter(0), asks(), 2000) == 2000


def test_who_asks_has_no_part_in_what_others_may():
    ten = limiter(10)
    assert allowed(ten, asks("192.0.2.1"), 20) == 10
    assert [allowed(ten, asks(f"192.0.2.{last}"), 1) for last in range(2, 100)] == [1] * 98


def test_an_ipv6_network_is_one_asker():
    ten = limiter(10)
    assert sum(allowed(ten, asks(f"2001:db8:1:2::{last:x}"), 1) for last in range(50)) == 10
    assert allowed(ten, asks("2001:db8:1:3::1"), 1) == 1


def test_what_a_client_claims_is_believed_of_trusted_proxies_only():
    direct, behind = limiter(10), limiter(10, trusted_proxies=1)
    claims = [f"198.51.100.{last}" for last in range(50)]
    assert sum(allowed(direct, asks(forwarded=claim), 1) for claim in claims) == 10
    assert sum(allowed(behind, asks(forwarded=claim), 1) for claim in claims) == 50
    spoofed = limiter(10, trusted_proxies=1)
    assert sum(allowed(spoofed, asks(forwarded=f"{claim}, 203.0.113.9"), 1) for claim in claims) == 10


@pytest.mark.parametrize("address", ["", "unknown", "unix:", "\udcff", "1.2.3.4.5", "x" * 5000])
def test_an_address_of_no_known_form_is_one_asker_too(address: str):
    assert allowed(limiter(10), asks(address), 20) == 10


def test_memory_is_bounded_and_holds_no_address():
    many = limiter(1000)
    for number in range(3 * COUNTERS):
        many.wait_s(asks(f"198.{number >> 16}.{number >> 8 & 255}.{number & 255}"))
    many.wait_s(asks("203.0.113.77"))
    many.wait_s(asks("2001:db8:77::1"))
    counts, known = many._rates.storage._counts, many._known
    assert len(counts) <= COUNTERS
    assert 0 < len(known) < 10_000
    assert not re.search(r"198\.|203\.0|2001:db8", repr((counts, vars(many))))


def test_the_counters_keep_to_what_the_library_asks_of_a_storage(clock: Clock):
    counters = Counters()
    assert [counters.incr("a", 60), counters.incr("a", 60, 2), counters.incr("b", 60)] == [1, 3, 1]
    assert (counters.get("a"), counters.get_expiry("a"), counters.get("c")) == (3, clock.now + 60, 0)
    clock.now += 61
    assert (counters.get("a"), counters.incr("a", 60)) == (0, 1)
    counters.clear("a")
    assert (counters.get("a"), counters.check(), counters.reset(), counters.get("b")) == (0, True, 1, 0)


def test_no_two_processes_count_under_the_same_digests():
    first, second = ([one._digest(f"192.0.2.{n}") for n in range(8)] for one in (limiter(1), limiter(1)))
    assert first != second


def test_one_who_is_refused_is_told_how_long_to_wait(clock: Clock):
    assert told_to_wait(7) == "Too many requests have come from your address; please ask again in 7 seconds."
    ten = limiter(10)
    allowed(ten, asks(), 10)
    clock.now += 59.9
    assert ten.wait_s(asks()) == 1


@pytest.mark.parametrize(
    ("address", "told"), [("127.0.0.1", 1), ("10.0.0.3", 1), ("fd00::1", 1), ("8.8.8.8", 0), ("", 0)]
)
def test_a_proxy_that_nobody_told_of_is_wondered_at_once(capsys: pytest.CaptureFixture[str], address: str, told: int):
    allowed(limiter(10), asks(address), 30)
    assert capsys.readouterr().out.count("serve.trusted_proxies") == told
    allowed(limiter(10, trusted_proxies=1), asks(address), 30)
    assert "serve.trusted_proxies" not in capsys.readouterr().out


def test_programs_on_this_machine_are_not_limited_unless_the_operator_wants_it():
    three = Limiter(Serve(requests_per_minute=3))
    allowed(three, asks("127.0.0.1"), 100)
    allowed(three, asks("::1"), 100)
    allowed(three, asks("::ffff:127.0.0.1"), 100)
    assert any(three.wait_s(asks("192.0.2.7")) for _ in range(100))
