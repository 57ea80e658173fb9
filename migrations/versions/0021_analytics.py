"""analytics: nothing of its own was stored when this number was given out (see 0030)

Revision: 0021, after 0020
"""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
