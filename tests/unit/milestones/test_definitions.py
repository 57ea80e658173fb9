"""Due dates, deviations, calendar files, frozen versions: plain rules without a database."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.i18n import Bilingual
from app.milestones.choices import MilestoneKind, MilestoneStatus, ReportKind
from app.milestones.definitions import ics
from app.milestones.definitions.due import DueRule, deviation_days, due_on, is_late
from app.milestones.definitions.duties import Duty
from app.milestones.definitions.gantt import chart
from app.milestones.definitions.monitoring import AXES
from app.milestones.definitions.sections import SECTIONS, texts_of
from app.milestones.definitions.versions import differences, digest, flat, for_reader
from app.milestones.operations.telling import occasion


@pytest.mark.parametrize(
    ("completed", "due"),
    [
        (date(2026, 5, 20), date(2026, 6, 19)),  # 30 days
        (date(2027, 3, 10), date(2027, 4, 9)),
        (date(2027, 3, 11), date(2027, 4, 10)),  # both on the same day
        (date(2027, 3, 12), date(2027, 4, 10)),  # 10 April comes first
        (date(2027, 3, 31), date(2027, 4, 10)),  # the last day of the fiscal year
        (date(2027, 4, 1), date(2027, 5, 1)),  # the first day of the next one: its own 10 April is a year away
        (date(2028, 2, 29), date(2028, 3, 30)),  # a leap day
    ],
)
def test_a_performance_report_is_due_after_30_days_or_on_10_april(completed: date, due: date) -> None:
    """MON-5: whichever comes first."""
    assert due_on(ReportKind.performance, completed) == due


def test_other_reports_know_no_10_april() -> None:
    assert due_on(ReportKind.progress, date(2027, 3, 31)) == date(2027, 4, 30)
    assert due_on(ReportKind.completion, date(2027, 3, 31)) == date(2027, 5, 30)
    assert DueRule(10, latest=(4, 5)).due(date(2026, 4, 1)) == date(2026, 4, 11)  # both parts are parameters


def row(**values: Any) -> Any:
    return SimpleNamespace(
        **{
            "position": 1, "goal": "g", "kind": MilestoneKind.milestone, "begins_on": None, "due_on": date(2026, 6, 1),
            "forecast_on": None, "actual_on": None, "status": MilestoneStatus.open, **values,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "days", "late"),
    [
        ({}, 0, False),
        ({"forecast_on": date(2026, 6, 15)}, 14, False),
        ({"forecast_on": date(2026, 5, 25)}, -7, False),
        ({"actual_on": date(2026, 5, 22), "forecast_on": date(2026, 6, 15)}, -10, False),  # reached: a fact
        ({"due_on": date(2026, 5, 1)}, 19, True),  # nothing said: at least as late as today
        ({"due_on": date(2026, 5, 1), "forecast_on": date(2026, 5, 10)}, 19, True),  # a forecast that is over
        ({"due_on": date(2026, 5, 1), "status": MilestoneStatus.not_achieved}, 0, False),  # settled
        ({"due_on": date(2026, 5, 20)}, 0, False),  # due today is not late
    ],
)
def test_deviation_from_the_agreed_day(values: dict[str, Any], days: int, late: bool) -> None:
    on = date(2026, 5, 20)
    assert (deviation_days(row(**values), on), is_late(row(**values), on)) == (days, late)


def test_the_chart_holds_every_day_that_is_named() -> None:
    rows = [
        row(begins_on=date(2026, 2, 1), forecast_on=date(2027, 9, 1)),
        row(position=2, due_on=date(2026, 4, 1), actual_on=date(2026, 4, 20), status=MilestoneStatus.accepted),
    ]
    found = chart(rows, date(2026, 5, 20), date(2026, 3, 1), date(2026, 12, 31))
    assert found is not None and found.today is not None
    for line in found.lines:
        for x in (line.begin, line.due, line.expected, line.actual):
            assert x is None or 0 <= x <= found.width
    first, second = found.lines
    assert first.begin is not None and first.expected is not None and first.begin < first.due < first.expected
    assert second.actual is not None and second.actual > second.due and second.expected is None
    assert [year for _x, year in found.years] == [2026, 2027]
    assert chart([], date(2026, 5, 20), None, None) is None


def test_calendar_text_is_escaped() -> None:
    """RFC 5545, 3.3.11."""
    assert ics.escape("a,b;c\\d\r\ne\nf") == "a\\,b\\;c\\\\d\\ne\\nf"


@pytest.mark.parametrize("text", ["x" * 75, "x" * 76, "あ" * 60, "a" + "進捗報告書" * 30, "🛠" * 40])
def test_lines_are_folded_by_octets_and_no_character_is_torn(text: str) -> None:
    """RFC 5545, 3.1: at most 75 octets a line; unfolding gives the text back."""
    folded = ics.fold(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


def test_a_calendar_has_whole_days_and_stable_names() -> None:
    duties = [Duty("report-7", date(2026, 12, 31), Bilingual("Report, due", "報告"), "C2026-1", "x")]
    stamp = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def made() -> bytes:
        return ics.calendar(duties, "Renkei", stamp, lambda d: f"{d.what} {d.project}", lambda d: "https://r.example/x")

    lines = made().decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines and "DTEND;VALUE=DATE:20270101" in lines
    assert "UID:report-7@renkei.example" in lines and "SUMMARY:Report\\, due C2026-1" in lines
    assert made() == made()  # an unchanged calendar keeps its digest


def test_which_reminder_a_day_is_for() -> None:
    due = date(2026, 6, 30)
    days = {n: occasion(due, due - timedelta(days=n)) for n in (30, 29, 8, 7, 6, 1, 0, -1, -6, -7, -13, -14)}
    assert days[30] == days[29] == days[8] == "due-30" and days[7] == days[6] == days[1] == "due-7"
    assert days[0] == "due-0" and days[-1] == days[-6] == "overdue-0"
    assert days[-7] == days[-13] == "overdue-1" and days[-14] == "overdue-2"


def content(**values: Any) -> dict[str, Any]:
    part = {"organisation_id": 5, "name_ja": "甲", "name_en": "A", "work": "w", "spend_yen": 30, "confirmed_name": "",
            "private": {"costs": {"MAT": 30}, "costs_note": "secret"}}  # fmt: skip
    return {
        "report": {"kind": "progress"}, "sections": {"work": "a", "spend": 5}, "parts": [part, {**part, "organisation_id": 6}],
        "results": [{"position": 1, "value": "3", "achievement": None}], "files": [{"sha256": "f", "name": "n"}], **values,
    }  # fmt: skip


def test_a_reader_sees_the_cost_detail_of_their_own_organisation_alone() -> None:
    seen = for_reader(content(), {5})
    assert "private" in seen["parts"][0] and "private" not in seen["parts"][1]
    assert "secret" not in str(for_reader(content(), set())) and "MAT" not in str(flat(for_reader(content(), set())))
    assert for_reader(content(), None) == content()  # the office


def test_what_changed_between_two_versions() -> None:
    before = content()
    after = content(sections={"work": "b", "spend": 5}, files=[])
    after["parts"][1]["private"] = {"costs": {"MAT": 40}, "costs_note": "secret"}
    assert differences(before, before) == []
    assert set(differences(before, after)) == {
        ("section", "work", "a", "b"), ("part-6", "cost-MAT", "30", "40"), ("file", "f", "n", ""),
    }  # fmt: skip
    assert [d[0] for d in differences(for_reader(before, {5}), for_reader(after, {5}))] == ["section", "file"]


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": "あ"}) == digest({"b": "あ", "a": 1}) != digest({"a": 2, "b": "あ"})


def test_every_section_and_anchor_is_said_in_both_languages() -> None:
    for kind in ReportKind:
        keys = [one.key for one in SECTIONS[kind]]
        assert len(keys) == len(set(keys)) and "work" in keys and texts_of(kind)
        assert all(one.title.en and one.title.ja for one in SECTIONS[kind])
    assert [axis.key for axis in AXES] == ["schedule", "technical", "cost", "consortium"]
    assert all(len({anchor.ja for anchor in axis.anchors}) == 4 for axis in AXES)
