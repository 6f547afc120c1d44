"""robots.txt → what a crawler of our name may fetch, how slowly, and where the sitemaps are (RFC 9309).

Pure. The lines are read by the standard library, which knows no `*` and `$` within a path: such rules don't count.
"""

from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

MAX_ROBOTS_BYTES = 500_000  # RFC 9309 §2.5 lets the rest of a longer file go unread
MAX_DELAY_S = 30


@dataclass(frozen=True, slots=True)
class Rules:
    """`refusal` is why nothing may be fetched for now, or ""; without a parser everything may be."""

    agent: str = ""
    parser: RobotFileParser | None = None
    refusal: str = ""

    def allow(self, url: str) -> bool:
        return self.parser is None or self.parser.can_fetch(self.agent, url)

    @property
    def delay_s(self) -> float:
        """Seconds between requests by Crawl-delay or Request-rate, bounded."""
        if self.parser is None:
            return 0
        delay = int(self.parser.crawl_delay(self.agent) or 0)
        rate = self.parser.request_rate(self.agent)
        by_rate = min(rate.seconds, MAX_DELAY_S * rate.requests) / rate.requests if rate and rate.requests else 0
        return min(MAX_DELAY_S, max(delay, by_rate))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        return tuple((self.parser.site_maps() if self.parser else None) or ())


def read_rules(body: bytes, user_agent: str) -> Rules:
    """The rules for the product that `user_agent` begins with: "feedsvc" of "feedsvc/1.0 (+https://…)"."""
    parser = RobotFileParser()
    lines = body.decode("utf-8-sig", "replace").splitlines()
    try:
        # To the parser a blank line ends a group, to RFC 9309 §2.2 it means nothing.
        parser.parse([line for line in lines if line.strip()])
    except ValueError:  # it lets through what int and urlparse say of odd values
        return Rules(refusal="its robots.txt cannot be understood")
    # It takes the first rule that fits; the longest counts, and of two as long the one that allows (§2.2.2).
    for group in filter(None, (*parser.entries, parser.default_entry)):  # type: ignore[attr-defined]
        group.rulelines.sort(key=lambda rule: (len(rule.path), rule.allowance), reverse=True)
    return Rules(user_agent.partition("/")[0], parser)
