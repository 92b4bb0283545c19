"""Kaizen: ideas, their life, votes and results, and the terms by which similar ones are found."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idea_spelling",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("term", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_idea_spelling_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", "term", name=op.f("pk_idea_spelling")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idea_term",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(24), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_term_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "term", "idea_id", name=op.f("pk_idea_term")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idea_word",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(24), nullable=False),
        sa.Column("ideas", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_word_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "term", name=op.f("pk_idea_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kaizen_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("response_days", sa.Integer(), nullable=False),
        sa.Column("allows_anonymous", sa.Boolean(), nullable=False),
        sa.Column("shows_leaderboard", sa.Boolean(), nullable=False),
        sa.Column("posted_month_on", sa.Date(), nullable=True),
        sa.Column("cards_channel_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_kaizen_setting_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kaizen_setting")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_kaizen_setting_workspace_id")),
    )
    with op.batch_alter_table("kaizen_setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kaizen_setting_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("problem", sa.String(3000), nullable=False),
        sa.Column("idea", sa.String(3000), nullable=False),
        sa.Column("expected", sa.String(3000), nullable=False),
        sa.Column("more", sa.String(40000), nullable=False),
        sa.Column("terms", sa.String(2000), nullable=False),
        sa.Column("waste", sa.String(40), nullable=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("source_link", sa.String(500), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("sealed_for_id", sa.Integer(), nullable=True),
        sa.Column("serves_kind", sa.String(40), nullable=True),
        sa.Column("serves_id", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("held_from", sa.String(40), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coach_id", sa.Integer(), nullable=True),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(3000), nullable=False),
        sa.Column("elsewhere", sa.String(3000), nullable=False),
        sa.Column("whys", sa.JSON(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("redraw", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_idea_author_id")),
        sa.ForeignKeyConstraint(["coach_id"], ["member.id"], name=op.f("fk_idea_coach_id")),
        sa.ForeignKeyConstraint(["original_id"], ["idea.id"], name=op.f("fk_idea_original_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["member.id"], name=op.f("fk_idea_responsible_id")),
        sa.ForeignKeyConstraint(["sealed_for_id"], ["member.id"], name=op.f("fk_idea_sealed_for_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["member.id"], name=op.f("fk_idea_submitted_by_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_idea_workspace_id_number")),
    )
    with op.batch_alter_table("idea", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_original_id"), ["original_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_redraw"), ["redraw"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_responsible_id"), ["responsible_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_sealed_for_id"), ["sealed_for_id"], unique=False)
        batch_op.create_index("ix_idea_state", ["workspace_id", "state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(40000), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_idea_draft_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_draft_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_draft")),
        sa.UniqueConstraint("member_id", name=op.f("uq_idea_draft_member_id")),
    )
    with op.batch_alter_table("idea_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_draft_saved_at"), ["saved_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_draft_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_benefit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("planned", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("actual", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["member.id"], name=op.f("fk_idea_benefit_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_benefit_idea_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_idea_benefit_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_benefit")),
        sa.UniqueConstraint("idea_id", "kind", name=op.f("uq_idea_benefit_idea_id_kind")),
    )
    with op.batch_alter_table("idea_benefit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_benefit_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("has_lasted", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_follow_up_idea_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_idea_follow_up_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_follow_up")),
        sa.UniqueConstraint("idea_id", "due_on", name=op.f("uq_idea_follow_up_idea_id_due_on")),
    )
    with op.batch_alter_table("idea_follow_up", schema=None) as batch_op:
        batch_op.create_index("ix_idea_follow_up_due", ["workspace_id", "has_lasted", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_follow_up_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_offer_idea_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_idea_offer_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_idea_offer_team_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_offer_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_offer")),
        sa.UniqueConstraint("idea_id", "team_id", name=op.f("uq_idea_offer_idea_id_team_id")),
    )
    with op.batch_alter_table("idea_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_offer_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_offer_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("move", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("said", sa.String(3000), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_step_idea_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_idea_step_member_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_step_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_step")),
    )
    with op.batch_alter_table("idea_step", schema=None) as batch_op:
        batch_op.create_index("ix_idea_step_idea", ["workspace_id", "idea_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_step_workspace_id"), ["workspace_id"], unique=False)

    op.create_table(
        "idea_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.String(32), nullable=False),
        sa.Column("sign", sa.String(60), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.Numeric(24, 6).with_variant(sa.String(26), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_vote_idea_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_idea_vote_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_vote")),
        sa.UniqueConstraint("idea_id", "voter", "sign", name=op.f("uq_idea_vote_idea_id_voter_sign")),
    )
    with op.batch_alter_table("idea_vote", schema=None) as batch_op:
        batch_op.create_index("ix_idea_vote_voter", ["workspace_id", "voter"], unique=False)
        batch_op.create_index(batch_op.f("ix_idea_vote_workspace_id"), ["workspace_id"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_sent_ts", ["workspace_id", "sent_ts"], unique=False)
