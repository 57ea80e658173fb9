"""How a project stands on a day: all that a change request can touch, as plain values."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

#: organisation id, fiscal year, cost item
BudgetKey = tuple[int, int, str]


@dataclass(frozen=True)
class Part:
    """An organisation in a role. ``ends_on`` is the first day on which it no longer takes part."""

    organisation_id: int
    role: str
    starts_on: date | None = None
    ends_on: date | None = None

    def holds(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on < self.ends_on)


@dataclass(frozen=True)
class Milestone:
    """A milestone or deliverable that is agreed; ``done`` ones are history and change no more."""

    id: int
    position: int
    goal: str
    target: str
    unit: str
    due_on: date
    organisation_id: int | None
    done: bool = False


@dataclass(frozen=True)
class Standing:
    """Money is whole yen; ``spent`` is what is on record against a budget line, ``moved`` what notices moved into it (or
    out of it, negative), ``contracts`` the ceiling by fiscal year (empty where the regime has no contract yet). ``org_types`` and ``names`` are of every organisation named."""

    programme: str
    title_ja: str
    title_en: str
    starts_on: date | None
    ends_on: date | None
    parts: tuple[Part, ...]
    budget: dict[BudgetKey, int]
    milestones: tuple[Milestone, ...]
    first_sale_on: date | None = None
    spent: dict[BudgetKey, int] = field(default_factory=dict)
    moved: dict[BudgetKey, int] = field(default_factory=dict)
    contracts: dict[int, int] = field(default_factory=dict)
    free_transfer_pct: int = 20
    protected_items: tuple[str, ...] = ("SUB", "ADM")
    min_companies: int = 2
    sme_rule: bool = False
    org_types: dict[int, str] = field(default_factory=dict)
    jsic: dict[int, str | None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    suspended_from: date | None = None
    ended_on: date | None = None

    def present(self, on: date) -> list[Part]:
        return [part for part in self.parts if part.holds(on)]

    def organisations(self, on: date) -> list[int]:
        return list(dict.fromkeys(part.organisation_id for part in self.present(on)))

    @property
    def total(self) -> int:
        return sum(self.budget.values())

    def by_year(self) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        for (_organisation, year, _item), yen in self.budget.items():
            found[year] += yen
        return dict(sorted(found.items()))

    def by_organisation(self) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        for (organisation, _year, _item), yen in self.budget.items():
            found[organisation] += yen
        return dict(found)

    def left(self, key: BudgetKey) -> int:
        """What of a line is neither spent nor moved away, and at most what was agreed for it."""
        agreed = self.budget.get(key, 0)
        return max(0, min(agreed, agreed + self.moved.get(key, 0) - self.spent.get(key, 0)))
