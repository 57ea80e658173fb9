"""Everything that is public, as sets of the units that were counted: figures, their years, and reports (CR-14)."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import select

from app.analytics.definitions import Question, Verdict
from app.analytics.definitions.rules import COMMERCIALIZATION, PARTICIPATION
from app.analytics.queries.units import units as units_of
from app.analytics.queries.units.base import VERDICTS
from app.core import numbering, storage
from app.core.db import session
from app.core.storage import StoredFile
from app.publishing.choices import PublicationStatus, SnapshotStatus
from app.publishing.definitions import disclosure
from app.publishing.definitions.disclosure import Cell, cell
from app.publishing.definitions.questions import digest
from app.publishing.models import Publication, Snapshot, SnapshotUnit

PUBLIC = (SnapshotStatus.published, SnapshotStatus.superseded)
LET_OUT = (PublicationStatus.published, PublicationStatus.superseded)
RULES = {**PARTICIPATION, **COMMERCIALIZATION}
#: (key, verdict, the fiscal year under which it stands)
Unit = tuple[str, Verdict, int | None]
_KEEP = 64
_known: OrderedDict[Any, list[str]] = OrderedDict()
_lock = Lock()


def one_at_a_time() -> None:
    """Two things that are let out in the same moment would each not know of the other: the second waits here."""
    numbering.next_number("letting-out")


def kind_of(definition: str) -> str:
    """What one unit of a definition is: project, place or firm."""
    return RULES[definition].rows


def counted_units(question: Question) -> list[Unit]:
    """Every unit of a question with its verdict and, where it has one, its year."""
    unit = units_of(question)
    if "cohort" not in unit.c:
        rows = session.execute(select(unit.c.key, unit.c.verdict)).all()
        return sorted(((key, VERDICTS[code], None) for key, code in rows), key=lambda found: found[0])
    placed = session.execute(select(unit.c.key, unit.c.verdict, unit.c.cohort)).all()
    return sorted(((key, VERDICTS[code], int(year)) for key, code, year in placed), key=lambda found: found[0])


def cells_by_year(of: str, kind: str, units: Sequence[Unit]) -> list[tuple[int, Cell]]:
    by_year: dict[int, list[tuple[str, Verdict]]] = defaultdict(list)
    for key, verdict, year in units:
        if year is not None:
            by_year[year].append((key, verdict))
    return [(year, cell(of, kind, found)) for year, found in sorted(by_year.items())]


def whole(of: str, kind: str, units: Sequence[Unit]) -> Cell:
    return cell(of, kind, ((key, verdict) for key, verdict, _year in units))


def cells_of(row: Snapshot) -> list[Cell]:
    """What a figure tells: the count, and the years that are shown beside it."""
    rows = session.execute(
        select(SnapshotUnit.key, SnapshotUnit.verdict, SnapshotUnit.cohort).where(SnapshotUnit.snapshot_id == row.id)
    )
    units: list[Unit] = [(key, verdict, year) for key, verdict, year in rows]
    kind = kind_of(row.definition)
    shown = set(row.shown_years or ())
    return [
        whole(row.code, kind, units),
        *(found for year, found in cells_by_year(row.code, kind, units) if year in shown),
    ]


def public_snapshots(but: int | None = None) -> Sequence[Snapshot]:
    rows = session.scalars(select(Snapshot).where(Snapshot.status.in_(PUBLIC)).order_by(Snapshot.id)).all()
    return [row for row in rows if row.id != but]


def _reports(but: int | None = None) -> Sequence[tuple[int, StoredFile]]:
    rows = session.execute(
        select(Publication.id, StoredFile)
        .join(StoredFile, StoredFile.id == Publication.cells_file_id)
        .where(Publication.status.in_(LET_OUT))
        .order_by(Publication.id)
    )
    return [(key, file) for key, file in rows if key != but]


def cells_in(file: StoredFile) -> list[Cell]:
    return disclosure.unpacked(storage.open_file(file))


def public_cells() -> list[Cell]:
    """All that anybody can know: figures that are or were public, and reports."""
    found = [one for row in public_snapshots() for one in cells_of(row)]
    return found + [one for _key, file in _reports() for one in cells_in(file)]


def state_of_the_public() -> str:
    """A digest of all that is public: as long as it stays, so does what a figure would tell beside it."""
    figures = session.scalars(select(Snapshot.data_sha256).where(Snapshot.status.in_(PUBLIC)).order_by(Snapshot.id))
    return digest([list(figures), [file.sha256 for _key, file in _reports()]])


def told_beside(public: Sequence[Cell], mine: Sequence[Cell], code: str) -> list[str]:
    """The numbers of what is public already and tells of one or two units together with new cells. A cell that is small
    by itself is refused for that."""
    if not all(one.safe for one in mine):
        return []
    return [name for name in disclosure.would_tell(public, mine) if name not in (code, "")]


def _told(identity: Any, mine: Callable[[], Sequence[Cell]], code: str) -> list[str]:
    """As ``told_beside`` all that is public; kept, because nothing public ever changes."""
    key = (identity, state_of_the_public())
    with _lock:
        if key in _known:
            return _known[key]
    found = told_beside(public_cells(), mine(), code)
    with _lock:
        _known[key] = found
        while len(_known) > _KEEP:
            _known.popitem(last=False)
    return found


def told_by(row: Snapshot) -> list[str]:
    """The numbers of what is public already and tells of one or two units once this figure is. The worker found out when
    the figure was frozen; it is reckoned again only where something has become public since."""
    if row.frozen_at is None:
        return []
    if row.held is not None and row.held["public"] == state_of_the_public():
        return list(row.held["told"])
    return _told(row.data_sha256, lambda: cells_of(row), row.code)


def told_by_report(row: Publication) -> list[str]:
    file = row.cells_file
    return _told(file.sha256, lambda: cells_in(file), row.code) if file is not None else []
