"""Points are written as people write them and kept in hundredths."""

import pytest
from werkzeug.datastructures import MultiDict

from app.selection.forms import CalibrationForm


def _form(disagreement: str) -> CalibrationForm:
    sent = {"lower_pct": "10", "upper_pct": "90", "fewest": "3", "disagreement": disagreement}
    return CalibrationForm(MultiDict(sent))


@pytest.mark.parametrize(
    ("text", "value"), [("1", 100), ("1.2", 120), ("0.85", 85), ("１．０５", 105), (" 2.00 ", 200)]
)
def test_points_are_read_as_hundredths(app: object, text: str, value: int) -> None:
    form = _form(text)
    assert form.validate() and form.disagreement.data == value


@pytest.mark.parametrize("text", ["100", "2.01", "0.05", "1,5", "1.234", "-1", "1e0", "٣"])
def test_what_is_no_number_of_points_is_refused_and_shown_again(app: object, text: str) -> None:
    form = _form(text)
    assert not form.validate() and form.disagreement._value() == text
    assert "0.10" in str(form.disagreement.errors[0]) and "2.00" in str(form.disagreement.errors[0])


def test_stored_hundredths_are_shown_as_points(app: object) -> None:
    assert CalibrationForm(data={"disagreement": 125}).disagreement._value() == "1.25"
