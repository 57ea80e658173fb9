"""publishing: which years of a figure are shown, and what a report made public

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BEFORE = ("pdf_ja", "pdf_en", "workbook", "datasets")
ROLES = (*BEFORE[:3], "tables", BEFORE[3])


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _roles(values: tuple[str, ...]) -> None:
    with op.batch_alter_table("publication_file") as batch:
        batch.drop_constraint(op.f("ck_publication_file_filerole"), type_="check")
        batch.create_check_constraint(
            op.f("ck_publication_file_filerole"), "role in ({})".format(", ".join(f"'{value}'" for value in values))
        )


def upgrade() -> None:
    op.add_column("metric_snapshot_unit", sa.Column("cohort", sa.Integer(), nullable=True))
    with op.batch_alter_table("metric_snapshot") as batch:
        batch.add_column(sa.Column("shown_years", json(), nullable=True))
        batch.add_column(sa.Column("held", json(), nullable=True))
    with op.batch_alter_table("publication") as batch:
        batch.add_column(sa.Column("cells_file_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_publication_cells_file_id"), "stored_file", ["cells_file_id"], ["id"])
        batch.create_index(op.f("ix_publication_cells_file_id"), ["cells_file_id"])
    _roles(ROLES)


def downgrade() -> None:
    op.execute("delete from publication_file where role = 'tables'")
    _roles(BEFORE)
    with op.batch_alter_table("publication") as batch:
        batch.drop_index(op.f("ix_publication_cells_file_id"))
        batch.drop_constraint(op.f("fk_publication_cells_file_id"), type_="foreignkey")
        batch.drop_column("cells_file_id")
    with op.batch_alter_table("metric_snapshot") as batch:
        batch.drop_column("held")
        batch.drop_column("shown_years")
    op.drop_column("metric_snapshot_unit", "cohort")
