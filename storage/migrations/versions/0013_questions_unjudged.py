"""Questions no longer keep how an item stood: that is judged from its figures, wherever it is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("checkin_question", "is_stale")
    op.drop_column("checkin_question", "value_earlier")


def downgrade() -> None:
    op.add_column(
        "checkin_question", sa.Column("is_stale", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "checkin_question",
        sa.Column("value_earlier", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
    )
