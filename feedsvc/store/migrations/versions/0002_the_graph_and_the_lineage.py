"""The graph and the lineage."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edges",
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("votes", sa.Float(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["a"], ["articles.id"], name=op.f("fk_edges_a_articles")),
        sa.ForeignKeyConstraint(["b"], ["articles.id"], name=op.f("fk_edges_b_articles")),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_edges")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edges_b"), ["b"], unique=False)

    op.create_table(
        "lineage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["channels.slug"], name=op.f("fk_lineage_slug_channels")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage")),
    )
    with op.batch_alter_table("lineage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lineage_slug"), ["slug"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("fits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_verdicts_article_id_articles")),
        sa.PrimaryKeyConstraint("slug", "article_id", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "vertices",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("stub", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_vertices_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_vertices")),
    )
    for column in ("record_id", "url_key", "title_key"):
        op.create_index(op.f(f"ix_articles_{column}"), "articles", [column], postgresql_using="hash")
    # Not in batches: SQLite would make these tables anew, and what refers to their rows forbids that.
    op.add_column("channels", sa.Column("born", sa.DateTime(timezone=True), nullable=True))
    op.add_column("channels", sa.Column("image", sa.Text(), nullable=True))
    op.add_column("channels", sa.Column("language", sa.String(), nullable=True))
    op.add_column("channels", sa.Column("rival", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("channels", sa.Column("rival_runs", sa.Integer(), server_default="0", nullable=False))
    op.add_column("documents", sa.Column("stamp", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("links", sa.Column("woven", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("members", sa.Column("run", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for column in ("record_id", "url_key", "title_key"):
        op.drop_index(op.f(f"ix_articles_{column}"), "articles")
    op.drop_column("members", "run")
    op.drop_column("links", "woven")
    op.drop_column("documents", "stamp")
    for column in ("rival_runs", "rival", "language", "image", "born"):
        op.drop_column("channels", column)
    op.drop_table("vertices")
    op.drop_table("verdicts")
    with op.batch_alter_table("lineage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lineage_slug"))

    op.drop_table("lineage")
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edges_b"))

    op.drop_table("edges")
