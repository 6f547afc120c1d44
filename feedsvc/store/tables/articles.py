"""What is known of articles, and where it came from."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, false, text

from feedsvc.store.tables.base import UtcDateTime, metadata

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
    Index(
        "ix_articles_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
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

# The dates as they were written, where, and with the zone they were read in: at most one of a kind for each role.
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
    Column("origin", Text, nullable=False, server_default=text("''")),  # where it stands, for people
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
    Index(None, "title_key", postgresql_using="hash"),
    # Every run asks for these, in this order, and there are few. A query must say `woven` in the same words.
    Index(
        "ix_links_unwoven",
        "article_id",
        "target_id",
        sqlite_where=text("woven IS 0"),
        postgresql_where=text("woven IS false"),
    ),
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
    Index(None, "source", "place"),
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
    Index(None, "at"),
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
