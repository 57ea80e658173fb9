"""Rules of the years after a project as data: when reports fall due, how shares add up, when a level was reached."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol

from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.outcomes.choices import Detail, DevState, FollowUpStatus, Level, Phase, RecordKind

#: A share of a product in hundredths of a percent: all of it.
WHOLE = 10_000
#: Who reports first, for the project as a whole; then the others in this order.
LEADS = ("managing_organisation", "core_company", "lead_company", "project_leader", "sub_leader", "implementer")


@dataclass(frozen=True)
class Terms:
    """MON-10 as parameters of a programme. The window of 90 days (April to June) is [own]; sources differ on whether
    the first report covers the fiscal year of completion ([SAIKO]: yes)."""

    covers_completion_year: bool = True
    due_after_days: int = 90


@dataclass(frozen=True)
class Slot:
    """One yearly report that is owed: the fiscal year it covers and its window."""

    number: int
    fiscal_year: int
    opens_on: date
    due_on: date


def schedule(completed_on: date, years: int, terms: Terms) -> list[Slot]:
    """The reports that a completed project owes for so many years; after the last the duty has ended (MON-10)."""
    first = fiscal_year(completed_on) + (0 if terms.covers_completion_year else 1)
    found = []
    for number in range(1, years + 1):
        year = first + number - 1
        end = fiscal_year_end(year)
        opens = max(end + timedelta(days=1), completed_on)
        found.append(Slot(number, year, opens, end + timedelta(days=terms.due_after_days)))
    return found


class Dated(Protocol):
    @property
    def status(self) -> FollowUpStatus: ...

    @property
    def opens_on(self) -> date: ...

    @property
    def due_on(self) -> date: ...


def phase(report: Dated, on: date) -> Phase:
    """Scheduled, open and missed are read off the dates and never stored; a missed report may still be sent."""
    if report.status in (FollowUpStatus.submitted, FollowUpStatus.verified):
        return Phase(report.status.value)
    if report.due_on < on:
        return Phase.missed
    if report.status is FollowUpStatus.returned:
        return Phase.returned
    return Phase.open if report.opens_on <= on else Phase.scheduled


# --- shares of a product (OUT-7, CR-13) ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """From ``valid_from`` on this project's share of the product is ``share`` (hundredths of a percent), until a row
    recorded later says otherwise. ``number`` is the order of recording within the product."""

    project_id: int
    share: int
    valid_from: date
    recorded_on: date
    number: int


def shares_at(rows: Iterable[Share], on: date, known: date | None = None) -> dict[int, int]:
    """Share by project on a day, as known on another day (None: all that is known)."""
    found: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row.recorded_on, row.number)):
        if row.valid_from <= on and (known is None or row.recorded_on <= known):
            found[row.project_id] = row.share
    return {project: share for project, share in found.items() if share}


def overfull(rows: Sequence[Share]) -> tuple[date, int] | None:
    """The first day on which the shares pass the whole, at any state of knowledge, and their sum then; None if none."""
    for known in sorted({row.recorded_on for row in rows}):
        for on in sorted({row.valid_from for row in rows}):
            if (total := sum(shares_at(rows, on, known).values())) > WHOLE:
                return on, total
    return None


def apportion(amount: int, shares: Mapping[int, int]) -> dict[int, int]:
    """Yen by project, each floored, so that never more is counted than was sold (OUT-7)."""
    return {project: amount * share // WHOLE for project, share in shares.items()}


# --- when a level was first reached (CR-9, CR-10) --------------------------------------------------------------------


class Seen(Protocol):
    """What an observation tells."""

    @property
    def observed_on(self) -> date: ...

    @property
    def recorded_on(self) -> date: ...

    @property
    def dev_state(self) -> DevState: ...

    @property
    def stage(self) -> int: ...

    @property
    def evidence_level(self) -> int: ...


@dataclass(frozen=True)
class Reached:
    """A level was first seen on ``on``; ``after`` is the last day seen without it (None: never seen before), so the
    event lies between the two. ``still`` tells whether the latest observation still shows it."""

    level: Level
    on: date | None
    after: date | None
    still: bool


def reaches(level: Level, seen: Seen) -> bool:
    """OUT-6: E1 looks at the state of development, the others at the stage."""
    if level is Level.E1:
        return seen.dev_state in (DevState.productization, DevState.launched)
    return seen.stage >= {Level.E0: 1, Level.E2: 3, Level.E3: 4, Level.E4: 5}[level]


def first_reached(rows: Iterable[Seen], known: date | None = None, min_evidence: int = 0) -> dict[Level, Reached]:
    """Derived from the observations known by a day, never stored and never edited; the stage itself may fall."""
    counting = sorted(
        (row for row in rows if row.evidence_level >= min_evidence and (known is None or row.recorded_on <= known)),
        key=lambda row: (row.observed_on, row.recorded_on),
    )
    found = {}
    for level in Level:
        on = next((row.observed_on for row in counting if reaches(level, row)), None)
        before = [row.observed_on for row in counting if on is None or row.observed_on < on]
        after = before[-1] if on is not None and before else None
        found[level] = Reached(level, on, after, bool(counting) and reaches(level, counting[-1]))
    return found


# --- where a row of the ledger comes from ----------------------------------------------------------------------------

#: The level of evidence of what counts nowhere (a dispute was upheld).
NOWHERE = -1


class SourceKind(StrEnum):
    report = "report"
    dispute = "dispute"


@dataclass(frozen=True)
class Source:
    """A source that the house itself wrote: ``number`` of the yearly report (with its year and the organisation's key),
    or of the dispute. What came in from elsewhere is somebody's own words and is shown as it is."""

    kind: SourceKind
    number: int
    fiscal_year: int | None = None
    org_key: str = ""

    @property
    def written(self) -> str:
        """As it stands in the ledger and in its files."""
        if self.kind is SourceKind.dispute:
            return f"dispute {self.number}"
        return f"follow-up {self.number}, FY{self.fiscal_year}" + (f", {self.org_key}" if self.org_key else "")

    @property
    def label(self) -> Bilingual:
        if self.kind is SourceKind.dispute:
            return Bilingual(f"Dispute no. {self.number}", f"異議 第{self.number}号")
        whose_en, whose_ja = (f" ({self.org_key})", f"({self.org_key})") if self.org_key else ("", "")
        return Bilingual(
            f"Yearly report no. {self.number}, FY {self.fiscal_year}{whose_en}",
            f"事業化状況報告 第{self.number}回・{self.fiscal_year}年度{whose_ja}",
        )


_REPORT = re.compile(r"follow-up ([0-9]{1,4}), FY([0-9]{4})(?:, (.+))?")
_DISPUTE = re.compile(r"dispute ([0-9]{1,9})")


def read_source(text: str) -> Source | None:
    """What the house wrote, read back; None for words of somebody's own."""
    if found := _REPORT.fullmatch(text):
        return Source(SourceKind.report, int(found[1]), int(found[2]), found[3] or "")
    if found := _DISPUTE.fullmatch(text):
        return Source(SourceKind.dispute, int(found[1]))
    return None


# --- what a record of the ledger says --------------------------------------------------------------------------------

#: The fields that each kind of record has, beside its title and its day; those in ``NEEDED`` must be filled in.
FIELDS: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.ip_right: ("detail", "number", "registered_on", "owners", "licensed"),
    RecordKind.further_funding: ("detail", "amount_yen"),
    RecordKind.jobs: ("count",),
    RecordKind.spin_out: ("number",),
    RecordKind.publication: ("number",),
    RecordKind.prize: (),
}
NEEDED: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.ip_right: ("detail",),
    RecordKind.further_funding: ("detail", "amount_yen"),
    RecordKind.jobs: ("count",),
}
DETAILS: dict[RecordKind, tuple[Detail, ...]] = {
    RecordKind.ip_right: (Detail.patent, Detail.utility_model, Detail.design, Detail.trademark, Detail.know_how),
    RecordKind.further_funding: (Detail.investment, Detail.loan, Detail.other_public, Detail.rd_services),
}


# --- what the pages show ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """Reports owed so far, answered, overdue, and open but not yet due."""

    opened: int = 0
    responded: int = 0
    missed: int = 0
    waiting: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.opened + other.opened, self.responded + other.responded, self.missed + other.missed,
            self.waiting + other.waiting,
        )  # fmt: skip

    @property
    def rate(self) -> float | None:
        """Answered of owed; nothing where nothing was owed."""
        return self.responded / self.opened if self.opened else None


def response_tables(cells: Iterable[Any]) -> dict[str, Any]:
    """Sums over cells of (fiscal year, programme, bureau, counts): in all, by year, by programme, by bureau."""
    found: dict[str, Any] = {"total": Count(), "fiscal_year": {}, "programme": {}, "bureau": {}}
    for year, programme, bureau, *counts in cells:
        count = Count(*(int(n) for n in counts))
        found["total"] += count
        for name, key in (("fiscal_year", year), ("programme", programme), ("bureau", bureau or "none")):
            found[name][key] = found[name].get(key, Count()) + count
    return found


@dataclass(frozen=True)
class Line:
    """A product on a project's page: its version, the project's share, and its sales by year, whole and in part."""

    version: Any
    share: int
    sales: tuple[tuple[Any, int], ...]
    shown: bool


def ledger_of(
    project_id: int, versions: Mapping[int, Any], shares: Mapping[int, Sequence[Share]], sales: Iterable[Any],
    known: date | None, on: date, own: set[int] | None,
) -> list[Line]:  # fmt: skip
    """The products of a project with what they sold; ``own`` are the organisations whose figures the reader may see
    (None: all). A year's sales are apportioned with the shares of the year's last day."""
    sold: dict[int, list[Any]] = {}
    for row in sales:
        sold.setdefault(row.product_id, []).append(row)
    found = []
    for key, version in sorted(versions.items()):
        rows = shares.get(key, ())
        shown = own is None or version.organisation_id in own
        years = tuple(
            (row, apportion(row.sales_yen, shares_at(rows, row.event_on, known)).get(project_id, 0))
            for row in (sold.get(key, ()) if shown else ())
        )
        found.append(Line(version, shares_at(rows, min(on, known or on), known).get(project_id, 0), years, shown))
    return found
