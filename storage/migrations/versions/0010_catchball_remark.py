"""What people write in a ball's thread."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catchball_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("catchball_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["catchball_id"], ["catchball.id"], name=op.f("fk_catchball_remark_catchball_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_catchball_remark_member_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_catchball_remark_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchball_remark")),
        sa.UniqueConstraint(
            "workspace_id",
            "channel_id",
            "ts",
            name=op.f("uq_catchball_remark_workspace_id_channel_id_ts"),
        ),
    )
    with op.batch_alter_table("catchball_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catchball_remark_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_remark_workspace_id"), ["workspace_id"], unique=False)
        batch_op.create_index("ix_catchball_remark_ball", ["catchball_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("catchball_remark")
