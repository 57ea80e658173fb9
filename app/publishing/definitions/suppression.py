"""Small cells (CR-14): in a prefecture a firm is recognised, so no public number may rest on one or two.

What a single cell may hold is the rates' own rule (``app.analytics.definitions.disclosure``); here it is asked of figures
that stay public for good, one by one and set off against each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from app.analytics.definitions import Count, Verdict
from app.analytics.definitions.disclosure import FEWEST, is_safe, suppress
from app.core.errors import Reason
from app.core.i18n import Bilingual


def units_of(verdicts: Iterable[Verdict]) -> Count:
    """Units by verdict: what a figure is judged by, in whatever it counts (a sum in yen too)."""
    found = Counter(verdicts)
    return Count(found[Verdict.yes], found[Verdict.unknown], found[Verdict.no])


def cohort_rows(
    cohorts: Sequence[Sequence[int]], shown: Collection[int] | None = None
) -> list[tuple[int, Count | None]]:
    """Years (year, yes, unknown, no) as they may stand beside their total; None where a count is withheld. ``shown`` are
    those that were let out with the figure; figures of before that was decided hide what their own table tells."""
    rows = [(year, Count(yes, unknown, no)) for year, yes, unknown, no in cohorts]
    return suppress(rows) if shown is None else [(year, count if year in shown else None) for year, count in rows]


def parts_tell(mine: Mapping[str, Verdict], other: Mapping[str, Verdict]) -> bool:
    """Can two public figures of one rule be set off against each other so that a small cell is left? Only a population
    that lies inside the other gives a difference that is a number of its own."""
    for small, large in ((mine, other), (other, mine)):
        if small.keys() <= large.keys():
            rest = units_of(verdict for key, verdict in large.items() if key not in small)
            if not is_safe(rest):
                return True
    return False


def small_cell(units: Count) -> list[Reason]:
    if is_safe(units) and units.total:
        return []
    words: dict[str, Any] = {"yes": units.yes, "unknown": units.unknown, "no": units.no, "fewest": FEWEST}
    return [
        Reason(
            "small-cell",
            Bilingual(
                "{yes} yes, {unknown} unknown, {no} no: fewer than {fewest} on a side would tell of single projects or "
                "firms (CR-14).",
                "該当{yes}・不明{unknown}・非該当{no}:{fewest}件未満の区分から、個別のプロジェクト・企業が特定されるおそれがあります(CR-14)。",
            ).format(**words),
        )
    ]


def differencing(codes: Sequence[str]) -> Reason:
    """CR-14, with what can be done."""
    listed = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
    return Reason(
        "differencing",
        Bilingual(
            f"Set off against what is public already ({listed}), it would tell of fewer than {FEWEST} projects or firms "
            "(CR-14). What helps: ask about a wider group (more years, all programmes), or publish later, when more "
            "records have changed. What is public cannot be called back, so withdrawing the older one does not help.",
            f"公表済みの{listed}との差し引きにより、{FEWEST}件未満のプロジェクト・企業が判明します(CR-14)。"
            "対象を広げる(年度を増やす、全事業とする)か、変更された記録が増えてから公表してください。"
            "一度公表した数値は取り消せないため、以前の数値を取り下げても解消しません。",
        ),
    )
