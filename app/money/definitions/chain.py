"""Which documents stand behind a line of cost (MON-6), by cost item."""

from collections.abc import Iterable

from app.money.choices import EvidenceStep as E

LABOUR = ("LAB", "AST")
GOODS = (E.quote, E.order, E.delivery, E.acceptance, E.invoice, E.transfer)
WAGES = (E.timesheet, E.payslip, E.transfer)


def steps_of(cost_item: str) -> tuple[E, ...]:
    """The chain of an item, in its order: time sheet to transfer for labour, quotation to transfer for all else."""
    return WAGES if cost_item in LABOUR else GOODS


def open_steps(cost_item: str, known: Iterable[E]) -> list[E]:
    """The documents for which there is neither a file nor a reason."""
    there = set(known)
    return [step for step in steps_of(cost_item) if step not in there]


def wages(minutes: int, rate_yen: int) -> int:
    """Hours worked times the hourly rate, rounded down to the yen."""
    return minutes * rate_yen // 60
