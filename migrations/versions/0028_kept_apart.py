"""what was taken out of the house, and by whom

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_taken",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("what", sa.String(100), nullable=False),
        sa.Column("asked", sa.String(2000), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_file_taken_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_taken")),
    )
    op.create_index("ix_file_taken_user", "file_taken", ["user_id", "at"])
    op.create_index("ix_file_taken_at", "file_taken", ["at"])


def downgrade() -> None:
    op.drop_index("ix_file_taken_at", table_name="file_taken")
    op.drop_index("ix_file_taken_user", table_name="file_taken")
    op.drop_table("file_taken")
