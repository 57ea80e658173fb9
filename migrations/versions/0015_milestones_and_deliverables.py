"""milestones and deliverables: forecasts, evidence and acceptance, kinds and parts of reports, their versions,
extensions, monitoring scores, calendar addresses

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = sa.Enum("milestone", "deliverable", name="milestonekind", native_enum=False, create_constraint=True, length=32)
STATES = sa.Enum("open", "reported", "returned", "accepted", "not_achieved", "dropped", name="milestonestatus",
                 native_enum=False, create_constraint=True, length=32)  # fmt: skip
REPORTS = sa.Enum("progress", "interim", "performance", "completion", name="reportkind", native_enum=False,
                  create_constraint=True, length=32)  # fmt: skip
EXTENSIONS = sa.Enum("asked", "granted", "refused", name="extensionstatus", native_enum=False, create_constraint=True,
                     length=32)  # fmt: skip
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def key(table: str, column: str, other: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"), **options)


def instant(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _rows()
    _reports()
    _monitoring()


def _rows() -> None:
    with op.batch_alter_table("milestone") as batch:
        batch.add_column(sa.Column("kind", KINDS, nullable=False, server_default="milestone"))
        batch.add_column(sa.Column("begins_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("forecast_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("actual_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("value_reached", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("progress_pct", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("note", sa.String(1000), nullable=False, server_default=""))
        batch.add_column(sa.Column("status", STATES, nullable=False, server_default="open"))
        batch.add_column(sa.Column("remarks", sa.String(4000), nullable=False, server_default=""))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_check_constraint(
            op.f("ck_milestone_progress"), "progress_pct is null or (progress_pct >= 0 and progress_pct <= 100)"
        )
        batch.create_check_constraint(op.f("ck_milestone_period"), "begins_on is null or begins_on <= due_on")
    with op.batch_alter_table("milestone") as batch:
        for name, kind in (("kind", KINDS), ("value_reached", sa.String(40)), ("note", sa.String(1000)),
                           ("status", STATES), ("remarks", sa.String(4000)), ("version", sa.Integer())):  # fmt: skip
            batch.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)
    op.create_index("ix_milestone_due", "milestone", ["status", "due_on"])
    op.create_index("ix_milestone_organisation_id", "milestone", ["organisation_id"])
    op.create_table(
        "milestone_change",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        instant("at"),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("before", sa.String(400), nullable=False),
        sa.Column("after", sa.String(400), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("origin", sa.String(60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        key("milestone_change", "milestone_id", "milestone.id", ondelete="CASCADE"),
        key("milestone_change", "by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_change")),
    )
    op.create_index("ix_milestone_change_milestone", "milestone_change", ["milestone_id", "id"])
    op.create_table(
        "milestone_file",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        key("milestone_file", "milestone_id", "milestone.id", ondelete="CASCADE"),
        key("milestone_file", "file_id", "stored_file.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_file")),
    )
    op.create_index(op.f("ix_milestone_file_milestone_id"), "milestone_file", ["milestone_id"])


def _reports() -> None:
    with op.batch_alter_table("milestone_report") as batch:
        batch.add_column(sa.Column("kind", REPORTS, nullable=False, server_default="progress"))
        batch.add_column(sa.Column("first_due_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("texts", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("sent_back", JSON, nullable=False, server_default="{}"))
        batch.drop_constraint(op.f("uq_milestone_report_project_id_period_from"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_milestone_report_project_id_kind_period_from"), ["project_id", "kind", "period_from"]
        )
    with op.batch_alter_table("milestone_report") as batch:
        for name, kind in (("kind", REPORTS), ("texts", JSON), ("sent_back", JSON)):
            batch.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)
    op.create_index("ix_milestone_report_listed", "milestone_report", ["due_on", "id"])
    op.create_index("ix_milestone_report_kind", "milestone_report", ["kind", "due_on", "id"])
    op.create_table(
        "report_part",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("work", sa.String(4000), nullable=False),
        sa.Column("deviations", sa.String(4000), nullable=False),
        sa.Column("staff_hours", sa.Integer(), nullable=True),
        sa.Column("costs", JSON, nullable=False),
        sa.Column("costs_note", sa.String(4000), nullable=False),
        sa.Column("assets", sa.String(4000), nullable=False),
        sa.Column("ip", sa.String(4000), nullable=False),
        sa.Column("meetings", sa.String(4000), nullable=False),
        sa.Column("next_period", sa.String(4000), nullable=False),
        instant("confirmed_at", True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_name", sa.String(200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("staff_hours is null or staff_hours >= 0", name=op.f("ck_report_part_hours")),
        key("report_part", "report_id", "milestone_report.id", ondelete="CASCADE"),
        key("report_part", "organisation_id", "organisation.id"),
        key("report_part", "confirmed_by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_part")),
        sa.UniqueConstraint("report_id", "organisation_id", name=op.f("uq_report_part_report_id_organisation_id")),
    )
    op.create_table(
        "report_version",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        instant("at"),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        key("report_version", "report_id", "milestone_report.id", ondelete="CASCADE"),
        key("report_version", "by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_version_report_id_number")),
    )
    op.create_table(
        "report_extension",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("status", EXTENSIONS, nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        instant("asked_at"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        instant("decided_at", True),
        sa.Column("answer", sa.String(1000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        key("report_extension", "report_id", "milestone_report.id", ondelete="CASCADE"),
        key("report_extension", "asked_by_id", "user.id"),
        key("report_extension", "decided_by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_extension")),
    )
    op.create_index("ix_report_extension_report", "report_extension", ["report_id", "id"])


def _monitoring() -> None:
    op.create_table(
        "monitoring_score",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("schedule", sa.Integer(), nullable=False),
        sa.Column("technical", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("consortium", sa.Integer(), nullable=False),
        sa.Column("for_office", sa.String(4000), nullable=False),
        sa.Column("for_consortium", sa.String(4000), nullable=False),
        sa.Column("scored_by_id", sa.Integer(), nullable=False),
        instant("scored_at"),
        instant("released_at", True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(f"{name} between 1 and 4", name=op.f(f"ck_monitoring_score_{name}"))
            for name in ("schedule", "technical", "cost", "consortium")
        ),
        key("monitoring_score", "project_id", "project.id", ondelete="CASCADE"),
        key("monitoring_score", "scored_by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_score")),
        sa.UniqueConstraint("project_id", "period_to", name=op.f("uq_monitoring_score_project_id_period_to")),
    )
    op.create_table(
        "calendar_address",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        instant("created_at"),
        sa.Column("id", sa.Integer(), nullable=False),
        key("calendar_address", "user_id", "user.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_address_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_address_user_id")),
    )


def downgrade() -> None:
    for table in ("calendar_address", "monitoring_score", "report_extension", "report_version", "report_part",
                  "milestone_file", "milestone_change"):  # fmt: skip
        op.drop_table(table)
    op.execute(
        "delete from milestone_result where report_id in (select id from milestone_report where kind <> 'progress')"
    )
    op.execute("delete from report_file where report_id in (select id from milestone_report where kind <> 'progress')")
    op.execute("delete from milestone_report where kind <> 'progress'")
    op.drop_index("ix_milestone_report_kind", "milestone_report")
    op.drop_index("ix_milestone_report_listed", "milestone_report")
    with op.batch_alter_table("milestone_report") as batch:
        batch.drop_constraint(op.f("uq_milestone_report_project_id_kind_period_from"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_milestone_report_project_id_period_from"), ["project_id", "period_from"]
        )
        batch.drop_constraint(op.f("ck_milestone_report_reportkind"), type_="check")
        for name in ("sent_back", "texts", "first_due_on", "kind"):
            batch.drop_column(name)
    op.drop_index("ix_milestone_organisation_id", "milestone")
    op.drop_index("ix_milestone_due", "milestone")
    with op.batch_alter_table("milestone") as batch:
        for name in ("milestonekind", "milestonestatus", "progress", "period"):
            batch.drop_constraint(op.f(f"ck_milestone_{name}"), type_="check")
        for name in ("version", "remarks", "status", "note", "progress_pct", "value_reached", "actual_on",
                     "forecast_on", "begins_on", "kind"):  # fmt: skip
            batch.drop_column(name)
