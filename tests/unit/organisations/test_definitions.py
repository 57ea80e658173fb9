"""The SME test at its limits."""

import pytest

from app.organisations.definitions import LIMITS, Branch, Facts, Size, branch_of, judge


@pytest.mark.parametrize(
    ("jsic", "branch"),
    [
        (None, "manufacturing"), ("F", "manufacturing"), ("2661", "manufacturing"), ("F26", "manufacturing"), ("06", "manufacturing"),
        ("49", "wholesale"), ("5411", "wholesale"), ("55", "retail"), ("60", "retail"), ("Q", "service"), ("81", "service"),
        ("201", "manufacturing"), ("202", "rubber"), ("2091", "rubber"), ("39", "software"), ("3911", "software"), ("721", "inn"), ("7211", "inn"), ("72", "service"),
    ],
)  # fmt: skip
def test_branches(jsic: str | None, branch: str) -> None:
    assert branch_of(jsic) == branch


CODES = {
    "manufacturing": "26",
    "wholesale": "50",
    "retail": "56",
    "service": "80",
    "rubber": "202",
    "inn": "721",
    "software": "39",
}


@pytest.mark.parametrize("branch", list(Branch))
def test_limits_are_reached_and_passed(branch: Branch) -> None:
    limits, code = LIMITS[branch], CODES[branch]
    over = limits.employees + 1
    assert judge(Facts(True, jsic=code, capital_yen=limits.capital_yen, employees=over)).size is Size.sme
    assert (
        judge(Facts(True, jsic=code, capital_yen=limits.capital_yen + 1, employees=limits.employees)).size is Size.sme
    )
    assert judge(Facts(True, jsic=code, capital_yen=limits.capital_yen + 1, employees=over)).size is Size.large
    assert judge(Facts(True, jsic=code, capital_yen=None, employees=limits.small)).size is Size.small
    assert judge(Facts(True, jsic=code, capital_yen=None, employees=limits.small + 1)).size is Size.sme


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        (Facts(True), Size.unknown),
        (Facts(True, capital_yen=10**12), Size.unknown),
        (Facts(True, employees=10_000), Size.unknown),
        (Facts(True, capital_yen=1), Size.sme),
        (Facts(True, sole_proprietor=True, capital_yen=1, employees=301), Size.large),
        (Facts(True, sole_proprietor=True, capital_yen=1), Size.unknown),
        (Facts(True, employees=3, one_large_owner_pct=50), Size.deemed_large),
        (Facts(True, employees=3, one_large_owner_pct=49, officers_from_large_pct=50), Size.deemed_large),
        (Facts(True, employees=3, one_large_owner_pct=49, officers_from_large_pct=49), Size.small),
        (Facts(False, employees=3), Size.not_a_company),
    ],
)
def test_cases(facts: Facts, size: Size) -> None:
    found = judge(facts)
    assert found.size is size and found.is_sme == (size in (Size.sme, Size.small)) and found.why.en and found.why.ja
