"""Results and indices as tables, with everything that must stand beside the figures."""

from collections.abc import Sequence
from typing import Any

from app.core.i18n import _
from app.surveys.definitions.effects import Share
from app.surveys.definitions.index import Index

WITHHELD = "withheld (CR-14)"


def _share(one: Share | None) -> tuple[Any, ...]:
    if one is None:
        return (WITHHELD, "", "", "", "")
    low, high = one.interval or ("", "")
    return (one.affirmative, one.answered, "" if one.rate is None else one.rate, low, high)


def results(wave: Any, found: Any) -> list[Sequence[Any]]:
    """One line a question and part: affirmative, answered, share, Wilson interval (CR-17)."""
    c = found.counts
    rows: list[Sequence[Any]] = [
        ("title", str(wave.title)), ("as_of", wave.as_of), ("opened", wave.opens_on), ("closed", wave.closes_on),
        ("asked", c.asked), ("invited", c.invited), ("answered", c.sent), ("response_rate", "" if c.rate is None else c.rate),
        ("definition", "CR-17: affirmative / answered"), (),
        ("question", "part", "affirmative", "answered", "share", "wilson_95_low", "wilson_95_high"),
    ]  # fmt: skip
    for item in found.items:
        text = str(item.item.text)
        rows.append((text, "all", *_share(item.total)))
        rows += [(text, cluster.cluster_code if cluster else "none", *_share(one)) for cluster, one in item.clusters]
        rows += [(text, size.value, *_share(one)) for size, one in item.sizes]
    return rows


def index(found: Index, words: Sequence[tuple[str, Any]], told: bool) -> list[Sequence[Any]]:
    """One line a year: the firms' index and the industries' (CR-16)."""
    rows: list[Sequence[Any]] = [*words, ("definition", "CR-16")]
    if not told:
        return [*rows, ("withheld", _("Too few firms, or one that is most of the sum (CR-14)."))]
    rows += [("firms", len(found.panel)), ("firms_in_base_year", found.candidates), ("lost", found.lost), (),
             ("fiscal_year", "participants", "benchmark")]  # fmt: skip
    for point in found.points:
        firms, industries = (None if one is None else float(one) for one in (point.firms, point.benchmark))
        rows.append((point.year, firms, industries))
    return rows
