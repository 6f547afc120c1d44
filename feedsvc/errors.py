"""The one error tree.

    FeedsvcError
    ├── BadSettings       settings that cannot be used; every problem at once     → exit 2
    ├── StoreNotReady     the store is not migrated or cannot be opened           → exit 2
    ├── UnreadableDocument  bytes that no parser can make articles of             → document set aside
    ├── UnreadableRecord    one record of a document                              → record set aside
    │   └── UnreadableDate  a text that names no whole day                        → record set aside
    ├── SourceFailed      a source could not be read at all                       → run goes on without it
    ├── NoSourceRead      not one source could be read                            → exit 3
    ├── UnknownSubject    an article or channel that is not there, or not so      → exit 3
    └── RunRefused        another run holds the lease, or took it over            → exit 3

Attributes say what, where and what to do; the message is made of them. Stages raise, the pipeline
collects, and `cli` maps type to exit code.
"""

from collections.abc import Sequence


class FeedsvcError(Exception):
    """Base of everything this service raises on purpose."""


class BadSettings(FeedsvcError):
    """Settings that cannot be used. `problems` holds one sentence each, naming the key."""

    def __init__(self, origin: str, problems: Sequence[str]) -> None:
        self.origin = origin
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{origin} has {len(self.problems)} problem(s):{lines}")


class StoreNotReady(FeedsvcError):
    """The store cannot be used as it is; `remedy` is the command that helps."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}; run: {remedy}")


class UnreadableDocument(FeedsvcError):
    """A document that no article can be read from. `reason` is for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class UnreadableRecord(FeedsvcError):
    """One record that cannot become an article. `reason` is for people."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class UnreadableDate(UnreadableRecord):
    """A text that does not name a whole day, or names one that does not exist."""

    def __init__(self, text: str, why: str) -> None:
        self.text = text
        self.why = why
        shown = text if len(text) <= 80 else text[:77] + "..."
        super().__init__(f"unreadable date {shown!r}: {why}")


class SourceFailed(FeedsvcError):
    """A whole source could not be read; its articles stay as they are."""

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"source {source!r}: {reason}")


class NoSourceRead(FeedsvcError):
    """Not one source could be read; `failures` holds a sentence each. Everything served stays as it is."""

    def __init__(self, failures: Sequence[str]) -> None:
        self.failures = tuple(failures)
        super().__init__("no source could be read: " + "; ".join(self.failures))


class UnknownSubject(FeedsvcError):
    """What an operator named is not there, or not in a state in which that can be done to it."""


class RunRefused(FeedsvcError):
    """A run may not start or may not publish, because another one holds the lease."""
