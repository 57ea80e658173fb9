"""Two officers at the same moment, on a database of their own: never more is approved than the contract holds (MON-2)."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from app.accounts.models import User
from app.agreements.models import Contract
from app.core.clock import today
from app.core.db import db, session
from app.core.errors import Refused
from app.money import operations, queries
from app.money.choices import PaymentKind
from app.money.models import Payment, Transfer
from app.money.operations import TransferData
from tests.conftest import make_app
from tests.factories import money
from tests.factories.people import person

pytestmark = pytest.mark.both_databases


@pytest.fixture
def house(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application whose transactions really commit."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'own.db'}"
        if backend == "postgresql":
            base = request.getfixturevalue("postgres_address")
            admin = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
            name = f"renkei_{uuid4().hex[:12]}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            stack.callback(admin.dispose)
            url = f"{base}/{name}"
        app = make_app(url, tmp_path)
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()


def _both(house: Flask, *verbs: Callable[[], Any]) -> list[str]:
    """Run the verbs in two threads, each in a session of its own that commits; answers what became of each."""
    barrier, said = Barrier(len(verbs)), list[str]()

    def run(verb: Callable[[], Any]) -> None:
        with house.app_context():
            try:
                barrier.wait(10)
                verb()
                session.commit()
                said.append("done")
            except Refused as refusal:
                session.rollback()
                said.append(refusal.reasons[0].code)

    threads = [Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(said)


def test_two_approvals_and_two_transfers_at_once_stay_within_their_limits(house: Flask) -> None:
    with house.app_context():
        contract = money.contract(amount=8_000_000)
        lead, _partner = money.people(contract.award.project)
        own, _other = money.organisations(contract.award.project)
        first, second, third = person("officer"), person("officer"), person("officer")
        rows = []
        for _n in range(2):  # 5 million each: one of them fits
            row = Payment(
                contract_id=contract.id, kind=PaymentKind.advance, amount_yen=5_000_000, consent_ref="1",
                consent_on=today(), requested_by_id=lead.id,
            )  # fmt: skip
            session.add(row)
            session.flush()
            operations.check_or_approve(row, "check", row.version, first)
            rows.append(row)
        key, lead_id, officers = contract.id, lead.id, (second.id, third.id)
        seen = [(row.id, row.version) for row in rows]
        session.commit()

    def approve(payment: tuple[int, int], officer_id: int) -> Callable[[], Any]:
        def verb() -> None:
            row = session.get_one(Payment, payment[0])
            operations.check_or_approve(row, "approve", payment[1], session.get_one(User, officer_id))

        return verb

    said = _both(house, *(approve(one, officer) for one, officer in zip(seen, officers, strict=True)))
    assert said == ["done", "over-contract"]

    def move() -> None:
        data = TransferData(own, "EQ", "LAB", 1_000_000, "prices")  # 1.8 million may move
        operations.transfer(session.get_one(Contract, key), data, session.get_one(User, lead_id))

    assert _both(house, move, move) == ["change-needed", "done"]
    with house.app_context():
        assert queries.committed(key) == 5_000_000
        assert session.query(Transfer).count() == 1
