"""The ledger: only added to, the same for ever at any earlier day, shares never above the whole."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.exchange import bulk_insert
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.outcomes import operations, queries
from app.outcomes.choices import Detail, ProductKind, RecordKind
from app.outcomes.definitions import WHOLE, overfull
from app.outcomes.models import Attribution, Observation, OutcomeRecord, Product, ProductVersion, SalesYear
from app.outcomes.operations import ProductData, RecordData, SalesData
from tests.confidentiality.world import tie
from tests.factories import chain, portfolio
from tests.factories.people import organisation, person
from tests.integration.applications.test_concurrency import _browser, house  # noqa: F401 - a fixture

pytestmark = pytest.mark.both_databases

ENTRY = {"event_on": date(2006, 3, 31), "recorded_on": date(2006, 5, 1), "source": "test", "evidence_level": 2}


def a_product(**values: Any) -> tuple[Any, Product]:
    project = portfolio.project(organisation())
    data = ProductData("歯車", "gear", ProductKind.product, project.participants[0].organisation_id)
    return project, operations.new_product(project, data, {**ENTRY, **values})


def test_two_officers_at_once_never_share_out_more_than_the_whole(house: Flask) -> None:  # noqa: F811
    """OUT-7 under concurrency: of eight who each want 60 % for another project, one gets it."""
    with house.app_context():
        first, product = a_product()
        others = [portfolio.project(organisation()) for _ in range(8)]
        officer = person(Role.officer)
        operations.attribute(product, {first.id: 4000}, date(2003, 8, 1), "halved", 2, officer)
        path, keys = f"/products/{product.id}/shares", [project.project_key for project in others]
        token, product_id = accounts.open_session(officer), product.id
        session.commit()

    def post(key: str) -> int:
        data = {"share-valid_from": "2006-04-01", "share-project_1": key, "share-share_1": "60", "share-source": "s",
                "share-evidence_level": "2"}  # fmt: skip
        return int(_browser(house, token).post(path, data=data).status_code)

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(post, keys))
    with house.app_context():
        rows = queries.shares_of([product_id])[product_id]
        assert overfull(rows) is None
        assert codes.count(303) == 1 == sum(row.share == 6000 for row in rows), codes
        assert len({row.number for row in rows}) == len(rows)
        session.remove()


def test_a_split_at_once_and_its_history(app: Any) -> None:
    first, product = a_product()
    second, officer = portfolio.project(organisation()), person(Role.officer)
    with pytest.raises(Refused) as refusal:
        operations.attribute(product, {second.id: 1}, date(2006, 4, 1), "more", 2, officer)
    assert refusal.value.reasons[0].code == "over-whole"
    operations.attribute(product, {first.id: 6667, second.id: 3333}, date(2006, 4, 1), "split", 2, officer)
    rows = queries.attributions_of([product.id])
    assert [(r.number, r.share) for r in rows] == [(1, WHOLE), (2, 6667), (3, 3333)]
    with pytest.raises(Refused):  # also where the past would pass the whole
        operations.attribute(product, {second.id: 1}, date(2004, 1, 1), "earlier", 2, officer)
    with pytest.raises(Forbidden):
        operations.attribute(product, {first.id: 0}, today(), "mine", 2, person(Role.auditor))


def _random_ledger(random: Random, officer: Any) -> tuple[list[Any], list[Product]]:
    """Three projects and four products with chains of shares, sales and versions, recorded on scattered days."""
    projects = [portfolio.project(organisation()) for _ in range(3)]
    products = []
    for n in range(4):
        recorded = date(2006 + random.randrange(3), random.randrange(1, 13), 1)
        data = ProductData(f"製品{n}", "", ProductKind.product, projects[n % 3].participants[0].organisation_id)
        product = operations.new_product(projects[n % 3], data, {**ENTRY, "recorded_on": recorded})
        products.append(product)
        number, rows = 2, []
        for year in range(2006, 2010):
            day = date(year + 1, random.randrange(4, 13), 1)
            cut = random.randrange(WHOLE + 1)
            for project, share in ((projects[n % 3], cut), (projects[(n + 1) % 3], WHOLE - cut)):
                rows.append({**ENTRY, "product_id": product.id, "project_id": project.id, "number": number,
                             "share": share, "event_on": date(year, 4, 1), "recorded_on": day})  # fmt: skip
                number += 1
        bulk_insert(Attribution.__table__, rows)
        sold = []
        for number, year in enumerate([2005, 2006, 2006, 2007, 2007, 2008], 1):
            sold.append({"product_id": product.id, "number": number, "fiscal_year": year,
                         "sales_yen": random.randrange(10**9), "cost_yen": None, "export_yen": None, "source": "t",
                         "event_on": fiscal_year_end(year), "evidence_level": random.randrange(4),
                         "recorded_on": date(year + 1 + random.randrange(3), random.randrange(4, 13), 1)})  # fmt: skip
        bulk_insert(SalesYear.__table__, sold)
        bulk_insert(ProductVersion.__table__, [
            {**ENTRY, "product_id": product.id, "number": k, "name_ja": f"改{k}", "name_en": "", "kind": "product",
             "recorded_on": date(2007 + k, 1, 1), "organisation_id": None, "first_sale_on": None, "withdrawn_on": None}
            for k in (2, 3)
        ])  # fmt: skip
    return projects, products


def _replayed(known: date, least: int) -> dict[tuple[int, int], int]:
    """Sales by project and year, by going through the rows recorded until a day one after the other."""
    shares: dict[int, dict[int, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(select(Attribution).order_by(Attribution.recorded_on, Attribution.number)):
        if row.recorded_on <= known:
            shares[row.product_id][row.project_id].append((row.event_on, row.share))
    sold: dict[tuple[int, int], int] = {}
    for row in session.scalars(select(SalesYear).order_by(SalesYear.recorded_on, SalesYear.number)):
        if row.recorded_on <= known and row.evidence_level >= least:
            sold[row.product_id, row.fiscal_year] = row.sales_yen
    found: dict[tuple[int, int], int] = defaultdict(int)
    for (product, year), amount in sold.items():
        for project, rows in shares[product].items():
            spoken = [share for start, share in rows if start <= fiscal_year_end(year)]
            if spoken and spoken[-1]:
                found[project, year] += amount * spoken[-1] // WHOLE
    return dict(found)


def test_what_was_known_on_a_day_is_the_replay_of_the_rows_recorded_by_then(app: Any) -> None:
    random, officer = Random(5), person(Role.officer)
    projects, products = _random_ledger(random, officer)
    ids = [product.id for product in products]
    for known in [date(2006 + n // 3, 1 + 4 * (n % 3), 15) for n in range(18)]:
        for least in (0, 2):
            select_ = queries.sales_years(known, least)
            rows = session.execute(select_).all()
            found = {(row.project_id, row.fiscal_year): row.sales_yen for row in rows}
            assert all(type(amount) is int for amount in found.values())
            assert found == _replayed(known, least), (known, least)
        kept = [v for v in session.scalars(select(ProductVersion)) if v.recorded_on <= known]
        latest = {v.product_id: v.number for v in sorted(kept, key=lambda v: (v.recorded_on, v.number))}
        assert {k: v.number for k, v in queries.versions_of(ids, known).items()} == latest
        listed = queries.ledger_rows(officer, "sales", known, "", 0, None, None).rows
        assert {r[0].id for r in listed} == {r.id for r in session.scalars(select(SalesYear)) if r.recorded_on <= known}
    narrow = queries.sales_years(
        projects=select(Attribution.project_id).where(Attribution.project_id == projects[0].id)
    )
    assert {row.project_id for row in session.execute(narrow)} == {projects[0].id}
    assert {r[0].product_id for r in queries.ledger_rows(officer, "shares", None, products[0].product_key, 0, None, None).rows} == {ids[0]}  # fmt: skip


def test_nothing_of_the_ledger_can_be_changed_or_deleted(app: Any) -> None:
    project, product = a_product()
    officer = person(Role.officer)
    operations.record_sales(product, SalesData(2005, 10), "s", 2, officer)
    operations.record(project, RecordData(RecordKind.prize, "A prize", date(2006, 1, 1)), "s", 2, officer)
    portfolio.observation(project, date(2006, 3, 31))
    for model in (ProductVersion, Attribution, SalesYear, OutcomeRecord, Observation):
        for verb in ("edit", "delete"):
            row = session.scalars(select(model)).first()
            with pytest.raises(AssertionError, match="append-only"), session.begin_nested():
                if verb == "edit":
                    row.source = "forged"
                else:
                    session.delete(row)
                session.flush()
            session.expire_all()


def test_corrections_are_later_rows(app: Any) -> None:
    project, product = a_product()
    officer = person(Role.officer)
    for amount in (10, 12):
        operations.record_sales(product, SalesData(2005, amount, 4, 1), "accounts", 3, officer)
    assert [row.sales_yen for row in queries.sales_of([product.id])] == [12]
    assert session.query(SalesYear).count() == 2
    with pytest.raises(Refused) as refusal:
        operations.record_sales(product, SalesData(fiscal_year(today()) + 1, 1), "plan", 0, officer)
    assert refusal.value.reasons[0].code == "not-actual"  # OUT-7: no projections
    with pytest.raises(Refused):
        operations.record_sales(product, SalesData(2005, 1, None, 2), "s", 0, officer)
    data = ProductData("歯車", "gear", ProductKind.product, None, date(2006, 2, 1), date(2005, 1, 1))
    with pytest.raises(Refused):
        operations.revise_product(product, data, "s", 2, 1, officer)
    operations.revise_product(product, ProductData("新", "", ProductKind.service, None), "s", 2, 1, officer)
    with pytest.raises(Stale):
        operations.revise_product(product, ProductData("旧", "", ProductKind.service, None), "s", 2, 1, officer)
    patent = RecordData(RecordKind.ip_right, "Gear", date(2005, 1, 1), None, Detail.patent, "JP1", None, "A, B", True)
    first = operations.record(project, patent, "register", 3, officer)
    second = operations.record(project, patent, "register", 3, officer, first)
    assert [r.id for r in queries.records_of(project.id)] == [second.id]
    operations.take_back(second, "not of this project", officer)
    assert queries.records_of(project.id) == [] and session.query(OutcomeRecord).count() == 3
    for wrong in (RecordData(RecordKind.ip_right, "x", date(2005, 1, 1)),
                  RecordData(RecordKind.ip_right, "x", date(2005, 1, 1), None, Detail.loan),
                  RecordData(RecordKind.prize, "x", date(2999, 1, 1))):  # fmt: skip
        with pytest.raises(Refused):
            operations.record(project, wrong, "s", 0, officer)


def test_pages_of_the_ledger_by_role_and_by_day(app: Any, client_for: Callable[[Any], Any]) -> None:
    project = chain.completed_project()
    report, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(report, chain.answers(project), report.version, lead)
    operations.submit(report, lead)
    officer = person(Role.officer)
    operations.verify(report, 2, "", officer)
    (product_id,) = queries.products_of(project.id)
    office, people = client_for(officer), client_for(lead)
    path = f"/projects/{project.id}/outcomes"
    page = people.get(path).text
    assert "gear" in page and "¥1,000,000" in page and "E2 – first sale" in page
    before = people.get(f"{path}?known=2001-04-01").text
    assert "gear" not in before and "As it was known on 2001-04-01" in before
    assert people.get(f"{path}?known=nonsense").status_code == 200
    form = {"title": "Gear patent", "event_on": "2020-01-01", "detail": "patent", "number": "JP-77", "source": "register",
            "evidence_level": "1"}  # fmt: skip
    assert people.get(f"{path}/new?kind=ip_right").status_code == 200
    assert people.post(f"{path}/new?kind=ip_right", data={**form, "detail": ""}).status_code == 422
    assert people.post(f"{path}/new?kind=ip_right", data={**form, "evidence_level": "2"}).status_code == 403
    assert people.post(f"{path}/new?kind=ip_right", data=form).status_code == 303
    assert "JP-77" in people.get(path).text
    session.expire_all()
    record = next(r for r in queries.records_of(project.id) if r.kind is RecordKind.ip_right)
    assert people.get(f"{path}/new?corrects={record.id}").status_code == 200
    assert people.post(f"{path}/new?corrects={record.id}", data={**form, "number": "JP-78"}).status_code == 303
    assert people.post(f"/outcome-records/{record.id}/take-back", data={"reason": "twice"}).status_code == 409
    text = people.get(path).text
    assert "JP-78" in text and "JP-77" not in text
    assert people.get(f"/products/{product_id}").status_code == people.get("/outcomes").status_code == 403
    assert office.get(f"/products/{product_id}").status_code == 200
    assert office.get(f"/products/{product_id}?known=2001-04-01").status_code == 200
    assert client_for(person(Role.auditor)).post(f"/products/{product_id}/sales").status_code == 403
    sold = {"sold-fiscal_year": "2020", "sold-sales_yen": "5,000", "sold-source": "s", "sold-evidence_level": "3"}
    assert office.post(f"/products/{product_id}/sales", data=sold).status_code == 303
    assert office.post(f"/products/{product_id}/sales", data={**sold, "sold-fiscal_year": "2099"}).status_code == 422
    share = {"share-valid_from": "2020-04-01", "share-project_1": "no such", "share-share_1": "ten", "share-source": "s",
             "share-evidence_level": "2"}  # fmt: skip
    assert "There is no project with this key" in office.post(f"/products/{product_id}/shares", data=share).text
    facts = {"facts-seen": "1", "facts-name_ja": "歯車", "facts-kind": "product", "facts-source": "s",
             "facts-evidence_level": "2"}  # fmt: skip
    assert office.post(f"/products/{product_id}/facts", data=facts).status_code == 303
    assert office.post(f"/products/{product_id}/facts", data=facts).status_code == 409
    for kind in ("observations", "products", "shares", "sales", "records"):
        assert office.get(f"/outcomes?kind={kind}&known={today()}&least=0").status_code == 200
    recused = person(Role.officer)
    tie(recused, project.application)
    assert client_for(recused).get(path).status_code == 404


def test_the_project_page_asks_a_constant_number_of_statements(app: Any, client_for: Any, count_queries: Any) -> None:
    counts = []
    officer = person(Role.officer)
    browser = client_for(officer)
    for n in (1, 3):
        project = portfolio.project(organisation())
        for k in range(n):
            data = ProductData(f"製品{k}", "", ProductKind.product, project.participants[0].organisation_id)
            product = operations.new_product(project, data, ENTRY)
            operations.record_sales(product, SalesData(2005, 10), "s", 2, officer)
            operations.record(project, RecordData(RecordKind.prize, "P", date(2006, 1, 1)), "s", 2, officer)
            portfolio.observation(project, date(2006 + k, 3, 31))
        with count_queries() as seen:
            assert browser.get(f"/projects/{project.id}/outcomes").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 22, counts
