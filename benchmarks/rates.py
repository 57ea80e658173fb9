"""Rates over generated portfolios, against the same aggregates written by hand in SQL. See README.md beside this file."""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, select, text

from app import create_app
from app.analytics import queries
from app.analytics.definitions import Commercialization, Participation, parse_reference
from app.core.db import reading, session
from app.projects.models import Project
from benchmarks.generated import generate
from benchmarks.run import environment
from config import load_settings

DAY, AS_OF = date(2005, 12, 31), date(2006, 3, 31)

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
PLACE = """min(case pa.role when 'core_company' then 0 when 'lead_company' then 1 else 2 end) as place,
    min(o.org_key) as key, sum(coalesce(pa.allocation_yen, 0)) as yen"""
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

    def first_company(firms: str) -> str:
        return f"""with f as materialized (select id, verdict, row_number() over (partition by id order by place, key) as n
            from ({firms}) x) select verdict, sum(n) from (select verdict, count(*) as n from f where n = 1
            group by verdict union all select 0, count(*) from project p where {ADOPTED}
            and p.id not in (select id from f)) y group by verdict"""

    def half(firms: str) -> str:
        return f"""select case when f.id is null then 0 when 2 * f.members >= f.all_of then 2
              when 2 * (f.members + f.doubtful) >= f.all_of then 1 else 0 end as v, count(*) from project p left join
            (select id, count(*) as all_of, sum(case when verdict = 2 then 1 else 0 end) as members,
               sum(case when verdict = 1 then 1 else 0 end) as doubtful from ({firms}) x group by id) f on f.id = p.id
            where {ADOPTED} group by 1"""

    fixed = FIRMS.format(day=f"'{DAY}'")
    fixed_place = fixed.replace("as verdict\n  from", f"as verdict, {PLACE}\n  from")
    end = "case when s.reached is not null and (s.stopped is null or s.reached <= s.stopped) then s.reached else coalesce(s.stopped, s.last_on) end"
    kind = "case when s.reached is not null and (s.stopped is null or s.reached <= s.stopped) then 2 when s.stopped is not null then 1 else 0 end"
    return {
        "PR-1 fixed": any_member(f"'{DAY}'"),
        "PR-1 adoption": any_member("p.adopted_on"),
        "PR-4 fixed": f"select verdict, count(*) from (select firm, max(verdict) as verdict from ({fixed}) f group by firm) x group by verdict",
        "PR-5 fixed": f"select verdict, count(*) from ({fixed}) f group by verdict",
        "PR-2 fixed": first_company(fixed_place),
        "PR-3 fixed": half(fixed),
        "PR-6a fixed": f"""select coalesce(f.verdict, 0) as v, sum(p.amount_yen) from project p left join
            (select id, max(verdict) as verdict from ({fixed}) f group by id) f on f.id = p.id where {ADOPTED} group by 1""",
        "PR-6b fixed": f"select verdict, sum(yen) from ({fixed_place}) f group by verdict",
        "PR-7 fixed": f"""select case when o.id in (select pa.organisation_id from participant pa join project p
            on p.id = pa.project_id where {ADOPTED} and {VALID}) then 2 else 0 end as v, count(*) from organisation o
            where o.org_type in {COMPANIES} and {MEMBER.format(day=f"'{DAY}'")} group by 1""",
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
        **{f"{name} fixed": participation(name, f"fixed:{DAY}") for name in ("PR-2", "PR-3", "PR-6a", "PR-6b", "PR-7")},
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
            assert {int(v): int(n) for v, n in rows if n} == answer, (name, rows, answer)
        else:
            assert sum(p.events for p in answer) == sum(n for _t, kind, n in rows if kind == 2), name
        print(f"{name:16}{ours:9.3f}{hand:11.3f}{ours / hand:7.2f}", flush=True)
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
