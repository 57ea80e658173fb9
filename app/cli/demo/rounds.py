"""Past rounds of the demonstration: made up, long decided, written in bulk, with what came of them since.

Each proposal has a hidden technical, market and policy merit. Twelve former reviewers, each strict or lenient in their
own way, score what they see of it and forecast too boldly. The market's merit has a mild say in whether something is
sold later, the technical one less, the policy one none: so the learning pages have something true to find.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp
from random import Random

from sqlalchemy import or_, select

from app.accounts.models import User
from app.calls import operations as calls
from app.calls import workflow as call_workflow
from app.calls.choices import CallStatus, Programme
from app.calls.models import Call
from app.cli.demo.portfolio import THEMES
from app.cli.demo.rounds_writing import SOURCE, Proposal, at_hour, write
from app.core import audit, numbering, outbox
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.organisations.models import Organisation
from app.reviews.choices import Outcome
from app.reviews.definitions import weighted_score
from app.selection import queries as selection
from app.selection.models import Calibration
from app.selection.operations.calibrating import KIND, Parameters

#: Rounds so many years ago; the last one is too young to have shown what it is worth.
YEARS_AGO = (12, 11, 10, 6)
PROPOSALS, ADOPTED, RESERVE, REVIEWS = 40, 20, 3, 3
#: How lenient each reviewer is, in points.
SEVERITY = (-0.7, -0.5, -0.4, -0.25, -0.1, 0.0, 0.05, 0.15, 0.3, 0.4, 0.55, 0.7)
AXES = {"technical": "technical", "commercialization": "market", "policy": "policy", "management": "technical"}


def load(officer: User, second: User) -> None:
    """All past rounds, after the living part; the calibrations are left to the worker."""
    random = Random(1404)  # noqa: S311 - reproducible, nothing secret
    panel = [_former(f"past-reviewer{n}", f"合成 元審査員{n:02d}") for n in range(1, len(SEVERITY) + 1)]
    writer = _former("past-applicant", "合成 元申請者")
    session.flush()
    pool = _pool()
    for ago in YEARS_AGO:
        call = _call(fiscal_year(today()) - ago)
        proposals = [_proposal(random, call, n, pool) for n in range(1, PROPOSALS + 1)]
        _score(random, call, proposals)
        _decide(random, proposals)
        write(random, call, proposals, [user.id for user in panel], writer.id, (officer.id, second.id))
        _calibrate(call, officer)
    numbering.touch()
    session.flush()


def _former(name: str, shown: str) -> User:
    """Somebody who once took part and has no role any more, and no password."""
    user = User(email=f"{name}@past.example", name=shown, locale="ja", active=False)
    session.add(user)
    return user


def _pool() -> dict[str, list[int]]:
    """Organisations of the historic portfolio to draw from, by what they can be."""
    found: dict[str, list[int]] = {"company": [], "university": [], "manager": []}
    rows = session.execute(
        select(Organisation.id, Organisation.org_key)
        .where(or_(*(Organisation.org_key.like(some) for some in ("S-C%00", "S-C%50", "S-U%", "S-M%"))))
        .order_by(Organisation.org_key)
    )
    for id_, key in rows:
        found[{"C": "company", "U": "university", "M": "manager"}[key[2]]].append(id_)
    return found


def _call(year: int) -> Call:
    """A call of that year as it stands today: decided long ago."""
    call = calls.create_from_template(
        Programme.consortium_rd, year, now() - timedelta(days=1), now() + timedelta(days=1), actor=SYSTEM
    )
    call_workflow.MACHINE.restore(call, CallStatus.decided, SYSTEM, reason=SOURCE)
    call.opens_at, call.closes_at = at_hour(date(year, 4, 10), 9), at_hour(date(year, 5, 31), 17)
    call.decision_at, call.start_at = at_hour(date(year, 8, 1), 10), at_hour(date(year, 10, 1), 9)
    call.budget_yen = 1_200_000_000
    call.title_en = f"{call.title_en}, FY{year} round {call.round} (synthetic, past)"
    call.title_ja += f"({year}年度 第{call.round}回・合成・過去)"
    session.flush()
    return call


def _proposal(random: Random, call: Call, n: int, pool: dict[str, list[int]]) -> Proposal:
    done = fiscal_year_end(call.fiscal_year + 1)
    base = random.randrange(4, 40) * 1_000_000
    organisations = random.sample(pool["manager"], 1) + random.sample(pool["university"], 1)
    return Proposal(
        f"P{call.fiscal_year}-{call.round}-{n:04d}",  # a letter of its own: these numbers were never given here
        {axis: random.gauss(0, 1) for axis in ("technical", "market", "policy")},
        random.choice(THEMES),
        organisations + random.sample(pool["company"], random.choice((2, 3, 4))),
        random.randrange(30, 90) * 1_000_000,
        date(done.year + random.choices((0, 1, 2, 3), (35, 40, 20, 5))[0], random.choice((6, 10)), 1),
        {year: base * year for year in range(1, 6)},
    )


def _score(random: Random, call: Call, proposals: Sequence[Proposal]) -> None:
    """Three reviewers each, everybody about as often; a merit of one standard deviation is worth 0.7 points."""
    weights = {criterion.id: criterion.weight for criterion in call.criteria}
    for n, proposal in enumerate(proposals):
        for place in random.sample(range(len(SEVERITY)), REVIEWS) if n % 4 else _spread(n):
            seen = {axis: merit + random.gauss(0, 0.4) for axis, merit in proposal.merit.items()}
            scores = {
                c.id: _clamp(3.2 + SEVERITY[place] + 0.7 * seen[AXES.get(c.axis, "technical")] + random.gauss(0, 0.5))
                for c in call.criteria
            }
            chance = 1 / (1 + exp(-(0.5 + SEVERITY[place] + 0.9 * seen["market"])))
            percent = min(95, max(5, round(chance * 20) * 5))
            proposal.reviews.append((place, scores, weighted_score(scores, weights), percent))


def _spread(n: int) -> list[int]:
    """Every fourth proposal goes round the panel, so that all of it hangs together."""
    return [(n // 4 + step) % len(SEVERITY) for step in (0, 4, 7)]


def _clamp(points: float) -> int:
    return min(5, max(1, round(points)))


def _decide(random: Random, proposals: Sequence[Proposal]) -> None:
    """The best by their scores were adopted; what was sold later follows from merit and luck."""
    ranked = sorted(proposals, key=lambda p: (-p.mean, p.number))
    for rank, proposal in enumerate(ranked):
        if rank < ADOPTED:
            proposal.outcome = Outcome.adopted
            chance = 1 / (1 + exp(-(-0.6 + 1.3 * proposal.merit["market"] + 0.3 * proposal.merit["technical"])))
            if random.random() < chance:
                proposal.sold_in = random.choices((1, 2, 3, 4, 5), (15, 30, 25, 20, 10))[0]
        elif rank < ADOPTED + RESERVE:
            proposal.outcome = Outcome.reserve


def _calibrate(call: Call, officer: User) -> None:
    """Ask for the round's calibration; the worker computes it, so that loading need not."""
    parameters = Parameters(places=ADOPTED)
    row = Calibration(
        call_id=call.id, digest=selection.fingerprint(call.id), asked_by_id=officer.id, parameters=vars(parameters)
    )
    session.add(row)
    session.flush()
    audit.record(row, "calibration asked", officer, data=vars(parameters))
    outbox.put(KIND, {"calibration_id": row.id}, f"calibration:{row.id}")
