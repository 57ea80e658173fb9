"""Budget, spent, accepted and expected, cell by cell, and what the rule on transfers says of it (CON-15)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from app.agreements.models import Contract
from app.calls.choices import COST_ITEMS
from app.core.i18n import Bilingual
from app.money.choices import TransferKind
from app.money.definitions import transfers
from app.money.definitions.registers import MOVED_FREELY
from app.money.definitions.transfers import TransferRule
from app.money.queries import costs
from app.projects.choices import Regime

Cell = tuple[int, str]


@dataclass(frozen=True)
class Row:
    """One cost item of one organisation under a contract; ``budget`` is after transfers."""

    organisation_id: int
    item: str
    budget: int
    moved: int
    claimed: int
    accepted: int
    open: int
    forecast: int | None

    @property
    def deviation(self) -> int:
        """What is expected (without a forecast: what was spent) less the budget."""
        return (self.claimed if self.forecast is None else self.forecast) - self.budget


@dataclass(frozen=True)
class Ledger:
    """All that a page shows of one contract's costs. ``limit``, ``moved`` and ``over`` are the whole consortium's."""

    contract: Contract
    rule: TransferRule
    rows: list[Row]
    limit: int
    moved: int
    over: Mapping[str, Bilingual] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Yen that may still move between items without approval."""
        return max(0, self.limit - self.moved)

    def total(self, name: str) -> int:
        return sum(getattr(row, name) or 0 for row in self.rows)

    def by_item(self) -> list[Row]:
        return _summed(self.rows)

    def by_organisation(self) -> list[Row]:
        """One row an organisation, without its cost items."""
        found = [_summed([replace(row, item="") for row in self.of(key)])[0] for key in self._organisations()]
        return [replace(row, organisation_id=key) for key, row in zip(self._organisations(), found, strict=True)]

    def _organisations(self) -> list[int]:
        return list(dict.fromkeys(row.organisation_id for row in self.rows))

    def only(self, organisation_ids: Collection[int] | None) -> "Ledger":
        """The same with the rows of some organisations only (None: all)."""
        if organisation_ids is None:
            return self
        return replace(self, rows=[row for row in self.rows if row.organisation_id in organisation_ids])

    def of(self, organisation_id: int) -> list[Row]:
        return [row for row in self.rows if row.organisation_id == organisation_id]


def _summed(rows: Collection[Row]) -> list[Row]:
    """One row an item; organisation 0 stands for several."""
    found: dict[str, Row] = {}
    for row in rows:
        old = found.get(row.item)
        found[row.item] = row if old is None else Row(
            0, row.item, old.budget + row.budget, old.moved + row.moved, old.claimed + row.claimed,
            old.accepted + row.accepted, old.open + row.open,
            None if old.forecast is None and row.forecast is None
            else (old.claimed if old.forecast is None else old.forecast) + (row.claimed if row.forecast is None else row.forecast),
        )  # fmt: skip
    return [found[item] for item in _order(found)]


def _order(items: Collection[str]) -> list[str]:
    return [item for item in COST_ITEMS if item in items] + sorted(item for item in items if item not in COST_ITEMS)


@dataclass(frozen=True)
class Budget:
    """The budget of a contract by item, as transfers left it, with what still may move."""

    cells: Mapping[Cell, int]
    moves: Mapping[Cell, int]
    limit: int
    moved: int

    def by_item(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for (_organisation, item), yen in self.cells.items():
            found[item] = found.get(item, 0) + yen
        return found


def budget_now(contract: Contract, rule: TransferRule) -> Budget:
    """The whole consortium's budget. Approved changes move the base of the limit; notices use the limit up."""
    agreed = costs.budget_of(contract)
    base, cells, moves = dict(agreed), dict(agreed), dict[Cell, int]()
    notices = []
    for one in costs.transfers_of(contract.id):
        source, target = (one.organisation_id, one.from_item), (one.organisation_id, one.to_item)
        for cell, yen in ((source, -one.amount_yen), (target, one.amount_yen)):
            cells[cell] = cells.get(cell, 0) + yen
            moves[cell] = moves.get(cell, 0) + yen
            if one.kind is TransferKind.approved:
                base[cell] = base.get(cell, 0) + yen
        if one.kind is TransferKind.notice:
            notices.append((one.organisation_id, one.from_item, one.to_item, one.amount_yen))
    by_item: dict[str, int] = {}
    for (_organisation, item), yen in base.items():
        by_item[item] = by_item.get(item, 0) + yen
    moved = transfers.moved(notices) + _elsewhere(contract)
    return Budget(cells, moves, transfers.free_limit(by_item, rule), moved)


def _elsewhere(contract: Contract) -> int:
    """Yen that moved freely by change requests: those of the contract's year, for a subsidy those of all years."""
    by_year: dict[int, int] = {}
    for ask in MOVED_FREELY:
        for year, yen in ask(contract.award.project_id).items():
            by_year[year] = by_year.get(year, 0) + yen
    if contract.award.regime is Regime.commission:
        return by_year.get(contract.fiscal_year, 0)
    return sum(by_year.values())


def moved_freely(project_id: int) -> dict[int, int]:
    """Yen moved by notices here, by the fiscal year of the contract: change requests count it before they are notices."""
    found: dict[int, list[tuple[int, str, str, int]]] = {}
    for year, one in costs.notices_of(project_id):
        found.setdefault(year, []).append((one.organisation_id, one.from_item, one.to_item, one.amount_yen))
    return {year: transfers.moved(rows) for year, rows in found.items()}


def ledger_of(contract: Contract, organisation_ids: Collection[int] | None = None) -> Ledger:
    """The ledger as one reader may see it: rows of some organisations only where given."""
    rule = transfers.rule_of(costs.parameters_of(contract.award.project_id))
    budget, sums = budget_now(contract, rule), costs.sums_of(contract.id)
    forecasts = costs.forecasts_of(contract.id, organisation_ids)
    rows = []
    cells = {*budget.cells, *sums, *forecasts}
    ranks = {item: rank for rank, item in enumerate(_order({item for _organisation, item in cells}))}
    for cell in sorted(cells, key=lambda cell: (cell[0], ranks[cell[1]])):
        if organisation_ids is not None and cell[0] not in organisation_ids:
            continue
        spent = sums.get(cell, costs.Sums(0, 0, 0, 0))
        expected = forecasts.get(cell)
        rows.append(
            Row(
                *cell, budget.cells.get(cell, 0), budget.moves.get(cell, 0), spent.claimed, spent.accepted, spent.open,
                expected.amount_yen if expected else None,
            )
        )  # fmt: skip
    claimed: dict[str, int] = {}
    for (_organisation, item), one in sums.items():
        claimed[item] = claimed.get(item, 0) + one.claimed
    over = transfers.excess(claimed, budget.by_item(), budget.moved, rule)
    return Ledger(contract, rule, rows, budget.limit, budget.moved, over)
