"""cluster registers: areas, organisations that run them, targets, new businesses, activities, incubation

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def _incoming_name() -> None:
    op.create_table(
        "incoming_name",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("corporate_number", sa.String(length=13), nullable=True),
        sa.Column("prefecture", sa.String(length=2), nullable=True),
        sa.Column("context", code("namecontext", "membership", "attendance", "typed"), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("came_at", instant(), nullable=False),
        sa.Column("came_by_id", sa.Integer(), nullable=True),
        sa.Column("status", code("namestatus", "waiting", "settled", "withdrawn"), nullable=False),
        sa.Column("decision", code("decision", "same", "another", "new", "none"), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("candidates", json(), nullable=False),
        sa.Column("decided_at", instant(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["came_by_id"], ["user.id"], name=op.f("fk_incoming_name_came_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_incoming_name_decided_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_incoming_name_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_name")),
    )
    op.create_index("ix_incoming_name_org", "incoming_name", ["organisation_id"])
    op.create_index("ix_incoming_name_scope", "incoming_name", ["scope", "status"])
    op.create_index("ix_incoming_name_status", "incoming_name", ["status", "id"])


def _cluster_area() -> None:
    op.create_table(
        "cluster_area",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("places", sa.String(length=400), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_cluster_area_period")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_area_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_area")),
        sa.UniqueConstraint("cluster_id", "area_code", name=op.f("uq_cluster_area_cluster_id_area_code")),
    )


def _base_organisation() -> None:
    op.create_table(
        "base_organisation",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("role", code("baserole", "promotion", "base"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_base_organisation_period")),
        sa.ForeignKeyConstraint(["area_id"], ["cluster_area.id"], name=op.f("fk_base_organisation_area_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_base_organisation_cluster_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_base_organisation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_organisation")),
        sa.UniqueConstraint("cluster_id", "organisation_id", "role", "valid_from", name=op.f("uq_base_organisation_cluster_id_organisation_id_role_valid_from")),
    )
    op.create_index("ix_base_organisation_org", "base_organisation", ["organisation_id"])


def _waiting_member() -> None:
    op.create_table(
        "waiting_member",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=400), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_waiting_member_cluster_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_waiting_member_membership_id")),
        sa.ForeignKeyConstraint(["name_id"], ["incoming_name.id"], name=op.f("fk_waiting_member_name_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_member")),
        sa.UniqueConstraint("cluster_id", "name_id", name=op.f("uq_waiting_member_cluster_id_name_id")),
    )
    op.create_index("ix_waiting_member_name", "waiting_member", ["name_id"])


def _cluster_target() -> None:
    op.create_table(
        "cluster_target",
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("indicator", code("indicator", "new_businesses", "new_companies", "participants", "universities", "activities", "sales"), nullable=False),
        sa.Column("kind", code("figurekind", "target", "forecast", "actual"), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("cumulative", sa.Boolean(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("withdrawn_at", instant(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("baseline >= 0", name=op.f("ck_cluster_target_baseline")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_cluster_target_period")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_cluster_target_value")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_target_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_target")),
    )
    op.create_index("ix_cluster_target_cluster", "cluster_target", ["cluster_id", "indicator"])


def _new_business() -> None:
    op.create_table(
        "new_business",
        sa.Column("business_key", sa.String(length=60), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("type", code("businesstype", "product", "service", "product_line", "company", "second_business"), nullable=False),
        sa.Column("kind", code("figurekind", "target", "forecast", "actual"), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=400), nullable=False),
        sa.Column("distinct_from", json(), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=True),
        sa.Column("recorded_at", instant(), nullable=False),
        sa.Column("retracted_at", instant(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('forecast', 'actual')", name=op.f("ck_new_business_kind")),
        sa.CheckConstraint("(counts is null) = (retracted_at is not null)", name=op.f("ck_new_business_retracted")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_new_business_cluster_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_new_business_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_new_business")),
        sa.UniqueConstraint("business_key", name=op.f("uq_new_business_business_key")),
        sa.UniqueConstraint(
            "organisation_id", "type", "name_key", "counts",
            name=op.f("uq_new_business_organisation_id_type_name_key_counts"),
        ),
    )
    op.create_index("ix_new_business_counted", "new_business", ["cluster_id", "kind", "started_on"])
    op.create_index("ix_new_business_name_key", "new_business", ["name_key"])
    op.create_index("ix_new_business_started_on", "new_business", ["started_on"])


def _network_activity() -> None:
    op.create_table(
        "network_activity",
        sa.Column("activity_key", sa.String(length=60), nullable=False),
        sa.Column("kind", code("activitykind", "exchange_meeting", "symposium", "seminar", "workshop", "matching_event", "exhibition_domestic", "exhibition_overseas", "trade_mission", "business_plan_presentation", "finance_meeting", "finance_conference", "training", "incubation_support", "coordinator_visit", "database_release", "newsletter", "mou_signed", "office_opened", "joint_ordering_body"), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_ja", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("partners", sa.String(length=400), nullable=False),
        sa.Column("outcomes", sa.String(length=4000), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("block", sa.String(length=60), nullable=False),
        sa.Column("programme", code("trainingprogramme", "im_training", "im_instructor", "hr_core", "hr_colleges", "other"), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_on is null or ended_on >= held_on", name=op.f("ck_network_activity_period")),
        sa.CheckConstraint("head_count >= 0", name=op.f("ck_network_activity_head_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_activity")),
        sa.UniqueConstraint("activity_key", name=op.f("uq_network_activity_activity_key")),
    )
    op.create_index("ix_network_activity_held_on", "network_activity", ["held_on"])
    op.create_index("ix_network_activity_kind", "network_activity", ["kind", "held_on"])


def _activity_cluster() -> None:
    op.create_table(
        "activity_cluster",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["network_activity.id"], name=op.f("fk_activity_cluster_activity_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_activity_cluster_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_cluster")),
    )
    op.create_index("ix_activity_cluster_activity", "activity_cluster", ["activity_id"])
    op.create_index("uq_activity_cluster", "activity_cluster", ["cluster_id", "activity_id"], unique=True)


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name_id", sa.Integer(), nullable=True),
        sa.Column("role", code("attendeerole", "participant", "speaker", "bank", "trainee", "supporter"), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(organisation_id is null) <> (name_id is null)", name=op.f("ck_attendance_whose")),
        sa.CheckConstraint("persons > 0", name=op.f("ck_attendance_persons")),
        sa.ForeignKeyConstraint(["activity_id"], ["network_activity.id"], name=op.f("fk_attendance_activity_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["name_id"], ["incoming_name.id"], name=op.f("fk_attendance_name_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_attendance_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_activity", "attendance", ["activity_id"])
    op.create_index("ix_attendance_name", "attendance", ["name_id"])
    op.create_index("ix_attendance_org", "attendance", ["organisation_id"])


def _activity_result() -> None:
    op.create_table(
        "activity_result",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("kind", code("resultkind", "matched", "joint_development", "contract", "bridge_loan", "low_interest_loan", "venture_capital", "fund"), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_activity_result_amount")),
        sa.CheckConstraint("organisation_id <> partner_id", name=op.f("ck_activity_result_two")),
        sa.ForeignKeyConstraint(["activity_id"], ["network_activity.id"], name=op.f("fk_activity_result_activity_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_activity_result_organisation_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_activity_result_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_result")),
    )
    op.create_index("ix_activity_result_activity", "activity_result", ["activity_id"])
    op.create_index("ix_activity_result_org", "activity_result", ["organisation_id"])
    op.create_index("ix_activity_result_partner", "activity_result", ["partner_id"])


def _incubation_facility() -> None:
    op.create_table(
        "incubation_facility",
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_ja", sa.String(length=200), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("prefecture", sa.String(length=2), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("tenants", sa.Integer(), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closed_on is null or closed_on > opened_on", name=op.f("ck_incubation_facility_period")),
        sa.CheckConstraint("tenants >= 0", name=op.f("ck_incubation_facility_tenants")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_incubation_facility_cluster_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["organisation.id"], name=op.f("fk_incubation_facility_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incubation_facility")),
    )
    op.create_index("ix_incubation_facility_cluster", "incubation_facility", ["cluster_id"])
    op.create_index("ix_incubation_facility_operator", "incubation_facility", ["operator_id"])


def _incubation_manager() -> None:
    op.create_table(
        "incubation_manager",
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("qualified_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("programme", code("trainingprogramme", "im_training", "im_instructor", "hr_core", "hr_colleges", "other"), nullable=True),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["incubation_facility.id"], name=op.f("fk_incubation_manager_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incubation_manager")),
    )
    op.create_index("ix_incubation_manager_facility", "incubation_manager", ["facility_id"])


def upgrade() -> None:
    # The queue of names comes first: lists of members and attendees point into it.
    _incoming_name()
    _cluster_area()
    _base_organisation()
    _waiting_member()
    _cluster_target()
    _new_business()
    _network_activity()
    _activity_cluster()
    _attendance()
    _activity_result()
    _incubation_facility()
    _incubation_manager()


def downgrade() -> None:
    for table in (
        "incubation_manager",
        "incubation_facility",
        "activity_result",
        "attendance",
        "activity_cluster",
        "network_activity",
        "new_business",
        "cluster_target",
        "waiting_member",
        "base_organisation",
        "cluster_area",
        "incoming_name",
    ):
        op.drop_table(table)
