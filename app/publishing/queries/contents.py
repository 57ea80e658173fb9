"""What a programme report says: figures with their full record, curves, groups and money, at one version of the data.

Everything that a report shows to the public is judged cell by cell (CR-14); what is withheld says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization, Count, Participation, Question, Reference, ReferenceKind
from app.analytics.definitions import figures as f
from app.analytics.definitions.disclosure import is_safe
from app.analytics.published import CONTRADICTIONS, FIGURES
from app.calls.choices import Programme
from app.clusters.models import Cluster
from app.core import numbering
from app.core.clock import today
from app.core.db import session
from app.core.i18n import Bilingual
from app.publishing.definitions import questions
from app.publishing.definitions.suppression import cohort_rows
from app.publishing.models import Snapshot
from app.publishing.queries.inputs import projects_of
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
_UNITS = {"PR-6a": "PR-1", "PR-6b": "PR-5"}
Records = dict[str, list[tuple[str, str, int]]]


def text(words: Bilingual) -> Text:
    return {"en": words.en, "ja": words.ja}


def _count(count: Count | None) -> dict[str, int] | None:
    """A cell as the public may see it."""
    if count is None or not is_safe(count):
        return None
    return {"yes": count.yes, "unknown": count.unknown, "no": count.no, "all": count.total}


def _figure(question: Question, known: Mapping[str, Snapshot]) -> tuple[dict[str, Any], list[tuple[str, str, int]]]:
    """A figure as it is published already, or counted now with its full record; and the records behind it."""
    frozen = known.get(questions.subject_of(question))
    found: dict[str, Any] = {"id": question.rule.id, "rows": question.rule.rows}
    if frozen is not None:
        cohorts = frozen.details["cohorts"]
        found |= {
            "code": frozen.code, "snapshot_id": frozen.id, "sha256": frozen.data_sha256, "words": frozen.words,
            "version": frozen.definition_version, "parameters": frozen.parameters, "answer": frozen.answer,
            "known_at": frozen.known_at.isoformat(), "safe": True,
        }  # fmt: skip
        records = [(key, verdict.value, weight) for key, (verdict, weight) in sorted(units(frozen.id).items())]
    else:
        rate = analytics.measure(question)
        cohorts = [[y, c.yes, c.unknown, c.no] for y, c in analytics.cohorts(question)]
        judged = analytics.measure(replace(question, definition=_UNITS[question.rule.id])) if (
            isinstance(question, Participation) and question.rule.id in _UNITS
        ) else rate  # fmt: skip
        found |= {
            "code": None, "snapshot_id": None, "sha256": None, "words": questions.words_of(question.rule),
            "version": question.rule.version, "parameters": questions.as_data(question), "answer": rate.data(),
            "known_at": ((question.known_at if isinstance(question, Commercialization) else None) or today()).isoformat(),
            "safe": is_safe(judged.count) and judged.denominator > 0,
        }  # fmt: skip
        records = [(key, verdict.value, weight) for key, verdict, weight in analytics.all_units(question)]
    found["cohorts"] = cohorts
    in_yen = question.rule.unit == "yen"
    shown = [] if in_yen else cohort_rows(cohorts)
    found["years"] = [[year, _count(count)] for year, count in shown] if found["safe"] else []
    return found, records


def _lags(question: Commercialization) -> list[dict[str, Any]]:
    """CR-2, CR-3: due and responded at each lag, and every level; a cell that tells is empty."""
    rows = []
    for lag, rates in analytics.levels(f.Levels(question)).rates:
        first = rates[0]
        answered = Count(first.responded, 0, first.unknown)
        rows.append(
            {
                "lag": lag,
                "due": first.denominator,
                "responded": first.responded if is_safe(answered) else None,
                "levels": {r.definition.id: _count(r.count) for r in rates},
            }
        )
    return rows


def _curve(question: Commercialization) -> list[dict[str, Any]]:
    """The drawn part of the curve only (CR-6)."""
    drawn = analytics.draw(f.Curve(question))
    return [
        {"t": p.t, "at_risk": p.at_risk, "cif": p.cif, "competing": p.cif_competing, "low": low, "high": high}
        for p, (low, high) in drawn.drawn
    ]


def _groups(asked: ReportQuestion, level: str) -> dict[str, Any]:
    """CR-12."""
    reference = Reference(ReferenceKind.fixed, asked.reference_day)
    found = analytics.compare(f.Comparison(asked.commercialization(level), reference))
    counts = [Count(g.reached, 0, g.due - g.reached) for g in found.groups]
    open_ = all(is_safe(count) for count in counts)
    return {
        "within": found.question.within,
        "groups": [
            {"verdict": g.verdict, "count": _count(c) if open_ else None, "interval": g.interval if open_ else None}
            for g, c in zip(found.groups, counts, strict=True)
        ],
        "difference": found.data()["difference"] if open_ else None,
    }


def _amounts(question: Question) -> dict[str, Any] | None:
    found = analytics.amounts(f.Amounts(question))
    if found is None or found.all is None or found.all.number < FEWEST_AMOUNTS:
        return None
    data = found.data()
    return {"all": data["all"], "without_amount": data["without_amount"]}


def _cluster(asked: ReportQuestion) -> dict[str, Any] | None:
    """The rows of one cluster in PR-1, PR-4 and PR-7."""
    row = session.scalar(select(Cluster).where(Cluster.cluster_code == asked.cluster)) if asked.cluster else None
    if row is None:
        return None
    counts = []
    for name in ("PR-1", "PR-4"):
        broken = analytics.breakdown(f.Breakdown(asked.participation(name), f.Dimension.cluster))
        counts.append([name, _count(dict(broken.rows).get(row.cluster_code))])
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


def report(asked: ReportQuestion) -> tuple[dict[str, Any], Records, list[int]]:
    """(the content as plain data, the records of each figure, every project that was looked at)."""
    wanted: list[Question] = [asked.participation(name) for name in PARTICIPATION]
    wanted += [asked.commercialization(level) for level in LEVELS]
    known = published_by_subject([questions.subject_of(question) for question in wanted])
    figures, records = [], {}
    for question in wanted:
        figure, records[question.rule.id] = _figure(question, known)
        figures.append(figure)
    chance = analytics.by_chance(f.Chance(asked.participation("PR-1")))
    content = {
        "question": asked.data(),
        "data_version": numbering.version(),
        "figures": figures,
        "chance": chance.data() if chance else None,
        "lags": _lags(asked.commercialization("E1")),
        "curves": {level: _curve(asked.commercialization(level)) for level in ("E1", "E2")},
        "groups": {level: _groups(asked, level) for level in ("E1", "E2")},
        "amounts": _amounts(asked.participation("PR-1")),
        "cluster": _cluster(asked),
        "phase_one": _phase_one(),
    }
    ids = set(projects_of(asked.participation("PR-1"))) | set(projects_of(asked.commercialization("E1")))
    return content, records, sorted(ids)
