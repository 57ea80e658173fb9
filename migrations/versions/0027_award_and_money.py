"""agreements, milestones, money, changes: one way through a project

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contract", sa.Column("change_owed", sa.String(200), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("contract") as batch:
        batch.drop_column("change_owed")
