"""The whole record of the strategy: marks, supporters, steps, roles, what is restricted, KPI plans."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_audience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_channel_audience_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_audience")),
        sa.UniqueConstraint(
            "workspace_id", "channel_id", name=op.f("uq_channel_audience_workspace_id_channel_id")
        ),
    )
    op.create_index(op.f("ix_channel_audience_workspace_id"), "channel_audience", ["workspace_id"])

    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("left_kind", sa.String(40), nullable=False),
        sa.Column("left_id", sa.Integer(), nullable=False),
        sa.Column("right_kind", sa.String(40), nullable=False),
        sa.Column("right_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.String(40), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mark_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_mark_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint(
            "workspace_id",
            "left_kind",
            "left_id",
            "right_kind",
            "right_id",
            name=op.f("uq_mark_workspace_id_left_kind_left_id_right_kind_right_id"),
        ),
    )
    op.create_index(op.f("ix_mark_workspace_id"), "mark", ["workspace_id"])

    op.create_table(
        "reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reader_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_reader_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader")),
        sa.UniqueConstraint(
            "workspace_id",
            "kind",
            "item_id",
            "member_id",
            name=op.f("uq_reader_workspace_id_kind_item_id_member_id"),
        ),
    )
    op.create_index(op.f("ix_reader_member_id"), "reader", ["member_id"])
    op.create_index(op.f("ix_reader_workspace_id"), "reader", ["workspace_id"])

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["member.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_role_grant_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_role_grant_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("member_id", "role", name=op.f("uq_role_grant_member_id_role")),
    )
    op.create_index(op.f("ix_role_grant_workspace_id"), "role_grant", ["workspace_id"])

    op.create_table(
        "supporter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_supporter_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_supporter_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter")),
        sa.UniqueConstraint(
            "workspace_id",
            "kind",
            "item_id",
            "member_id",
            name=op.f("uq_supporter_workspace_id_kind_item_id_member_id"),
        ),
    )
    op.create_index(op.f("ix_supporter_member_id"), "supporter", ["member_id"])
    op.create_index(op.f("ix_supporter_workspace_id"), "supporter", ["workspace_id"])

    op.create_table(
        "kpi_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_alias_kpi_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_kpi_alias_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_alias")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_kpi_alias_workspace_id_name")),
    )
    op.create_index(op.f("ix_kpi_alias_kpi_id"), "kpi_alias", ["kpi_id"])
    op.create_index(op.f("ix_kpi_alias_workspace_id"), "kpi_alias", ["workspace_id"])

    op.create_table(
        "kpi_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_plan_kpi_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_kpi_plan_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_plan")),
        sa.UniqueConstraint("kpi_id", "month_on", name=op.f("uq_kpi_plan_kpi_id_month_on")),
    )
    op.create_index(op.f("ix_kpi_plan_workspace_id"), "kpi_plan", ["workspace_id"])

    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["done_by_id"], ["member.id"], name=op.f("fk_step_done_by_id")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_step_initiative_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_step_owner_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_step_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index("ix_step_initiative", "step", ["initiative_id", "position"])
    op.create_index(op.f("ix_step_owner_id"), "step", ["owner_id"])
    op.create_index(op.f("ix_step_workspace_id"), "step", ["workspace_id"])

    op.add_column(
        "annual_objective",
        sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("annual_objective", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column(
        "annual_objective",
        sa.Column("not_deployed_reason", sa.String(1000), nullable=False, server_default=""),
    )

    op.add_column("breakthrough", sa.Column("perspective", sa.String(40), nullable=True))
    op.add_column(
        "breakthrough", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("breakthrough", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column("breakthrough", sa.Column("commitment", sa.String(40), nullable=True))

    op.add_column("driver", sa.Column("perspective", sa.String(40), nullable=True))
    op.add_column(
        "driver", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("driver", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column("driver", sa.Column("commitment", sa.String(40), nullable=True))

    op.add_column("initiative", sa.Column("perspective", sa.String(40), nullable=True))
    op.add_column(
        "initiative", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("initiative", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column("initiative", sa.Column("commitment", sa.String(40), nullable=True))

    op.add_column("key_result", sa.Column("perspective", sa.String(40), nullable=True))
    op.add_column(
        "key_result", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("key_result", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column("key_result", sa.Column("commitment", sa.String(40), nullable=True))

    op.add_column("kpi", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("kpi", sa.Column("continues_id", sa.Integer(), nullable=True))
    op.add_column("kpi", sa.Column("roll_up", sa.String(40), nullable=False, server_default="last"))

    op.add_column(
        "member", sa.Column("is_slack_admin", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("member", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("objective", sa.Column("perspective", sa.String(40), nullable=True))
    op.add_column(
        "objective", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("objective", sa.Column("continues_id", sa.Integer(), nullable=True))

    op.add_column("plan", sa.Column("continues_id", sa.Integer(), nullable=True))

    op.add_column("workspace", sa.Column("review_channel_id", sa.String(32), nullable=True))
    op.add_column("workspace", sa.Column("ideas_channel_id", sa.String(32), nullable=True))
    op.add_column("workspace", sa.Column("thresholds", sa.JSON(), nullable=True))
    op.add_column("workspace", sa.Column("plan_revision", sa.Integer(), nullable=False, server_default="0"))
