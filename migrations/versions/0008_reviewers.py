"""reviewers: profiles, employers, interests by year, judged conflicts; people named in a share

Revision: 0008, after 0007
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


KINDS = ("employment", "capital", "officer", "family", "joint_research", "co_application", "mentor", "other")


def code(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    add_reviewers()
    widen_interests()
    add_named_people()


def downgrade() -> None:
    drop_named_people()
    narrow_interests()
    for table in (
        "possible_conflict", "access_record", "conflict_judgement", "interest_declaration", "employment", "reviewer_field",
        "reviewer_profile",
    ):  # fmt: skip
        op.drop_table(table)


def add_reviewers() -> None:
    """Profiles, employers, yearly declarations, judged conflicts, what was read."""
    op.create_table(
        "reviewer_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", code("reviewerkind", "academic", "business", "public", "other"), nullable=False),
        sa.Column("languages", sa.String(40), nullable=False),
        sa.Column("keywords", sa.String(1000), nullable=False),
        sa.Column("orcid", sa.String(19), nullable=False),
        sa.Column("erad_number", sa.String(20), nullable=False),
        sa.Column("load_limit", sa.Integer(), nullable=True),
        sa.Column("name_kana", sa.String(200), nullable=False),
        sa.Column("name_roman", sa.String(200), nullable=False),
        sa.Column("other_names", sa.String(200), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        sa.CheckConstraint("load_limit is null or load_limit >= 0", name=op.f("ck_reviewer_profile_load")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE",
                                name=op.f("fk_reviewer_profile_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_profile")),
        sa.UniqueConstraint("user_id", name=op.f("uq_reviewer_profile_user_id")),
    )  # fmt: skip
    op.create_index("ix_reviewer_profile_kind", "reviewer_profile", ["kind", "user_id"])
    op.create_table(
        "reviewer_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["reviewer_profile.id"], ondelete="CASCADE",
                                name=op.f("fk_reviewer_field_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_field")),
        sa.UniqueConstraint("profile_id", "code", name=op.f("uq_reviewer_field_profile_id_code")),
    )  # fmt: skip
    op.create_index("ix_reviewer_field_code", "reviewer_field", ["code", "profile_id"])
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_name", sa.String(200), nullable=False),
        sa.Column("corporate_number", sa.String(13), nullable=True),
        sa.Column("position", sa.String(200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on is null or starts_on is null or ends_on >= starts_on",
                           name=op.f("ck_employment_period")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE", name=op.f("fk_employment_user_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_employment_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )  # fmt: skip
    op.create_index("ix_employment_user", "employment", ["user_id", "id"])
    op.create_index("ix_employment_org", "employment", ["organisation_id"])
    op.create_table(
        "interest_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("no_ties", sa.Boolean(), nullable=False),
        sa.Column("declared_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE",
                                name=op.f("fk_interest_declaration_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_declaration")),
        sa.UniqueConstraint("user_id", "fiscal_year", name=op.f("uq_interest_declaration_user_id_fiscal_year")),
    )  # fmt: skip
    op.create_table(
        "conflict_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("verdict", code("conflictverdict", "conflict", "no_conflict"), nullable=False),
        sa.Column("reason", sa.String(4000), nullable=False),
        sa.Column("hits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_conflict_judgement_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE",
                                name=op.f("fk_conflict_judgement_user_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_conflict_judgement_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_judgement")),
    )  # fmt: skip
    op.create_index("ix_conflict_judgement_pair", "conflict_judgement", ["application_id", "user_id", "id"])
    op.create_index("ix_conflict_judgement_user", "conflict_judgement", ["user_id", "id"])
    op.create_table(
        "access_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("what", code("readwhat", "proposal", "file", "reviews"), nullable=False),
        sa.Column("first_at", instant(), nullable=False),
        sa.Column("last_at", instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_access_record_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE", name=op.f("fk_access_record_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
        sa.UniqueConstraint("application_id", "user_id", "what",
                            name=op.f("uq_access_record_application_id_user_id_what")),
    )  # fmt: skip
    op.create_index("ix_access_record_user", "access_record", ["user_id", "id"])
    op.create_table(
        "possible_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("found_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_possible_conflict_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE",
                                name=op.f("fk_possible_conflict_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_conflict")),
        sa.UniqueConstraint("application_id", "user_id", name=op.f("uq_possible_conflict_application_id_user_id")),
    )  # fmt: skip
    op.create_index("ix_possible_conflict_user", "possible_conflict", ["user_id"])


def widen_interests() -> None:
    """A tie holds for one fiscal year (the one in which it was declared), also to a firm or person by name only."""
    said = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(f"update declared_interest set kind = 'other' where kind not in ({said})")
    with op.batch_alter_table("declared_interest") as batch:
        batch.drop_constraint(op.f("uq_declared_interest_user_id_organisation_id"), type_="unique")
        batch.alter_column("organisation_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("kind", existing_type=sa.String(40), type_=sa.String(32), existing_nullable=False)
        batch.create_check_constraint(op.f("ck_declared_interest_interestkind"), f"kind IN ({said})")
        batch.add_column(sa.Column("fiscal_year", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("organisation_name", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("corporate_number", sa.String(13), nullable=True))
        batch.add_column(sa.Column("person_name", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("withdrawn_at", instant(), nullable=True))
    at_home = "datetime(declared_at, '+9 hours', '-3 months')"
    year = (
        f"cast(strftime('%Y', {at_home}) as integer)"
        if op.get_bind().dialect.name == "sqlite"
        else "cast(extract(year from (declared_at at time zone 'Asia/Tokyo') - interval '3 months') as integer)"
    )
    op.execute(f"update declared_interest set fiscal_year = {year}")
    with op.batch_alter_table("declared_interest") as batch:
        batch.alter_column("fiscal_year", existing_type=sa.Integer(), nullable=False)
        for name in ("organisation_name", "person_name"):
            batch.alter_column(name, server_default=None, existing_type=sa.String(200), existing_nullable=False)
    op.create_index("ix_declared_interest_user", "declared_interest", ["user_id", "fiscal_year"])


def narrow_interests() -> None:
    op.drop_index("ix_declared_interest_user", "declared_interest")
    op.execute("delete from declared_interest where organisation_id is null")
    op.execute(
        "delete from declared_interest where id not in"
        " (select min(id) from declared_interest group by user_id, organisation_id)"
    )
    with op.batch_alter_table("declared_interest") as batch:
        batch.drop_constraint(op.f("ck_declared_interest_interestkind"), type_="check")
        for name in ("withdrawn_at", "person_name", "corporate_number", "organisation_name", "fiscal_year"):
            batch.drop_column(name)
        batch.alter_column("kind", existing_type=sa.String(32), type_=sa.String(40), existing_nullable=False)
        batch.alter_column("organisation_id", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(
            op.f("uq_declared_interest_user_id_organisation_id"), ["user_id", "organisation_id"]
        )


def add_named_people() -> None:
    """People and subcontractors named in a member's share."""
    op.create_table(
        "named_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("reading", sa.String(100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "representative", "officer", "project_leader", "sub_leader", "researcher", "accounting",
                name="personrole", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=True,
        ),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("erad_number", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["consortium_member.id"], name=op.f("fk_named_person_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_person")),
        sa.UniqueConstraint("member_id", "position", name=op.f("uq_named_person_member_id_position")),
    )  # fmt: skip
    op.create_table(
        "subcontractor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("corporate_number", sa.String(13), nullable=True),
        sa.Column("task", sa.String(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["consortium_member.id"], name=op.f("fk_subcontractor_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subcontractor")),
        sa.UniqueConstraint("member_id", "position", name=op.f("uq_subcontractor_member_id_position")),
    )
    op.create_index(op.f("ix_subcontractor_corporate_number"), "subcontractor", ["corporate_number"])
    seal_corrections()


def seal_corrections() -> None:
    """What the office sees of an application while it is corrected; of open corrections it is read off the submission."""
    with op.batch_alter_table("correction") as batch:
        batch.add_column(sa.Column("sealed_title_en", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("sealed_title_ja", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("sealed_total_yen", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("sealed_frame_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sealed_lead_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_correction_sealed_frame_id"), "frame", ["sealed_frame_id"], ["id"])
        batch.create_foreign_key(op.f("fk_correction_sealed_lead_id"), "organisation", ["sealed_lead_id"], ["id"])
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "select c.id, s.snapshot, a.call_id from correction c join submission s on s.id = c.base_id"
            " join application a on a.id = c.application_id where c.closed_at is null"
        )
    ).all()
    for key, snapshot, call_id in rows:
        main = json.loads(snapshot)
        seen = {name: main["application"][name] for name in ("title_en", "title_ja", "total_yen")}
        connection.execute(
            sa.text(
                "update correction set sealed_title_en = :title_en, sealed_title_ja = :title_ja,"
                " sealed_total_yen = :total_yen, sealed_lead_id = :lead, sealed_frame_id ="
                " (select f.id from frame f where f.call_id = :call and f.code = :code) where id = :key"
            ),
            {
                **seen,
                "lead": main["application"]["lead_organisation_id"],
                "call": call_id,
                "code": main["frame"]["code"],
                "key": key,
            },
        )
    with op.batch_alter_table("correction") as batch:
        for name in ("sealed_title_en", "sealed_title_ja"):
            batch.alter_column(name, server_default=None, existing_type=sa.String(200), existing_nullable=False)
        batch.alter_column(
            "sealed_total_yen", server_default=None, existing_type=sa.BigInteger(), existing_nullable=False
        )


def drop_named_people() -> None:
    with op.batch_alter_table("correction") as batch:
        for target in ("frame", "lead"):
            batch.drop_constraint(op.f(f"fk_correction_sealed_{target}_id"), type_="foreignkey")
        for name in ("title_en", "title_ja", "total_yen", "frame_id", "lead_id"):
            batch.drop_column(f"sealed_{name}")
    for table in ("subcontractor", "named_person"):
        op.drop_table(table)
