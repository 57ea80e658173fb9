"""Two people at once on one proposal: one serial outcome, never both states. D51, D55 of the cases."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import operations as accounts
from app.applications import queries
from app.applications.choices import ApplicationStatus
from app.applications.models import Application, SealedPart, Submission
from app.calls.models import Call
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from tests.factories import proposals
from tests.factories.people import person
from tests.integration.applications.test_concurrency import _browser, house  # noqa: F401 - a fixture

pytestmark = pytest.mark.both_databases

ROUNDS = 4


def _together(*verbs: Callable[[], Any]) -> list[int]:
    """All verbs at the same moment, each in a thread of its own; the answers' codes."""
    gate = Barrier(len(verbs))

    def one(verb: Callable[[], Any]) -> int:
        gate.wait(20)
        return int(verb().status_code)

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(one, verbs))


def test_handing_in_while_a_partner_saves_its_costs(house: Flask) -> None:  # noqa: F811
    """D51: what was frozen is one moment: the total is the sum of the sealed shares, whoever came first."""
    for _ in range(ROUNDS):
        _one_round_of_costs(house)


def _one_round_of_costs(house: Flask) -> None:  # noqa: F811
    with house.app_context():
        application = proposals.complete_draft()
        member = application.members[2]
        key, share, cell = application.id, f"share-{member.id}", member.budget_lines[0]
        field, lead = f"b_{cell.fiscal_year}_{cell.cost_item}", proposals.lead_of(application)
        tokens = [accounts.open_session(user) for user in (lead, proposals.person_of(member))]
        version = application.version
        session.commit()
    submit, save = (_browser(house, token) for token in tokens)
    values = {"field": field, "value": "4,444,444", "version": version}
    address = f"/applications/{key}/parts/{share}/field"
    codes = _together(
        lambda: submit.post(f"/applications/{key}/submit", data={"idempotency_key": f"{key:032d}"}),
        lambda: save.post(address, data=values),
    )
    with house.app_context():
        rows = session.scalars(select(Submission).where(Submission.application_id == key)).all()
        assert codes in ([303, 403], [303, 422], [422, 200])  # handed in first, or changed first and then not confirmed
        assert len(rows) == (codes[0] == 303)
        for row in rows:
            content = json.loads(row.snapshot)
            sealed = session.scalars(select(SealedPart).where(SealedPart.submission_id == row.id)).all()
            costs = sum(yen for part in sealed for _y, _i, yen in json.loads(part.content)["budget"])
            assert costs == content["application"]["total_yen"] and "4444444" not in str(costs)
        stored = session.get_one(Application, key)
        assert stored.total_yen == sum(line.amount_yen for m in stored.members for line in m.budget_lines)
        session.remove()


@pytest.mark.parametrize("finding", ["eligible", "not_eligible"])
def test_withdrawing_while_an_officer_screens(house: Flask, finding: str) -> None:  # noqa: F811
    """D55: withdrawn or screened, never both."""
    for _ in range(ROUNDS):
        _one_round_of_screening(house, finding)


def _one_round_of_screening(house: Flask, finding: str) -> None:  # noqa: F811
    with house.app_context():
        application = proposals.submitted()
        key, version = application.id, application.version
        tokens = [accounts.open_session(user) for user in (proposals.lead_of(application), person("officer"))]
        session.commit()
    lead, officer = (_browser(house, token) for token in tokens)
    codes = _together(
        lambda: lead.post(f"/applications/{key}/withdraw", data={"version": version, "reason": "x"}),
        lambda: officer.post(
            f"/officer/applications/{key}/screening",
            data={"version": version, "finding": finding, "explanation": "because"},
        ),
    )
    assert sorted(code == 303 for code in codes) == [False, True], codes
    with house.app_context():
        withdrawn = session.get_one(Application, key).status == ApplicationStatus.withdrawn
        assert withdrawn == (codes[0] == 303)
        assert (queries.screening_of(key) is None) == withdrawn
        names = session.scalars(select(Event.name).where(Event.subject_type == "application", Event.subject_id == key))
        assert ("withdraw" in set(names)) == withdrawn
        session.remove()


def test_the_call_closes_while_somebody_hands_in(house: Flask) -> None:  # noqa: F811
    """D55: a receipt says a moment before the closing that held then, or there is none."""
    for _ in range(ROUNDS):
        _one_round_of_closing(house)


def _one_round_of_closing(house: Flask) -> None:  # noqa: F811
    with house.app_context():
        application = proposals.complete_draft()
        key, call_id = application.id, application.call_id
        token = accounts.open_session(proposals.lead_of(application))
        session.commit()
    lead = _browser(house, token)

    def close() -> Any:
        with house.app_context():
            session.get_one(Call, call_id).closes_at = now()
            session.commit()
            session.remove()
        return house.response_class(status=200)

    codes = _together(
        lambda: lead.post(f"/applications/{key}/submit", data={"idempotency_key": f"{key:032d}"}),
        close,
    )
    assert codes[0] in (303, 422)
    with house.app_context():
        count = session.scalar(select(func.count()).select_from(Submission).where(Submission.application_id == key))
        status = session.get_one(Application, key).status
        assert count == (codes[0] == 303)
        assert (status == ApplicationStatus.submitted) == (count == 1)
        session.remove()
