"""CON-15: how much may move between cost items without approval, and what of the accepted cost counts afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.calls.choices import COST_ITEMS
from app.core.i18n import Bilingual

FREE_PCT = 20
PROTECTED = ("SUB", "ADM")


@dataclass(frozen=True)
class TransferRule:
    """``pct`` of the total of the free items may move without approval; ``protected`` items never move freely."""

    pct: int = FREE_PCT
    protected: frozenset[str] = frozenset(PROTECTED)

    def is_free(self, cost_item: str) -> bool:
        return cost_item not in self.protected


def rule_of(parameters: Mapping[str, Any]) -> TransferRule:
    """The rule as a call sets it (parameters ``free_transfer_pct`` and ``protected_cost_items``)."""
    items = parameters.get("protected_cost_items", PROTECTED)
    codes = items.replace(";", " ").split() if isinstance(items, str) else items
    return TransferRule(int(parameters.get("free_transfer_pct", FREE_PCT)), frozenset(codes))


def free_limit(budget: Mapping[str, int], rule: TransferRule) -> int:
    """Yen that may move: the percentage of the free items' total, rounded down."""
    return sum(yen for item, yen in budget.items() if rule.is_free(item)) * rule.pct // 100


def moved(transfers: Iterable[tuple[int, str, str, int]]) -> int:
    """Yen moved so far by (organisation, from item, to item, yen): moving back again gives room back."""
    net: dict[tuple[int, str], int] = {}
    for organisation_id, source, target, yen in transfers:
        net[organisation_id, source] = net.get((organisation_id, source), 0) - yen
        net[organisation_id, target] = net.get((organisation_id, target), 0) + yen
    return sum(yen for yen in net.values() if yen > 0)


@dataclass(frozen=True)
class ItemCount:
    """One cost item at the fixing of the amount. ``counted`` is ``accepted`` less what no rule allows."""

    item: str
    budget: int
    accepted: int
    freely: int  # beyond the budget, within what may still move without approval
    counted: int

    @property
    def cut(self) -> int:
        return self.accepted - self.counted

    def why_cut(self, rule: TransferRule) -> Bilingual | None:
        """The rule that keeps part of this item out, or None."""
        if not self.cut:
            return None
        if not rule.is_free(self.item):
            return Bilingual(
                "CON-15: a protected item; nothing moves into it without an approved change.",
                "CON-15:流用制限費目のため、変更承認なしに他費目から流用することはできません。",
            )
        return Bilingual(
            f"CON-15: beyond what may move without approval ({rule.pct} % of the free items).",
            f"CON-15:承認不要の流用限度(対象費目合計の{rule.pct}%)を超えています。",
        )


def count(accepted: Mapping[str, int], budget: Mapping[str, int], room: int, rule: TransferRule) -> list[ItemCount]:
    """MON-3, "evaluated per cost item after transfer rules": what of the accepted cost counts, item by item.

    An item counts up to its budget. Beyond it a free item still counts as far as ``room`` (yen that may still move) and
    what the other free items left unspent allow, in the order of the code list. Without any budget all of it counts.
    """
    if not any(budget.values()):
        return [ItemCount(item, 0, yen, 0, yen) for item, yen in _ordered(accepted)]
    unspent = sum(max(0, yen - accepted.get(item, 0)) for item, yen in budget.items() if rule.is_free(item))
    left = max(0, min(room, unspent))
    found = []
    for item, yen in _ordered({**dict.fromkeys(budget, 0), **accepted}):
        within = min(yen, budget.get(item, 0))
        freely = min(yen - within, left) if rule.is_free(item) else 0
        left -= freely
        found.append(ItemCount(item, budget.get(item, 0), yen, freely, within + freely))
    return found


def _ordered(amounts: Mapping[str, int]) -> list[tuple[str, int]]:
    known = [(item, amounts[item]) for item in COST_ITEMS if item in amounts]
    return known + sorted((item, yen) for item, yen in amounts.items() if item not in COST_ITEMS)


def excess(
    spent: Mapping[str, int], budget: Mapping[str, int], already: int, rule: TransferRule
) -> dict[str, Bilingual]:
    """Items that were spent beyond their budget and may not be made up by a notice: item -> the rule in words."""
    found: dict[str, Bilingual] = {}
    counted = count(spent, budget, free_limit(budget, rule) - already, rule)
    for one in counted:
        words = one.why_cut(rule)
        if words is not None:
            found[one.item] = words
    return found
