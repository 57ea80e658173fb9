"""Look-ups of reports and datasets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.clusters.models import Cluster
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.core.tables import Page, keyset
from app.publishing.choices import FileRole, PublicationStatus
from app.publishing.models import Publication, PublicationFigure, PublicationFile, Snapshot
from app.publishing.queries.snapshots import PUBLIC, is_code, kept_out_of

LET_OUT = (PublicationStatus.published, PublicationStatus.superseded)


def publication_for(actor: Any, publication_id: int, *, lock: bool = False) -> Publication | None:
    """Officers and auditors see every publication in the making."""
    if not actor.has_role("officer", "auditor"):
        return None
    query = (
        select(Publication)
        .where(Publication.id == publication_id)
        .options(
            selectinload(Publication.files).joinedload(PublicationFile.file), joinedload(Publication.replaces),
            undefer(Publication.content), undefer(Publication.project_ids),
        )
    )  # fmt: skip
    return session.scalar(query.with_for_update(of=Publication) if lock else query)


def publication(publication_id: int, *, lock: bool = False) -> Publication | None:
    """For the worker."""
    return session.get(Publication, publication_id, with_for_update=lock or None, populate_existing=lock)


def publications(after: str | None, before: str | None) -> Page[Any]:
    return keyset(select(Publication), [Publication.code], after, before)


def published_publications(limit: int = 50) -> Sequence[Publication]:
    """What everybody may read, the newest first; superseded ones are marked."""
    return session.scalars(
        select(Publication)
        .where(Publication.status.in_(LET_OUT))
        .options(selectinload(Publication.files).joinedload(PublicationFile.file), joinedload(Publication.replaces))
        .order_by(Publication.published_at.desc(), Publication.id.desc())
        .limit(limit)
    ).all()


def published_publication(code: str) -> Publication | None:
    if not is_code(code):
        return None
    return session.scalar(
        select(Publication).where(Publication.code == code, Publication.status == PublicationStatus.published)
    )


def public_file(code: str, role: str) -> StoredFile | None:
    """A file of a publication that is, or was, public; never the workbook."""
    if not is_code(code) or not FileRole(role).public:
        return None
    return session.scalar(
        select(StoredFile)
        .join(PublicationFile, PublicationFile.file_id == StoredFile.id)
        .join(Publication, Publication.id == PublicationFile.publication_id)
        .where(Publication.code == code, Publication.status.in_(LET_OUT), PublicationFile.role == FileRole(role))
    )


def rests_on(publication_id: int) -> Sequence[Snapshot]:
    """The figures that a report quotes."""
    return session.scalars(
        select(Snapshot)
        .join(PublicationFigure, PublicationFigure.snapshot_id == Snapshot.id)
        .where(PublicationFigure.publication_id == publication_id)
        .order_by(Snapshot.code)
    ).all()


def public_figures() -> Sequence[Snapshot]:
    """Every figure that is or was public."""
    return session.scalars(
        select(Snapshot)
        .where(Snapshot.status.in_(PUBLIC))
        .options(joinedload(Snapshot.replaces))
        .order_by(Snapshot.code)
    ).all()


def may_see_workbook(actor: Any, row: Publication) -> bool:
    """The workbook lists records; nobody sees it who is kept out of one of the projects."""
    return actor.has_role("officer", "auditor") and not kept_out_of(actor, row.project_ids)


def cluster_choices() -> list[tuple[str, Bilingual]]:
    rows = session.execute(
        select(Cluster.cluster_code, Cluster.name_en, Cluster.name_ja).order_by(Cluster.cluster_code)
    )
    return [(code, Bilingual(en, ja)) for code, en, ja in rows]
