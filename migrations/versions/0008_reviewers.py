"""reviewers: profiles, employers, interests by year, judged conflicts; people named in a share

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_named_people()


def downgrade() -> None:
    drop_named_people()


def add_named_people() -> None:
    """People and subcontractors named in a member's share."""
    op.create_table(
        "named_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("reading", sa.String(100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "representative", "officer", "project_leader", "sub_leader", "researcher", "accounting",
                name="personrole", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=True,
        ),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("erad_number", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["consortium_member.id"], name=op.f("fk_named_person_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_person")),
        sa.UniqueConstraint("member_id", "position", name=op.f("uq_named_person_member_id_position")),
    )  # fmt: skip
    op.create_table(
        "subcontractor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("corporate_number", sa.String(13), nullable=True),
        sa.Column("task", sa.String(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["consortium_member.id"], name=op.f("fk_subcontractor_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subcontractor")),
        sa.UniqueConstraint("member_id", "position", name=op.f("uq_subcontractor_member_id_position")),
    )
    op.create_index(op.f("ix_subcontractor_corporate_number"), "subcontractor", ["corporate_number"])


def drop_named_people() -> None:
    for table in ("subcontractor", "named_person"):
        op.drop_table(table)
