"""dates of a call, moved deadlines, questions and answers, messages, remarks for the applicant

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATES = ("announce_at", "questions_until", "interview_at", "decision_at", "start_at")


def upgrade() -> None:
    for name in DATES:
        op.add_column("call", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "call",
        sa.Column(
            "next_steps",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            server_default="{}",
        ),
    )
    op.add_column("decision", sa.Column("remarks", sa.String(length=4000), nullable=False, server_default=""))
    op.create_table(
        "call_extension",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "extension", "shortening", "grace", "individual",
                name="deadlinechange", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'individual' or application_id is not null",
            name=op.f("ck_call_extension_individual_names_its_application"),
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_call_extension_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_extension_call_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_call_extension_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_extension")),
    )
    op.create_index(op.f("ix_call_extension_application_id"), "call_extension", ["application_id"], unique=False)
    op.create_index("ix_call_extension_call", "call_extension", ["call_id", "id"], unique=False)
    op.create_table(
        "call_question",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.String(length=2000), nullable=False),
        sa.Column("question_en", sa.String(length=2000), nullable=False),
        sa.Column("question_ja", sa.String(length=2000), nullable=False),
        sa.Column("answer_en", sa.String(length=4000), nullable=False),
        sa.Column("answer_ja", sa.String(length=4000), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_call_question_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_call_question_asked_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_question_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_question")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_call_question_call_id_number")),
    )
    op.create_index("ix_call_question_asker", "call_question", ["asked_by_id", "call_id"], unique=False)
    op.create_index("ix_call_question_waiting", "call_question", ["published_at", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("consortium", "office", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_message_application_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_message_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_thread", "message", ["application_id", "id"], unique=False)
    op.create_table(
        "message_reading",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("last_read_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_message_reading_application_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_message_reading_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reading")),
        sa.UniqueConstraint("user_id", "application_id", name=op.f("uq_message_reading_user_id_application_id")),
    )


def downgrade() -> None:
    op.drop_table("message_reading")
    op.drop_index("ix_message_thread", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_call_question_waiting", table_name="call_question")
    op.drop_index("ix_call_question_asker", table_name="call_question")
    op.drop_table("call_question")
    op.drop_index("ix_call_extension_call", table_name="call_extension")
    op.drop_index(op.f("ix_call_extension_application_id"), table_name="call_extension")
    op.drop_table("call_extension")
    op.drop_column("decision", "remarks")
    op.drop_column("call", "next_steps")
    for name in reversed(DATES):
        op.drop_column("call", name)
