"""Digests of what people follow: how often they come, to whom, and whose turn it is."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("member") as table:
        table.add_column(sa.Column("digest", sa.String(40), nullable=False, server_default="weekly"))
    with op.batch_alter_table("workspace") as table:
        table.add_column(sa.Column("digest_channel_id", sa.String(32), nullable=True))
    op.create_table(
        "digest_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("told_from_on", sa.Date(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_digest_turn_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_digest_turn_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_turn")),
        sa.UniqueConstraint("workspace_id", "reader", name=op.f("uq_digest_turn_workspace_id_reader")),
    )
    op.create_index(op.f("ix_digest_turn_workspace_id"), "digest_turn", ["workspace_id"])
    op.create_index(op.f("ix_digest_turn_member_id"), "digest_turn", ["member_id"])
    op.create_index("ix_digest_turn_next_due_at", "digest_turn", ["workspace_id", "next_due_at"])
    _begin_for_followers()


def _begin_for_followers() -> None:
    """Whoever follows something already gets digests from now on; the first look finds their first day."""
    follow = sa.table("follow", sa.column("workspace_id", sa.Integer()), sa.column("member_id", sa.Integer()))
    turn = sa.table(
        "digest_turn",
        sa.column("workspace_id", sa.Integer()),
        sa.column("reader", sa.String()),
        sa.column("member_id", sa.Integer()),
        sa.column("told_from_on", sa.Date()),
        sa.column("next_due_at", sa.DateTime(timezone=True)),
    )
    now = datetime.now(UTC)
    connection = op.get_bind()
    followers = connection.execute(sa.select(follow.c.workspace_id, follow.c.member_id).distinct()).all()
    rows = [
        {
            "workspace_id": workspace_id,
            "reader": str(member_id),
            "member_id": member_id,
            "told_from_on": now.date(),
            "next_due_at": now,
        }
        for workspace_id, member_id in followers
    ]
    if rows:
        connection.execute(sa.insert(turn), rows)
