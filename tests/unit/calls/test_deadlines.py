"""Until when a call takes what from whom: extensions, graces, the order of dates, and the words for an instant."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.calls.choices import CallStatus, DeadlineChange, Phase
from app.calls.definitions import DATES, NEXT_STEPS, SHORTENING_NOTICE
from app.calls.policy import (
    accepts,
    deadline,
    in_grace,
    last_moment,
    next_steps,
    notice_of_shortening,
    out_of_order,
    phase,
    state,
    takes_questions,
)
from app.core.clock import JST
from app.core.i18n import in_locale, show_left, show_moment

OPENS = datetime(2026, 4, 1, 9, tzinfo=JST)
CLOSES = datetime(2026, 5, 29, 17, tzinfo=JST)
MS = timedelta(milliseconds=1)
HOUR = timedelta(hours=1)


def call(**values: Any) -> SimpleNamespace:
    given = {"opens_at": OPENS, "closes_at": CLOSES, "status": CallStatus.published, "questions_until": None,
             "parameters": {}, "next_steps": {}, **values}  # fmt: skip
    return SimpleNamespace(**given)


def row(
    key: int, kind: DeadlineChange, to_at: datetime, application_id: int | None = None, from_at: datetime = CLOSES
) -> Any:
    return SimpleNamespace(id=key, kind=kind, from_at=from_at, to_at=to_at, application_id=application_id)


@pytest.mark.parametrize(
    ("instant", "taken"),
    [
        (CLOSES - timedelta(seconds=0.1), True),  # 16:59:59.9
        (CLOSES - MS, True),
        (CLOSES, False),  # 17:00:00.0
        (CLOSES + MS, False),
    ],
)
def test_before_the_closing_second_is_in_time_and_nothing_else_is(instant: datetime, taken: bool) -> None:
    assert accepts(call(), instant) is taken
    assert accepts(call(), instant, deadline(call())) is taken
    assert accepts(call(), instant.astimezone(UTC), deadline(call()), handing_in=OPENS) is taken


def test_an_extension_for_one_application_holds_for_that_one_to_the_millisecond() -> None:
    rows = [row(1, DeadlineChange.individual, CLOSES + HOUR, application_id=7)]
    own, other, everybody = deadline(call(), rows, 7), deadline(call(), rows, 8), deadline(call(), rows)
    assert own.own and own.official == CLOSES and own.closes_at == CLOSES + HOUR
    assert accepts(call(), CLOSES + HOUR - MS, own) and not accepts(call(), CLOSES + HOUR, own)
    for limit in (other, everybody):
        assert not limit.own and limit.rows == () and not accepts(call(), CLOSES, limit)


def test_an_extension_of_ones_own_never_closes_earlier_than_the_call() -> None:
    rows = [row(1, DeadlineChange.individual, CLOSES - HOUR, application_id=7)]
    assert deadline(call(), rows, 7).closes_at == CLOSES


def test_the_latest_extension_counts_whatever_the_order_of_the_rows() -> None:
    rows = [
        row(2, DeadlineChange.individual, CLOSES + HOUR, 7),
        row(1, DeadlineChange.individual, CLOSES + 3 * HOUR, 7),
    ]
    assert deadline(call(), rows, 7).closes_at == CLOSES + HOUR


def test_a_grace_takes_only_the_handing_in_of_what_was_begun() -> None:
    limit = deadline(call(), [row(1, DeadlineChange.grace, CLOSES + timedelta(minutes=30))])
    begun, until = CLOSES - MS, CLOSES + timedelta(minutes=30)
    assert limit.official == limit.closes_at == CLOSES and limit.grace_until == until
    assert accepts(call(), CLOSES, limit, handing_in=begun) and accepts(call(), until - MS, limit, handing_in=begun)
    assert not accepts(call(), until, limit, handing_in=begun)
    assert not accepts(call(), CLOSES, limit)  # a change
    assert not accepts(call(), CLOSES + MS, limit, handing_in=CLOSES)  # begun too late
    assert in_grace(CLOSES, limit, begun) and not in_grace(CLOSES - MS, limit, OPENS)
    assert not accepts(call(status=CallStatus.decided), CLOSES, limit, handing_in=begun)


def test_a_grace_runs_from_the_closing_that_holds() -> None:
    rows = [row(1, DeadlineChange.grace, CLOSES + timedelta(minutes=10)),
            row(2, DeadlineChange.individual, CLOSES + HOUR, 7)]  # fmt: skip
    assert deadline(call(), rows, 7).grace_until == CLOSES + HOUR + timedelta(minutes=10)
    assert last_moment(call(), rows) == CLOSES + HOUR + timedelta(minutes=10)
    assert last_moment(call(), []) == CLOSES


def test_a_published_call_is_called_what_the_clock_says() -> None:
    assert state(call(), CLOSES) is Phase.closed and state(call(), CLOSES - MS) is Phase.open
    assert state(call(), OPENS - MS) is Phase.forthcoming
    assert state(call(status=CallStatus.decided), CLOSES) is CallStatus.decided
    assert (
        phase(call(), CLOSES, deadline(call(), [row(1, DeadlineChange.individual, CLOSES + HOUR, 7)], 7)) is Phase.open
    )


def test_questions_end_with_the_closing_where_nothing_else_is_set() -> None:
    assert takes_questions(call(), CLOSES - MS) and not takes_questions(call(), CLOSES)
    early = call(questions_until=CLOSES - HOUR)
    assert takes_questions(early, CLOSES - HOUR - MS) and not takes_questions(early, CLOSES - HOUR)
    assert not takes_questions(call(status=CallStatus.decided), OPENS)


def test_the_notice_of_a_shortening_is_a_parameter_of_the_call() -> None:
    assert notice_of_shortening(call()) == timedelta(days=SHORTENING_NOTICE)
    assert notice_of_shortening(call(parameters={"shortening_notice_days": 30})) == timedelta(days=30)


def dates(**values: datetime | None) -> dict[str, datetime | None]:
    return {**dict.fromkeys(DATES), "opens_at": OPENS, "closes_at": CLOSES, **values}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, []),
        ({"announce_at": OPENS, "questions_until": CLOSES, "interview_at": CLOSES + HOUR, "decision_at": CLOSES + HOUR,
          "start_at": CLOSES + HOUR}, []),
        ({"closes_at": OPENS}, ["closes_at"]),
        ({"announce_at": OPENS + MS}, ["opens_at"]),
        ({"announce_at": OPENS - HOUR, "questions_until": OPENS - 2 * HOUR}, ["questions_until"]),
        ({"questions_until": CLOSES + MS}, ["questions_until"]),
        ({"interview_at": CLOSES}, ["interview_at"]),
        ({"decision_at": CLOSES}, ["decision_at"]),
        ({"interview_at": CLOSES + HOUR, "decision_at": CLOSES + HOUR - MS}, ["decision_at"]),
        ({"interview_at": CLOSES + HOUR, "start_at": CLOSES + MS}, ["start_at"]),
    ],
)  # fmt: skip
def test_the_dates_of_a_call_come_in_their_order(values: Any, wrong: list[str]) -> None:
    assert [reason.where for reason in out_of_order(dates(**values))] == wrong


def test_an_instant_is_written_with_both_clocks_and_the_weekday() -> None:
    with in_locale("en"):
        assert show_moment(CLOSES) == "2026-05-29 (Fri) 17:00 JST (08:00 UTC)"
        assert show_moment(datetime(2026, 6, 1, 8, 59, 59, tzinfo=JST)) == (
            "2026-06-01 (Mon) 08:59:59 JST (2026-05-31 23:59:59 UTC)"
        )
        assert show_moment(None) == "–"
    with in_locale("ja"):
        assert show_moment(CLOSES.astimezone(UTC)) == "2026年5月29日(令和8年)(金) 17:00 JST(08:00 UTC)"


def test_no_time_left_is_never_less_than_nothing(app: Any) -> None:
    with in_locale("en"):
        assert show_left(timedelta(days=2, hours=3, minutes=4, seconds=59)) == "2 days 3 hours 4 minutes"
        assert show_left(-HOUR) == "0 days 0 hours 0 minutes"


def test_next_steps_are_the_calls_own_or_the_usual_ones() -> None:
    assert next_steps(call(), "adopted") is NEXT_STEPS["adopted"]
    own = call(next_steps={"adopted": {"en": "Call us", "ja": ""}})
    assert next_steps(own, "adopted").ja == "Call us" and next_steps(own, "rejected") is NEXT_STEPS["rejected"]
