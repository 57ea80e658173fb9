"""What a programme report says: figures with their full record, curves, groups and money, at one version of the data.

Everything that a report shows to the public is judged cell by cell beside all that is public (CR-14, ``judged``); what is
withheld says so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from sqlalchemy import select

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization, Count, Participation, Question, Reference, ReferenceKind
from app.analytics.definitions import figures as f
from app.analytics.published import CONTRADICTIONS, FIGURES
from app.calls.choices import Programme
from app.clusters.models import Cluster
from app.core import numbering
from app.core.clock import today
from app.core.db import session
from app.core.i18n import Bilingual
from app.publishing.definitions import questions
from app.publishing.definitions.disclosure import Cell
from app.publishing.definitions.suppression import cohort_rows
from app.publishing.models import Snapshot
from app.publishing.queries.inputs import projects_of
from app.publishing.queries.judged import CURVED, OLDEST, WIDTH, WITHIN, Judged, judged
from app.publishing.queries.snapshots import published_by_subject, units

Text = dict[str, str]
#: CR-13: quartiles of fewer amounts would tell of single ones.
FEWEST_AMOUNTS = 10


@dataclass(frozen=True)
class ReportQuestion:
    """What a report covers. ``known_at`` is a day that is over."""

    programme: Programme | None
    first_year: int
    last_year: int
    as_of: date
    known_at: date
    reference_day: date
    cluster: str | None = None

    def participation(self, definition: str) -> Participation:
        reference = Reference(ReferenceKind.fixed, self.reference_day)
        return Participation(definition, self.programme, "completed", self.first_year, self.last_year, reference)

    def commercialization(self, level: str) -> Commercialization:
        return Commercialization(
            level, self.programme, self.first_year, self.last_year, self.as_of, self.known_at
        )  # fmt: skip

    def data(self) -> dict[str, Any]:
        return {
            "programme": self.programme.value if self.programme else "all",
            "first_year": self.first_year,
            "last_year": self.last_year,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat(),
            "reference_day": self.reference_day.isoformat(),
            "cluster": self.cluster,
        }


def report_question(data: Mapping[str, Any]) -> ReportQuestion:
    as_of, known_at, reference_day = (date.fromisoformat(data[n]) for n in ("as_of", "known_at", "reference_day"))
    programme = None if data["programme"] == "all" else Programme(data["programme"])
    return ReportQuestion(
        programme, data["first_year"], data["last_year"], as_of, known_at, reference_day, data["cluster"]
    )


PARTICIPATION = ("PR-1", "PR-2", "PR-3", "PR-4", "PR-5", "PR-6a", "PR-6b", "PR-7")
LEVELS = ("E0", "E1", "E2", "E3", "E4")
#: What is told first: the rest is withheld where it would tell of single projects together with what stands before it.
ORDER = ("E1", "E2", "PR-1", "PR-5", "PR-4", "PR-6a", "PR-6b", "E0", "E3", "PR-3", "PR-2", "PR-7", "E4")
Records = dict[str, list[tuple[str, str, int]]]


def text(words: Bilingual) -> Text:
    return {"en": words.en, "ja": words.ja}


def _quoted(frozen: Snapshot) -> dict[str, Any]:
    """A figure as it is published already."""
    rows = cohort_rows(frozen.details["cohorts"], frozen.shown_years)
    in_yen = frozen.words["unit"]["en"] == "yen"
    return {
        "code": frozen.code, "snapshot_id": frozen.id, "sha256": frozen.data_sha256, "words": frozen.words,
        "version": frozen.definition_version, "parameters": frozen.parameters, "answer": frozen.answer,
        "known_at": frozen.known_at.isoformat(), "safe": True, "cohorts": frozen.details["cohorts"],
        "years": [] if in_yen else [[year, _shown(count)] for year, count in rows],
    }  # fmt: skip


def _shown(count: Count | None) -> dict[str, int] | None:
    return {"yes": count.yes, "unknown": count.unknown, "no": count.no, "all": count.total} if count else None


def _figure(question: Question, told: Judged) -> dict[str, Any]:
    """A figure counted now, with its full record; what may not be told is for the office's workbook only."""
    name = question.rule.id
    cohorts = [[y, c.yes, c.unknown, c.no] for y, c in analytics.cohorts(question)]
    rate = analytics.measure(question)
    years = [row[0] for row in cohorts if ("year", name, row[0]) in told.cells]
    safe = told.open("figure", name) and rate.denominator > 0
    return {
        "code": None, "snapshot_id": None, "sha256": None, "words": questions.words_of(question.rule),
        "version": question.rule.version, "parameters": questions.as_data(question), "answer": rate.data(),
        "known_at": ((question.known_at if isinstance(question, Commercialization) else None) or today()).isoformat(),
        "safe": safe, "cohorts": cohorts,
        "years": [[year, told.count("year", name, year)] for year in years] if safe else [],
    }  # fmt: skip


def _references(asked: ReportQuestion, told: Judged) -> list[dict[str, Any]]:
    """PR-1 under every rule of when membership is judged."""
    rows = []
    for rate in analytics.by_reference(asked.participation("PR-1"), asked.reference_day):
        reference = rate.question.reference  # type: ignore[union-attr]
        shown = told.open("reference", reference.kind.value)
        rows.append({"reference": str(reference), "answer": rate.data() if shown else None})
    return rows


def _lags(told: Judged) -> list[dict[str, Any]]:
    """CR-2, CR-3: due, responded and every level at each lag; a cell that tells is empty."""
    rows = []
    for lag in f.LAGS:
        levels = {level: told.count("lag", lag, level) for level in LEVELS}
        known = next((count for count in levels.values() if count), None)
        rows.append(
            {
                "lag": lag,
                "due": known["all"] if known else None,
                "responded": known["all"] - known["unknown"] if known else None,
                "levels": levels,
            }
        )
    return rows


def _point(point: Any, shown: bool) -> dict[str, Any]:
    if not shown:
        return {"t": point.t, "at_risk": None, "cif": None, "competing": None}
    return {"t": point.t, "at_risk": point.at_risk, "cif": point.cif, "competing": point.cif_competing}


def _curve(level: str, question: Commercialization, told: Judged) -> list[dict[str, Any]]:
    """The drawn part of the curve only (CR-6); a year whose step would tell is left out, the next holds both steps."""
    rows = []
    for point, (low, high) in analytics.draw(f.Curve(question)).drawn:
        shown = told.open("curve", level, point.t)
        rows.append(_point(point, shown) | {"low": low if shown else None, "high": high if shown else None})
    return rows


def _groups(asked: ReportQuestion, level: str, told: Judged) -> dict[str, Any]:
    """CR-12."""
    reference = Reference(ReferenceKind.fixed, asked.reference_day)
    found = analytics.compare(f.Comparison(asked.commercialization(level), reference, WITHIN))
    shown = {g.verdict: told.count("group", level, g.verdict) for g in found.groups}
    both = shown["yes"] and shown["no"]
    curves = {
        g.verdict: [
            _point(p, told.open("curve", level, g.verdict, p.t))
            for p in takewhile(lambda p: p.at_risk >= f.FEWEST_AT_RISK, g.points)
        ]
        for g in (found.yes, found.no)
    }
    return {
        "within": found.question.within,
        "groups": [
            {"verdict": g.verdict, "count": shown[g.verdict], "interval": g.interval if shown[g.verdict] else None}
            for g in found.groups
        ],
        "difference": found.data()["difference"] if both else None,
        "extremes": [asdict(d) if d else None for d in found.extremes] if both and shown["unknown"] else None,
        "curves": curves,
    }


def _triangle(asked: ReportQuestion, told: Judged) -> list[dict[str, Any]]:
    """CR-7: None is withheld, a year that is not over is not there."""
    rows = []
    for row in analytics.triangle(f.Triangle(asked.commercialization("E1"), WIDTH)).rows:
        cells: list[Any] = []
        for one in row.cells:
            count, at_risk = told.count("triangle", row.cohort, one.t), told.open("at_risk", row.cohort, one.t)
            cells.append(
                {
                    "t": one.t, "complete": one.complete, "share": one.share if count else None,
                    "at_risk": one.at_risk if at_risk else None,
                }
            )  # fmt: skip
        due = next((c["all"] for t in range(WIDTH + 1) if (c := told.count("triangle", row.cohort, t))), None)
        rows.append({"cohort": row.cohort, "due": due, "cells": cells})
    return rows


def _ages(asked: ReportQuestion, level: str, told: Judged, safe: bool) -> dict[str, Any]:
    """CR-8: the rate over mixed ages, what ages alone would make of it, and the rate at equal age."""
    found = analytics.equal_age(f.EqualAge(asked.commercialization(level)), OLDEST)
    ages = [
        {"t": a.t, "count": count, "interval": a.interval}
        for a in found.ages
        if (count := told.count("age", level, a.t)) is not None
    ]
    return {"crude": found.crude if safe else None, "composed": found.composed if safe else None, "ages": ages}


def _money(asked: ReportQuestion, safe: Mapping[str, bool]) -> dict[str, Any]:
    """CR-13: amounts and attributed sales of ten projects and more, without the number that sold. Where the projects
    themselves may not be counted beside what is public, neither may their yen."""
    amounts = analytics.amounts(f.Amounts(asked.participation("PR-1")))
    spread = amounts.all if amounts and safe["PR-1"] else None
    sales = analytics.sales(f.Sales(asked.commercialization("E2")))
    rows: list[tuple[int | None, Any]] = [*sales.years, (None, sales.together)] if sales.together else []
    return {
        "amounts": _spread(spread),
        "sales": [[year, _spread(found) if safe["E2"] else None] for year, found in rows],
    }


def _spread(found: Any) -> dict[str, Any] | None:
    """Sum, quartiles and the share of the largest tenth; nothing where one amount would stand out."""
    if found is None or found.number < FEWEST_AMOUNTS or 2 * found.greatest > found.total:
        return None
    return {
        "total": found.total, "lower_quartile": found.lower_quartile, "median": found.median,
        "upper_quartile": found.upper_quartile, "top_tenth_share": found.top_tenth_share,
    }  # fmt: skip


def _cluster(asked: ReportQuestion, told: Judged) -> dict[str, Any] | None:
    """The figures of one cluster."""
    row = session.scalar(select(Cluster).where(Cluster.cluster_code == asked.cluster)) if asked.cluster else None
    if row is None:
        return None
    names = ("PR-1", "PR-4", "E1", "E2", "E3")
    counts = [[name, told.count("cluster", name)] for name in names]
    return {"code": row.cluster_code, "name": {"en": row.name_en, "ja": row.name_ja}, "counts": counts}


def _phase_one() -> dict[str, Any]:
    """What was published about Phase I, as counted here today, and where the sources contradict each other."""
    rows = []
    for figure in FIGURES:
        shown = analytics.shown(figure.question) if figure.question else None
        rows.append(
            {
                "title": text(figure.title), "published": text(figure.published), "notes": list(figure.notes),
                "counted": shown.rate.data() if shown and shown.rate and shown.rate.denominator else None,
            }
        )  # fmt: skip
    return {"rows": rows, "contradictions": {key: text(words) for key, words in CONTRADICTIONS.items()}}


@dataclass(frozen=True)
class Report:
    """All that is read for a report: ``content`` as plain data, the records of each figure, every project that was looked
    at, and what the report tells."""

    content: dict[str, Any]
    records: Records
    project_ids: list[int]
    cells: list[Cell]


def _records(question: Question, frozen: Snapshot | None) -> list[tuple[str, str, int]]:
    if frozen is not None:
        return [(key, verdict.value, weight) for key, (verdict, weight) in sorted(units(frozen.id).items())]
    return [(key, verdict.value, weight) for key, verdict, weight in analytics.all_units(question)]


def report(asked: ReportQuestion, code: str = "") -> Report:
    """Read and judge everything at one version of the data."""
    wanted: list[Question] = [asked.participation(name) for name in PARTICIPATION]
    wanted += [asked.commercialization(level) for level in LEVELS]
    wanted.sort(key=lambda question: ORDER.index(question.rule.id))
    subjects = {questions.subject_of(question): question.rule.id for question in wanted}
    known = {subjects[key]: row for key, row in published_by_subject(list(subjects)).items()}
    told = judged(asked, code, wanted, known)
    figures = {}
    for question in wanted:
        name = question.rule.id
        found = _quoted(known[name]) if name in known else _figure(question, told)
        figures[name] = {"id": name, "rows": question.rule.rows, **found}
    safe = {name: figure["safe"] for name, figure in figures.items()}
    chance = analytics.by_chance(f.Chance(asked.participation("PR-1"))) if safe["PR-1"] and safe["PR-5"] else None
    content = {
        "question": asked.data(),
        "data_version": numbering.version(),
        "figures": [figures[name] for name in (*PARTICIPATION, *LEVELS)],
        "chance": chance.data() if chance else None,
        "references": _references(asked, told),
        "lags": _lags(told),
        "curves": {level: _curve(level, asked.commercialization(level), told) for level in CURVED},
        "triangle": _triangle(asked, told),
        "ages": {level: _ages(asked, level, told, safe[level]) for level in CURVED},
        "groups": {level: _groups(asked, level, told) for level in CURVED},
        "money": _money(asked, safe),
        "cluster": _cluster(asked, told),
        "phase_one": _phase_one(),
        "withheld": len(told.cells) - len(told.let_out),
        "told": len(told.let_out),
    }
    records = {question.rule.id: _records(question, known.get(question.rule.id)) for question in wanted}
    ids = set(projects_of(asked.participation("PR-1"))) | set(projects_of(asked.commercialization("E1")))
    return Report(content, records, sorted(ids), told.told())
