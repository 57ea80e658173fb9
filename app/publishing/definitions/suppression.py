"""Small cells (CR-14): in a prefecture a firm is recognised, so no public number may rest on one or two."""

from collections.abc import Iterable, Mapping

from app.core.errors import Reason
from app.core.i18n import Bilingual

#: Fewer than so many, on either side, tell of single projects or firms.
FEWEST = 3


def tells(k: int, n: int) -> bool:
    """Would k of n tell of single ones? By the letter of the rule also where k or n−k is 0."""
    return k < FEWEST or n - k < FEWEST


def cohorts_tell(cohorts: Iterable[tuple[int, int]]) -> bool:
    """(k, n) of each year: does any of them tell?"""
    return any(tells(k, n) for k, n in cohorts)


def parts_tell(mine: Mapping[str, bool], other: Mapping[str, bool]) -> bool:
    """Can two public figures of one rule be set off against each other so that a small cell is left? Units by key, true
    where counted. Only a population that lies inside the other gives a difference that is a number of its own."""
    for small, large in ((mine, other), (other, mine)):
        if small.keys() <= large.keys():
            rest = [yes for key, yes in large.items() if key not in small]
            if rest and tells(sum(rest), len(rest)):
                return True
    return False


def small_cell(k: int, n: int) -> list[Reason]:
    if not tells(k, n):
        return []
    return [
        Reason(
            "small-cell",
            Bilingual(
                f"{k} of {n} units: fewer than {FEWEST} on one side would tell of single projects or firms (CR-14).",
                f"{n}件中{k}件:一方が{FEWEST}件未満のため、個別のプロジェクト・企業が特定されるおそれがあります(CR-14)。",
            ),
        )
    ]


def differencing(code: str) -> Reason:
    return Reason(
        "differencing",
        Bilingual(
            f"Set off against the published figure {code}, fewer than {FEWEST} units would be left on one side (CR-14).",
            f"公表済みの数値{code}との差し引きにより、一方が{FEWEST}件未満の数値が判明します(CR-14)。",
        ),
    )
