"""What upper floors tell the money: registers that they fill in their registration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Revenue and cost of a project's products in one fiscal year, as another floor knows them."""

    revenue_yen: int
    cost_yen: int
    source: str


#: (project id, fiscal year) -> what was sold, or None where nothing is known. The first answer counts.
PROFIT_FIGURES: list[Callable[[int, int], Figures | None]] = []


#: project id -> yen by fiscal year that moved between items without approval by other papers than a notice here
#: (change requests that were simple notices): they use up the same limit (CON-15).
MOVED_FREELY: list[Callable[[int], Mapping[int, int]]] = []
