"""The map of all channels is made on demand, as those of channels are."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("snapshots", "generations", "feeds"):
        op.execute(f"DELETE FROM {table} WHERE key = 'map'")


def downgrade() -> None:
    """A run makes it anew."""
