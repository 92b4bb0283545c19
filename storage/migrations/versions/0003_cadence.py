"""When people work, other kinds of questions, the ladder."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _settings()
    _people()
    _schedules()
    _checkins()
    _questions()


def _settings() -> None:
    with op.batch_alter_table("workspace") as table:
        table.add_column(sa.Column("work_days", sa.String(7), nullable=False, server_default="01234"))
        table.add_column(sa.Column("country", sa.String(2), nullable=False, server_default=""))
        table.add_column(sa.Column("region", sa.String(40), nullable=False, server_default=""))
        table.add_column(
            sa.Column("monthly_review", sa.String(20), nullable=False, server_default="working 5")
        )
        table.add_column(
            sa.Column("quarterly_review", sa.String(20), nullable=False, server_default="working 8")
        )
        table.add_column(
            sa.Column("annual_review", sa.String(20), nullable=False, server_default="working 10")
        )
        table.add_column(sa.Column("review_hour", sa.Integer(), nullable=False, server_default="10"))
        table.add_column(sa.Column("spread_minutes", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("team") as table:
        table.add_column(sa.Column("names_missing", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        table.add_column(sa.Column("question_template", sa.String(40), nullable=False, server_default="none"))
    op.create_table(
        "day_off",
        *_row("day_off"),
        sa.Column("off_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.UniqueConstraint("workspace_id", "off_on", name=op.f("uq_day_off_workspace_id_off_on")),
    )
    op.create_index(op.f("ix_day_off_workspace_id"), "day_off", ["workspace_id"])
    op.create_table(
        "chore",
        *_row("chore"),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_chore_workspace_id_name")),
    )
    op.create_index(op.f("ix_chore_workspace_id"), "chore", ["workspace_id"])
    op.create_index("ix_chore_next_due_at", "chore", ["workspace_id", "next_due_at"])


def _people() -> None:
    with op.batch_alter_table("member") as table:
        table.add_column(sa.Column("slack_zone", sa.String(64), nullable=True))
        table.add_column(sa.Column("zone_is_own", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("times_are_own", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("country", sa.String(2), nullable=False, server_default=""))
        table.add_column(sa.Column("region", sa.String(40), nullable=False, server_default=""))
        table.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        table.add_column(sa.Column("quiet_until", sa.Integer(), nullable=True))
        table.add_column(sa.Column("wants_messages", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("wants_reminders", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("absence") as table:
        table.add_column(sa.Column("deputy_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("source", sa.String(40), nullable=False, server_default="plan"))
        table.create_foreign_key(op.f("fk_absence_deputy_id"), "member", ["deputy_id"], ["id"])
        table.create_index(op.f("ix_absence_deputy_id"), ["deputy_id"])
    op.create_table(
        "follow",
        *_row("follow"),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_follow_member_id")),
        sa.UniqueConstraint("member_id", "kind", "item_id", name=op.f("uq_follow_member_id_kind_item_id")),
    )
    op.create_index(op.f("ix_follow_workspace_id"), "follow", ["workspace_id"])


def _schedules() -> None:
    op.drop_index("ix_schedule_next_due_at", "schedule")
    with op.batch_alter_table("schedule") as table:
        table.add_column(sa.Column("rules", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_schedule_next_due_at", "schedule", ["workspace_id", "next_due_at"])


def _checkins() -> None:
    op.drop_index("ix_checkin_window_open", "checkin_window")
    with op.batch_alter_table("checkin_window") as table:
        table.add_column(sa.Column("acknowledged_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_checkin_window_acknowledged_by_id"), "member", ["acknowledged_by_id"], ["id"]
        )
    op.create_index("ix_checkin_window_open", "checkin_window", ["workspace_id", "closed_at", "closes_at"])
    op.drop_index("ix_checkin_prompt_closes", "checkin_prompt")
    op.drop_index("ix_checkin_prompt_reminder", "checkin_prompt")
    with op.batch_alter_table("checkin_prompt") as table:
        table.add_column(sa.Column("delegate_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("gave_pulse", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key(op.f("fk_checkin_prompt_delegate_id"), "member", ["delegate_id"], ["id"])
        table.create_index(op.f("ix_checkin_prompt_delegate_id"), ["delegate_id"])
    for name in ("closes", "reminder", "snoozed"):
        column = {"closes": "closes_at", "reminder": "reminder_at", "snoozed": "snoozed_until"}[name]
        op.create_index(f"ix_checkin_prompt_{name}", "checkin_prompt", ["workspace_id", "state", column])
    with op.batch_alter_table("checkin_question") as table:
        table.add_column(sa.Column("asks", sa.String(40), nullable=False, server_default="figure"))
        table.add_column(sa.Column("form", sa.JSON(), nullable=True))
    with op.batch_alter_table("checkin_answer") as table:
        table.add_column(sa.Column("said", sa.JSON(), nullable=True))
    with op.batch_alter_table("blocker") as table:
        table.add_column(sa.Column("assigned_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_blocker_assigned_by_id"), "member", ["assigned_by_id"], ["id"])
    op.create_table(
        "escalation",
        *_row("escalation"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_escalation_member_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "kind",
            "item_id",
            "due_on",
            "rung",
            name=op.f("uq_escalation_workspace_id_kind_item_id_due_on_rung"),
        ),
    )
    op.create_index(op.f("ix_escalation_workspace_id"), "escalation", ["workspace_id"])


def _questions() -> None:
    op.create_table(
        "team_question",
        *_row("team_question"),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("depends_on_id", sa.Integer(), nullable=True),
        sa.Column("depends_on", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_question_team_id")),
        sa.ForeignKeyConstraint(
            ["depends_on_id"], ["team_question.id"], name=op.f("fk_team_question_depends_on_id")
        ),
    )
    op.create_index(op.f("ix_team_question_workspace_id"), "team_question", ["workspace_id"])
    op.create_index(op.f("ix_team_question_team_id"), "team_question", ["team_id"])
    op.create_table(
        "pulse_count",
        *_row("pulse_count"),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["window_id"], ["checkin_window.id"], name=op.f("fk_pulse_count_window_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["team_question.id"], name=op.f("fk_pulse_count_question_id")
        ),
        sa.UniqueConstraint(
            "window_id", "question_id", "score", name=op.f("uq_pulse_count_window_id_question_id_score")
        ),
    )
    op.create_index(op.f("ix_pulse_count_workspace_id"), "pulse_count", ["workspace_id"])


def _row(table: str) -> tuple[sa.Column[int] | sa.Constraint, ...]:
    """What every table has."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f(f"fk_{table}_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
