"""MON-7: which things bought with public money may not be disposed of freely, and for how long."""

from datetime import date, timedelta

from app.core.fiscal import add_years

#: Yen per unit excluding tax; a call's parameter ``restricted_from_yen`` replaces it.
RESTRICTED_FROM = 500_000
LONGEST_LIFE = 60  # years


def is_restricted_price(unit_price_yen: int, limit: int = RESTRICTED_FROM) -> bool:
    """At or above the limit per unit, without tax."""
    return unit_price_yen >= limit


def restricted_until(acquired_on: date, useful_life_years: int) -> date:
    """The last day of the restriction: the useful life counted from the day of acquisition."""
    return add_years(acquired_on, useful_life_years) - timedelta(days=1)


def book_value(price_yen: int, acquired_on: date, useful_life_years: int, on: date) -> int:
    """Straight-line rest value by whole months, never below one yen while it is there: a hint for a disposal's price."""
    months = max(0, (on.year - acquired_on.year) * 12 + on.month - acquired_on.month)
    whole = useful_life_years * 12
    return max(1, price_yen * max(0, whole - months) // whole) if price_yen else 0
