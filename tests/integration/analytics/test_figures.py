"""Figures besides the plain rate against slow, literal readings, on random small portfolios; and the gate of CR-14."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from app.analytics import queries
from app.analytics.definitions import COMMERCIALIZATION, Commercialization, Participation, Verdict, parse_reference
from app.analytics.definitions import figures as f
from app.analytics.queries import disclosure
from app.analytics.queries.disclosure import PHASE_ONE_DAY
from app.calls.choices import Programme
from app.core.db import reading, session
from app.core.fiscal import add_years, fiscal_year, fiscal_year_end
from app.organisations.choices import COMPANY_TYPES, PREFECTURES
from app.outcomes.models import Attribution, Product, SalesYear
from app.projects.models import Project
from tests.factories import portfolio
from tests.factories.people import organisation
from tests.integration.analytics.test_oracle import Literal, worlds, written

pytestmark = pytest.mark.both_databases

OUTCOME = Commercialization("E2", None, 2001, 2005, date(2006, 3, 31))
REFERENCES = [parse_reference(text) for text in ("fixed:2004-02-29", "ever:2004-04-01", "adoption", "completion")]


def over_worlds(backend: str, check: Callable[[Literal], None], examples: int = 12) -> None:
    @settings(
        max_examples=examples if backend == "sqlite" else 4,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(worlds)
    def run(world: Any) -> None:
        with written(world):
            check(Literal())

    run()


def companies(literal: Literal, p: Project) -> list[Any]:
    orgs = {o.id: o for o in literal.orgs}
    found = {
        x.organisation_id
        for x in literal.parts
        if x.project_id == p.id
        and orgs[x.organisation_id].org_type in COMPANY_TYPES
        and (x.valid_from is None or x.valid_from <= p.adopted_on)
        and (x.valid_to is None or x.valid_to > p.adopted_on)
    }
    return [orgs[id_] for id_ in found]


def judged_on(p: Project, q: Participation) -> date | None:
    days = {"adoption": p.adopted_on, "start": p.started_on, "completion": p.completed_on}
    return days.get(q.reference.kind.value, q.reference.day)


def adopted(literal: Literal) -> list[Project]:
    return [p for p in literal.projects if p.status != "withdrawn" and 2001 <= fiscal_year(p.adopted_on) <= 2005]


def verdict_of(literal: Literal, p: Project, q: Participation) -> str:
    found = [literal.verdict(o, q.reference.kind.value, judged_on(p, q)) for o in companies(literal, p)]
    return "yes" if "yes" in found else "unknown" if "unknown" in found else "no"


@pytest.mark.parametrize("reference", REFERENCES, ids=str)
def test_who_came_first(app: Flask, backend: str, reference: Any) -> None:
    """PR-13, and PR-11's companies per project."""
    question = Participation("PR-1", None, "adopted", 2001, 2005, reference)

    def check(literal: Literal) -> None:
        before: list[list[bool]] = []
        for p in adopted(literal):
            members = [
                o
                for o in companies(literal, p)
                if literal.verdict(o, reference.kind.value, judged_on(p, question)) == "yes"
            ]
            if members:
                joined = [
                    any(m.organisation_id == o.id and m.valid_from <= p.adopted_on for m in literal.members)
                    for o in members
                ]
                before.append(joined)
        found = queries.time_order(f.TimeOrder(question))
        assert found.projects_before == sum(any(x) for x in before)
        assert found.projects_after == sum(not any(x) for x in before)
        assert found.places_before == sum(sum(x) for x in before)
        assert found.places_after == sum(len(x) - sum(x) for x in before)
        assert found.projects_before + found.projects_after == queries.measure(question).numerator
        sizes = [len(companies(literal, p)) for p in adopted(literal)]
        chance = queries.by_chance(f.Chance(question))
        if chance:
            assert chance.mean_companies == pytest.approx(np.mean(sizes))
            q = chance.member_share
            assert chance.expected == pytest.approx(np.mean([1 - (1 - q) ** k for k in sizes]))

    over_worlds(backend, check)


@pytest.mark.parametrize("definition", ["PR-1", "PR-4", "PR-5"])
def test_every_row_of_a_breakdown_and_its_records(app: Flask, backend: str, definition: str) -> None:
    """Rows against a literal reading; each row's number is the length of the list that it opens onto."""
    question = Participation(definition, None, "adopted", 2001, 2005, parse_reference("fixed:2004-02-29"))

    def places(literal: Literal, by: str) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        if definition == "PR-4":
            firms: dict[int, tuple[Any, list[int]]] = {}
            for p in adopted(literal):
                for o in companies(literal, p):
                    firms.setdefault(o.id, (o, []))[1].append(fiscal_year(p.adopted_on))
            for o, years in firms.values():
                where = {
                    "year": [str(y) for y in set(years)],
                    "region": [PREFECTURES[o.prefecture].extra["bureau"] if o.prefecture else ""],
                    "size": [o.org_type],
                }[by]
                found.update((w, literal.verdict(o, "fixed", date(2004, 2, 29))) for w in where)
            return found
        for p in adopted(literal):
            base = {
                "year": [str(fiscal_year(p.adopted_on))],
                "region": [p.region or ""],
                "field": (p.field or "").split(";"),
            }
            if definition == "PR-1":
                where = base.get(by) or sorted({o.org_type for o in companies(literal, p)})
                found.update((w, verdict_of(literal, p, question)) for w in where)
            else:
                for o in companies(literal, p):
                    verdict = literal.verdict(o, "fixed", date(2004, 2, 29))
                    found.update((w, verdict) for w in base.get(by) or [o.org_type])
        return found

    def check(literal: Literal) -> None:
        for n, p in enumerate(literal.projects):
            p.region, p.field = (None, "kanto", "kinki")[n % 3], ("", "it", "it;bio")[n % 3]
        for n, o in enumerate(literal.orgs):
            o.prefecture = (None, "13", "27", "14")[n % 4]
        session.flush()
        for by in queries.dimensions(question):
            if by is f.Dimension.cluster:
                continue
            asked = f.Breakdown(question, by)
            found = {(v, name): getattr(c, name) for v, c in queries.breakdown(asked).rows for name in Verdict}
            wanted = places(literal, by.value)
            assert {k: n for k, n in found.items() if n} == dict(wanted)
            for (value, verdict), number in wanted.items():
                part = f.Part(by, value)
                assert len(queries.records(question, Verdict(verdict), None, None, part).rows) == number
                assert getattr(queries.counted(question, part), verdict) == number
                assert sum(v == verdict for _k, v, _w in queries.all_units(question, part)) == number

    over_worlds(backend, check, 8)


def test_clusters_count_a_project_in_each(app: Flask, backend: str) -> None:
    """PR-14: the rows hold every project with a member of that cluster, and no others."""
    for reference in REFERENCES:
        question = Participation("PR-1", None, "adopted", 2001, 2005, reference)

        def check(literal: Literal, question: Participation = question) -> None:
            found = dict(queries.breakdown(f.Breakdown(question, f.Dimension.cluster)).rows)
            yes = queries.measure(question).numerator
            assert (found["c"].yes if found else 0) == yes  # there is one cluster in these worlds
            assert not found or found["c"].total == yes

        over_worlds(backend, check, 4)


def test_levels_lags_and_what_still_stands(app: Flask, backend: str) -> None:
    """CR-2, CR-3, CR-9."""
    question = replace(OUTCOME, known_at=date(2005, 6, 1), min_evidence=1)

    def check(literal: Literal) -> None:
        answered = queries.levels(f.Levels(question, (0, 1, 3)))
        for lag in (0, 1, 3):
            for rate, level in zip(answered.at(lag), COMMERCIALIZATION, strict=True):
                asked = replace(question, level=level, lag=lag)
                reached, due, responded, _keys = literal.outcome(asked)
                assert rate.question == asked
                assert (rate.numerator, rate.denominator, rate.responded) == (reached, due, responded)
                assert rate.data() == queries.measure(asked).data()
        still = 0
        for p in literal.due(question):
            last: dict[str, Any] = {}
            for x in literal.heard(question, p):
                if x.evidence_level >= question.min_evidence:
                    key = (x.observed_on, x.recorded_on, x.id)
                    if x.product_key not in last or key > last[x.product_key][0]:
                        last[x.product_key] = (key, x)
            still += any(literal.reaches(question, x) for _key, x in last.values())
        found = queries.standing(f.Standing(question))
        assert (found.still, found.ever, found.due) == (still, *literal.outcome(question)[:2])

    over_worlds(backend, check)


def spells(literal: Literal, q: Commercialization) -> list[tuple[Project, int, str, int]]:
    found = []
    for p in literal.due(q):
        base = fiscal_year(p.completed_on)
        seen = sorted(literal.heard(q, p), key=lambda x: x.observed_on)
        end, day = "censored", seen[-1].observed_on if seen else None
        for on in sorted({x.observed_on for x in seen}):
            same = [x for x in seen if x.observed_on == on]
            if any(literal.reaches(q, x) for x in same):
                end, day = "event", on
                break
            if any(x.dev_state == "stopped" for x in same):
                end, day = "competing", on
                break
        entry = max(0, fiscal_year(p.observed_from) - base) if p.observed_from else 0
        found.append((p, max(0, fiscal_year(day) - base) if day else 0, end, entry))
    return found


@pytest.mark.parametrize("as_of", [date(2006, 3, 31), date(2005, 6, 1)])
def test_triangle_and_equal_age(app: Flask, backend: str, as_of: date) -> None:
    """CR-7, CR-8; a year that is not over has no share, whatever was seen of it."""
    question = replace(OUTCOME, as_of=as_of)

    def check(literal: Literal) -> None:
        lives = spells(literal, question)
        drawn = queries.triangle(f.Triangle(question, 4))
        assert [row.cohort for row in drawn.rows] == sorted({fiscal_year(p.completed_on) for p, *_ in lives})
        for row in drawn.rows:
            mine = [x for x in lives if fiscal_year(x[0].completed_on) == row.cohort]
            assert row.due == len(mine)
            for cell in row.cells:
                reached = [p.project_key for p, time, end, _entry in mine if end == "event" and time <= cell.t]
                assert cell.reached == len(reached)
                assert cell.at_risk == sum(entry <= cell.t <= time for _p, time, _end, entry in mine)
                assert cell.complete == (date(row.cohort + cell.t + 1, 3, 31) <= as_of)
                assert cell.share == (len(reached) / len(mine) if cell.complete else None)
                within = queries.records(question, Verdict.yes, None, None, f.Within(row.cohort, cell.t))
                assert sorted(r.key for r in within.rows) == sorted(reached)
        aged = queries.equal_age(f.EqualAge(question))
        for age in aged.ages:
            old = [x for x in lives if fiscal_year_end(fiscal_year(x[0].completed_on) + age.t) <= as_of]
            assert (age.due, age.reached) == (len(old), sum(e == "event" and t <= age.t for _p, t, e, _n in old))
        assert aged.due == len(lives)
        points = queries.curve(question)
        if aged.due:
            parts = [
                (points[min(c.age, len(points) - 1)].cif if c.age >= 0 else 0) * c.due / aged.due for c in aged.cohorts
            ]
            assert aged.composed == pytest.approx(sum(parts))

    over_worlds(backend, check)


@pytest.mark.parametrize("reference", REFERENCES, ids=str)
def test_groups_hold_everybody(app: Flask, backend: str, reference: Any) -> None:
    """CR-12: yes, no and unknown together are all that is due; each against a literal reading."""

    def check(literal: Literal) -> None:
        member = Participation("PR-1", None, "completed", 2001, 2005, reference)
        lives = spells(literal, OUTCOME)
        found = queries.compare(f.Comparison(OUTCOME, reference, 2))
        assert sum(g.all_due for g in found.groups) == len(lives)
        for group in found.groups:
            mine = [x for x in lives if verdict_of(literal, x[0], member) == group.verdict]
            old = [x for x in mine if fiscal_year_end(fiscal_year(x[0].completed_on) + 2) <= OUTCOME.as_of]
            assert group.all_due == len(mine) and group.due == len(old)
            assert group.reached == sum(end == "event" and time <= 2 for _p, time, end, _entry in old)

    over_worlds(backend, check)


def test_amounts_are_numpys(app: Flask, backend: str) -> None:
    """CR-13."""
    question = Participation("PR-1", None, "adopted", 2001, 2005, parse_reference("adoption"))

    def check(literal: Literal) -> None:
        found = queries.amounts(f.Amounts(question))
        assert found is not None
        everybody = adopted(literal)
        assert found.missing == sum(p.amount_yen is None for p in everybody)
        for name in ("all", "yes", "unknown", "no"):
            yen = [
                p.amount_yen
                for p in everybody
                if p.amount_yen is not None and name in ("all", verdict_of(literal, p, question))
            ]
            spread = getattr(found, name)
            assert (spread is None) == (not yen)
            if spread:
                assert (spread.number, spread.total, spread.greatest) == (len(yen), sum(yen), max(yen))
                wanted = np.percentile(yen, [25, 50, 75])
                assert [spread.lower_quartile, spread.median, spread.upper_quartile] == pytest.approx(list(wanted))

    over_worlds(backend, check)


def test_sales_are_shared_out_and_late_years_left_out(app: Flask) -> None:
    """CR-13: two projects share a product 60 to 40; a correction replaces; a year that is not over does not count."""
    one, other, _third = (portfolio.project() for _ in range(3))
    product = Product(product_key="shared")
    session.add(product)
    session.flush()
    entry = {"product_id": product.id, "event_on": date(2005, 4, 1), "recorded_on": date(2005, 4, 1), "source": "t"}
    for number, (project, share) in enumerate(((one, 6_000), (other, 4_000)), 1):
        session.add(Attribution(project_id=project.id, share=share, number=number, **entry))
    sold = ((2005, 1_000, date(2006, 4, 10)), (2005, 1_001, date(2006, 5, 1)), (2006, 500, date(2007, 4, 1)))
    for number, (year, yen, recorded) in enumerate(sold, 1):
        day = {"event_on": fiscal_year_end(year), "recorded_on": recorded}
        session.add(SalesYear(fiscal_year=year, sales_yen=yen, number=number, **{**entry, **day}))
    session.flush()
    question = Commercialization("E2", None, 2004, 2005, date(2007, 3, 31))
    found = queries.sales(f.Sales(question))
    assert [(year, s.number, s.total, s.greatest) for year, s in found.years] == [
        (2005, 2, 1_000, 600),
        (2006, 2, 500, 300),
    ]
    assert found.due == 3 and found.together and (found.together.total, found.together.median) == (1_500, 750)
    before = queries.sales(f.Sales(replace(question, as_of=date(2007, 3, 30))))
    assert [year for year, _s in before.years] == [2005]
    known = queries.sales(f.Sales(replace(question, known_at=date(2006, 4, 30))))
    assert known.together and known.together.total == 1_000 and known.data()["years"][0]["fiscal_year"] == 2005
    assert queries.sales(f.Sales(replace(question, first_year=1999, last_year=2000))).together is None


# --- the gate ------------------------------------------------------------------------------------------------------


def test_every_answer_outside_the_office_is_true_and_safe(app: Flask, backend: str, monkeypatch: Any) -> None:
    """Whatever the gate shows is what the office sees, never with fewer than three on either side; and the answers of
    nested years differ by as many (the algebra itself: tests/unit/analytics/test_disclosure.py)."""
    monkeypatch.setattr(disclosure, "last_year_end", lambda: date(2008, 3, 31))
    home = portfolio.cluster()
    firms = [organisation(cluster_match="matched" if n % 4 else "unmatched") for n in range(12)]
    for firm in firms[::3]:
        portfolio.membership(firm, home, date(2003, 4, 1))
    for n in range(48):
        year = 2001 + n % 5
        one = portfolio.project(
            *{firms[n * 5 % 12], firms[n * 7 % 11]},
            adopted_on=date(year, 7, 1), started_on=date(year, 8, 1), completed_on=date(year + 1, 3, 31),
            programme="new_collaboration" if n % 9 == 0 else "consortium_rd",
        )  # fmt: skip
        if n % 3:
            portfolio.observation(
                one, add_years(date(year + 1, 6, 30), n % 3), "launched" if n % 2 else "research", n % 6
            )
    session.flush()
    asked: list[Any] = [
        Participation(d, None, "adopted", 2000, 2000, r)
        for d in ("PR-1", "PR-2", "PR-3", "PR-4", "PR-5", "PR-6a", "PR-7")
        for r in map(parse_reference, ("fixed:2005-12-31", "ever:2005-12-31", "adoption", "fixed:2005-12-30"))
    ]
    asked += [
        Commercialization(level, None, 2000, 2000, day, lag=lag)
        for level in ("E1", "E2", "E4") for day in (PHASE_ONE_DAY, date(2008, 3, 31)) for lag in (0, 1)
    ]  # fmt: skip
    with reading():
        seen = sum(shown_safely(q) for q in asked if not isinstance(q, Participation) or not q.fault())
    assert seen >= 5  # the gate is not simply shut


def shown_safely(question: Any) -> bool:
    """Ask for every range of years of every programme; was anything shown?"""
    answers: dict[tuple[Any, int, int], Any] = {}
    for programme in (None, *Programme):
        for first in range(2001, 2007):
            for last in range(first, 2007):
                q = replace(question, programme=programme, first_year=first, last_year=last)
                found = queries.shown(q)
                if found.rate is None:
                    assert found.why and "numerator" not in found.data() and found.data()["suppressed"]
                    if found.nearest:
                        assert queries.shown(found.nearest).rate is not None
                    continue
                assert found.data() == {**queries.measure(q).data(), "suppressed": False}
                assert not found.rows or sum(c.total for *_x, c in found.rows) == found.rate.denominator
                answers[programme, first, last] = found.rate
    counts = {(r.numerator, r.denominator) for r in answers.values() if r.denominator}
    assert all(k >= 3 and n - k >= 3 for k, n in counts)
    assert question.rule.unit.value != "yen" or not answers
    for (p, first, last), rate in answers.items():
        for (p2, first2, last2), other in answers.items():
            if p in (p2, None) and first <= first2 <= last2 <= last and question.rule.rows != "firm":
                n, k = rate.denominator - other.denominator, rate.numerator - other.numerator
                assert n == 0 or (k >= 3 and n - k >= 3)
    return bool(counts)
