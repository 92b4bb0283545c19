"""Key results and KPIs know the day on which they became active, and questions since when silence counts.

What is there already keeps none: its silence counts from its first day, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NEW = {"key_result": "active_on", "kpi": "active_on", "checkin_question": "since_on"}


def upgrade() -> None:
    for table, column in _NEW.items():
        op.add_column(table, sa.Column(column, sa.Date(), nullable=True))


def downgrade() -> None:
    for table, column in _NEW.items():
        op.drop_column(table, column)
