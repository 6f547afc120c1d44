"""Maps of channels are made on demand; and an index of the links that tie nothing yet, which every run asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM snapshots WHERE format = 'map' AND key <> 'map'")
    op.create_index(
        "ix_links_unwoven",
        "links",
        ["article_id", "target_id"],
        sqlite_where=sa.text("woven IS 0"),
        postgresql_where=sa.text("woven IS false"),
    )


def downgrade() -> None:
    op.drop_index("ix_links_unwoven", "links")
