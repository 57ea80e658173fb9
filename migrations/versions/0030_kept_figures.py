"""analytics: what rates read stands in indexes, and figures are kept for every process; agreements: changed terms owed

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COUNTED = ["project_id", "organisation_id", "valid_from", "valid_to", "role", "allocation_yen"]
SEEN = ["project_id", "observed_on", "recorded_on"]


def upgrade() -> None:
    op.add_column("contract", sa.Column("change_owed_after", sa.Integer()))
    if sa.inspect(op.get_bind()).has_table("kept_figures"):  # made under the number 0021 for a while
        return
    op.create_index("ix_participant_counted", "participant", COUNTED)
    op.drop_index("ix_observation_project", "observation")
    op.create_index("ix_observation_project", "observation", [*SEEN, "evidence_level", "dev_state", "stage", "id"])
    op.create_table(
        "kept_figures",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_figures")),
    )


def downgrade() -> None:
    with op.batch_alter_table("contract") as batch:
        batch.drop_column("change_owed_after")
    op.drop_table("kept_figures")
    op.drop_index("ix_observation_project", "observation")
    op.create_index("ix_observation_project", "observation", SEEN)
    op.drop_index("ix_participant_counted", "participant")
