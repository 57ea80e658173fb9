"""agreements, milestones, money, changes: one way through a project

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = ("progress", "interim", "performance", "completion")


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def kinds(*values: str) -> None:
    """The kinds of reports that the database allows."""
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("milestone_report") as batch:
        batch.drop_constraint(op.f("ck_milestone_report_reportkind"), type_="check")
        batch.create_check_constraint(op.f("ck_milestone_report_reportkind"), f"kind in ({listed})")


def upgrade() -> None:
    op.add_column("contract", sa.Column("change_owed", sa.String(200), server_default="", nullable=False))
    kinds(*KINDS, "incident")
    with op.batch_alter_table("milestone_report") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_milestone_report_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
    op.create_table(
        "participant_person",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("right", code("right", "read", "write", "sign"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        key("participant_person", "project_id", "project", "CASCADE"),
        key("participant_person", "organisation_id", "organisation"),
        key("participant_person", "user_id", "user"),
        key("participant_person", "named_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_person")),
        sa.UniqueConstraint(
            "project_id", "organisation_id", "user_id",
            name=op.f("uq_participant_person_project_id_organisation_id_user_id"),
        ),
    )  # fmt: skip
    op.create_index("ix_participant_person_user", "participant_person", ["user_id", "project_id"])


def downgrade() -> None:
    op.drop_table("participant_person")
    op.execute("DELETE FROM milestone_report WHERE kind = 'incident'")
    kinds(*KINDS)
    with op.batch_alter_table("milestone_report") as batch:
        batch.drop_constraint(op.f("fk_milestone_report_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
    with op.batch_alter_table("contract") as batch:
        batch.drop_column("change_owed")
