"""What other sources have of an article, and the fingerprints by which it is known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A stub that became whole went on being called after the source that listed it.
LED_BY_ITS_PAGE = """
UPDATE articles SET source = (SELECT min(d.source) FROM documents d WHERE d.article_id = articles.id)
WHERE NOT stub
  AND EXISTS (SELECT 1 FROM documents d WHERE d.article_id = articles.id)
  AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.article_id = articles.id AND d.source = articles.source)
"""


def upgrade() -> None:
    op.create_table(
        "copies",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("url_key", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("likeness", sa.Float(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_copies_article_id_articles")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_copies")),
    )
    op.create_index(op.f("ix_copies_article_id"), "copies", ["article_id"])
    for column in ("record_id", "url_key", "title_key"):
        op.create_index(op.f(f"ix_copies_{column}"), "copies", [column], postgresql_using="hash")
    op.create_table(
        "prints",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("sample", sa.LargeBinary(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_prints_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_prints")),
    )
    op.create_table(
        "print_keys",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_print_keys_article_id_articles")),
        sa.PrimaryKeyConstraint("number", "article_id", name=op.f("pk_print_keys")),
    )
    op.create_index(op.f("ix_print_keys_article_id"), "print_keys", ["article_id"])
    op.execute(LED_BY_ITS_PAGE)
    op.create_index(op.f("ix_links_title_key"), "links", ["title_key"], postgresql_using="hash")
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_articles_merged_into", "articles", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_links_title_key"), "links")
    op.drop_index("ix_articles_merged_into", "articles")
    for table in ("print_keys", "prints", "copies"):
        op.drop_table(table)
