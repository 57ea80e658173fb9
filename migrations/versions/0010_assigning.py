"""assigning: preferences and plans

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "preference_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", instant(), nullable=False),
        sa.Column("closes_at", instant(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        key("preference_round", "call_id", "call", "CASCADE"),
        key("preference_round", "opened_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_round")),
        sa.UniqueConstraint("call_id", name=op.f("uq_preference_round_call_id")),
    )
    op.create_table(
        "review_preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("level", code("level", "want", "can", "rather_not", "cannot"), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        key("review_preference", "application_id", "application", "CASCADE"),
        key("review_preference", "user_id", "user", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_preference")),
        sa.UniqueConstraint(
            "application_id", "user_id", name=op.f("uq_review_preference_application_id_user_id")
        ),
    )
    op.create_index("ix_review_preference_user", "review_preference", ["user_id", "application_id"])
    _plans()
    op.create_table(
        "review_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("suggestion", sa.String(1000), nullable=False),
        sa.Column("suggested_at", instant(), nullable=True),
        key("review_invitation", "assignment_id", "review_assignment", "CASCADE"),
        key("review_invitation", "plan_id", "assignment_plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_invitation")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_review_invitation_assignment_id")),
    )
    op.create_index("ix_review_invitation_plan", "review_invitation", ["plan_id"])


def _plans() -> None:
    op.create_table(
        "assignment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("method", code("method", "preview", "optimal"), nullable=False),
        sa.Column("parameters", json(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verdict", code("verdict", "preview", "optimal", "stopped", "infeasible", "failed"), nullable=True),
        sa.Column("result", json(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("started_at", instant(), nullable=True),
        sa.Column("solved_at", instant(), nullable=True),
        sa.Column("applied_at", instant(), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        key("assignment_plan", "call_id", "call"),
        key("assignment_plan", "made_by_id", "user"),
        key("assignment_plan", "applied_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan")),
    )
    op.create_index("ix_assignment_plan_call", "assignment_plan", ["call_id", "id"])
    op.create_table(
        "assignment_plan_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("change", code("change", "keep", "add", "remove"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reasons", json(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        key("assignment_plan_pair", "plan_id", "assignment_plan", "CASCADE"),
        key("assignment_plan_pair", "application_id", "application", "CASCADE"),
        key("assignment_plan_pair", "reviewer_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan_pair")),
        sa.UniqueConstraint(
            "plan_id", "application_id", "reviewer_id",
            name=op.f("uq_assignment_plan_pair_plan_id_application_id_reviewer_id"),
        ),
    )  # fmt: skip
    op.create_index("ix_assignment_plan_pair_application", "assignment_plan_pair", ["application_id"])
    op.create_index("ix_assignment_plan_pair_reviewer", "assignment_plan_pair", ["reviewer_id"])


def downgrade() -> None:
    for table in (
        "review_invitation", "assignment_plan_pair", "assignment_plan", "review_preference", "preference_round",
    ):  # fmt: skip
        op.drop_table(table)
