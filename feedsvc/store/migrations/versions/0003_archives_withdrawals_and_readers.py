"""Archives, holds, withdrawals and readers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batches: SQLite would make these tables anew, and what refers to their rows forbids that.
    op.add_column("articles", sa.Column("image_type", sa.String(), nullable=True))
    op.add_column("articles", sa.Column("image_length", sa.Integer(), nullable=True))
    op.add_column("articles", sa.Column("rights", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("articles", sa.Column("credit_title", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("articles", sa.Column("credit_url", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("articles", sa.Column("corrected", sa.JSON(), nullable=True))
    op.add_column("articles", sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True))
    op.add_column("articles", sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("channels", sa.Column("ended", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feeds", sa.Column("gone", sa.JSON(), nullable=True))
    op.add_column("generations", sa.Column("shown", sa.JSON(), nullable=True))
    op.create_table(
        "amended",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("touched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("corrected", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_amended_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_amended")),
    )
    op.create_table(
        "pending",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_pending_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pending")),
    )
    op.create_table(
        "archives",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["feeds.key"], name=op.f("fk_archives_key_feeds")),
        sa.PrimaryKeyConstraint("key", "number", name=op.f("pk_archives")),
    )
    op.create_table(
        "holds",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_holds")),
    )
    op.create_table(
        "deltas",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", "generation", "format", "since", name=op.f("pk_deltas")),
    )
    op.create_table(
        "made",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("path", "encoding", name=op.f("pk_made")),
    )
    op.create_table(
        "readings",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("conditional", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key", "format", "reader", name=op.f("pk_readings")),
    )
    op.create_table(
        "pollers",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("poller", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("subscribers", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("conditional", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key", "poller", name=op.f("pk_pollers")),
    )


def downgrade() -> None:
    for table in ("pollers", "readings", "made", "deltas", "holds", "archives", "pending", "amended"):
        op.drop_table(table)
    op.drop_column("generations", "shown")
    op.drop_column("channels", "ended")
    op.drop_column("feeds", "gone")
    for column in (
        "reason",
        "withdrawn",
        "corrected",
        "note",
        "credit_url",
        "credit_title",
        "rights",
        "image_length",
        "image_type",
    ):
        op.drop_column("articles", column)
