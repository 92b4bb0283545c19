"""Pictures of ideas, Kaizen events, and what was told about an ideas channel that takes no cards."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kaizen_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(3000), nullable=False),
        sa.Column("before", sa.String(1000), nullable=False),
        sa.Column("after", sa.String(1000), nullable=False),
        sa.Column("result", sa.String(3000), nullable=False),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_kaizen_event_initiative_id")
        ),
        sa.ForeignKeyConstraint(["result_by_id"], ["member.id"], name=op.f("fk_kaizen_event_result_by_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_kaizen_event_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kaizen_event")),
        sa.UniqueConstraint("initiative_id", name=op.f("uq_kaizen_event_initiative_id")),
    )
    with op.batch_alter_table("kaizen_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kaizen_event_workspace_id"), ["workspace_id"], unique=False)

    for name in ("before_file_id", "after_file_id"):
        op.add_column("idea", sa.Column(name, sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("idea", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_idea_event_id"), "initiative", ["event_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_idea_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_idea_serves", ["workspace_id", "serves_kind", "serves_id"], unique=False)

    op.add_column("kaizen_setting", sa.Column("refused_channel_id", sa.String(32), nullable=True))
    op.add_column(
        "kaizen_setting", sa.Column("refused_for", sa.String(40), nullable=False, server_default="")
    )
