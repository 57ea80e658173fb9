"""MON-8: the additional charge on what has to be repaid after a revocation."""

from datetime import date

from app.core.clock import today

#: 10.95 % a year, in hundredths of a percent; a call's parameter ``charge_rate`` replaces it.
CHARGE_RATE = 1_095
DAYS_OF_YEAR = 365


def additional_charge(amount: int, received_on: date, repaid_on: date, rate: int = CHARGE_RATE) -> int:
    """``amount`` x rate x days / 365, rounded down; days from the receipt of the money to its repayment."""
    days = max(0, (repaid_on - received_on).days)
    return amount * rate * days // (10_000 * DAYS_OF_YEAR)


def running_charge(amount: int, received_on: date | None, rate: int = CHARGE_RATE, on: date | None = None) -> int:
    """The charge as it stands on a day (today without one); nothing where none runs."""
    return 0 if received_on is None else additional_charge(amount, received_on, on or today(), rate)
