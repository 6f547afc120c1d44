"""How alike any two articles were when a tie was woven. Of those that are woven already it was not asked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edges", sa.Column("chance", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("edges", "chance")
