"""outcome ledger: duties per organisation, claims per product, products, shares, sales and other outcomes

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def identity(table: str) -> tuple:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def entry(table: str) -> tuple:
    """What every row of the ledger says of itself."""
    return (
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("evidence_level", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("evidence_level between 0 and 3", name=op.f(f"ck_{table}_evidence_level")),
        key(table, "recorded_by_id", "user"),
        key(table, "verified_by_id", "user"),
        key(table, "claim_id", "outcome_claim"),
    )


def indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


ROLES = (
    "managing_organisation", "project_leader", "sub_leader", "core_company", "lead_company", "implementer",
    "cooperator", "adviser",
)  # fmt: skip
STATES = ("research", "development", "productization", "launched", "suspended", "stopped")
REASONS = (
    "technical_goal_missed", "cost_too_high", "no_demand", "competitor_or_substitute", "regulation_certification",
    "no_funding", "personnel", "partner_left", "company_dissolved", "company_policy", "ip_problem", "disaster",
    "still_developing", "waiting_for_customer_test", "merged_into_other_project", "unknown",
)  # fmt: skip
KINDS = ("product", "service", "process", "software")


def upgrade() -> None:
    with op.batch_alter_table("follow_up") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("role", code("memberrole", *ROLES), nullable=True))
        batch.create_foreign_key(op.f("fk_follow_up_organisation_id"), "organisation", ["organisation_id"], ["id"])
        batch.drop_constraint(op.f("uq_follow_up_project_id_number"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_follow_up_project_id_organisation_id_number"), ["project_id", "organisation_id", "number"]
        )
    op.create_index("ix_follow_up_organisation", "follow_up", ["organisation_id", "status"])
    op.create_index("ix_follow_up_year", "follow_up", ["fiscal_year", "status", "id"])
    _to_the_lead()
    op.create_table(
        "follow_up_terms",
        sa.Column("programme", code("programme", "consortium_rd", "new_collaboration"), nullable=False),
        sa.Column("covers_completion_year", sa.Boolean(), nullable=False),
        sa.Column("due_after_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_after_days between 1 and 366", name=op.f("ck_follow_up_terms_due")),
        sa.UniqueConstraint("programme", name=op.f("uq_follow_up_terms_programme")),
        *identity("follow_up_terms"),
    )
    op.create_table(
        "product",
        sa.Column("product_key", sa.String(60), nullable=False),
        sa.UniqueConstraint("product_key", name=op.f("uq_product_product_key")),
        *identity("product"),
    )
    _claims()
    _ledger()
    _people()


def _to_the_lead() -> None:
    """The reports that exist are the lead's: of the application, else of the one that leads among the participants."""
    op.execute(
        "update follow_up set organisation_id = (select a.lead_organisation_id from project p"
        " join application a on a.id = p.application_id where p.id = follow_up.project_id)"
    )
    op.execute(
        "update follow_up set organisation_id = (select pa.organisation_id from participant pa"
        " where pa.project_id = follow_up.project_id order by case pa.role when 'managing_organisation' then 0"
        " when 'core_company' then 1 when 'lead_company' then 2 else 3 end, pa.id limit 1)"
        " where organisation_id is null"
    )
    op.execute(
        "update follow_up set role = (select pa.role from participant pa where pa.project_id = follow_up.project_id"
        " and pa.organisation_id = follow_up.organisation_id order by case pa.role when 'managing_organisation' then 0"
        " when 'core_company' then 1 when 'lead_company' then 2 else 3 end, pa.id limit 1)"
    )


def _claims() -> None:
    op.create_table(
        "outcome_claim",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", code("claimstatus", "drafted", "reported", "asked", "disputed", "verified"), nullable=False),
        sa.Column("answer", code("answer", "unchanged", "changed", "stopped", "new"), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", code("productkind", *KINDS), nullable=False),
        sa.Column("dev_state", code("devstate", *STATES), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("reason_code", code("reasoncode", *REASONS), nullable=True),
        sa.Column("first_sale_on", sa.Date(), nullable=True),
        sa.Column("sales_yen", sa.BigInteger(), nullable=True),
        sa.Column("cost_yen", sa.BigInteger(), nullable=True),
        sa.Column("export_yen", sa.BigInteger(), nullable=True),
        sa.Column("evidence_level", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.String(4000), nullable=False),
        sa.Column("judged_at", instant(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stage between 0 and 5", name=op.f("ck_outcome_claim_stage")),
        sa.CheckConstraint(
            "sales_yen >= 0 and cost_yen >= 0 and export_yen >= 0", name=op.f("ck_outcome_claim_amounts")
        ),
        key("outcome_claim", "follow_up_id", "follow_up", "CASCADE"),
        key("outcome_claim", "product_id", "product"),
        key("outcome_claim", "judged_by_id", "user"),
        sa.UniqueConstraint("follow_up_id", "position", name=op.f("uq_outcome_claim_follow_up_id_position")),
        *identity("outcome_claim"),
    )
    op.create_index("ix_outcome_claim_status", "outcome_claim", ["status", "id"])
    indexes("outcome_claim", "product_id")
    op.execute(
        "insert into outcome_claim (version, follow_up_id, position, status, answer, name, kind, dev_state, stage,"
        " reason_code, first_sale_on, sales_yen, evidence_level, remarks, judged_at, judged_by_id)"
        " select 1, id, 0, case status when 'submitted' then 'reported' when 'verified' then 'verified'"
        " else 'drafted' end, 'new', product, 'product', dev_state, stage, reason_code, first_sale_on, sales_yen,"
        " evidence_level, '', verified_at, verified_by_id from follow_up where stage is not null or product <> ''"
    )
    op.create_table(
        "evidence_request",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(4000), nullable=False),
        sa.Column("asked_at", instant(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(4000), nullable=False),
        sa.Column("answered_at", instant(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        key("evidence_request", "claim_id", "outcome_claim", "CASCADE"),
        key("evidence_request", "asked_by_id", "user"),
        key("evidence_request", "answered_by_id", "user"),
        key("evidence_request", "file_id", "stored_file"),
        *identity("evidence_request"),
    )
    indexes("evidence_request", "claim_id")


def _ledger() -> None:
    op.create_table(
        "product_version",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_ja", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("kind", code("productkind", *KINDS), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("first_sale_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        key("product_version", "product_id", "product", "CASCADE"),
        key("product_version", "organisation_id", "organisation"),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_product_version_product_id_number")),
        *entry("product_version"),
        *identity("product_version"),
    )
    indexes("product_version", "organisation_id", "recorded_on", "claim_id")
    op.create_table(
        "attribution",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share between 0 and 10000", name=op.f("ck_attribution_share")),
        key("attribution", "product_id", "product", "CASCADE"),
        key("attribution", "project_id", "project", "CASCADE"),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_attribution_product_id_number")),
        *entry("attribution"),
        *identity("attribution"),
    )
    op.create_index("ix_attribution_project", "attribution", ["project_id", "product_id"])
    indexes("attribution", "recorded_on", "claim_id")
    op.create_table(
        "sales_year",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("sales_yen", sa.BigInteger(), nullable=False),
        sa.Column("cost_yen", sa.BigInteger(), nullable=True),
        sa.Column("export_yen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sales_yen >= 0", name=op.f("ck_sales_year_sales")),
        sa.CheckConstraint("cost_yen >= 0", name=op.f("ck_sales_year_cost")),
        sa.CheckConstraint("export_yen >= 0 and export_yen <= sales_yen", name=op.f("ck_sales_year_export")),
        key("sales_year", "product_id", "product", "CASCADE"),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_sales_year_product_id_number")),
        *entry("sales_year"),
        *identity("sales_year"),
    )
    op.create_index("ix_sales_year_year", "sales_year", ["fiscal_year", "product_id"])
    indexes("sales_year", "recorded_on", "claim_id")
    op.create_table(
        "outcome_record",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            code("recordkind", "ip_right", "further_funding", "jobs", "spin_out", "publication", "prize"),
            nullable=False,
        ),
        sa.Column(
            "detail",
            code("detail", "patent", "utility_model", "design", "trademark", "know_how", "investment", "loan",
                 "other_public", "rd_services"),
            nullable=True,
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("owners", sa.String(200), nullable=False),
        sa.Column("licensed", sa.Boolean(), nullable=True),
        sa.Column("amount_yen", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_outcome_record_amount")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_outcome_record_count")),
        key("outcome_record", "project_id", "project", "CASCADE"),
        key("outcome_record", "organisation_id", "organisation"),
        key("outcome_record", "supersedes_id", "outcome_record"),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_outcome_record_supersedes_id")),
        *entry("outcome_record"),
        *identity("outcome_record"),
    )  # fmt: skip
    op.create_index("ix_outcome_record_project", "outcome_record", ["project_id", "kind"])
    indexes("outcome_record", "organisation_id", "recorded_on", "claim_id")


def _people() -> None:
    op.create_table(
        "report_invitation",
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", instant(), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", instant(), nullable=True),
        key("report_invitation", "follow_up_id", "follow_up", "CASCADE"),
        key("report_invitation", "invited_by_id", "user"),
        key("report_invitation", "accepted_by_id", "user"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_report_invitation_token_hash")),
        *identity("report_invitation"),
    )
    indexes("report_invitation", "follow_up_id", "email", "accepted_by_id")
    op.create_table(
        "chase",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("filters", json(), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        key("chase", "made_by_id", "user"),
        sa.UniqueConstraint("key", name=op.f("uq_chase_key")),
        *identity("chase"),
    )
    op.create_table(
        "chase_letter",
        sa.Column("chase_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        key("chase_letter", "chase_id", "chase", "CASCADE"),
        key("chase_letter", "user_id", "user"),
        key("chase_letter", "follow_up_id", "follow_up", "CASCADE"),
        sa.UniqueConstraint(
            "chase_id", "user_id", "follow_up_id", name=op.f("uq_chase_letter_chase_id_user_id_follow_up_id")
        ),
        *identity("chase_letter"),
    )
    indexes("chase_letter", "user_id", "follow_up_id")


def downgrade() -> None:
    for table in (
        "chase_letter", "chase", "report_invitation", "outcome_record", "sales_year", "attribution", "product_version",
        "evidence_request", "outcome_claim", "product", "follow_up_terms",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_follow_up_year", table_name="follow_up")
    op.drop_index("ix_follow_up_organisation", table_name="follow_up")
    # One report a project and year was known before: the first organisation's stays.
    op.execute("update observation set follow_up_id = null where follow_up_id in (select f.id from follow_up f"
               " where exists (select 1 from follow_up g where g.project_id = f.project_id and g.number = f.number"
               " and g.id < f.id))")  # fmt: skip
    op.execute("delete from follow_up where exists (select 1 from follow_up g where g.project_id = follow_up.project_id"
               " and g.number = follow_up.number and g.id < follow_up.id)")  # fmt: skip
    with op.batch_alter_table("follow_up") as batch:
        batch.drop_constraint(op.f("uq_follow_up_project_id_organisation_id_number"), type_="unique")
        batch.create_unique_constraint(op.f("uq_follow_up_project_id_number"), ["project_id", "number"])
        batch.drop_constraint(op.f("fk_follow_up_organisation_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_follow_up_memberrole"), type_="check")
        batch.drop_column("role")
        batch.drop_column("organisation_id")
