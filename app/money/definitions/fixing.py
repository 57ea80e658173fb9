"""MON-2 and MON-3: the fixed amount and what is settled then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.money.definitions.transfers import ItemCount, TransferRule

#: Rates are kept in hundredths of a percent.
WHOLE = 10_000


@dataclass(frozen=True)
class Calculation:
    """How a fixed amount comes about. Rounding is downwards, once, at ``by_rate``."""

    items: Sequence[ItemCount]
    rule: TransferRule
    rate: int
    ceiling: int
    advances: int  # paid or approved before

    @property
    def accepted(self) -> int:
        return sum(one.accepted for one in self.items)

    @property
    def counted(self) -> int:
        return sum(one.counted for one in self.items)

    @property
    def by_rate(self) -> int:
        return share(self.counted, self.rate)

    @property
    def fixed(self) -> int:
        """min(ceiling, counted cost x rate rounded down)."""
        return min(self.ceiling, self.by_rate)

    @property
    def settlement(self) -> int:
        """What is still paid; negative: what is claimed back."""
        return settlement(self.fixed, self.advances)

    def frozen(self) -> dict[str, Any]:
        """The calculation as plain data, for the record and for the notice."""
        return {
            "items": [
                {
                    "item": one.item, "budget": one.budget, "accepted": one.accepted, "freely": one.freely,
                    "counted": one.counted, "cut": one.cut,
                }
                for one in self.items
            ],
            "accepted": self.accepted, "counted": self.counted, "rate": self.rate, "by_rate": self.by_rate,
            "ceiling": self.ceiling, "fixed": self.fixed, "advances": self.advances, "settlement": self.settlement,
            "free_pct": self.rule.pct, "protected": sorted(self.rule.protected),
        }  # fmt: skip


def share(cost: int, rate: int) -> int:
    """A cost times a rate in hundredths of a percent, rounded down to the yen."""
    return cost * rate // WHOLE


def fixed_amount(ceiling: int, accepted: int, rate: int) -> int:
    """MON-3: min(ceiling, accepted x rate), rounded down."""
    return min(ceiling, share(accepted, rate))


def settlement(fixed: int, advances: int) -> int:
    """MON-2: the final payment; a negative one is a repayment claim."""
    return fixed - advances
