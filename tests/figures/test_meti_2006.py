"""The published Phase I figures come out of the ordinary rates over the synthetic portfolio, on both databases."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text

from app.analytics import queries
from app.analytics.definitions import Commercialization, Participation, parse_reference
from app.calls.choices import Programme
from app.cli.demo.portfolio import load_portfolio
from app.clusters.models import Membership
from app.clusters.queries import links, listed, reorganisation
from app.core.db import db, session, write_intent
from app.organisations.choices import COMPANY_TYPES, UNIVERSITY_TYPES
from app.organisations.models import Organisation
from app.projects.models import Project

CENSUS = parse_reference("fixed:2005-12-31")


@pytest.fixture(scope="module")
def portfolio(migrated: Flask) -> Iterator[Flask]:
    """The portfolio, loaded once per database in a transaction that is rolled back at the end."""
    with migrated.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        db._app_engines[migrated][None] = connection  # type: ignore[index]
        load_portfolio(session)
        session.commit()
        connection.execute(text("ANALYZE"))
        yield migrated
        session.remove()
        transaction.rollback()
        connection.close()
        db._app_engines[migrated][None] = engine  # type: ignore[index]


def _participation(
    definition: str, programme: Programme, first: int, last: int, list_code: str | None = None
) -> queries.Rate:
    return queries.measure(Participation(definition, programme, "adopted", first, last, CENSUS, list_code))


def test_60_percent_of_consortium_projects_have_a_member(portfolio: Flask) -> None:
    found = _participation("PR-1", Programme.consortium_rd, 1997, 2004)
    assert (found.numerator, found.denominator) == (678, 1130)
    assert found.unknown > 0  # some firms were never looked up, and the rate says so


def test_48_percent_of_new_collaboration_projects_have_a_member(portfolio: Flask) -> None:
    found = _participation("PR-1", Programme.new_collaboration, 2005, 2005)
    assert (found.numerator, found.denominator) == (80, 165)


@pytest.mark.parametrize(
    ("code", "k", "n"), [("university_ventures_2005", 421, 1503), ("vigorous_smes_2006", 126, 300)]
)
def test_lists(portfolio: Flask, code: str, k: int, n: int) -> None:
    found = _participation("PR-8", Programme.consortium_rd, 1997, 2004, code)
    assert (found.numerator, found.denominator) == (k, n)


def test_300_of_1130_are_in_practical_application(portfolio: Flask) -> None:
    question = Commercialization("E1", Programme.consortium_rd, 1997, 2005, date(2006, 3, 31))
    found = queries.measure(question)
    assert (found.numerator, found.denominator) == (300, 1130)
    assert len(queries.keys(question)) == 300


def test_9800_enterprises_and_290_universities(portfolio: Flask) -> None:
    day = date(2005, 12, 31)
    member = select(Membership.organisation_id).where(
        Membership.valid_from <= day, Membership.valid_to.is_(None) | (Membership.valid_to > day)
    )
    count = select(func.count()).select_from(Organisation).where(Organisation.id.in_(member))
    assert session.scalar(count.where(Organisation.org_type.in_(COMPANY_TYPES))) == 9800
    assert session.scalar(count.where(Organisation.org_type.in_(UNIVERSITY_TYPES))) == 290


def test_published_adoptions_of_fy2002_and_fy2003(portfolio: Flask) -> None:
    counts = {
        (frame, year): session.scalar(
            select(func.count())
            .select_from(Project)
            .where(
                Project.programme == Programme.consortium_rd,
                Project.frame == frame,
                Project.adopted_on.between(date(year, 4, 1), date(year + 1, 3, 31)),
            )
        )
        for frame in ("general", "sme")
        for year in (2002, 2003)
    }
    assert counts == {("general", 2002): 49, ("sme", 2002): 73, ("general", 2003): 61, ("sme", 2003): 29}


def test_nineteen_less_five_plus_three_are_seventeen(portfolio: Flask) -> None:
    assert reorganisation(links(), listed()) == {"before": 19, "ended": 5, "new": 3, "after": 17}


def test_everything_says_that_it_is_synthetic(portfolio: Flask) -> None:
    for model, column in ((Organisation, Organisation.name_en), (Project, Project.title_en)):
        bare = select(func.count()).select_from(model).where(~model.is_synthetic | ~column.startswith("Synthetic"))
        assert session.scalar(bare) == 0


def test_observations_and_memberships_are_not_totals(portfolio: Flask) -> None:
    """Without the memberships the figure is gone: it is counted, not stored."""
    token = write_intent.set(True)  # work that writes sees its own changes, not what was kept for readers
    nested = session.begin_nested()
    session.execute(delete(Membership))
    assert _participation("PR-1", Programme.consortium_rd, 1997, 2004).numerator == 0
    nested.rollback()
    write_intent.reset(token)
