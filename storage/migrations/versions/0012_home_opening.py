"""Who has opened the Home tab."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_home_opening_member_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_home_opening_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_opening")),
        sa.UniqueConstraint("member_id", name=op.f("uq_home_opening_member_id")),
    )
    with op.batch_alter_table("home_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_home_opening_workspace_id"), ["workspace_id"], unique=False)


def downgrade() -> None:
    op.drop_table("home_opening")
