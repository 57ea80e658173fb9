"""agreements: awards, set-up, assessed costs, contracts and their terms, interim evaluations, endings

Revision: 0014, after 0013
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
STATUS = (
    "adopted", "cost_assessment", "contracted", "grant_applied", "granted", "running", "reported", "inspected",
    "amount_fixed", "settled", "paid", "completed", "follow_up", "closed", "suspended", "withdrawn", "terminated",
    "revoked", "repayment",
)  # fmt: skip
TABLES = (
    "award", "setup_item", "assessed_line", "contract", "contract_terms", "interim_evaluation", "award_break",
)  # fmt: skip


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def number(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=empty)


def yen(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=empty)


def instant(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def day(name: str, *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=empty)


def words(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def yes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def table(
    name: str, *parts: Any, keys: dict[str, str], unique: tuple[str, ...] = (), cascade: str = "award_id",
    checks: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """A table with its key; ``keys`` are foreign keys (column: table), ``unique`` the columns of one constraint each,
    joined by a plus."""
    op.create_table(
        name,
        number("id"),
        *parts,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{key}")) for key, rule in (checks or {}).items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}"),
                ondelete="CASCADE" if column == cascade else None,
            )
            for column, other in keys.items()
        ),
        *(
            sa.UniqueConstraint(*columns.split("+"), name=op.f(f"uq_{name}_{columns.replace('+', '_')}"))
            for columns in unique
        ),
    )  # fmt: skip


def upgrade() -> None:
    _awards()
    _contracts()
    _evaluations()
    _carry_over()


def _awards() -> None:
    table(
        "award", number("version"), number("project_id"),
        sa.Column("regime", code("regime", "commission", "subsidy"), nullable=False),
        sa.Column("status", code("awardstatus", *STATUS), nullable=False),
        instant("created_at"), yes("carried_over"), instant("assessed_at", empty=True),
        number("assessed_by_id", empty=True), instant("agreed_at", empty=True), number("agreed_by_id", empty=True),
        words("agreed_name", 200), words("objection", 4000), day("closed_on", empty=True),
        keys={"project_id": "project", "assessed_by_id": "user", "agreed_by_id": "user"}, unique=("project_id",),
        cascade="project_id",
    )  # fmt: skip
    op.create_index("ix_award_status", "award", ["status", "id"])
    op.create_index("ix_award_regime", "award", ["regime", "status", "id"])
    table(
        "setup_item", number("version"), number("award_id"), words("code", 40), number("position"),
        sa.Column("side", code("side", "office", "consortium"), nullable=False),
        instant("done_at", empty=True), number("done_by_id", empty=True), yes("not_applicable"), words("note", 1000),
        number("file_id", empty=True),
        keys={"award_id": "award", "done_by_id": "user", "file_id": "stored_file"}, unique=("award_id+code",),
    )  # fmt: skip
    table(
        "assessed_line", number("award_id"), number("organisation_id"), number("fiscal_year"), words("cost_item", 10),
        yen("requested_yen"), yen("decided_yen"), yen("assessed_yen"), words("reason", 400),
        keys={"award_id": "award", "organisation_id": "organisation"},
        unique=("award_id+organisation_id+fiscal_year+cost_item",),
        checks={"amounts": "requested_yen >= 0 and decided_yen >= 0 and assessed_yen >= 0"},
    )  # fmt: skip


def _contracts() -> None:
    table(
        "contract", number("version"), number("award_id"), number("fiscal_year"), words("number", 60),
        sa.Column(
            "status", code("contractstatus", "offered", "in_force", "fixed", "settled", "cancelled"), nullable=False
        ),
        yen("amount_yen"), number("rate"), day("starts_on"), day("ends_on"), day("signed_on", empty=True),
        day("reported_on", empty=True), day("inspected_on", empty=True), words("findings", 4000),
        yen("fixed_amount_yen", empty=True), day("fixed_on", empty=True), day("settled_on", empty=True),
        yes("carried_over"),
        keys={"award_id": "award"}, unique=("award_id+fiscal_year", "number"),
        checks={
            "amount": "amount_yen >= 0",
            "rate": "rate between 1 and 10000",
            "period": "ends_on >= starts_on",
            "fixed_amount": "fixed_amount_yen is null or (fixed_amount_yen >= 0 and fixed_amount_yen <= amount_yen)",
            "fixed_on": "(fixed_amount_yen is null) = (fixed_on is null)",
        },
    )  # fmt: skip
    table(
        "contract_terms", number("version"), number("contract_id"), number("number"), yen("amount_yen"),
        number("rate"), day("starts_on"), day("ends_on"), words("conditions", 4000), words("reason", 1000),
        sa.Column("text", sa.Text(), nullable=False), words("sha256", 64), instant("offered_at"),
        number("offered_by_id"), number("officer_id", empty=True), words("officer_name", 200),
        instant("officer_at", empty=True), number("recipient_id", empty=True), words("recipient_name", 200),
        instant("recipient_at", empty=True), number("document_id", empty=True),
        number("signed_document_id", empty=True),
        keys={
            "contract_id": "contract", "offered_by_id": "user", "officer_id": "user", "recipient_id": "user",
            "document_id": "document", "signed_document_id": "document",
        },
        unique=("contract_id+number",), cascade="contract_id",
        checks={
            "amount": "amount_yen >= 0",
            "rate": "rate between 1 and 10000",
            "period": "ends_on >= starts_on",
            "two_people": "officer_id is null or recipient_id is null or officer_id <> recipient_id",
        },
    )  # fmt: skip


def _evaluations() -> None:
    table(
        "interim_evaluation", number("version"), number("award_id"), number("fiscal_year"), day("held_on"),
        sa.Column(
            "status", code("evaluationstatus", "scheduled", "reviewed", "continue", "continue_reduced", "stop"),
            nullable=False,
        ),
        sa.Column("targets", json(), nullable=False), number("trl", empty=True), words("problems", 4000),
        words("plan_update", 4000), instant("filled_at", empty=True), number("filled_by_id", empty=True),
        sa.Column("grades", json(), nullable=False), words("comment", 4000), words("conditions", 4000),
        yen("next_amount_yen", empty=True), number("decided_by_id", empty=True), instant("decided_at", empty=True),
        keys={"award_id": "award", "filled_by_id": "user", "decided_by_id": "user"}, unique=("award_id+fiscal_year",),
        checks={
            "trl": "trl is null or trl between 1 and 9",
            "next_amount": "next_amount_yen is null or next_amount_yen >= 0",
        },
    )  # fmt: skip
    table(
        "award_break", number("award_id"),
        sa.Column("kind", code("breakkind", "suspended", "withdrawn", "terminated", "revoked"), nullable=False),
        day("starts_on"), day("ends_on", empty=True), words("reason", 1000), number("by_id", empty=True), instant("at"),
        words("resume_note", 1000), keys={"award_id": "award", "by_id": "user"},
        checks={"period": "ends_on is null or ends_on >= starts_on"},
    )  # fmt: skip
    op.create_index("ix_award_break_award", "award_break", ["award_id", "id"])


def _carry_over() -> None:
    """Projects that were made of an application before agreements were kept here. Those that had begun get one contract
    over their whole amount, whose terms lie on paper; imported projects of earlier years get no award."""
    op.execute(
        """
        insert into award (version, project_id, regime, status, created_at, carried_over, agreed_name, objection)
        select 1, id,
            coalesce(regime, case programme when 'consortium_rd' then 'commission' else 'subsidy' end),
            case status when 'running' then 'running' when 'completed' then 'follow_up'
                when 'terminated' then 'terminated' when 'withdrawn' then 'withdrawn' else 'adopted' end,
            current_timestamp, status <> 'adopted', '', ''
        from project where application_id is not null
        """
    )
    part = (
        "cast(strftime('{}', project.started_on) as integer)"
        if op.get_bind().dialect.name == "sqlite"
        else "cast(to_char(project.started_on, '{}') as integer)"
    )
    year, month = (part.format(code) for code in (("%Y", "%m") if "strftime" in part else ("YYYY", "MM")))
    op.execute(
        sa.text(
            f"""
            insert into contract (
                version, award_id, fiscal_year, number, status, amount_yen, rate, starts_on, ends_on, signed_on,
                findings, carried_over
            )
            select 1, award.id, {year} - case when {month} < 4 then 1 else 0 end, project.project_key, 'in_force',
                coalesce(project.amount_yen, 0), 10000, project.started_on,
                case when coalesce(project.planned_end_on, project.completed_on) >= project.started_on
                    then coalesce(project.planned_end_on, project.completed_on) else project.started_on end,
                project.started_on, '', true
            from award join project on project.id = award.project_id
            where project.started_on is not null and award.status in ('running', 'follow_up', 'terminated')
            """
        )
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
