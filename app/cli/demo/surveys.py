"""One effect survey with its answers, and six years of figures, in the demonstration: all of it made up, and so called."""

from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.clusters.models import Cluster
from app.core.clock import now, today
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.organisations.models import OrgProfileYear
from app.surveys import operations, queries
from app.surveys.choices import EFFECT_ITEMS, Basis, ItemKind, Measure, WaveKind
from app.surveys.models import IndustrySeries
from app.surveys.operations.answering import AnswerData
from app.surveys.operations.composing import WaveData
from app.surveys.policy import LinkHolder

FIRMS, YEARS = 40, 6
STATISTICS = "Synthetic statistics of industries (demonstration)"
STEPS = ("great", "some", "little", "none", "na")


def load(cluster_code: str, officer: User) -> None:
    """A wave among the members of one cluster, closed; figures of the first members, and series of industries."""
    cluster = session.scalar(select(Cluster).where(Cluster.cluster_code == cluster_code))
    if cluster is None:
        return
    as_of = min(today(), (cluster.valid_to or date.max) - timedelta(days=1))
    data = WaveData(
        WaveKind.effect, "Effects of taking part (synthetic)", "参加の効果に関する調査(合成)", Basis.clusters, as_of,
        today() + timedelta(days=1), today() + timedelta(days=30), cluster_ids=(cluster.id,),
        standard=tuple(EFFECT_ITEMS), answered=ItemKind.scale,
    )  # fmt: skip
    wave = operations.composing.compose(data, officer)
    wave.is_synthetic = True
    if not queries.waves.drawn(wave):
        return
    operations.running.move(wave, "release", officer)
    asked = sorted(queries.waves.asked_rows(wave), key=lambda row: row.id)
    for row in asked:
        row.invited_at = now()  # the demonstration writes no letters to them
    wave.opens_on = today()
    session.flush()
    operations.running.move(wave, "start", officer)
    items = queries.waves.items(wave)
    for n, row in enumerate(asked[:FIRMS]):
        if n % 4 == 3:
            continue
        said = {str(item.id): STEPS[(n * 7 + place * 5 + n // 3) % len(STEPS)] for place, item in enumerate(items)}
        holder = LinkHolder(row.id, "survey@demo.example")
        operations.answering.save(row, AnswerData(items=said), None, holder)
        operations.answering.send(row, holder)
    operations.running.move(wave, "close", officer)
    _figures([row.organisation_id for row in asked[:FIRMS]])


def _figures(firms: list[int]) -> None:
    last = fiscal_year(today()) - 1
    years = range(last - YEARS + 1, last + 1)
    present = queries.figures.profiles(firms, years)
    for n, firm in enumerate(firms):
        for place, year in enumerate(years):
            if n % 9 == 8 and place > 3:
                continue  # lost on the way
            row = present.get((firm, year)) or OrgProfileYear(organisation_id=firm, fiscal_year=year)
            row.jsic, row.source = ("26", "29", "37")[n % 3], "synthetic"
            row.sales_yen = (200 + n * 13) * 1_000_000 * (100 + place * (n % 5)) // 100
            row.operating_profit_yen = row.sales_yen // 20 - (n % 4) * 2_000_000
            row.net_profit_yen = row.operating_profit_yen // 2
            row.rd_cost_yen, row.employees = row.sales_yen // 25, row.employees or 20 + n + place
            session.add(row)
    for industry, growth in (("26", 1), ("29", -1), ("37", 3)):
        for place, year in enumerate(years):
            for measure in Measure:
                session.add(IndustrySeries(source=STATISTICS, industry=industry, fiscal_year=year, item=measure.value,
                                           value=10_000 * (100 + growth * place) // 100))  # fmt: skip
    session.flush()
