"""The tables. Every time is UTC; a change here comes with a migration."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite hands back naive ones even for timezone=True."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone may not be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("record_id", Text),
    Column("url", Text),
    Column("url_key", Text),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("stub", Boolean, nullable=False),
    Column("served", Boolean, nullable=False),  # once true, `published` is frozen
    Column("merged_into", ForeignKey("articles.id")),
    Column("published", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("own_at", UtcDateTime),
    Column("own_precision", String),
    Column("own_evidence", String),
    Column("listed_at", UtcDateTime),
    Column("listed_precision", String),
    Column("digest", String, nullable=False, default=""),
    Column("authors", JSON, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("body_html", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("language", String),
    Column("image", Text),
    Column("image_type", String),
    Column("image_length", Integer),
    Column("rights", Text, nullable=False, server_default=text("''")),
    Column("credit_title", Text, nullable=False, server_default=text("''")),  # of the publication it came from, or ""
    Column("credit_url", Text),
    Column("note", Text, nullable=False, server_default=text("''")),  # what an operator says of a correction
    Column("corrected", JSON),  # names of the columns that one has set
    Column("withdrawn", UtcDateTime),
    Column("reason", Text, nullable=False, server_default=text("''")),  # for that, told to operators only
    Index(None, "published", "id"),
    # Hashed, since PostgreSQL's trees take no key as long as some titles and URLs are.
    Index(None, "record_id", postgresql_using="hash"),
    Index(None, "url_key", postgresql_using="hash"),
    Index(None, "title_key", postgresql_using="hash"),
)

# What has happened to articles that readers know. `touched` is the revision in which something that it lists came to
# be called otherwise, or to be seen no more; `corrected` is when an operator last corrected it.
amended = Table(
    "amended",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("touched", Integer, nullable=False, server_default="0"),
    Column("corrected", UtcDateTime),
)

# The articles that have changed since the feeds were last published.
pending = Table("pending", metadata, Column("article_id", ForeignKey("articles.id"), primary_key=True))

# The dates as they were written, with the zone they were read in: at most one of a kind for each role.
witnesses = Table(
    "witnesses",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("zone", String, nullable=False),
    Column("zone_assumed", Boolean, nullable=False),
    Column("precision", String, nullable=False),
    Column("note", Text),
)

# `listed` is false for a link that an article's page once had and has no more: it still ties the graph.
# `woven` is true once it does.
links = Table(
    "links",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("target_id", ForeignKey("articles.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("woven", Boolean, nullable=False, server_default=false()),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("url", Text),
    Column("published", UtcDateTime),
    Column("date_text", Text),
    Column("zone", String),
    Index(None, "target_id"),
)

# What an article was called before, and its time: other pages go on listing it so.
former_titles = Table(
    "former_titles",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("title_key", Text, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
)

# What was read, so that it need not be read again. `article_id` when the document is one article.
documents = Table(
    "documents",
    metadata,
    Column("source", String, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("digest", String, nullable=False),
    Column("stamp", String, nullable=False, server_default=text("''")),  # of the file, by which it need not be read
    Column("article_id", ForeignKey("articles.id")),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("source", String, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# What has come from the network or was handed over, and is not taken in yet: in the order of the numbers.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("place", Text, nullable=False),
    Column("action", String, nullable=False),  # "read" the body, or "withdraw" the article that has this place
    Column("media_type", String, nullable=False),
    Column("url", Text),
    Column("body", LargeBinary, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# The answers to what a CMS handed over under a key of its own, given again when it asks again.
handed_over = Table(
    "handed_over",
    metadata,
    Column("source", String, primary_key=True),
    Column("idempotency_key", String, primary_key=True),
    Column("digest", String, nullable=False),  # of the request
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# How each source on the network has been doing; see load.web.health. `url` is where it has moved to for good.
source_states = Table(
    "source_states",
    metadata,
    Column("source", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_good", UtcDateTime),
    Column("last_error", Text, nullable=False),
    Column("last_failed", UtcDateTime),
    Column("next_try", UtcDateTime),
    Column("checked_at", UtcDateTime),
    Column("url", Text),
    Column("digest", String, nullable=False),  # of the body that was read last
    Column("gone", Boolean, nullable=False),
)

# The pages that a source is known to have.
pages = Table(
    "pages",
    metadata,
    Column("source", String, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("found_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("moved_to", Text),
    Column("digest", String, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    Column("slug", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("origin", String, nullable=False),
    Column("state", String, nullable=False),
    Column("heir", ForeignKey("channels.slug")),
    Column("born", UtcDateTime),
    Column("image", Text),
    Column("language", String),
    Column("rival", Text, nullable=False, server_default=text("''")),
    Column("rival_runs", Integer, nullable=False, server_default="0"),
    Column("ended", UtcDateTime),  # when it was retired, by the clock
)

members = Table(
    "members",
    metadata,
    Column("slug", ForeignKey("channels.slug"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("run", Integer, nullable=False, server_default="0"),  # since which the article is in the channel
    Index(None, "article_id"),
)

# The turns in each channel's life; see model.Event.
lineage = Table(
    "lineage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", ForeignKey("channels.slug"), nullable=False),
    Column("run", Integer, nullable=False),
    Column("turn", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("other", Text, nullable=False),
    Column("articles", Integer, nullable=False),
    Index(None, "slug"),
)

# The articles that are in the graph, as they were when they came into it; a stub comes a second time, as a whole.
vertices = Table(
    "vertices",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("stub", Boolean, nullable=False),
    Column("digest", String, nullable=False),  # of the text that `words` and `embedding` are of
    Column("words", LargeBinary, nullable=False),
    Column("model", String, nullable=False),  # that gave the embedding, or empty
    Column("embedding", LargeBinary, nullable=False),
    Column("strength", Float, nullable=False),  # what all its edges weigh together
    Column("story", String, nullable=False),  # the id of the first article that told the same
    Column("run", Integer, nullable=False),
)

# See graph.Tie. `run` is the one that wove it.
edges = Table(
    "edges",
    metadata,
    Column("a", ForeignKey("articles.id"), primary_key=True),
    Column("b", ForeignKey("articles.id"), primary_key=True),
    Column("votes", Float, nullable=False),
    Column("likeness", Float, nullable=False),
    Column("near", Boolean, nullable=False),
    Column("run", Integer, nullable=False),
    Index(None, "b"),
    sqlite_with_rowid=False,
)

# What the rules of the operator's file say of each article, so that they need not be asked again.
verdicts = Table(
    "verdicts",
    metadata,
    Column("slug", String, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("fits", Boolean, nullable=False),  # else the rule keeps it out
)

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

# What is made when it is first asked for: archives and combined feeds. `digest` is of all that went into it.
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
