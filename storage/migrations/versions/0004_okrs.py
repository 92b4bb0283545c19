"""One-line updates and their trail, milestones, grades, dependencies, keys for the HTTP API."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hint", sa.String(20), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("kpi_numbers", sa.JSON(), nullable=True),
        sa.Column("can_write", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_api_key_created_by_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_api_key_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_key_hash")),
    )
    op.create_index(op.f("ix_api_key_workspace_id"), "api_key", ["workspace_id"])
    op.create_table(
        "grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("suggested", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(3000), nullable=False),
        sa.Column("evidence", sa.String(3000), nullable=False),
        sa.Column("lesson", sa.String(3000), nullable=False),
        sa.Column("post_mortem", sa.String(3000), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_grade_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_grade_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
        sa.UniqueConstraint(
            "workspace_id", "kind", "item_id", name=op.f("uq_grade_workspace_id_kind_item_id")
        ),
    )
    op.create_index(op.f("ix_grade_workspace_id"), "grade", ["workspace_id"])
    op.create_table(
        "api_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_api_request_api_key_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_api_request_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_request")),
        sa.UniqueConstraint("api_key_id", "key", name=op.f("uq_api_request_api_key_id_key")),
    )
    op.create_index(op.f("ix_api_request_at"), "api_request", ["at"])
    op.create_index(op.f("ix_api_request_workspace_id"), "api_request", ["workspace_id"])
    op.create_table(
        "dependency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("needs_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["member.id"], name=op.f("fk_dependency_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["key_result_id"], ["key_result.id"], name=op.f("fk_dependency_key_result_id")
        ),
        sa.ForeignKeyConstraint(["needs_id"], ["key_result.id"], name=op.f("fk_dependency_needs_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_dependency_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependency")),
        sa.UniqueConstraint("key_result_id", "needs_id", name=op.f("uq_dependency_key_result_id_needs_id")),
    )
    op.create_index(op.f("ix_dependency_needs_id"), "dependency", ["needs_id"])
    op.create_index(op.f("ix_dependency_workspace_id"), "dependency", ["workspace_id"])
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("weight", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["done_by_id"], ["member.id"], name=op.f("fk_milestone_done_by_id")),
        sa.ForeignKeyConstraint(
            ["key_result_id"], ["key_result.id"], name=op.f("fk_milestone_key_result_id")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_milestone_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("key_result_id", "number", name=op.f("uq_milestone_key_result_id_number")),
    )
    op.create_index(op.f("ix_milestone_workspace_id"), "milestone", ["workspace_id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("value_before", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("confidence_before", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(3000), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("done", sa.JSON(), nullable=True),
        sa.Column("undone", sa.JSON(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_report_member_id")),
        sa.ForeignKeyConstraint(["question_id"], ["checkin_question.id"], name=op.f("fk_report_question_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_report_reading_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_report_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_item", "report", ["workspace_id", "kind", "item_id", "reported_at"])
    op.create_index("ix_report_member", "report", ["member_id", "reported_at"])
    op.create_index(op.f("ix_report_question_id"), "report", ["question_id"])
    op.create_index(op.f("ix_report_workspace_id"), "report", ["workspace_id"])
    op.add_column("key_result", sa.Column("evidence_plan", sa.String(300), nullable=False, server_default=""))
    op.add_column("objective", sa.Column("impact", sa.Integer(), nullable=True))
    op.add_column("objective", sa.Column("value", sa.Integer(), nullable=True))
    op.add_column("objective", sa.Column("effort", sa.Integer(), nullable=True))
    op.add_column("objective", sa.Column("risk", sa.Integer(), nullable=True))
    op.add_column("objective", sa.Column("waste", sa.String(300), nullable=False, server_default=""))
    op.add_column("objective", sa.Column("customer_value", sa.String(300), nullable=False, server_default=""))
    op.add_column("objective", sa.Column("improvement", sa.String(300), nullable=False, server_default=""))

    # What was answered in check-ins so far, so that every item's history begins where it began.
    op.execute(
        "INSERT INTO report (workspace_id, kind, item_id, member_id, source, reported_at, value,"
        " value_before, confidence, confidence_before, note, link, reading_id, question_id)"
        " SELECT a.workspace_id, q.kind, q.item_id, p.member_id, 'check-in', a.answered_at, a.value,"
        " q.value_before, a.confidence, q.confidence_before, a.note, '', a.reading_id, q.id"
        " FROM checkin_answer a JOIN checkin_question q ON q.id = a.question_id"
        " JOIN checkin_prompt p ON p.id = a.prompt_id ORDER BY a.answered_at, a.id"
    )
