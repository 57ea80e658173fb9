"""surveys: effect surveys and benchmark indices

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FIGURES = ("sales_yen", "operating_profit_yen", "net_profit_yen", "rd_cost_yen")


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for name in FIGURES:
        op.add_column("org_profile_year", sa.Column(name, sa.BigInteger(), nullable=True))
    with op.batch_alter_table("org_profile_year") as batch:
        batch.add_column(sa.Column("source", sa.String(400), nullable=False, server_default=""))
    with op.batch_alter_table("org_profile_year") as batch:
        batch.alter_column("source", server_default=None, existing_type=sa.String(400), existing_nullable=False)
    op.create_table(
        "survey_wave",
        sa.Column("kind", code("wavekind", "effect", "figures"), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("title_ja", sa.String(200), nullable=False),
        sa.Column("basis", code("basis", "clusters", "programme"), nullable=False),
        sa.Column("programme", code("programme", "consortium_rd", "new_collaboration"), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("status", code("wavestatus", "draft", "scheduled", "open", "closed"), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_survey_wave_days")),
        sa.CheckConstraint("last_year >= first_year", name=op.f("ck_survey_wave_years")),
        sa.CheckConstraint("(basis = 'programme') = (programme is not null)", name=op.f("ck_survey_wave_basis_is")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_survey_wave_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_wave")),
    )
    op.create_index("ix_survey_wave_status", "survey_wave", ["status", "closes_on"])
    op.create_table(
        "survey_wave_cluster",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_wave.id"], name=op.f("fk_survey_wave_cluster_wave_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_survey_wave_cluster_cluster_id")),
        sa.PrimaryKeyConstraint("wave_id", "cluster_id", name=op.f("pk_survey_wave_cluster")),
    )
    op.create_table(
        "survey_item",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(40), nullable=False),
        sa.Column("standard", sa.String(40), nullable=False),
        sa.Column("kind", code("itemkind", "yes_no", "scale", "choice"), nullable=False),
        sa.Column("text_en", sa.String(400), nullable=False),
        sa.Column("text_ja", sa.String(400), nullable=False),
        sa.Column("options", json(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_wave.id"], name=op.f("fk_survey_item_wave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_item")),
    )
    op.create_index("ix_survey_item_wave", "survey_item", ["wave_id", "position"])
    op.create_table(
        "survey_asked",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("size", code("sizegroup", "large", "sme", "small"), nullable=False),
        sa.Column("invited_at", instant(), nullable=True),
        sa.Column("reminded_at", instant(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["survey_wave.id"], name=op.f("fk_survey_asked_wave_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_survey_asked_organisation_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_survey_asked_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_asked")),
        sa.UniqueConstraint("wave_id", "organisation_id", name=op.f("uq_survey_asked_wave_id_organisation_id")),
    )
    op.create_index("ix_survey_asked_org", "survey_asked", ["organisation_id"])
    op.create_table(
        "survey_invitation",
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("given_by", sa.String(254), nullable=False),
        sa.Column("withdrawn_at", instant(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_id"], ["survey_asked.id"], name=op.f("fk_survey_invitation_asked_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_invitation_token_hash")),
    )
    op.create_index("ix_survey_invitation_asked", "survey_invitation", ["asked_id"])
    op.create_index("ix_survey_invitation_email", "survey_invitation", ["email"])
    op.create_table(
        "survey_response",
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("status", code("responsestatus", "draft", "sent", "withdrawn"), nullable=False),
        sa.Column("answers", json(), nullable=False),
        sa.Column("jsic", sa.String(5), nullable=True),
        sa.Column("remark", sa.String(4000), nullable=False),
        sa.Column("saved_at", instant(), nullable=False),
        sa.Column("sent_at", instant(), nullable=True),
        sa.Column("sent_by", sa.String(254), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_id"], ["survey_asked.id"], name=op.f("fk_survey_response_asked_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sa.UniqueConstraint("asked_id", name=op.f("uq_survey_response_asked_id")),
    )
    op.create_index(op.f("ix_survey_response_status"), "survey_response", ["status"])
    op.create_table(
        "industry_series",
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("industry", sa.String(5), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry_series")),
        sa.UniqueConstraint(
            "source", "industry", "fiscal_year", "item",
            name=op.f("uq_industry_series_source_industry_fiscal_year_item"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    for table in (
        "industry_series", "survey_response", "survey_invitation", "survey_asked", "survey_item", "survey_wave_cluster",
        "survey_wave",
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("org_profile_year") as batch:
        for name in (*FIGURES, "source"):
            batch.drop_column(name)
