"""Rates over generated portfolios, against the same aggregates written by hand in SQL. See README.md beside this file."""

import argparse
import itertools
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from app import create_app
from app.analytics import queries
from app.analytics.definitions import Commercialization, Participation, parse_reference
from app.calls.choices import Programme
from app.clusters.models import Cluster, Membership
from app.core import numbering
from app.core.db import reading, session
from app.organisations.models import Organisation
from app.outcomes.models import Observation
from app.projects.models import Participant, Project
from benchmarks.run import environment
from config import load_settings

DAY, AS_OF = date(2005, 12, 31), date(2006, 3, 31)
STATES = ("research", "development", "productization", "launched", "suspended", "stopped")
PORTION = 20_000


def _write(table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while portion := list(itertools.islice(rows, PORTION)):
        session.connection().execute(insert(table), portion)
    session.commit()


def _organisations(dice: random.Random, number: int) -> Iterator[dict[str, Any]]:
    kinds = ("company_sme", "company_small", "company_large", "national_university", "public_testing_institute")
    for n in range(1, number + 1):
        yield {
            "id": n, "version": 1, "org_key": f"o{n:07d}", "name_ja": f"機関{n}", "name_en": f"Organisation {n}",
            "org_type": dice.choices(kinds, (60, 15, 5, 12, 8))[0], "prefecture": f"{dice.randint(1, 47):02d}",
            "cluster_match": "unmatched" if dice.random() < 0.07 else "matched", "is_synthetic": True,
        }  # fmt: skip


def _projects(dice: random.Random, number: int) -> Iterator[dict[str, Any]]:
    regions = ("hokkaido", "tohoku", "kanto", "chubu", "kinki", "chugoku", "shikoku", "kyushu", "okinawa")
    for n in range(1, number + 1):
        adopted = date(1997 + n % 8, 6, 1) + timedelta(dice.randint(0, 200))
        done = adopted + timedelta(dice.randint(300, 900))
        completed = dice.random() < 0.95 and done <= AS_OF
        yield {
            "id": n, "version": 1, "project_key": f"p{n:07d}", "programme": dice.choice(list(Programme)).value,
            "frame": "general", "title_en": f"Generated project {n}", "title_ja": f"生成課題{n}",
            "region": dice.choice(regions), "field": "it", "adopted_on": adopted, "started_on": adopted,
            "completed_on": done if completed else None, "status": "completed" if completed else "running",
            "amount_yen": dice.randint(1, 200) * 1_000_000, "followup_years": 5, "is_synthetic": True,
        }  # fmt: skip


def _participants(dice: random.Random, projects: int, organisations: int) -> Iterator[dict[str, Any]]:
    for n in range(1, projects + 1):
        for place, firm in enumerate(dice.sample(range(1, organisations + 1), dice.randint(2, 6))):
            role = "lead_company" if place == 0 else "implementer"
            yield {
                "project_id": n,
                "organisation_id": firm,
                "role": role,
                "allocation_yen": dice.randint(0, 50) * 10**6,
            }


def _memberships(dice: random.Random, organisations: int) -> Iterator[dict[str, Any]]:
    for n in range(1, organisations + 1):
        if dice.random() < 0.35:
            start = date(2001, 4, 1) + timedelta(dice.randint(0, 1700))
            yield {"version": 1, "organisation_id": n, "cluster_id": dice.randint(1, 19), "valid_from": start,
                   "valid_to": start + timedelta(700) if dice.random() < 0.1 else None, "evidence": ""}  # fmt: skip


def _observations(dice: random.Random, projects: int, number: int) -> Iterator[dict[str, Any]]:
    for n in range(number):
        on = date(1998, 6, 30) + timedelta(dice.randint(0, 2800))
        yield {
            "project_id": n % projects + 1, "observed_on": on, "recorded_on": on + timedelta(30),
            "dev_state": dice.choices(STATES, (30, 40, 8, 4, 10, 8))[0], "stage": dice.choices(range(6), (70, 12, 6, 6, 4, 2))[0],
            "evidence_level": dice.randint(0, 3), "product_key": "", "source": f"generated {n}",
        }  # fmt: skip


def generate(projects: int, observations: int) -> None:
    """Fill an empty database straight, past forms and machines."""
    dice, organisations = random.Random(1), max(2_000, projects * 2 // 3)
    clusters = (
        {"id": n, "cluster_code": f"c{n}", "name_en": f"Cluster {n}", "name_ja": f"クラスター{n}", "phase": 1,
         "bureau": "kanto", "fields": ""}
        for n in range(1, 20)
    )  # fmt: skip
    _write(Cluster.__table__, clusters)
    _write(Organisation.__table__, _organisations(dice, organisations))
    _write(Membership.__table__, _memberships(dice, organisations))
    _write(Project.__table__, _projects(dice, projects))
    _write(Participant.__table__, _participants(dice, projects, organisations))
    _write(Observation.__table__, _observations(dice, projects, observations))
    numbering.touch()
    session.commit()
    session.connection().execute(text("ANALYZE"))
    session.commit()


COMPANIES = "('company_large', 'company_sme', 'company_small', 'sole_proprietor')"
VALID = (
    "(pa.valid_from is null or pa.valid_from <= p.adopted_on) and (pa.valid_to is null or pa.valid_to > p.adopted_on)"
)
ADOPTED = "p.status <> 'withdrawn' and p.adopted_on between '1997-04-01' and '2005-03-31'"
MEMBER = "exists (select 1 from membership m where m.organisation_id = o.id and m.valid_from <= {day} and (m.valid_to is null or m.valid_to > {day}))"
FIRMS = f"""select p.id, o.id as firm, max(case when {MEMBER} then 2
    when o.cluster_match = 'unmatched' and not exists (select 1 from membership m where m.organisation_id = o.id) then 1
    else 0 end) as verdict
  from project p join participant pa on pa.project_id = p.id join organisation o on o.id = pa.organisation_id
  where {ADOPTED} and o.org_type in {COMPANIES} and {VALID} group by p.id, o.id"""
SEEN = """select o.project_id, min(case when {reaches} then o.observed_on end) as reached,
    min(case when o.dev_state = 'stopped' then o.observed_on end) as stopped, max(o.observed_on) as last_on
  from observation o join project p on p.id = o.project_id where p.status = 'completed'
    and p.completed_on between '1997-04-01' and '2006-03-31' and o.observed_on <= '2006-03-31' group by o.project_id"""
DUE = "p.status = 'completed' and p.completed_on between '1997-04-01' and '2006-03-31'"
E1 = SEEN.format(reaches="o.dev_state in ('productization', 'launched')")


def _fy(dialect: str, column: str) -> str:
    if dialect == "sqlite":
        return f"(cast(substr({column}, 1, 4) as integer) - (substr({column}, 6, 2) < '04'))"
    return f"(extract(year from {column}) - (case when extract(month from {column}) < 4 then 1 else 0 end))"


def by_hand(dialect: str) -> dict[str, str]:
    """What somebody who needs only this number would write."""

    def any_member(day: str) -> str:
        firms = FIRMS.format(day=day)
        return f"""select verdict, count(*) from (select p.id, coalesce(max(f.verdict), 0) as verdict from project p
            left join ({firms}) f on f.id = p.id where {ADOPTED} group by p.id) x group by verdict"""

    fixed = FIRMS.format(day=f"'{DAY}'")
    end = "case when s.reached is not null and (s.stopped is null or s.reached <= s.stopped) then s.reached else coalesce(s.stopped, s.last_on) end"
    kind = "case when s.reached is not null and (s.stopped is null or s.reached <= s.stopped) then 2 when s.stopped is not null then 1 else 0 end"
    return {
        "PR-1 fixed": any_member(f"'{DAY}'"),
        "PR-1 adoption": any_member("p.adopted_on"),
        "PR-4 fixed": f"select verdict, count(*) from (select firm, max(verdict) as verdict from ({fixed}) f group by firm) x group by verdict",
        "PR-5 fixed": f"select verdict, count(*) from ({fixed}) f group by verdict",
        "E1": f"""select case when s.project_id is null then 1 when s.reached is not null then 2 else 0 end as verdict, count(*)
            from project p left join ({E1}) s on s.project_id = p.id where {DUE} group by 1""",
        "curve E1": f"""select {_fy(dialect, end)} - {_fy(dialect, 'p.completed_on')} as t, {kind} as ended, count(*)
            from project p left join ({E1}) s on s.project_id = p.id where {DUE} group by 1, 2""",
    }  # fmt: skip


def asked() -> dict[str, Callable[[], Any]]:
    def participation(definition: str, reference: str) -> Callable[[], Any]:
        question = Participation(definition, None, "adopted", 1997, 2004, parse_reference(reference))
        return lambda: _plain(queries.measure(question).count)

    outcome = Commercialization("E1", None, 1997, 2005, AS_OF)
    return {
        "PR-1 fixed": participation("PR-1", f"fixed:{DAY}"),
        "PR-1 adoption": participation("PR-1", "adoption"),
        "PR-4 fixed": participation("PR-4", f"fixed:{DAY}"),
        "PR-5 fixed": participation("PR-5", f"fixed:{DAY}"),
        "E1": lambda: _plain(queries.measure(outcome).count),
        "curve E1": lambda: queries.curve(outcome),
    }


def _plain(count: Any) -> dict[int, int]:
    return {code: n for code, n in ((2, count.yes), (1, count.unknown), (0, count.no)) if n}


def _timed(run: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The median; SQLite works inside this process, so there the processor's time is taken, which other work on the
    machine does not disturb."""
    clock = time.process_time if session.get_bind().dialect.name == "sqlite" else time.perf_counter
    times, answer = [], None
    for _ in range(runs):
        started = clock()
        answer = run()
        times.append(clock() - started)
    return statistics.median(times), answer


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(runs: int) -> None:
    """Each rate without its kept answer (the work counts as writing), and by hand; both must agree."""
    dialect = session.get_bind().dialect.name
    before = megabytes()
    print(f"{'rate':16}{'ours s':>9}{'by hand s':>11}{'ratio':>7}")
    for name, statement in by_hand(dialect).items():

        def run(statement: str = statement) -> Any:
            return session.execute(text(statement)).all()

        hand, rows = _timed(run, runs)
        ours, answer = _timed(asked()[name], runs)
        if isinstance(answer, dict):
            assert {int(v): int(n) for v, n in rows} == answer, (name, rows, answer)
        else:
            assert sum(p.events for p in answer) == sum(n for _t, kind, n in rows if kind == 2), name
        print(f"{name:16}{ours:9.3f}{hand:11.3f}{ours / hand:7.2f}")
        session.rollback()
    print(f"memory grew by {megabytes() - before:.0f} MB to {megabytes():.0f} MB")


def pages() -> None:
    """What a page costs when nothing is kept yet, and when it is."""
    pr1 = Participation("PR-1", None, "adopted", 1997, 2004, parse_reference(f"fixed:{DAY}"))
    outcome = Commercialization("E1", None, 1997, 2005, AS_OF)
    with reading():
        for name, run in (
            ("participation page", lambda: queries.participation_page(pr1, None)),
            ("commercialization page", lambda: queries.commercialization_page(outcome, None)),
            ("public participation", lambda: queries.public_page(pr1)),
            ("public commercialization", lambda: queries.public_page(outcome)),
        ):
            cold, _answer = _timed(run, 1)
            warm, _answer = _timed(run, 5)
            print(f"{name:26}first {cold * 1000:8.0f} ms, kept {warm * 1000:6.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=11_300)
    parser.add_argument("--observations", type=int, default=120_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--database-url")
    parser.add_argument("--no-pages", action="store_true", help="Only the rates, as the command line asks for them.")
    parser.add_argument("--keep", type=Path, help="A folder for the SQLite database, generated once and used again.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renkei-bench-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(exist_ok=True)
        app = create_app(load_settings(environment(folder, options.database_url)))
        with app.app_context():
            upgrade()
            if not session.scalar(select(func.count()).select_from(Project)):
                started = time.perf_counter()
                generate(options.projects, options.observations)
                print(f"generated in {time.perf_counter() - started:.0f} s")
            print(
                f"{options.projects:,} projects, {options.observations:,} observations, {session.get_bind().dialect.name}"
            )
            compare(options.runs)
            if not options.no_pages:
                pages()
            session.remove()


if __name__ == "__main__":
    main()
