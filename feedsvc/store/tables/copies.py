"""What other sources have of articles, and the prints of texts by which that is known."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from feedsvc.store.tables.base import UtcDateTime, metadata

# `digest` is of the source and the key, which tells the copy from all else that the source has; a key may be too long
# for PostgreSQL's trees.
copies = Table(
    "copies",
    metadata,
    Column("digest", String, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("source", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("record_id", Text),
    Column("url", Text),
    Column("url_key", Text),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("published", UtcDateTime),
    Column("likeness", Float),
    Column("since", UtcDateTime, nullable=False),
    Index(None, "article_id"),
    Index(None, "record_id", postgresql_using="hash"),
    Index(None, "url_key", postgresql_using="hash"),
    Index(None, "title_key", postgresql_using="hash"),
)

prints = Table(
    "prints",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("sample", LargeBinary, nullable=False),  # eight bytes a number
    Column("runs", Integer, nullable=False),
)

# The numbers of a print under which it is found.
print_keys = Table(
    "print_keys",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Index(None, "article_id"),
)
