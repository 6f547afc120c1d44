"""What readers are given, and how it is read; and what runs leave of themselves."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from feedsvc.store.tables.base import UtcDateTime, metadata

# A feed is named by its key: "" for everything, "channels/SLUG" for a channel. `generation` is the pointer.
feeds = Table(
    "feeds",
    metadata,
    Column("key", String, primary_key=True),
    Column("id", String, nullable=False),  # minted once, as an article's is
    Column("generation", Integer, nullable=False),
    Column("gone", JSON),  # ids once shown that are in no archive either
)

generations = Table(
    "generations",
    metadata,
    Column("key", ForeignKey("feeds.key"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("newest", UtcDateTime),
    Column("entries", Integer, nullable=False),
    Column("shown", JSON),  # of each entry; see guard.Shown
)

# The entries that no longer fit into a feed, in documents that are full and stay so (RFC 5005 §4).
archives = Table(
    "archives",
    metadata,
    Column("key", ForeignKey("feeds.key"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("ids", JSON, nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
)

# Generations that the guard kept from going out, until they are released or better ones come.
holds = Table(
    "holds",
    metadata,
    Column("key", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("released", Boolean, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("key", String, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("format", String, primary_key=True),
    Column("encoding", String, primary_key=True),  # "" for the bytes as they are
    Column("media_type", String, nullable=False),
    Column("etag", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Just the entries that have changed since a generation whose ETag was `since` (RFC 3229 with A-IM: feed).
deltas = Table(
    "deltas",
    metadata,
    Column("key", String, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("format", String, primary_key=True),
    Column("since", String, primary_key=True),  # the digest in the ETags of all its encodings
    Column("body", LargeBinary, nullable=False),
)

# What is made when it is first asked for: archives, combined feeds and maps. `digest` is of all that went into it.
made = Table(
    "made",
    metadata,
    Column("path", Text, primary_key=True),  # with the canonical query, if any
    Column("encoding", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("etag", String, nullable=False),
    Column("modified", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# How each feed was read on each day (UTC), by the kind of reader. Bytes are of bodies.
readings = Table(
    "readings",
    metadata,
    Column("day", String, primary_key=True),  # 2026-11-22
    Column("key", String, primary_key=True),
    Column("format", String, primary_key=True),
    Column("reader", String, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("conditional", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("saved", BigInteger, nullable=False),
)

# Who read it, as a digest that nobody can turn back into an address.
pollers = Table(
    "pollers",
    metadata,
    Column("day", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("poller", String, primary_key=True),
    Column("reader", String, nullable=False),
    Column("subscribers", Integer, nullable=False),  # for whom it says that it reads
    Column("requests", Integer, nullable=False),
    Column("conditional", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("outcome", String),  # "good", "partial" (something set aside or a source failed), "failed"
    Column("counts", JSON, nullable=False),
    Column("errors", JSON, nullable=False),
    Column("reports", JSON, nullable=False),
)

# One row each: who may run, how far the articles and the feeds are, what the worker says of itself.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
