"""Figures made ahead by the worker: every process finds them, and nobody is shown stale ones."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.analytics import queries
from app.analytics.forms import CommercializationForm, ParticipationForm
from app.analytics.models import KeptFigures
from app.analytics.operations import make_ahead
from app.analytics.published import FIGURES
from app.analytics.queries import answers
from app.core import numbering
from app.core.db import reading, session
from tests.factories import portfolio
from tests.factories.people import organisation

pytestmark = pytest.mark.both_databases


def test_the_pages_open_with_what_the_questions_made_ahead_ask() -> None:
    """What is made ahead is what the pages ask when they open."""
    defaults = [ParticipationForm.defaults, CommercializationForm.defaults]
    for asked, figure in zip(defaults, (FIGURES[1], FIGURES[0]), strict=True):
        question = figure.question
        assert question is not None and question.programme == asked["programme"]
        assert (question.first_year, question.last_year) == (asked["first"], asked["last"])
        rest = {name: value for name, value in asked.items() if name in ("definition", "level", "as_of", "population")}
        assert {name: getattr(question, name) for name in rest} == rest
    assert str(FIGURES[1].question.reference) == "fixed:2005-12-31"  # type: ignore[union-attr]


def pages() -> list[Any]:
    outcome, participation = FIGURES[0].question, FIGURES[1].question
    assert outcome is not None and participation is not None
    return [
        queries.participation_page(participation, None),  # type: ignore[arg-type]
        queries.commercialization_page(outcome, None),  # type: ignore[arg-type]
        *(queries.public_page(question) for question in (participation, outcome)),
        *queries.measured([figure.question for figure in FIGURES]),
    ]


def test_a_process_finds_what_the_worker_made(app: Any, count_queries: Any) -> None:
    home, firms = portfolio.cluster(), [organisation(cluster_match="matched") for _ in range(4)]
    portfolio.membership(firms[0], home)
    made = [portfolio.project(*firms[n % 3 :], adopted_on=date(2000 + n % 5, 7, 1)) for n in range(9)]
    portfolio.observation(made[0], date(2005, 6, 30), "launched", 4)
    numbering.touch()
    session.commit()
    with reading():
        answers._kept.clear()
        slow = pages()
        session.rollback()
    make_ahead()
    session.commit()
    number = session.scalar(select(func.count()).select_from(KeptFigures))
    make_ahead()  # nothing changed, so nothing is made again
    session.commit()
    answers._kept.clear()  # as another process, which knows nothing yet
    with reading(), count_queries() as seen:
        assert pages() == slow
        assert not [statement for statement in seen if "participant" in statement or "observation" in statement]
        session.rollback()
    portfolio.membership(firms[1], home)
    portfolio.membership(firms[2], home)
    numbering.touch()
    session.commit()
    with reading():  # the worker has not come by yet: made anew, not shown stale
        changed = pages()
        session.rollback()
    assert changed[0].rate.numerator > slow[0].rate.numerator
    make_ahead()
    session.commit()
    assert session.scalar(select(func.count()).select_from(KeptFigures)) == number
    assert len(set(session.scalars(select(KeptFigures.version)))) == 1
    answers._kept.clear()
    with reading():
        assert pages() == changed
