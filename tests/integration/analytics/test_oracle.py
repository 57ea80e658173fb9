"""Every rate against a slow, literal reading of the contract, on random small portfolios."""

import json
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.analytics import queries
from app.analytics.definitions import (
    COMMERCIALIZATION,
    PARTICIPATION,
    Commercialization,
    Participation,
    parse_reference,
)
from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.clusters.models import Cluster, Membership
from app.core.db import session
from app.core.exchange import bulk_insert
from app.core.fiscal import add_years, fiscal_year
from app.organisations.choices import COMPANY_TYPES, ClusterMatch
from app.organisations.models import Organisation, PopulationList, PopulationMember
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.projects.choices import ProjectStatus
from app.projects.models import Participant, Project

pytestmark = pytest.mark.both_databases

# A few days that lie close together and around the turns of fiscal years, so that limits are hit.
DAYS = [
    date(2001, 4, 1),
    date(2002, 3, 31),
    date(2002, 4, 1),
    date(2004, 2, 29),
    date(2004, 4, 1),
    date(2005, 2, 28),
    date(2005, 12, 31),
]
days = st.sampled_from(DAYS)
maybe = st.one_of(st.none(), days)
KEYS = ["B", "a", "Z9", "é", "10", "9", "企業"]

organisations = st.tuples(
    st.sampled_from(["company_sme", "company_large", "sole_proprietor", "national_university", "cooperative"]),
    st.sampled_from(ClusterMatch),
    st.lists(st.tuples(days, maybe), max_size=2),
)
participants = st.tuples(
    st.integers(0, len(KEYS) - 1), st.sampled_from(MemberRole), st.one_of(st.none(), st.integers(0, 50)), maybe, maybe
)
observations = st.tuples(days, days, st.sampled_from(DevState), st.integers(0, 5), st.integers(0, 3))
projects = st.tuples(
    st.sampled_from(Programme),
    st.sampled_from(ProjectStatus),
    days,
    maybe,
    maybe,
    st.one_of(st.none(), st.integers(0, 100)),
    maybe,
    st.lists(participants, max_size=5),
    st.lists(observations, max_size=4),
)
worlds = st.fixed_dictionaries(
    {
        "organisations": st.lists(organisations, min_size=len(KEYS), max_size=len(KEYS)),
        "projects": st.lists(projects, max_size=5),
        "list": st.sets(st.integers(0, len(KEYS) - 1)),
    }
)


@contextmanager
def written(world: dict[str, Any]) -> Any:
    nested = session.begin_nested()
    try:
        cluster = Cluster(cluster_code="c", name_en="c", name_ja="c", phase=1, bureau="kanto", fields="")
        found = [
            Organisation(org_key=key, name_ja=key, name_en=key, org_type=kind, cluster_match=match)
            for key, (kind, match, _m) in zip(KEYS, world["organisations"], strict=True)
        ]
        listed = PopulationList(list_code="l", name_en="l", name_ja="l", unit="")
        session.add_all([cluster, listed, *found])
        session.flush()
        for row, (_kind, _match, memberships) in zip(found, world["organisations"], strict=True):
            for start, end in {start: end for start, end in memberships if end is None or end > start}.items():
                session.add(Membership(organisation_id=row.id, cluster_id=cluster.id, valid_from=start, valid_to=end))
        for n in world["list"]:
            session.add(PopulationMember(list_id=listed.id, organisation_id=found[n].id))
        session.flush()
        for n, (programme, status, adopted, started, completed, amount, observed_from, parts, seen) in enumerate(
            world["projects"]
        ):
            if started and completed and completed < started:
                completed = None
            values = {
                "project_key": f"p{n}", "programme": programme, "status": status, "adopted_on": adopted,
                "started_on": started, "completed_on": completed, "amount_yen": amount, "observed_from": observed_from,
                "frame": "", "title_en": "", "title_ja": "", "field": "", "followup_years": 5, "is_synthetic": False,
            }  # fmt: skip
            bulk_insert(Project.__table__, [values])  # type: ignore[arg-type]
            id_ = session.query(Project.id).filter_by(project_key=f"p{n}").scalar()
            for org, role, allocation, start, end in {(p[0], p[1], p[3]): p for p in parts}.values():
                session.add(
                    Participant(
                        project_id=id_,
                        organisation_id=found[org].id,
                        role=role,
                        allocation_yen=allocation,
                        valid_from=start,
                        valid_to=end,
                    )
                )
            for on, recorded, state, stage, evidence in set(seen):
                session.add(
                    Observation(
                        project_id=id_,
                        observed_on=on,
                        recorded_on=recorded,
                        dev_state=state,
                        stage=stage,
                        evidence_level=evidence,
                    )
                )
        session.flush()
        yield
    finally:
        nested.rollback()
        session.expire_all()


class Literal:
    """The contract read word by word over plain lists."""

    def __init__(self) -> None:
        self.orgs = session.query(Organisation).all()
        self.members = session.query(Membership).all()
        self.projects = session.query(Project).all()
        self.parts = session.query(Participant).all()
        self.seen = session.query(Observation).all()

    def member(self, org: int, reference: str, t: date | None) -> bool:
        mine = [m for m in self.members if m.organisation_id == org]
        if reference == "ever":
            return any(m.valid_from <= t for m in mine)
        return any(m.valid_from <= t and (m.valid_to is None or t < m.valid_to) for m in mine)

    def verdict(self, org: Organisation, reference: str, t: date | None) -> str:
        if t is None:
            return "unknown"
        if self.member(org.id, reference, t):
            return "yes"
        nowhere = not any(m.organisation_id == org.id for m in self.members)
        return "unknown" if org.cluster_match == "unmatched" and nowhere else "no"

    def participation(self, q: Participation) -> tuple[dict[str, int], list[str]]:
        kind, day = q.reference.kind.value, q.reference.day
        population = []
        for p in self.projects:
            basis = p.adopted_on if q.population == "adopted" else p.completed_on
            right = p.status != "withdrawn" if q.population == "adopted" else p.status == "completed"
            if (
                right
                and basis
                and q.first_year <= fiscal_year(basis) <= q.last_year
                and q.programme in (None, p.programme)
            ):
                population.append(p)
        orgs = {o.id: o for o in self.orgs}

        def reference(p: Project) -> date | None:
            return {"adoption": p.adopted_on, "start": p.started_on, "completion": p.completed_on}.get(kind, day)

        def valid(p: Project) -> list[Participant]:
            return [
                x for x in self.parts
                if x.project_id == p.id and orgs[x.organisation_id].org_type in COMPANY_TYPES
                and (x.valid_from is None or x.valid_from <= p.adopted_on)
                and (x.valid_to is None or x.valid_to > p.adopted_on)
            ]  # fmt: skip

        def companies(p: Project) -> list[Organisation]:
            return sorted({orgs[x.organisation_id] for x in valid(p)}, key=lambda o: o.org_key)

        units: list[tuple[str, str, int]] = []
        if q.definition in ("PR-1", "PR-2", "PR-3", "PR-6a"):
            for p in population:
                verdicts = [self.verdict(o, kind, reference(p)) for o in companies(p)]
                if not verdicts:
                    found = "no"
                elif q.definition in ("PR-1", "PR-6a"):
                    found = "yes" if "yes" in verdicts else "unknown" if "unknown" in verdicts else "no"
                elif q.definition == "PR-2":
                    chosen = companies(p)[0]
                    for role in ("core_company", "lead_company"):
                        holders = [
                            o
                            for o in companies(p)
                            if any(x.role == role and x.organisation_id == o.id for x in valid(p))
                        ]
                        if holders:
                            chosen = holders[0]
                            break
                    found = self.verdict(chosen, kind, reference(p))
                else:
                    yes, unknown, n = verdicts.count("yes"), verdicts.count("unknown"), len(verdicts)
                    found = "yes" if yes / n >= 0.5 else "no" if (yes + unknown) / n < 0.5 else "unknown"
                units.append((p.project_key, found, (p.amount_yen or 0) if q.definition == "PR-6a" else 1))
        elif q.definition in ("PR-5", "PR-6b"):
            for p in population:
                for o in companies(p):
                    money = sum(x.allocation_yen or 0 for x in valid(p) if x.organisation_id == o.id)
                    verdict = self.verdict(o, kind, reference(p))
                    units.append((f"{p.project_key}/{o.org_key}", verdict, money if q.definition == "PR-6b" else 1))
        elif q.definition == "PR-4":
            seen: dict[str, list[str]] = {}
            for p in population:
                for o in companies(p):
                    seen.setdefault(o.org_key, []).append(self.verdict(o, kind, reference(p)))
            units = [(k, "yes" if "yes" in v else "unknown" if "unknown" in v else "no", 1) for k, v in seen.items()]
        elif q.definition == "PR-7":
            busy = {o.id for p in population for o in companies(p)}
            for o in self.orgs:
                if o.org_type in COMPANY_TYPES and self.member(o.id, kind, day):
                    units.append((o.org_key, "yes" if o.id in busy else "no", 1))
        else:
            for entry in session.query(PopulationMember):
                o = orgs[entry.organisation_id]
                units.append((o.org_key, self.verdict(o, kind, day), 1))
        sums = {v: sum(w for _k, found, w in units if found == v) for v in ("yes", "unknown", "no")}
        return sums, sorted(k for k, found, _w in units if found == "yes")

    def due(self, q: Commercialization) -> list[Project]:
        return [
            p for p in self.projects
            if p.status == "completed" and p.completed_on and q.programme in (None, p.programme)
            and q.first_year <= fiscal_year(p.completed_on) <= q.last_year
            and add_years(p.completed_on, q.lag) <= q.as_of
        ]  # fmt: skip

    def heard(self, q: Commercialization, p: Project) -> list[Observation]:
        return [
            x for x in self.seen
            if x.project_id == p.id and x.observed_on <= q.as_of and (q.known_at is None or x.recorded_on <= q.known_at)
        ]  # fmt: skip

    @staticmethod
    def reaches(q: Commercialization, x: Observation) -> bool:
        return {
            "E0": x.stage >= 1, "E1": x.dev_state in ("productization", "launched"), "E2": x.stage >= 3,
            "E3": x.stage >= 4, "E4": x.stage == 5,
        }[q.level]  # fmt: skip

    def outcome(self, q: Commercialization) -> tuple[int, int, int, list[str]]:
        due = self.due(q)
        reached = [
            p.project_key
            for p in due
            if any(self.reaches(q, x) and x.evidence_level >= q.min_evidence for x in self.heard(q, p))
        ]
        return len(reached), len(due), sum(bool(self.heard(q, p)) for p in due), sorted(reached)

    def curve(self, q: Commercialization) -> list[tuple[int, int, int, int, int]]:
        times = []
        for p in self.due(q):
            counting = sorted(
                (x for x in self.heard(q, p) if x.evidence_level >= q.min_evidence), key=lambda x: x.observed_on
            )
            base = fiscal_year(p.completed_on)
            entry = max(0, fiscal_year(p.observed_from) - base) if p.observed_from else 0
            end, on = "censored", counting[-1].observed_on if counting else None
            for day in sorted({x.observed_on for x in counting}):
                same = [x for x in counting if x.observed_on == day]
                if any(self.reaches(q, x) for x in same):
                    end, on = "event", day
                    break
                if any(x.dev_state == "stopped" for x in same):
                    end, on = "competing", day
                    break
            times.append((max(0, fiscal_year(on) - base) if on else 0, end, entry))
        rows = []
        for t in range(max((x[0] for x in times), default=-1) + 1):
            risk = [x for x in times if x[2] <= t <= x[0]]
            ends = [sum(x[0] == t and x[1] == end for x in risk) for end in ("event", "competing", "censored")]
            rows.append((t, len(risk), *ends))
        return rows


REFERENCES = [
    parse_reference(text)
    for text in ("fixed:2004-02-29", "fixed:2002-04-01", "ever:2004-04-01", "adoption", "start", "completion")
]
programmes = st.one_of(st.none(), st.sampled_from(Programme))
years = st.sampled_from([(2001, 2005), (2001, 2001), (2002, 2003), (2005, 2005)])


@pytest.mark.parametrize("definition", list(PARTICIPATION))
def test_participation_is_what_the_contract_says(app: Flask, backend: str, definition: str) -> None:
    examples = 12 if backend == "sqlite" else 3

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(worlds, programmes, st.sampled_from(["adopted", "completed"]), years)
    def agrees(world: Any, programme: Any, population: Any, span: Any) -> None:
        with written(world):
            literal = Literal()
            for reference in REFERENCES:
                question = Participation(definition, programme, population, *span, reference, "l")
                if question.fault():
                    continue
                sums, keys = literal.participation(question)
                found = queries.measure(question)
                assert (found.count.yes, found.count.unknown, found.count.no) == (
                    sums["yes"],
                    sums["unknown"],
                    sums["no"],
                )
                assert queries.keys(question) == keys
                assert len(queries.records(question, queries.Verdict.yes, None, None).rows) == len(keys)
                years = sum(count.total for _year, count in queries.cohorts(question))
                assert years in (found.denominator, 0) or (definition == "PR-4" and years > found.denominator)
                json.dumps(found.data())

    agrees()


@pytest.mark.parametrize("level", list(COMMERCIALIZATION))
def test_commercialization_is_what_the_contract_says(app: Flask, backend: str, level: str) -> None:
    examples = 12 if backend == "sqlite" else 3

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(worlds, programmes, years, days, maybe, st.integers(0, 3), st.integers(0, 3))
    def agrees(world: Any, programme: Any, span: Any, as_of: Any, known: Any, lag: int, evidence: int) -> None:
        with written(world):
            literal = Literal()
            question = Commercialization(level, programme, *span, as_of, known, lag, evidence)
            k, n, responded, keys = literal.outcome(question)
            found = queries.measure(question)
            assert (found.numerator, found.denominator, found.responded) == (k, n, responded)
            assert queries.keys(question) == keys
            data = found.data()
            assert data["upper"] == ((k + n - responded) / n if n else None)
            assert data["rate_respondents"] == (k / responded if responded else None)
            points = [(p.t, p.at_risk, p.events, p.competing, p.censored) for p in queries.curve(question)]
            assert points == literal.curve(question)

    agrees()


def test_days_around_the_turn_of_the_year_are_covered() -> None:
    assert fiscal_year(DAYS[1]) + 1 == fiscal_year(DAYS[2]) and DAYS[1] + timedelta(days=1) == DAYS[2]
