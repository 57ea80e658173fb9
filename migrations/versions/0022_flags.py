"""flags: subjects besides projects, owners, what was found on resolving, and how the rules are set

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
LIVING = {"sqlite_where": sa.text("cleared_at is null"), "postgresql_where": sa.text("cleared_at is null")}


def upgrade() -> None:
    op.drop_index("uq_flag_living", "flag", **LIVING)
    with op.batch_alter_table("flag") as table:
        table.add_column(sa.Column("subject", sa.String(80), nullable=True))
        table.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column(
                "judged",
                sa.Enum("right", "wrong", name="judged", native_enum=False, create_constraint=False, length=32),
                nullable=True,
            )
        )
        table.alter_column("project_id", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint("judged", "judged in ('right', 'wrong')")
        table.create_foreign_key(op.f("fk_flag_organisation_id"), "organisation", ["organisation_id"], ["id"])
        table.create_foreign_key(op.f("fk_flag_owner_id"), "user", ["owner_id"], ["id"])
    op.execute("UPDATE flag SET subject = 'project:' || project_id, owner_id = handled_by_id")
    with op.batch_alter_table("flag") as table:
        table.alter_column("subject", existing_type=sa.String(80), nullable=False)
    op.create_index("uq_flag_living", "flag", ["rule", "subject", "occasion"], unique=True, **LIVING)
    op.create_index(op.f("ix_flag_organisation_id"), "flag", ["organisation_id"])
    op.create_index(op.f("ix_flag_owner_id"), "flag", ["owner_id"])
    op.create_index("ix_flag_judged", "flag", ["rule", "judged"])
    op.create_table(
        "flag_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("programme", sa.String(32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("given", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_setting")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_flag_setting_changed_by_id")),
        sa.CheckConstraint(
            "programme = '' or programme in ('consortium_rd', 'new_collaboration')",
            name=op.f("ck_flag_setting_programme"),
        ),
    )
    op.create_index("uq_flag_setting_rule", "flag_setting", ["rule", "programme"], unique=True)


def downgrade() -> None:
    op.drop_table("flag_setting")
    op.execute("DELETE FROM flag WHERE project_id IS NULL")
    for name in ("ix_flag_judged", op.f("ix_flag_owner_id"), op.f("ix_flag_organisation_id")):
        op.drop_index(name, "flag")
    op.drop_index("uq_flag_living", "flag", **LIVING)
    with op.batch_alter_table("flag") as table:
        table.drop_constraint(op.f("fk_flag_owner_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_flag_organisation_id"), type_="foreignkey")
        table.drop_constraint("judged", type_="check")
        table.alter_column("project_id", existing_type=sa.Integer(), nullable=False)
        for column in ("judged", "owner_id", "organisation_id", "subject"):
            table.drop_column(column)
    op.create_index("uq_flag_living", "flag", ["rule", "project_id", "occasion"], unique=True, **LIVING)
