"""Published figures for tests: proposed, frozen by the worker's handler, published by a second officer."""

from datetime import date
from typing import Any

from app.analytics.definitions import Commercialization, Participation, Question, parse_reference
from app.calls.choices import Programme
from app.core import numbering, outbox
from app.core.db import session
from app.organisations.models import Organisation
from app.publishing import operations as verbs
from app.publishing.models import Snapshot
from tests.factories import portfolio
from tests.factories.people import organisation

E1 = Commercialization("E1", Programme.consortium_rd, 2003, 2005, date(2006, 3, 31))


def pr(definition: str = "PR-1", reference: str = "fixed:2005-12-31", **values: Any) -> Participation:
    asked: dict[str, Any] = {
        "programme": Programme.consortium_rd, "population": "completed", "first_year": 2003, "last_year": 2005, **values,
    }  # fmt: skip
    return Participation(definition, reference=parse_reference(reference), **asked)


def town(yes: int = 4, no: int = 5, silent: int = 3) -> list[Organisation]:
    """Completed projects of FY2003 and FY2004: some in practical application with a member, some not, some unheard of."""
    home = portfolio.cluster()
    firms = []
    for n in range(yes + no + silent):
        firm = organisation(cluster_match="matched" if n < yes + no else "unmatched")
        if n < yes:
            portfolio.membership(firm, home)
        year = 2004 + n % 2
        found = portfolio.project(firm, completed_on=date(year, 9, 30), amount_yen=100 + n)
        if n < yes:
            portfolio.observation(found, date(year, 12, 1), "development", 1)
            portfolio.observation(found, date(2006, 3, 1), "launched", 3)
        elif n < yes + no:
            portfolio.observation(found, date(2005, 12, 1), "stopped" if n == yes else "research", 0)
        firms.append(firm)
    numbering.touch()
    return firms


def work() -> None:
    """Let the worker's handlers do what waits of ours."""
    from app.core.worker import HANDLERS

    for identity, kind in outbox.due(500):
        if kind in ("figure", "figure-check", "publication"):
            item = session.get_one(outbox.OutboxItem, identity)
            HANDLERS[kind](item)
            outbox.finish(session.get_one(outbox.OutboxItem, identity))
            session.flush()


def frozen(question: Question, by: Any, **values: Any) -> Snapshot:
    row = verbs.propose(verbs.Proposal(question, **values), by)
    work()
    session.refresh(row)
    return row


def published(question: Question, by: Any, other: Any, **values: Any) -> Snapshot:
    row = frozen(question, by, **values)
    verbs.publish(row, other)
    return row
