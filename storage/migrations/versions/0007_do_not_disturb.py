"""People's do-not-disturb in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = ("dnd_from_at", "dnd_until_at", "dnd_asked_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("member", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("member") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
