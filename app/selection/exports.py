"""The ranking and the figures of a round as CSV."""

from collections.abc import Sequence
from typing import Any

from app.core import tabular
from app.selection.definitions.rounds import FIGURES, RATE
from app.selection.queries import Group, Line

RANKING = (
    "number", "title_ja", "title_en", "lead_ja", "lead_en", "asked_yen", "reviews", "missing", "rank_raw", "mean_raw",
    "median", "spread", "rank_adjusted", "adjusted", "adjusted_low", "adjusted_high", "rank_low", "rank_high",
    "probability_above_line", "decision", "decision_state",
)  # fmt: skip


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def ranking(lines: Sequence[Line], joint: bool) -> bytes:
    """Every line; what is computed from all proposals together only for readers who may see it."""

    def row(line: Line) -> Sequence[Any]:
        shown = (
            line.adjusted_rank, _points(line.adjusted), _points(line.low), _points(line.high), line.rank_low,
            line.rank_high, "" if line.above is None else f"{line.above:.3f}",
        )  # fmt: skip
        return (
            line.number, line.title.ja, line.title.en, line.lead.ja, line.lead.en, line.asked_yen, len(line.scores),
            line.missing, line.rank, _points(line.mean), _points(line.median), _points(line.spread),
            *(shown if joint else [""] * len(shown)),
            line.outcome.value if line.outcome else "", line.status.value if line.status else "",
        )  # fmt: skip

    return tabular.whole([RANKING, *map(row, lines)])


def figures(found: dict[str, list[Group]], title: str, as_of: str) -> bytes:
    """The definitions first, then one line a group."""
    head: list[Sequence[Any]] = [("call", title), ("as_of", as_of)]
    head += [(f.key, f.definition.en, f.definition.ja) for f in FIGURES]
    head += [("rate", RATE.en, RATE.ja), ("source", "CON-11")]
    head.append(("by", "code", "name_en", "name_ja", "applied", "eligible", "adopted", "rate_of_applied",
                 "rate_of_eligible", "asked_yen", "granted_yen"))  # fmt: skip
    for by, groups in found.items():
        for g in groups:
            c = g.count
            head.append(
                (by, g.key, g.name.en, g.name.ja, c.applied, c.eligible, c.adopted, _points(c.rate),
                 _points(c.rate_of_eligible), c.asked_yen, c.granted_yen)
            )  # fmt: skip
    return tabular.whole(head)
