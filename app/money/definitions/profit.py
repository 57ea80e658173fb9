"""MON-9: the return of profit from a subsidised project, with every step of the sum."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProfitSum:
    """One fiscal year's return. All in yen; only the last division is rounded, downwards.

    ``subsidy`` is A, ``eligible`` B, ``revenue`` less ``cost`` D, ``exclusion`` E, ``returned`` what earlier years gave.
    """

    subsidy: int
    eligible: int
    revenue: int
    cost: int
    exclusion: int
    returned: int = 0

    @property
    def profit(self) -> int:
        """D."""
        return self.revenue - self.cost

    @property
    def base(self) -> int:
        """C = D - E."""
        return self.profit - self.exclusion

    @property
    def by_share(self) -> int:
        """C x A / B rounded down, before the cap; nothing without a profit or a cost."""
        if self.base <= 0 or self.eligible <= 0:
            return 0
        return self.base * self.subsidy // self.eligible

    @property
    def cap(self) -> int:
        """What of the subsidy has not been returned yet."""
        return max(0, self.subsidy - self.returned)

    @property
    def payable(self) -> int:
        """F = max(0, min(C x A / B, A - already returned))."""
        return max(0, min(self.by_share, self.cap))
