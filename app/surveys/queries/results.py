"""Results of an effect survey: shares by question, by cluster and by size; the answers behind them for the office."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.analytics.policy import sees_records
from app.clusters.policy import scopes
from app.core.db import session
from app.core.tables import Page, decode, encode
from app.organisations.models import Organisation
from app.surveys.choices import ResponseStatus, SizeGroup
from app.surveys.definitions import effects
from app.surveys.definitions.effects import Option, Share
from app.surveys.definitions.published import printed_for
from app.surveys.models import Asked, Item, Response, Wave
from app.surveys.queries import waves

PAGE = 50


@dataclass(frozen=True)
class ItemResult:
    """One question. ``total`` and the parts are None where they are withheld; ``options`` are counted for the office
    only. ``printed``: between which values METI's lies, where the question is one of the 18."""

    item: Item
    total: Share | None
    clusters: list[tuple[Any, Share | None]]
    sizes: list[tuple[SizeGroup, Share | None]]
    options: list[tuple[Option, int]]
    printed: tuple[str, str] | None


@dataclass(frozen=True)
class Results:
    """A wave's results as one reader sees them, with how many were asked and answered."""

    counts: waves.Counts
    by_cluster: list[tuple[Any, waves.Counts]]
    by_size: list[tuple[SizeGroup, waves.Counts]]
    items: list[ItemResult]
    everything: bool


def _answers(wave: Wave) -> list[tuple[int, int | None, SizeGroup, dict[str, Any]]]:
    rows = session.execute(
        select(Asked.id, Asked.cluster_id, Asked.size, Response.answers)
        .join(Response, Response.asked_id == Asked.id)
        .where(Asked.wave_id == wave.id, Response.status == ResponseStatus.sent)
        .order_by(Asked.id)
    )
    return [(asked, cluster, size, answers) for asked, cluster, size, answers in rows]


def _parts(
    rows: Sequence[tuple[Any, str | None]], keys: Sequence[Any], options: Sequence[Option]
) -> list[tuple[Any, Share]]:
    said: dict[Any, list[str | None]] = defaultdict(list)
    for key, answer in rows:
        said[key].append(answer)
    return [(key, effects.share(said[key], options)) for key in keys]


def _crossings_tell(
    told: Sequence[tuple[Any, Any, str | None]],
    clusters: Sequence[Any],
    sizes: Sequence[Any],
    options: Sequence[Option],
) -> bool:
    """Is what each cluster and each size have in common enough to be told? Else the one table less the other tells it."""
    rows = [((cluster, size), answer) for cluster, size, answer in told]
    crossings = _parts(rows, [(cluster, size) for cluster in clusters for size in sizes], options)
    return all(effects.may_tell(one) for _key, one in crossings)


def results(actor: Any, wave: Wave) -> Results:
    """Everything for the office; for others small cells are withheld, and a manager reads the own clusters' parts."""
    everything, managed = sees_records(actor), scopes(actor)
    answers = _answers(wave)
    by_cluster, by_size = waves.counts_by(wave, Asked.cluster_id), waves.counts_by(wave, Asked.size)
    clusters = {one.id: one for one in waves.clusters_by_id(key for key in by_cluster if key is not None)}
    order = [*clusters, *([None] if None in by_cluster else [])]
    sizes = [size for size in SizeGroup if size in by_size]

    def readable(key: int | None) -> bool:
        return managed is None or (key is not None and clusters[key].cluster_code in managed)

    found = []
    for item in waves.items(wave):
        options, code = effects.options_of(item.kind, item.options), str(item.id)
        told = [(cluster, size, data.get(code)) for _asked, cluster, size, data in answers]
        total: Share | None = effects.share((answer for _c, _s, answer in told), options)
        parts: list[tuple[Any, Share | None]] = [*_parts([(c, a) for c, _s, a in told], order, options)]
        groups: list[tuple[Any, Share | None]] = [*_parts([(s, a) for _c, s, a in told], sizes, options)]
        if not everything:
            assert total is not None
            total = total if effects.may_tell(total) else None
            parts = effects.withheld([(key, one) for key, one in parts if one is not None])  # type: ignore[assignment]
            if not _crossings_tell(told, order, sizes, options):
                groups = [
                    (key, None) for key, _one in groups
                ]  # the two tables set against each other would tell of few
            else:
                groups = effects.withheld([(key, one) for key, one in groups if one is not None])  # type: ignore[assignment]
        chosen = [(o, sum(a == o.code for _c, _s, a in told)) for o in options] if everything else []
        shown = [(clusters.get(key or 0), one) for key, one in parts if readable(key)]
        found.append(ItemResult(item, total, shown, groups, chosen, printed_for(item.standard)))
    return Results(
        waves.counts([wave.id]).get(wave.id, waves.Counts()),
        [(clusters.get(key or 0), by_cluster[key]) for key in order if readable(key)],
        [(size, by_size[size]) for size in sizes],
        found,
        everything,
    )


def behind(wave: Wave, item: Item, chosen: str, after: str | None) -> Page[Any]:
    """Who gave which answer to a question, by the organisations' keys: for the office."""
    query = (
        select(Organisation.id, Organisation.org_key, Organisation.name_en, Organisation.name_ja, Organisation.is_synthetic,
               Asked.size, Response.answers, Response.sent_at, Asked.id.label("asked_id"))
        .join(Asked, Asked.organisation_id == Organisation.id)
        .join(Response, Response.asked_id == Asked.id)
        .where(Asked.wave_id == wave.id, Response.status == ResponseStatus.sent)
        .order_by(Organisation.org_key)
    )  # fmt: skip
    code = str(item.id)
    rows = [row for row in session.execute(query) if not chosen or (row.answers.get(code) or "") == chosen]
    return slice_of(rows, after, lambda row: row.org_key)


def slice_of(rows: Sequence[Any], after: str | None, key: Any) -> Page[Any]:
    """A page of rows that were put together here, after the one whose key the token holds."""
    token = decode(after, 1)
    start = next((i + 1 for i, row in enumerate(rows) if token and key(row) == token[0]), 0)
    page = rows[start : start + PAGE]
    more = len(rows) > start + PAGE
    before = encode([key(rows[start - PAGE - 1])]) if start > PAGE else (encode([""]) if start else None)
    return Page(page, encode([key(page[-1])]) if more else None, before)
