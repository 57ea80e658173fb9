"""flask rates: the keys of the contract, and wrong usage."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.factories import portfolio
from tests.factories.people import organisation

pytestmark = pytest.mark.both_databases

PARTICIPATION = ["rates", "participation", "--programme", "all", "--population", "adopted"]
KEYS = {
    "definition", "definition_version", "unit", "numerator", "denominator", "unknown", "rate", "lower", "upper",
    "interval", "reference", "as_of", "population",
}  # fmt: skip


def ask(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=[*arguments])  # JSON unless text is asked for


def test_participation(app: Flask) -> None:
    firm = organisation()
    portfolio.membership(firm, portfolio.cluster())
    portfolio.project(firm, organisation(), project_key="p1")
    portfolio.project(organisation(), project_key="p2")
    found = ask(
        app, *PARTICIPATION, "--definition", "PR-1", "--fy", "2003..2003", "--reference", "fixed:2005-12-31", "--list"
    )
    data = json.loads(found.stdout)
    assert found.exit_code == 0 and data.keys() >= KEYS
    assert (data["numerator"], data["denominator"], data["unknown"], data["rate"], data["upper"]) == (1, 2, 1, 0.5, 1.0)
    assert (data["keys"], data["reference"], data["as_of"], data["population"]) == (
        ["p1"],
        "fixed:2005-12-31",
        "2005-12-31",
        "adopted",
    )
    data = json.loads(
        ask(app, *PARTICIPATION, "--definition", "PR-6a", "--fy", "2003..2003", "--reference", "start").stdout
    )
    assert (data["unit"], data["interval"], data["as_of"], data["numerator"]) == ("yen", None, None, 100)
    empty = json.loads(
        ask(app, *PARTICIPATION, "--definition", "PR-1", "--fy", "1990..1990", "--reference", "adoption").stdout
    )
    assert (empty["rate"], empty["lower"], empty["upper"], empty["denominator"]) == (None, None, None, 0)


def test_commercialization_and_curve(app: Flask) -> None:
    first = portfolio.project(project_key="p1", completed_on=date(2004, 2, 29))
    portfolio.project(project_key="p2")
    portfolio.observation(first, date(2005, 2, 28), "launched", 4)
    common = ["--programme", "consortium_rd", "--fy", "2003..2004", "--as-of", "2005-03-31"]
    data = json.loads(ask(app, "rates", "commercialization", "--level", "E3", *common, "--list").stdout)
    assert (
        data["numerator"],
        data["denominator"],
        data["responded"],
        data["response_rate"],
        data["rate_respondents"],
    ) == (1, 2, 1, 0.5, 1.0)
    assert (data["lower"], data["upper"], data["keys"]) == (0.5, 1.0, ["p1"])
    lagged = json.loads(
        ask(
            app,
            "rates",
            "commercialization",
            "--level",
            "E3",
            "--fy",
            "2003..2004",
            "--as-of",
            "2005-02-28",
            "--lag",
            "1",
        ).stdout
    )
    assert lagged["denominator"] == 1
    points = json.loads(ask(app, "rates", "curve", "--level", "E3", *common).stdout)["points"]
    assert [(p["t"], p["at_risk"], p["events"], p["censored"], p["cif"]) for p in points] == [
        (0, 2, 0, 1, 0.0),
        (1, 1, 1, 0, 1.0),
    ]
    assert (
        app.test_cli_runner().invoke(args=["rates", "curve", "--level", "E1", *common, "--format", "text"]).exit_code
        == 0
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--definition", "PR-9", "--fy", "1997..2004", "--reference", "start"],
        ["--definition", "PR-1", "--fy", "2004..1997", "--reference", "start"],
        ["--definition", "PR-1", "--fy", "1997..2004", "--reference", "fixed:2005-02-30"],
        ["--definition", "PR-1", "--fy", "1997..2004", "--reference", "fixed"],
        ["--definition", "PR-1", "--reference", "start"],
        ["--definition", "PR-7", "--fy", "1997..2004", "--reference", "adoption"],
        ["--definition", "PR-8", "--fy", "1997..2004", "--reference", "fixed:2005-12-31"],
        ["--definition", "PR-8", "--fy", "1997..2004", "--reference", "fixed:2005-12-31", "--list-code", "none"],
    ],
)
def test_wrong_usage(app: Flask, arguments: list[str]) -> None:
    found = app.test_cli_runner().invoke(args=[*PARTICIPATION, *arguments])
    assert found.exit_code == 2 and found.stdout == "" and "Error:" in found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--level", "E5"],
        ["--level", "E1", "--lag", "-1"],
        ["--level", "E1", "--min-evidence", "4"],
        ["--level", "E1", "--known-at", "x"],
    ],
)
def test_wrong_usage_of_commercialization(app: Flask, arguments: list[str]) -> None:
    common = ["rates", "commercialization", "--fy", "1997..2004", "--as-of", "2006-03-31"]
    assert app.test_cli_runner().invoke(args=[*common, *arguments]).exit_code == 2


def test_text_for_people(app: Flask) -> None:
    arguments = [*PARTICIPATION, "--definition", "PR-1", "--fy", "2003..2003", "--reference", "start"]
    portfolio.project(organisation())
    found = app.test_cli_runner().invoke(args=[*arguments, "--format", "text"])
    assert "0 of 1 (project): 0.00%" in found.stdout and "unknown 1" in found.stdout
