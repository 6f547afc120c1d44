"""Channels, and the graph that they are found in."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from feedsvc.store.tables.base import UtcDateTime, metadata

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
