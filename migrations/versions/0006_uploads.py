"""uploads: files that arrive in pieces, the state of the virus scan, files found lost or altered

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    "not_required", "skipped", "waiting", "clean", "infected", "failed",
    name="scanstate", native_enum=False, create_constraint=True, length=32,
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("stored_file") as batch:
        batch.add_column(sa.Column("scan_state", STATE, nullable=False, server_default="not_required"))
        batch.add_column(sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("signature", sa.String(200), nullable=True))
        batch.add_column(sa.Column("damaged_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("stored_file") as batch:
        batch.alter_column("scan_state", server_default=None, existing_type=STATE, existing_nullable=False)
        batch.create_index("ix_stored_file_scan_state", ["scan_state", "id"])
        batch.create_index("ix_stored_file_damaged_at", ["damaged_at"])
    op.execute(  # what people uploaded before there was a scanner; what the house made itself needs none
        "update stored_file set scan_state = 'skipped' where not exists"
        " (select 1 from document where document.file_id = stored_file.id)"
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(43), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("received >= 0 and received <= size", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], ondelete="CASCADE",
                                name=op.f("fk_upload_application_id")),
        sa.ForeignKeyConstraint(["document_id"], ["required_document.id"], name=op.f("fk_upload_document_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_upload_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )  # fmt: skip
    op.create_index("ix_upload_of_person", "upload", ["application_id", "user_id", "id"])
    op.create_index(op.f("ix_upload_expires_at"), "upload", ["expires_at"])


def downgrade() -> None:
    op.drop_table("upload")
    with op.batch_alter_table("stored_file") as batch:
        batch.drop_index("ix_stored_file_damaged_at")
        batch.drop_index("ix_stored_file_scan_state")
        batch.drop_constraint(op.f("ck_stored_file_scanstate"), type_="check")
        batch.drop_column("damaged_at")
        batch.drop_column("signature")
        batch.drop_column("scanned_at")
        batch.drop_column("scan_state")
