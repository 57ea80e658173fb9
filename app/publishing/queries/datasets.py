"""The public datasets of domain.md 13.4: only what is public already, no money of firms and no text of
proposals but the abstracts of adopted ones."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from app.analytics.definitions import COMMERCIALIZATION
from app.applications.models import Application
from app.clusters.models import Cluster, Membership
from app.core import tables
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.organisations.choices import COMPANY_TYPES, UNIVERSITY_TYPES
from app.organisations.models import Organisation
from app.outcomes.models import Observation
from app.outcomes.queries import counts
from app.projects.choices import ProjectStatus
from app.projects.models import AgreedBudgetLine, Participant, Project
from app.publishing.definitions.bundles import Table
from app.publishing.queries.publications import public_figures
from app.reviews.choices import DecisionStatus, Outcome
from app.reviews.models import Decision

#: CR-14 for counts of members of a cluster.
FEWEST = 3


def released() -> ColumnElement[bool]:
    """Projects whose adoption is public: those of earlier years, and those whose decision was released."""
    decided = exists().where(
        Decision.application_id == Project.application_id,
        Decision.status == DecisionStatus.released,
        Decision.outcome == Outcome.adopted,
    )
    return or_(Project.application_id.is_(None), decided) & (Project.status != ProjectStatus.withdrawn)


def _rows(query: tables.AnySelect) -> Table:
    return [tuple(row) for row in session.execute(query)]


def _awards() -> Table:
    query = (
        select(
            Project.project_key, Project.programme, Project.frame, Project.adopted_on, Project.title_ja,
            Project.title_en, Project.region, Project.field, Project.amount_yen, Project.started_on,
            Project.completed_on, Project.status, Project.is_synthetic, func.coalesce(Application.abstract, ""),
        )
        .outerjoin(Application, Application.id == Project.application_id)
        .where(released())
        .order_by(Project.project_key)
    )  # fmt: skip
    return [(*row[:3], fiscal_year(row[3]), *row[3:]) for row in _rows(query)]


#: A sole proprietor's name is a person's name, and the number leads to it: neither is public.
PERSON = "sole_proprietor"


def _members() -> Table:
    query = (
        select(
            Project.project_key, Participant.role, Organisation.corporate_number, Organisation.name_ja,
            Organisation.name_en, Organisation.org_type, Organisation.prefecture, Participant.valid_from,
            Participant.valid_to,
        )
        .join(Project, Project.id == Participant.project_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(released())
        .order_by(Project.project_key, Participant.role, Organisation.org_key, Participant.id)
    )  # fmt: skip
    return [(*row[:2], "", "", "", *row[5:]) if row[5] == PERSON else row for row in _rows(query)]


def _amounts() -> Table:
    """Yen of each award and fiscal year, over all partners: the share of one partner is nobody else's business."""
    query = (
        select(Project.project_key, AgreedBudgetLine.fiscal_year, func.sum(AgreedBudgetLine.amount_yen))
        .join(Project, Project.id == AgreedBudgetLine.project_id)
        .where(released())
        .group_by(Project.project_key, AgreedBudgetLine.fiscal_year)
        .order_by(Project.project_key, AgreedBudgetLine.fiscal_year)
    )
    return [(key, year, int(yen)) for key, year, yen in _rows(query)]


def _reaches(level: str, state: str, stage: int) -> bool:
    return (
        state in ("productization", "launched")
        if level == "E1"
        else stage >= {"E0": 1, "E2": 3, "E3": 4, "E4": 5}[level]
    )


def _outcomes(as_of: date, min_evidence: int) -> tuple[Table, Table]:
    """The last word of each fiscal year, and when each level was first reached (CR-9: never edited, only derived)."""
    query = (
        select(Project.project_key, Observation.observed_on, Observation.dev_state, Observation.stage)
        .join(Project, Project.id == Observation.project_id)
        .where(
            released(), Observation.observed_on <= as_of, Observation.recorded_on <= as_of,
            counts(min_evidence, as_of),
        )
        .order_by(Project.project_key, Observation.observed_on, Observation.recorded_on, Observation.id)
    )  # fmt: skip
    last: dict[tuple[str, int], tuple[Any, int]] = {}
    first: dict[str, dict[str, date]] = defaultdict(dict)
    for key, on, state, stage in session.execute(query):
        last[key, fiscal_year(on)] = (state, stage)
        reached = first[key]
        for level in COMMERCIALIZATION:
            if level not in reached and _reaches(level, state, stage):
                reached[level] = on
    return (
        [(key, year, state, stage) for (key, year), (state, stage) in sorted(last.items())],
        [(key, *(found.get(level) for level in COMMERCIALIZATION)) for key, found in sorted(first.items())],
    )


def _clusters(as_of: date) -> tuple[Table, Table]:
    columns = (
        Cluster.cluster_code, Cluster.name_ja, Cluster.name_en, Cluster.phase, Cluster.bureau, Cluster.fields,
        Cluster.valid_from, Cluster.valid_to,
    )  # fmt: skip
    clusters = _rows(select(*columns).order_by(Cluster.cluster_code))
    query = (
        select(Cluster.cluster_code, Organisation.org_type, func.count(Organisation.id.distinct()))
        .join(Membership, Membership.cluster_id == Cluster.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.valid_from <= as_of, or_(Membership.valid_to.is_(None), Membership.valid_to > as_of))
        .group_by(Cluster.cluster_code, Organisation.org_type)
    )
    counts: dict[str, Counter[str]] = {row[0]: Counter() for row in clusters}
    for code, kind, number in session.execute(query):
        group = "companies" if kind in COMPANY_TYPES else "universities" if kind in UNIVERSITY_TYPES else "others"
        counts[code][group] += number
    return clusters, [(code, as_of, *_shown(found)) for code, found in counts.items()]


def _shown(found: Counter[str]) -> list[Any]:
    """Companies, universities, others, all; a count of one or two is withheld, and then the total too."""
    parts = [found[name] for name in ("companies", "universities", "others")]
    few = [0 < part < FEWEST for part in parts]
    shown: list[Any] = ["" if hidden else part for part, hidden in zip(parts, few, strict=True)]
    return [*shown, "" if any(few) else sum(parts)]


def _metrics() -> Table:
    rows: Table = []
    for row in public_figures():
        answer = row.answer
        between = answer["interval"] or {"low": None, "high": None}
        rows.append(
            (
                row.code, row.status, row.definition, row.definition_version, answer["unit"], answer["programme"],
                answer["fy"], answer["population"], answer["reference"], row.as_of, row.known_at, row.numerator,
                row.denominator, row.unknown, answer["rate"], answer["lower"], answer["upper"], between["low"],
                between["high"], row.data_sha256, row.public_sha256, row.published_at,
                row.replaces.code if row.replaces else None,
            )
        )  # fmt: skip
    return rows


def datasets(as_of: date, min_evidence: int) -> dict[str, Table]:
    """Every table by its name (columns: ``definitions.datasets.COLUMNS``)."""
    outcomes, first_reached = _outcomes(as_of, min_evidence)
    clusters, counts = _clusters(as_of)
    return {
        "awards": _awards(),
        "award_members": _members(),
        "award_amounts": _amounts(),
        "outcomes": outcomes,
        "first_reached": first_reached,
        "clusters": clusters,
        "cluster_membership_counts": counts,
        "metrics": _metrics(),
    }
