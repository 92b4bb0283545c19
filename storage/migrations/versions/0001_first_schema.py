"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.String(32), nullable=False),
        sa.Column("slack_team_id", sa.String(32), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("bot_user_id", sa.String(32), nullable=True),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("checkin_opens_weekday", sa.Integer(), nullable=False),
        sa.Column("checkin_closes_weekday", sa.Integer(), nullable=False),
        sa.Column("checkin_closes_hour", sa.Integer(), nullable=False),
        sa.Column("reminder_percent", sa.Integer(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
        sa.UniqueConstraint(
            "enterprise_id", "slack_team_id", name=op.f("uq_workspace_enterprise_id_slack_team_id")
        ),
    )
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(64), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("refilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_lane_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_lane_workspace_id")),
    )
    op.create_index(op.f("ix_lane_workspace_id"), "lane", ["workspace_id"])

    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("slack_user_id", sa.String(32), nullable=True),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("work_days", sa.String(7), nullable=False),
        sa.Column("start_hour", sa.Integer(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_deactivated", sa.Boolean(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_member_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("uq_member_workspace_id_email")),
        sa.UniqueConstraint(
            "workspace_id", "slack_user_id", name=op.f("uq_member_workspace_id_slack_user_id")
        ),
    )
    op.create_index(op.f("ix_member_workspace_id"), "member", ["workspace_id"])

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("vision", sa.String(3000), nullable=False),
        sa.Column("values", sa.String(3000), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_plan_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("workspace_id", "title", name=op.f("uq_plan_workspace_id_title")),
    )
    op.create_index(op.f("ix_plan_workspace_id"), "plan", ["workspace_id"])

    op.create_table(
        "processed_event",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_processed_event_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_processed_event")),
    )
    op.create_index(op.f("ix_processed_event_processed_at"), "processed_event", ["processed_at"])

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_absence_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_absence_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_member_until", "absence", ["member_id", "until_on"])
    op.create_index(op.f("ix_absence_workspace_id"), "absence", ["workspace_id"])

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_audit_entry_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_audit_entry_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_item", "audit_entry", ["workspace_id", "kind", "item_id", "at"])
    op.create_index(op.f("ix_audit_entry_workspace_id"), "audit_entry", ["workspace_id"])

    op.create_table(
        "driver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_driver_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_driver_plan_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_driver_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_driver_workspace_id_number")),
    )
    op.create_index(op.f("ix_driver_owner_id"), "driver", ["owner_id"])
    op.create_index(op.f("ix_driver_plan_id"), "driver", ["plan_id"])
    op.create_index(op.f("ix_driver_workspace_id"), "driver", ["workspace_id"])

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.String(32), nullable=True),
        sa.Column("thread_of_id", sa.Integer(), nullable=True),
        sa.Column("edit_of_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(200), nullable=True),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_channel_id", sa.String(32), nullable=True),
        sa.Column("sent_ts", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["edit_of_id"], ["outbox.id"], name=op.f("fk_outbox_edit_of_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_outbox_member_id")),
        sa.ForeignKeyConstraint(["thread_of_id"], ["outbox.id"], name=op.f("fk_outbox_thread_of_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_outbox_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_outbox_workspace_id_key")),
    )
    op.create_index(op.f("ix_outbox_edit_of_id"), "outbox", ["edit_of_id"])
    op.create_index(op.f("ix_outbox_member_id"), "outbox", ["member_id"])
    op.create_index("ix_outbox_next", "outbox", ["workspace_id", "state", "due_at", "priority"])
    op.create_index(op.f("ix_outbox_workspace_id"), "outbox", ["workspace_id"])

    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("work_days", sa.String(7), nullable=False),
        sa.Column("start_hour", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_schedule_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_schedule_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("member_id", name=op.f("uq_schedule_member_id")),
    )
    op.create_index("ix_schedule_next_due_at", "schedule", ["next_due_at"])
    op.create_index(op.f("ix_schedule_workspace_id"), "schedule", ["workspace_id"])

    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(100), nullable=True),
        sa.Column("channel_id", sa.String(32), nullable=True),
        sa.Column("channel_fault", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["member.id"], name=op.f("fk_team_lead_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["team.id"], name=op.f("fk_team_parent_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_team_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_team_workspace_id_name")),
    )
    op.create_index(op.f("ix_team_lead_id"), "team", ["lead_id"])
    op.create_index(op.f("ix_team_parent_id"), "team", ["parent_id"])
    op.create_index(op.f("ix_team_workspace_id"), "team", ["workspace_id"])

    op.create_table(
        "breakthrough",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_breakthrough_driver_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_breakthrough_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_breakthrough_plan_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_breakthrough_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakthrough")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_breakthrough_workspace_id_number")),
    )
    op.create_index(op.f("ix_breakthrough_driver_id"), "breakthrough", ["driver_id"])
    op.create_index(op.f("ix_breakthrough_owner_id"), "breakthrough", ["owner_id"])
    op.create_index(op.f("ix_breakthrough_plan_id"), "breakthrough", ["plan_id"])
    op.create_index(op.f("ix_breakthrough_workspace_id"), "breakthrough", ["workspace_id"])

    op.create_table(
        "checkin_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary_waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_checkin_window_team_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_checkin_window_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_window")),
        sa.UniqueConstraint("team_id", "week_on", name=op.f("uq_checkin_window_team_id_week_on")),
    )
    op.create_index("ix_checkin_window_open", "checkin_window", ["closed_at", "closes_at"])
    op.create_index(op.f("ix_checkin_window_workspace_id"), "checkin_window", ["workspace_id"])

    op.create_table(
        "kpi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("baseline", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("target", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("band_low", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("band_high", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("frequency", sa.String(40), nullable=False),
        sa.Column("data_source", sa.String(200), nullable=False),
        sa.Column("perspective", sa.String(40), nullable=True),
        sa.Column("leading", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_kpi_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_kpi_plan_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_kpi_team_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_kpi_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_kpi_workspace_id_number")),
    )
    op.create_index(op.f("ix_kpi_owner_id"), "kpi", ["owner_id"])
    op.create_index(op.f("ix_kpi_plan_id"), "kpi", ["plan_id"])
    op.create_index(op.f("ix_kpi_team_id"), "kpi", ["team_id"])
    op.create_index(op.f("ix_kpi_workspace_id"), "kpi", ["workspace_id"])

    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("is_home", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_team_member_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_team_member_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("team_id", "member_id", name=op.f("uq_team_member_team_id_member_id")),
    )
    op.create_index(op.f("ix_team_member_member_id"), "team_member", ["member_id"])
    op.create_index(op.f("ix_team_member_workspace_id"), "team_member", ["workspace_id"])

    op.create_table(
        "annual_objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("breakthrough_id", sa.Integer(), nullable=True),
        sa.Column("upper_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("perspective", sa.String(40), nullable=True),
        sa.Column("commitment", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breakthrough_id"], ["breakthrough.id"], name=op.f("fk_annual_objective_breakthrough_id")
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_annual_objective_kpi_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_annual_objective_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_annual_objective_plan_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_annual_objective_team_id")),
        sa.ForeignKeyConstraint(
            ["upper_id"], ["annual_objective.id"], name=op.f("fk_annual_objective_upper_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_annual_objective_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_objective")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_annual_objective_workspace_id_number")),
    )
    op.create_index(op.f("ix_annual_objective_breakthrough_id"), "annual_objective", ["breakthrough_id"])
    op.create_index(op.f("ix_annual_objective_initiative_id"), "annual_objective", ["initiative_id"])
    op.create_index(op.f("ix_annual_objective_kpi_id"), "annual_objective", ["kpi_id"])
    op.create_index(op.f("ix_annual_objective_owner_id"), "annual_objective", ["owner_id"])
    op.create_index(op.f("ix_annual_objective_plan_id"), "annual_objective", ["plan_id"])
    op.create_index(op.f("ix_annual_objective_team_id"), "annual_objective", ["team_id"])
    op.create_index(op.f("ix_annual_objective_upper_id"), "annual_objective", ["upper_id"])
    op.create_index(op.f("ix_annual_objective_workspace_id"), "annual_objective", ["workspace_id"])

    op.create_table(
        "checkin_prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_unchanged", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_checkin_prompt_member_id")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["checkin_window.id"], name=op.f("fk_checkin_prompt_window_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_checkin_prompt_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_prompt")),
        sa.UniqueConstraint("member_id", "local_on", name=op.f("uq_checkin_prompt_member_id_local_on")),
        sa.UniqueConstraint("window_id", "member_id", name=op.f("uq_checkin_prompt_window_id_member_id")),
    )
    op.create_index("ix_checkin_prompt_closes", "checkin_prompt", ["state", "closes_at"])
    op.create_index("ix_checkin_prompt_reminder", "checkin_prompt", ["state", "reminder_at"])
    op.create_index(op.f("ix_checkin_prompt_workspace_id"), "checkin_prompt", ["workspace_id"])

    op.create_table(
        "blocker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.String(3000), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_blocker_owner_id")),
        sa.ForeignKeyConstraint(["prompt_id"], ["checkin_prompt.id"], name=op.f("fk_blocker_prompt_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_blocker_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocker")),
    )
    op.create_index(op.f("ix_blocker_owner_id"), "blocker", ["owner_id"])
    op.create_index(op.f("ix_blocker_prompt_id"), "blocker", ["prompt_id"])
    op.create_index(op.f("ix_blocker_workspace_id"), "blocker", ["workspace_id"])

    op.create_table(
        "checkin_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("baseline", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("target", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("band_low", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("band_high", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("frequency", sa.String(40), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("asks_value", sa.Boolean(), nullable=False),
        sa.Column("figure_due", sa.Boolean(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("value_before", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("value_earlier", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("confidence_before", sa.Integer(), nullable=True),
        sa.Column("note_before", sa.String(3000), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_checkin_question_kpi_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_checkin_question_owner_id")),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["checkin_prompt.id"], name=op.f("fk_checkin_question_prompt_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_checkin_question_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_question")),
        sa.UniqueConstraint("prompt_id", "position", name=op.f("uq_checkin_question_prompt_id_position")),
    )
    op.create_index("ix_checkin_question_item", "checkin_question", ["workspace_id", "kind", "item_id"])
    op.create_index(op.f("ix_checkin_question_workspace_id"), "checkin_question", ["workspace_id"])

    op.create_table(
        "objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("annual_objective_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annual_objective_id"], ["annual_objective.id"], name=op.f("fk_objective_annual_objective_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_objective_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_objective_plan_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_objective_team_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_objective_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_objective_workspace_id_number")),
    )
    op.create_index(op.f("ix_objective_annual_objective_id"), "objective", ["annual_objective_id"])
    op.create_index(op.f("ix_objective_owner_id"), "objective", ["owner_id"])
    op.create_index(op.f("ix_objective_plan_id"), "objective", ["plan_id"])
    op.create_index(op.f("ix_objective_team_id"), "objective", ["team_id"])
    op.create_index(op.f("ix_objective_workspace_id"), "objective", ["workspace_id"])

    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("annual_objective_id", sa.Integer(), nullable=True),
        sa.Column("objective_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["annual_objective_id"], ["annual_objective.id"], name=op.f("fk_initiative_annual_objective_id")
        ),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_initiative_objective_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_initiative_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_initiative_plan_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_initiative_team_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_initiative_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_initiative_workspace_id_number")),
    )
    op.create_index(op.f("ix_initiative_annual_objective_id"), "initiative", ["annual_objective_id"])
    op.create_index(op.f("ix_initiative_objective_id"), "initiative", ["objective_id"])
    op.create_index(op.f("ix_initiative_owner_id"), "initiative", ["owner_id"])
    op.create_index(op.f("ix_initiative_plan_id"), "initiative", ["plan_id"])
    op.create_index(op.f("ix_initiative_team_id"), "initiative", ["team_id"])
    op.create_index(op.f("ix_initiative_workspace_id"), "initiative", ["workspace_id"])

    op.create_table(
        "key_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("baseline", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("target", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("band_low", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("band_high", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("weight", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_key_result_kpi_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name=op.f("fk_key_result_objective_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_key_result_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_key_result_plan_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_key_result_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_result")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_key_result_workspace_id_number")),
    )
    op.create_index(op.f("ix_key_result_kpi_id"), "key_result", ["kpi_id"])
    op.create_index(op.f("ix_key_result_objective_id"), "key_result", ["objective_id"])
    op.create_index(op.f("ix_key_result_owner_id"), "key_result", ["owner_id"])
    op.create_index(op.f("ix_key_result_plan_id"), "key_result", ["plan_id"])
    op.create_index(op.f("ix_key_result_workspace_id"), "key_result", ["workspace_id"])

    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("key_result_id", sa.Integer(), nullable=True),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kpi_id IS NULL) <> (key_result_id IS NULL)", name=op.f("ck_reading_one_measure")
        ),
        sa.ForeignKeyConstraint(["key_result_id"], ["key_result.id"], name=op.f("fk_reading_key_result_id")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_reading_kpi_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reading_member_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["reading.id"], name=op.f("fk_reading_superseded_by_id")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_reading_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_key_result_period", "reading", ["key_result_id", "period_on", "recorded_at"])
    op.create_index("ix_reading_kpi_period", "reading", ["kpi_id", "period_on", "recorded_at"])
    op.create_index(op.f("ix_reading_workspace_id"), "reading", ["workspace_id"])

    op.create_table(
        "checkin_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(3000), nullable=False),
        sa.Column("is_unchanged", sa.Boolean(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["checkin_prompt.id"], name=op.f("fk_checkin_answer_prompt_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["checkin_question.id"], name=op.f("fk_checkin_answer_question_id")
        ),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_checkin_answer_reading_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_checkin_answer_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_answer")),
        sa.UniqueConstraint("question_id", name=op.f("uq_checkin_answer_question_id")),
    )
    op.create_index(op.f("ix_checkin_answer_prompt_id"), "checkin_answer", ["prompt_id"])
    op.create_index(op.f("ix_checkin_answer_workspace_id"), "checkin_answer", ["workspace_id"])
