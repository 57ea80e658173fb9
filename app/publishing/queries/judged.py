"""What a report may tell: each number of it as a set of units, let out one by one beside all that is public (CR-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization, Question, Reference, ReferenceKind, Verdict
from app.analytics.definitions import figures as f
from app.analytics.queries.units import units as units_of
from app.analytics.queries.units.base import VERDICTS
from app.analytics.queries.units.commercialization import COMPETING, EVENT
from app.core.db import session
from app.core.fiscal import fiscal_year_end
from app.projects.models import Project
from app.publishing.definitions.disclosure import Cell, Ledger, cell, share, years_shown
from app.publishing.models import Snapshot
from app.publishing.queries.cells import Unit, cells_by_year, counted_units, public_cells, whole

#: What a number is called inside a report: ("figure", "E1"), ("year", "E1", 2004), ("lag", 3, "E2") ...
Name = tuple[Any, ...]
GROUPS = ("yes", "no", "unknown")
CURVED = ("E1", "E2")
WIDTH, WITHIN, OLDEST = 5, 3, 10


@dataclass(frozen=True)
class Spell:
    """A completed project under observation: when and how that ended."""

    key: str
    verdict: Verdict
    cohort: int
    completed_on: date
    ended: int
    time: int
    entry: int

    def reached(self, t: int) -> bool:
        return self.ended == EVENT and self.time <= t

    def stopped(self, t: int) -> bool:
        return self.ended == COMPETING and self.time <= t

    def at_risk(self, t: int) -> bool:
        return self.entry <= t <= self.time


def spells_of(question: Commercialization) -> list[Spell]:
    unit = units_of(question)
    rows = session.execute(
        select(
            unit.c.key, unit.c.verdict, unit.c.cohort, Project.completed_on, unit.c.ended, unit.c.time, unit.c.entry
        ).join(Project, Project.id == unit.c.project_id)
    )
    found = [Spell(k, VERDICTS[v], int(c), on, e, int(t), int(n)) for k, v, c, on, e, t, n in rows]  # type: ignore[arg-type]
    return sorted(found, key=lambda one: one.key)


@dataclass
class Judged:
    """The numbers of one report, the most important first, and which of them may be told."""

    code: str
    cells: dict[Name, Cell] = field(default_factory=dict)
    let_out: set[Name] = field(default_factory=set)

    def add(self, name: Name, one: Cell) -> None:
        self.cells[name] = one

    def judge(self) -> None:
        public = public_cells()
        ledger = Ledger([*public, *self.cells.values()])
        ledger.publish(public)
        tables = {name[1] for name in self.cells if name[0] == "year"}
        for name, one in self.cells.items():
            if name[0] != "year":
                if ledger.admit([one]):
                    self.let_out.add(name)
            elif name[1] in tables:
                tables.remove(name[1])
                years = [(n[2], c) for n, c in self.cells.items() if n[:2] == name[:2]]
                if ("figure", name[1]) in self.let_out:  # years that add up to a withheld total would tell it
                    self.let_out |= {("year", name[1], year) for year in years_shown(ledger, years)}

    def told(self) -> list[Cell]:
        return [self.cells[name] for name in self.cells if name in self.let_out]

    def open(self, *name: Any) -> bool:
        return name in self.let_out

    def count(self, *name: Any) -> dict[str, int] | None:
        """The cell as it may be shown; None where it is withheld or where there is none."""
        if name not in self.let_out:
            return None
        found = self.cells[name].count
        return {"yes": found.yes, "unknown": found.unknown, "no": found.no, "all": found.total}


def judged(asked: Any, code: str, wanted: Sequence[Question], known: Mapping[str, Snapshot]) -> Judged:
    """Every number of a report. ``known``: figures that it quotes, by definition; what those tell is public already."""
    found = Judged(code)
    units: dict[str, list[Unit]] = {}
    for question in wanted:
        name = question.rule.id
        units[name] = counted_units(question)
        if name not in known:
            found.add(("figure", name), whole(code, question.rule.rows, units[name]))
    spells = {q.rule.id: spells_of(q) for q in wanted if isinstance(q, Commercialization)}
    _lags(found, asked, spells)
    member = {key: verdict for key, verdict, _year in units["PR-1"]}
    _groups(found, asked, spells, member)
    for level in CURVED:
        _curves(found, (level,), spells[level])
        for verdict in ("yes", "no"):
            some = [s for s in spells[level] if member.get(s.key, Verdict.no).value == verdict]
            _curves(found, (level, verdict), some)
    _cluster(found, asked, units, spells)
    for kind in ReferenceKind:
        question = replace(asked.participation("PR-1"), reference=reference_of(asked, kind))
        found.add(("reference", kind.value), whole(code, "project", counted_units(question)))
    _ages(found, asked, spells)
    for question in wanted:
        name = question.rule.id
        if name not in known and question.rule.rows != "firm" and question.rule.unit != "yen":
            for year, one in cells_by_year(code, question.rule.rows, units[name]):
                found.add(("year", name, year), one)
    _triangle(found, asked, spells["E1"])
    found.judge()
    return found


def reference_of(asked: Any, kind: ReferenceKind) -> Reference:
    return Reference(kind, asked.reference_day if kind.dated else None)


def _old(asked: Any, spells: Sequence[Spell], t: int) -> list[Spell]:
    """Those whose year t after completion is over."""
    return [s for s in spells if fiscal_year_end(s.cohort + t) <= asked.as_of]


def _lags(found: Judged, asked: Any, spells: Mapping[str, Sequence[Spell]]) -> None:
    for lag in f.LAGS:
        last = asked.commercialization("E1").with_lag(lag).last_completion
        for level, all_of in spells.items():
            due = [s for s in all_of if last is not None and s.completed_on <= last]
            found.add(("lag", lag, level), cell(found.code, "project", ((s.key, s.verdict) for s in due)))


def _groups(found: Judged, asked: Any, spells: Mapping[str, Sequence[Spell]], member: Mapping[str, Verdict]) -> None:
    for level in CURVED:
        old = _old(asked, spells[level], WITHIN)
        for verdict in GROUPS:
            some = [s for s in old if member.get(s.key, Verdict.no).value == verdict]
            reached = [s.key for s in some if s.reached(WITHIN)]
            found.add(("group", level, verdict), share(found.code, "project", reached, (s.key for s in some)))


def _curves(found: Judged, name: Name, spells: Sequence[Spell]) -> None:
    for t in range(max((s.time for s in spells), default=-1) + 1):
        groups = (
            {s.key for s in spells if s.reached(t)},
            {s.key for s in spells if s.stopped(t)},
            {s.key for s in spells if s.at_risk(t)},
        )
        parts = tuple(frozenset(f"project:{key}" for key in group) for group in groups)
        found.add(("curve", *name, t), Cell(found.code, parts, strict=False))


def _loose(code: str, inside: Sequence[Spell], everybody: Sequence[Spell]) -> Cell:
    return replace(share(code, "project", (s.key for s in inside), (s.key for s in everybody)), strict=False)


def _ages(found: Judged, asked: Any, spells: Mapping[str, Sequence[Spell]]) -> None:
    for level in CURVED:
        for t in range(OLDEST + 1):
            old = _old(asked, spells[level], t)
            if old:
                found.add(("age", level, t), _loose(found.code, [s for s in old if s.reached(t)], old))


def _triangle(found: Judged, asked: Any, spells: Sequence[Spell]) -> None:
    for cohort in sorted({s.cohort for s in spells}):
        due = [s for s in spells if s.cohort == cohort]
        for t in range(WIDTH + 1):
            if fiscal_year_end(cohort + t) <= asked.as_of:
                found.add(("triangle", cohort, t), _loose(found.code, [s for s in due if s.reached(t)], due))
                at_risk = frozenset(f"project:{s.key}" for s in due if s.at_risk(t))
                found.add(("at_risk", cohort, t), Cell(found.code, (at_risk,), strict=False))


def _cluster(
    found: Judged, asked: Any, units: Mapping[str, Sequence[Unit]], spells: Mapping[str, Sequence[Spell]]
) -> None:
    """Projects with a member of one cluster, firms of it, and what those projects reached."""
    if not asked.cluster:
        return
    part = f.Part(f.Dimension.cluster, asked.cluster)
    inside = {}
    for name in ("PR-1", "PR-4"):
        inside[name] = {key for key, _v, _w in analytics.all_units(asked.participation(name), part)}
        everybody = (key for key, _v, _y in units[name])
        kind = asked.participation(name).rule.rows
        found.add(("cluster", name), share(found.code, kind, inside[name], everybody))
    for level in ("E1", "E2", "E3"):
        some = [(s.key, s.verdict) for s in spells[level] if s.key in inside["PR-1"]]
        found.add(("cluster", level), cell(found.code, "project", some))
