"""money: expenses with their evidence, transfers, inspections, fixed amounts, payments, returns of profit, assets

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _costs()
    _payments()
    _property()


def _costs() -> None:
    op.create_table(
        "cost_forecast",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cost_item", sa.String(length=10), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_cost_forecast_amount")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_cost_forecast_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_cost_forecast_organisation_id")
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["user.id"], name=op.f("fk_cost_forecast_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_forecast")),
        sa.UniqueConstraint(
            "contract_id",
            "organisation_id",
            "cost_item",
            name=op.f("uq_cost_forecast_contract_id_organisation_id_cost_item"),
        ),
    )
    op.create_table(
        "cost_transfer",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("notice", "approved", name="transferkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("from_item", sa.String(length=10), nullable=False),
        sa.Column("to_item", sa.String(length=10), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_cost_transfer_amount")),
        sa.CheckConstraint("from_item <> to_item", name=op.f("ck_cost_transfer_items")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_cost_transfer_by_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_cost_transfer_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_cost_transfer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_transfer")),
    )
    op.create_index("ix_cost_transfer_contract", "cost_transfer", ["contract_id", "id"], unique=False)
    op.create_table(
        "expense",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("voucher", sa.String(length=40), nullable=False),
        sa.Column("cost_item", sa.String(length=10), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("gross_yen", sa.BigInteger(), nullable=False),
        sa.Column("net_yen", sa.BigInteger(), nullable=False),
        sa.Column("eligible_yen", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("rate_yen", sa.BigInteger(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "reduced", "refused", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("accepted_yen", sa.BigInteger(), nullable=True),
        sa.Column("verdict_reason", sa.String(length=1000), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(minutes is null) = (rate_yen is null)", name=op.f("ck_expense_labour")),
        sa.CheckConstraint("(verdict is null) = (accepted_yen is null)", name=op.f("ck_expense_verdict_whole")),
        sa.CheckConstraint(
            "accepted_yen is null or (accepted_yen >= 0 and accepted_yen <= eligible_yen)",
            name=op.f("ck_expense_accepted"),
        ),
        sa.CheckConstraint("eligible_yen >= 0 and eligible_yen <= gross_yen", name=op.f("ck_expense_eligible")),
        sa.CheckConstraint("gross_yen > 0 and net_yen >= 0 and net_yen <= gross_yen", name=op.f("ck_expense_amounts")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_expense_quantity")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_expense_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_expense_entered_by_id")),
        sa.ForeignKeyConstraint(["judged_by_id"], ["user.id"], name=op.f("fk_expense_judged_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_expense_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
        sa.UniqueConstraint(
            "contract_id", "organisation_id", "voucher", name=op.f("uq_expense_contract_id_organisation_id_voucher")
        ),
    )
    op.create_index("ix_expense_item", "expense", ["contract_id", "cost_item"], unique=False)
    op.create_index("ix_expense_listed", "expense", ["contract_id", "organisation_id", "paid_on", "id"], unique=False)
    op.create_index(op.f("ix_expense_organisation_id"), "expense", ["organisation_id"], unique=False)
    op.create_table(
        "fixing",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("fixed_on", sa.Date(), nullable=False),
        sa.Column(
            "calculation", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_ja_id", sa.Integer(), nullable=True),
        sa.Column("notice_en_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_fixing_amount")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_fixing_by_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_fixing_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["notice_en_id"], ["document.id"], name=op.f("fk_fixing_notice_en_id")),
        sa.ForeignKeyConstraint(["notice_ja_id"], ["document.id"], name=op.f("fk_fixing_notice_ja_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixing")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_fixing_contract_id")),
    )
    op.create_table(
        "site_inspection",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "determination",
                "on_site",
                "assets",
                name="inspectionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("findings", sa.String(length=4000), nullable=False),
        sa.Column("accepted_yen", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_site_inspection_by_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_site_inspection_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_site_inspection_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_inspection")),
    )
    op.create_index("ix_site_inspection_contract", "site_inspection", ["contract_id", "held_on", "id"], unique=False)
    op.create_table(
        "expense_evidence",
        sa.Column("expense_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "quote",
                "order",
                "delivery",
                "acceptance",
                "invoice",
                "timesheet",
                "payslip",
                "transfer",
                name="evidencestep",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(file_id is null) <> (reason = '')", name=op.f("ck_expense_evidence_file_or_reason")),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_expense_evidence_expense_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_expense_evidence_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_evidence")),
        sa.UniqueConstraint("expense_id", "step", name=op.f("uq_expense_evidence_expense_id_step")),
    )


def _payments() -> None:
    op.create_table(
        "payment",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "advance",
                "settlement",
                "repayment",
                "profit_return",
                "additional_charge",
                name="paymentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "checked",
                "approved",
                "paid",
                "rejected",
                name="paymentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=1000), nullable=False),
        sa.Column("consent_ref", sa.String(length=200), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("account_holder", sa.String(length=200), nullable=False),
        sa.Column("account_last4", sa.String(length=4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("rejected_reason", sa.String(length=1000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("account_last4 = '' or length(account_last4) = 4", name=op.f("ck_payment_last4")),
        sa.CheckConstraint("amount_yen > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint(
            "checked_by_id is null or approved_by_id is null or checked_by_id <> approved_by_id",
            name=op.f("ck_payment_two_people"),
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_payment_approved_by_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_payment_checked_by_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_payment_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["origin_id"], ["payment.id"], name=op.f("fk_payment_origin_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user.id"], name=op.f("fk_payment_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_contract", "payment", ["contract_id", "id"], unique=False)
    op.create_index("ix_payment_waiting", "payment", ["status", "requested_at", "id"], unique=False)
    op.create_table(
        "profit_return",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "computed",
                "confirmed",
                "payable",
                "paid",
                "waived",
                "zero",
                name="profitstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subsidy_yen", sa.BigInteger(), nullable=False),
        sa.Column("eligible_yen", sa.BigInteger(), nullable=False),
        sa.Column("revenue_yen", sa.BigInteger(), nullable=False),
        sa.Column("cost_yen", sa.BigInteger(), nullable=False),
        sa.Column("exclusion_yen", sa.BigInteger(), nullable=False),
        sa.Column("returned_yen", sa.BigInteger(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=1000), nullable=False),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_reason", sa.String(length=1000), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "subsidy_yen >= 0 and eligible_yen >= 0 and revenue_yen >= 0 and cost_yen >= 0 and exclusion_yen >= 0 and returned_yen >= 0 and amount_yen >= 0",
            name=op.f("ck_profit_return_amounts"),
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_profit_return_award_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["computed_by_id"], ["user.id"], name=op.f("fk_profit_return_computed_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_profit_return_confirmed_by_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_profit_return_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profit_return")),
        sa.UniqueConstraint("award_id", "fiscal_year", name=op.f("uq_profit_return_award_id_fiscal_year")),
    )


def _property() -> None:
    op.create_table(
        "asset",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("expense_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_use",
                "disposal_requested",
                "approved",
                "disposed",
                "released",
                name="assetstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "owner",
            sa.Enum("state", "recipient", name="owner", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("unit_price_yen", sa.BigInteger(), nullable=False),
        sa.Column("acquired_on", sa.Date(), nullable=False),
        sa.Column("useful_life_years", sa.Integer(), nullable=False),
        sa.Column("restricted_until", sa.Date(), nullable=False),
        sa.Column(
            "last_seen",
            sa.Enum(
                "present", "missing", "disposed", name="sighting", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit_price_yen > 0", name=op.f("ck_asset_price")),
        sa.CheckConstraint("useful_life_years between 1 and 60", name=op.f("ck_asset_life")),
        sa.ForeignKeyConstraint(["expense_id"], ["expense.id"], name=op.f("fk_asset_expense_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_asset_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_asset_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("project_id", "label", name=op.f("uq_asset_project_id_label")),
    )
    op.create_index(op.f("ix_asset_expense_id"), "asset", ["expense_id"], unique=False)
    op.create_index(op.f("ix_asset_organisation_id"), "asset", ["organisation_id"], unique=False)
    op.create_index("ix_asset_restricted", "asset", ["status", "restricted_until"], unique=False)
    op.create_table(
        "asset_sighting",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column(
            "found",
            sa.Enum(
                "present", "missing", "disposed", name="sighting", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_asset_sighting_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_asset_sighting_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_sighting")),
    )
    op.create_index("ix_asset_sighting_asset", "asset_sighting", ["asset_id", "id"], unique=False)
    op.create_table(
        "disposal_request",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "other_use",
                "transfer",
                "exchange",
                "lending",
                "collateral",
                "demolition",
                "scrapping",
                name="disposalkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("price_yen", sa.BigInteger(), nullable=True),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("condition", sa.String(length=1000), nullable=False),
        sa.Column("repay_yen", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_yen is null or price_yen >= 0", name=op.f("ck_disposal_request_price")),
        sa.CheckConstraint("repay_yen is null or repay_yen >= 0", name=op.f("ck_disposal_request_repay")),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_disposal_request_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_disposal_request_decided_by_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user.id"], name=op.f("fk_disposal_request_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_request")),
    )
    op.create_index("ix_disposal_request_asset", "disposal_request", ["asset_id", "id"], unique=False)


def downgrade() -> None:
    for table in (
        "disposal_request",
        "asset_sighting",
        "asset",
        "profit_return",
        "payment",
        "expense_evidence",
        "site_inspection",
        "fixing",
        "expense",
        "cost_transfer",
        "cost_forecast",
    ):
        op.drop_table(table)
