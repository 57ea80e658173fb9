"""selection: calibrations, scenarios, the order of the reserve list, corrected decisions

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("parameters", json(), nullable=False),
        sa.Column("summary", json(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", instant(), nullable=False),
        sa.Column("made_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_calibration_call_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_calibration_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index("ix_calibration_call", "calibration", ["call_id", "id"])
    op.create_table(
        "calibrated_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("adjusted", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("rank_low", sa.Integer(), nullable=True),
        sa.Column("rank_high", sa.Integer(), nullable=True),
        sa.Column("above", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["calibration_id"], ["calibration.id"], ondelete="CASCADE",
                                name=op.f("fk_calibrated_score_calibration_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"],
                                name=op.f("fk_calibrated_score_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrated_score")),
        sa.UniqueConstraint("calibration_id", "application_id",
                            name=op.f("uq_calibrated_score_calibration_id_application_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_calibrated_score_application_id"), "calibrated_score", ["application_id"])
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("parameters", json(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verdict", code("solution", "optimal", "stopped", "infeasible", "failed"), nullable=True),
        sa.Column("result", json(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("solved_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_scenario_call_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_scenario_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index("ix_scenario_call", "scenario", ["call_id", "id"])
    op.add_column("decision", sa.Column("reserve_position", sa.Integer(), nullable=True))
    op.add_column(
        "decision", sa.Column("remarks_composed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("remarks_composed", server_default=None)
    op.create_table(
        "decision_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("kind", code("correctionkind", "correction", "promotion"), nullable=False),
        sa.Column("status", code("correctionstatus", "proposed", "confirmed", "dropped"), nullable=False),
        sa.Column("before", json(), nullable=False),
        sa.Column("after", json(), nullable=False),
        sa.Column("reason", sa.String(4000), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", instant(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", instant(), nullable=True),
        sa.Column("superseded_released_at", instant(), nullable=True),
        sa.Column("superseded_letter_id", sa.Integer(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_correction_decision_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_decision_correction_proposed_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_decision_correction_confirmed_by_id")),
        sa.ForeignKeyConstraint(["superseded_letter_id"], ["document.id"],
                                name=op.f("fk_decision_correction_superseded_letter_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["document.id"], name=op.f("fk_decision_correction_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_correction")),
    )  # fmt: skip
    op.create_index("ix_decision_correction_decision", "decision_correction", ["decision_id", "id"])
    op.create_index(
        "uq_decision_correction_open", "decision_correction", ["decision_id"], unique=True,
        sqlite_where=sa.text("status = 'proposed'"), postgresql_where=sa.text("status = 'proposed'"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("decision_correction")
    with op.batch_alter_table("decision") as batch:
        batch.drop_column("remarks_composed")
        batch.drop_column("reserve_position")
    for table in ("scenario", "calibrated_score", "calibration"):
        op.drop_table(table)
