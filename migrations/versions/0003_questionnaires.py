"""questionnaires

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_ja", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_questionnaire_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
    )
    op.create_index(op.f("ix_questionnaire_created_by_id"), "questionnaire", ["created_by_id"], unique=False)
    op.create_table(
        "questionnaire_version",
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("notes", sa.String(length=4000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_questionnaire_version_questionnaire_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_questionnaire_version_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("questionnaire_id", "number", name=op.f("uq_questionnaire_version_questionnaire_id_number")),
    )
    op.create_index(
        op.f("ix_questionnaire_version_published_by_id"), "questionnaire_version", ["published_by_id"], unique=False
    )
    with op.batch_alter_table("call") as batch:
        batch.add_column(sa.Column("questionnaire_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_call_questionnaire_id"), "questionnaire", ["questionnaire_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_call_questionnaire_id"), ["questionnaire_id"])
    op.create_table(
        "application_answer",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("shown", JSON, nullable=False),
        sa.Column("set_aside", JSON, nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_answer_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["updated_by_id"], ["user.id"], name=op.f("fk_application_answer_updated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_answer")),
        sa.UniqueConstraint(
            "application_id", "question_key", name=op.f("uq_application_answer_application_id_question_key")
        ),
    )
    op.create_index(
        op.f("ix_application_answer_updated_by_id"), "application_answer", ["updated_by_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("application_answer")
    with op.batch_alter_table("call") as batch:
        batch.drop_constraint(op.f("uq_call_questionnaire_id"), type_="unique")
        batch.drop_constraint(op.f("fk_call_questionnaire_id"), type_="foreignkey")
        batch.drop_column("questionnaire_id")
    op.drop_table("questionnaire_version")
    op.drop_table("questionnaire")
