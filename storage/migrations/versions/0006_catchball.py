"""Catchball: balls, their versions, those who take part, and the moves."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catchball",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("facilitator_id", sa.Integer(), nullable=True),
        sa.Column("asker_ids", sa.JSON(), nullable=True),
        sa.Column("is_upwards", sa.Boolean(), nullable=False),
        sa.Column("agreed_version", sa.Integer(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thrown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("not_deployed_reason", sa.String(1000), nullable=False),
        sa.Column("item_kind", sa.String(40), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_catchball_author_id")),
        sa.ForeignKeyConstraint(["facilitator_id"], ["member.id"], name=op.f("fk_catchball_facilitator_id")),
        sa.ForeignKeyConstraint(["proposer_id"], ["member.id"], name=op.f("fk_catchball_proposer_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_catchball_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchball")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_catchball_workspace_id_number")),
    )
    with op.batch_alter_table("catchball", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catchball_facilitator_id"), ["facilitator_id"], unique=False)
        batch_op.create_index("ix_catchball_item", ["workspace_id", "item_kind", "item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_proposer_id"), ["proposer_id"], unique=False)
        batch_op.create_index("ix_catchball_state", ["workspace_id", "state", "held_since"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "catchball_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("catchball_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("move", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(1000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("is_rubber_stamp", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catchball_id"], ["catchball.id"], name=op.f("fk_catchball_move_catchball_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_catchball_move_member_id")),
        sa.ForeignKeyConstraint(["person_id"], ["member.id"], name=op.f("fk_catchball_move_person_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_catchball_move_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchball_move")),
    )
    with op.batch_alter_table("catchball_move", schema=None) as batch_op:
        batch_op.create_index("ix_catchball_move_ball", ["catchball_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_move_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_move_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "catchball_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("catchball_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("has_agreed", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["catchball_id"], ["catchball.id"], name=op.f("fk_catchball_party_catchball_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_catchball_party_member_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_catchball_party_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchball_party")),
        sa.UniqueConstraint(
            "catchball_id", "position", name=op.f("uq_catchball_party_catchball_id_position")
        ),
    )
    with op.batch_alter_table("catchball_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catchball_party_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_party_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "catchball_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("catchball_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_catchball_version_author_id")),
        sa.ForeignKeyConstraint(
            ["catchball_id"], ["catchball.id"], name=op.f("fk_catchball_version_catchball_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_catchball_version_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catchball_version")),
        sa.UniqueConstraint("catchball_id", "number", name=op.f("uq_catchball_version_catchball_id_number")),
    )
    with op.batch_alter_table("catchball_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catchball_version_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catchball_version_workspace_id"), ["workspace_id"], unique=False)
