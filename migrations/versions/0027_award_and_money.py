"""agreements, milestones, money, changes: one way through a project

Revision: 0027, after 0026
"""

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
