"""Hours as people write them, and where each column of the workbook stands."""

import pytest

from app.money import exchange
from app.money.choices import EvidenceStep
from app.money.definitions import chain


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7.5", 450),
        ("7:30", 450),
        ("7", 420),
        ("0.25", 15),
        ("1.6666666666666667", 100),
        ("120:05", 7205),
        ("7.5 ", 450),
    ],
)
def test_hours_are_read_to_the_minute(text: str, minutes: int) -> None:
    assert exchange.minutes_of(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "7:60", "7:3", "1e3", "٧", "7h", "999999", "1_0", ":30", "7.5.1", "nan"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        exchange.minutes_of(text)


def test_mon_6_labour_has_a_chain_of_its_own() -> None:
    assert chain.steps_of("LAB") == (EvidenceStep.timesheet, EvidenceStep.payslip, EvidenceStep.transfer)
    assert len(chain.steps_of("EQ")) == 6 and chain.steps_of("EQ")[0] is EvidenceStep.quote
    assert chain.open_steps("LAB", [EvidenceStep.timesheet]) == [EvidenceStep.payslip, EvidenceStep.transfer]
    assert chain.wages(90, 3_333) == 4_999  # 4,999.5 rounded down
