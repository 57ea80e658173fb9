"""reviews: phases, forecasts, optional criteria

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
KINDS = ("written", "rebuttal", "hearing", "panel", "closed")
RIGHTS = (
    "sees_proposal", "sees_names", "sees_discussion", "may_discuss", "sees_means", "may_score", "applicant_answers",
)  # fmt: skip


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    _phases()
    for table, name, default in (
        ("criterion", "mandatory", sa.true()),
        ("required_document", "blind_safe", sa.false()),
    ):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
    with op.batch_alter_table("review") as batch:
        for name in ("confidence", "forecast_pct", "forecast_year"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sent_scores", json(), nullable=True))
        batch.create_check_constraint(op.f("ck_review_confidence"), "confidence between 1 and 3")
        batch.create_check_constraint(op.f("ck_review_forecast_pct"), "forecast_pct between 0 and 100")
    _records()
    _blind()


def _phases() -> None:
    op.create_table(
        "review_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", code("phasekind", *KINDS), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("name_ja", sa.String(200), nullable=False),
        sa.Column("opens_at", instant(), nullable=False),
        sa.Column("closes_at", instant(), nullable=True),
        sa.Column("others", code("others", "never", "after_own", "always"), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in RIGHTS),
        sa.CheckConstraint("closes_at is null or closes_at > opens_at", name=op.f("ck_review_phase_window")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_review_phase_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_phase")),
        sa.UniqueConstraint("call_id", "opens_at", name=op.f("uq_review_phase_call_id_opens_at")),
    )  # fmt: skip


def _records() -> None:
    op.create_table(
        "review_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_change_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_change")),
    )
    op.create_index(op.f("ix_review_change_field"), "review_change", ["review_id", "version"])
    op.create_table(
        "review_forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("probability_pct", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("frozen_at", instant(), nullable=False),
        sa.CheckConstraint("probability_pct between 0 and 100", name=op.f("ck_review_forecast_probability")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_forecast_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_forecast")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_forecast_review_id_number")),
    )
    op.create_table(
        "score_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("phase_kind", code("phasekind", *KINDS), nullable=False),
        sa.Column("phase_en", sa.String(200), nullable=False),
        sa.Column("phase_ja", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_score_change_review_id")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_score_change_criterion_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_score_change_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_change")),
    )
    op.create_index(op.f("ix_score_change_review"), "score_change", ["review_id", "id"])


def _blind() -> None:
    op.create_table(
        "blind_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_blind_copy_application_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_blind_copy_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_copy")),
        sa.UniqueConstraint(
            "application_id", "locale", "sha256", name=op.f("uq_blind_copy_application_id_locale_sha256")
        ),
    )
    op.create_table(
        "blind_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(100), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_blind_word_application_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_blind_word_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_word")),
        sa.UniqueConstraint("application_id", "word", name=op.f("uq_blind_word_application_id_word")),
    )


def downgrade() -> None:
    for table in ("blind_word", "blind_copy", "score_change", "review_forecast", "review_change"):
        op.drop_table(table)
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint(op.f("ck_review_forecast_pct"), type_="check")
        batch.drop_constraint(op.f("ck_review_confidence"), type_="check")
        for name in ("sent_scores", "forecast_year", "forecast_pct", "confidence"):
            batch.drop_column(name)
    with op.batch_alter_table("required_document") as batch:
        batch.drop_column("blind_safe")
    with op.batch_alter_table("criterion") as batch:
        batch.drop_column("mandatory")
    op.drop_table("review_phase")
