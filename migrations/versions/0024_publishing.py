"""publishing: figures as they were counted, reports and public data

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "metric_snapshot",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column(
            "status", code("snapshotstatus", "draft", "frozen", "published", "superseded", "discarded"), nullable=False
        ),
        sa.Column("kind", code("questionkind", "participation", "commercialization"), nullable=False),
        sa.Column("definition", sa.String(8), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("words", json(), nullable=False),
        sa.Column("parameters", json(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("programme", code("programme", "consortium_rd", "new_collaboration"), nullable=True),
        sa.Column("remark_en", sa.String(4000), nullable=False),
        sa.Column("remark_ja", sa.String(4000), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("known_at", sa.Date(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("unknown", sa.BigInteger(), nullable=True),
        sa.Column("units_yes", sa.Integer(), nullable=True),
        sa.Column("units_unknown", sa.Integer(), nullable=True),
        sa.Column("units_no", sa.Integer(), nullable=True),
        sa.Column("answer", json(), nullable=False),
        sa.Column("details", json(), nullable=False),
        sa.Column("data_sha256", sa.String(64), nullable=True),
        sa.Column("public_sha256", sa.String(64), nullable=True),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("office_file_id", sa.Integer(), nullable=True),
        sa.Column("public_file_id", sa.Integer(), nullable=True),
        sa.Column("project_ids", json(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=True),
        sa.Column("fault", code("freezefault", "unsteady", "disagrees", "too_large", "nothing"), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", instant(), nullable=False),
        sa.Column("frozen_at", instant(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", instant(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("replaces_reason_en", sa.String(4000), nullable=False),
        sa.Column("replaces_reason_ja", sa.String(4000), nullable=False),
        sa.Column("checked_at", instant(), nullable=True),
        sa.Column("changed_units", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_by_id is null or published_by_id <> proposed_by_id", name=op.f("ck_metric_snapshot_two_people")
        ),
        sa.ForeignKeyConstraint(["office_file_id"], ["stored_file.id"], name=op.f("fk_metric_snapshot_office_file_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_metric_snapshot_proposed_by_id")),
        sa.ForeignKeyConstraint(["public_file_id"], ["stored_file.id"], name=op.f("fk_metric_snapshot_public_file_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_metric_snapshot_published_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["metric_snapshot.id"], name=op.f("fk_metric_snapshot_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_snapshot")),
        sa.UniqueConstraint("code", name=op.f("uq_metric_snapshot_code")),
    )
    op.create_index(op.f("ix_metric_snapshot_office_file_id"), "metric_snapshot", ["office_file_id"])
    op.create_index(op.f("ix_metric_snapshot_proposed_by_id"), "metric_snapshot", ["proposed_by_id"])
    op.create_index(op.f("ix_metric_snapshot_public_file_id"), "metric_snapshot", ["public_file_id"])
    op.create_index(op.f("ix_metric_snapshot_published_by_id"), "metric_snapshot", ["published_by_id"])
    op.create_index(op.f("ix_metric_snapshot_replaces_id"), "metric_snapshot", ["replaces_id"])
    op.create_index("ix_metric_snapshot_rule", "metric_snapshot", ["rule", "status"])
    op.create_index("ix_metric_snapshot_status", "metric_snapshot", ["status", "code"])
    op.create_index(
        "uq_metric_snapshot_published",
        "metric_snapshot",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "metric_snapshot_unit",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(130), nullable=False),
        sa.Column("verdict", code("verdict", "yes", "no", "unknown"), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["metric_snapshot.id"], name=op.f("fk_metric_snapshot_unit_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_snapshot_unit")),
        sa.UniqueConstraint("snapshot_id", "key", name=op.f("uq_metric_snapshot_unit_snapshot_id_key")),
    )
    op.create_index("ix_unit_verdict", "metric_snapshot_unit", ["snapshot_id", "verdict", "key"])
    op.create_table(
        "publication",
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("kind", code("publicationkind", "report", "datasets"), nullable=False),
        sa.Column(
            "status",
            code("publicationstatus", "ordered", "making", "ready", "failed", "published", "superseded", "discarded"),
            nullable=False,
        ),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("title_ja", sa.String(200), nullable=False),
        sa.Column("parameters", json(), nullable=False),
        sa.Column("content", json(), nullable=False),
        sa.Column("project_ids", json(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(1000), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=False),
        sa.Column("ordered_at", instant(), nullable=False),
        sa.Column("made_at", instant(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", instant(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("replaces_reason_en", sa.String(4000), nullable=False),
        sa.Column("replaces_reason_ja", sa.String(4000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_by_id is null or published_by_id <> ordered_by_id", name=op.f("ck_publication_two_people")
        ),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["user.id"], name=op.f("fk_publication_ordered_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_publication_published_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["publication.id"], name=op.f("fk_publication_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("code", name=op.f("uq_publication_code")),
    )
    op.create_index(op.f("ix_publication_ordered_by_id"), "publication", ["ordered_by_id"])
    op.create_index(op.f("ix_publication_published_by_id"), "publication", ["published_by_id"])
    op.create_index(op.f("ix_publication_replaces_id"), "publication", ["replaces_id"])
    op.create_index("ix_publication_status", "publication", ["kind", "status", "code"])
    op.create_table(
        "publication_file",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("role", code("filerole", "pdf_ja", "pdf_en", "workbook", "datasets"), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_publication_file_file_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_file_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_file")),
        sa.UniqueConstraint("publication_id", "role", name=op.f("uq_publication_file_publication_id_role")),
    )
    op.create_index(op.f("ix_publication_file_file_id"), "publication_file", ["file_id"])
    op.create_table(
        "publication_figure",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_figure_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["metric_snapshot.id"], name=op.f("fk_publication_figure_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_figure")),
        sa.UniqueConstraint(
            "publication_id", "snapshot_id", name=op.f("uq_publication_figure_publication_id_snapshot_id")
        ),
    )
    op.create_index("ix_publication_figure_snapshot", "publication_figure", ["snapshot_id"])


def downgrade() -> None:
    for table in ("publication_figure", "publication_file", "publication", "metric_snapshot_unit", "metric_snapshot"):
        op.drop_table(table)
