"""Every filter, every grouping and the map against a slow, literal reading, on random small portfolios."""

import random
from collections import Counter
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.analytics import queries as analytics
from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.core.db import engine_at_work, session
from app.core.fiscal import fiscal_year
from app.flags.choices import FlagStatus
from app.flags.models import Flag
from app.organisations.choices import COMPANY_TYPES
from app.outcomes.choices import DevState
from app.portfolio import queries
from app.portfolio.choices import Measure, Place
from app.portfolio.definitions.asked import Crossing, Facts, Layout, Range, Selection
from app.portfolio.definitions.columns import COLUMNS, SORTS
from app.portfolio.definitions.filters import FILTERS, GROUPINGS, NONE, OUTSIDE
from app.projects.choices import ProjectStatus, Regime
from app.projects.models import Project
from tests.factories import people, portfolio

pytestmark = pytest.mark.both_databases

DAYS = [date(2002, 3, 31), date(2002, 4, 1), date(2004, 2, 29), date(2004, 12, 31), date(2005, 4, 1), date(2006, 3, 31)]
FACTS = [
    Facts("E1", date(2005, 4, 1), None, "PR-1", Facts().reference, date(2004, 2, 29)),
    Facts("E2", date(2006, 3, 31), date(2004, 12, 31), "PR-2", Facts().reference, date(2005, 4, 1)),
]


def world(seed: int) -> list[SimpleNamespace]:
    """A random portfolio, written down, and the same as plain objects."""
    dice = random.Random(seed)
    one = dice.choice
    firms = [
        people.organisation(
            one(["company_sme", "company_large", "national_university"]),
            prefecture=one(["01", "13", "27", None]),
            corporate_number=f"{seed:03d}{n:010d}",
            name_ja=f"株式会社連携{n}",
            name_en=f"Renkei {n} Ltd",
            cluster_match=one(["matched", "unmatched"]),
        )
        for n in range(6)
    ]
    cluster = portfolio.cluster(f"oracle-{seed}")
    for firm in firms[:3]:
        portfolio.membership(firm, cluster, one(DAYS[:3]), one([None, date(2005, 1, 1)]))
    found = []
    for n in range(14):
        row = portfolio.project(
            project_key=f"R{seed}-{n:02d}",
            status=one(list(ProjectStatus)).value,
            programme=one(list(Programme)),
            frame=one(["", "general", "own_frame"]),
            regime=one([None, *Regime]),
            region=one(["kanto", "kinki", None]),
            field=one(["", "it", "it;bio", "bio;own_field", "bio_it"]),
            title_ja=one(["燃料電池の研究", "センサー開発", "100%_再生"]),
            title_en=one(["Fuel cells", "Sensors", ""]),
            adopted_on=one(DAYS[:4]),
            started_on=one([None, *DAYS[2:4]]),
            completed_on=one([None, *DAYS[4:]]),
            amount_yen=one([None, 0, 100, 250, 10**9]),
        )
        mine = []
        for firm in dice.sample(firms, dice.randrange(4)):
            member = portfolio.participant(
                row, firm, one(list(MemberRole)), valid_to=one([None, None, date(2005, 1, 1)])
            )
            mine.append(SimpleNamespace(id=member.id, role=member.role, valid_to=member.valid_to, firm=firm))
        seen = [
            portfolio.observation(
                row,
                one(DAYS[2:]),
                one(list(DevState)).value,
                dice.randrange(6),
                recorded_on=one(DAYS[3:]),
                source=f"s{i}",
            )
            for i in range(dice.randrange(4))
        ]
        found.append(SimpleNamespace(row=row, members=mine, seen=seen))
    session.commit()
    return found


def leader(case: Any) -> Any:
    order = [MemberRole.core_company, MemberRole.lead_company, MemberRole.managing_organisation]
    rank = lambda m: order.index(m.role) if m.role in order else 3  # noqa: E731
    found = sorted(case.members, key=lambda m: (m.valid_to is not None, rank(m), m.firm.org_key.encode(), m.id))
    return found[0].firm if found else None


def latest(case: Any, facts: Facts) -> Any:
    seen = [o for o in case.seen if o.observed_on <= facts.as_of_day]
    seen = [o for o in seen if facts.known_at is None or o.recorded_on <= facts.known_at]
    return max(seen, key=lambda o: (o.observed_on, o.recorded_on, o.id), default=None)


def value(case: Any, key: str, facts: Facts, verdicts: dict[str, dict[str, str]]) -> str:
    """The value of a grouping, read literally."""
    row = case.row
    plain = {
        "programme": row.programme.value,
        "frame": row.frame,
        "status": row.status.value,
        "regime": row.regime and row.regime.value,
        "region": row.region,
        "main_field": row.field.split(";")[0],
        "adopted": str(fiscal_year(row.adopted_on)),
        "completed": row.completed_on and str(fiscal_year(row.completed_on)),
        "seat": leader(case) and leader(case).prefecture,
        "stage": latest(case, facts) and str(latest(case, facts).stage),
        "dev_state": latest(case, facts) and latest(case, facts).dev_state.value,
    }
    return verdicts[key].get(row.project_key, OUTSIDE) if key in verdicts else (plain[key] or NONE)


def judged(facts: Facts) -> dict[str, dict[str, str]]:
    questions = {"cluster": facts.participation(), "reached": facts.commercialization()}
    return {key: {k: v.value for k, v, _w in analytics.all_units(q)} for key, q in questions.items()}


def asked(*values: tuple[str, Any], facts: Facts | None = None) -> Selection:
    return Selection(tuple(values), facts or FACTS[0])


def keys(actor: Any, selection: Selection) -> set[str]:
    return {line.key for line in queries.page(actor, selection, Layout(), None, None).rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_grouping_filter_and_cell_is_what_a_literal_reading_says(app: Flask, seed: int) -> None:
    cases, officer = world(seed), people.person("officer")
    for facts in FACTS:
        verdicts = judged(facts)
        values = {key: {c.row.project_key: value(c, key, facts, verdicts) for c in cases} for key in GROUPINGS}
        for key in GROUPINGS:
            for code in set(values[key].values()):
                picked = queries.crossing.value_of(key, code)
                expected = {k for k, v in values[key].items() if v == code}
                assert keys(officer, asked((key, picked), facts=facts)) == expected, (key, code)
        yen = {c.row.project_key: c.row.amount_yen or 0 for c in cases}
        pairs = [("adopted", "status"), ("seat", "cluster"), ("reached", "stage"), ("main_field", "completed")]
        for rows, across in pairs:
            found = queries.cross(officer, asked(facts=facts), Crossing(rows, across))
            counts = Counter((values[rows][k], values[across][k]) for k in yen)
            assert {place: cell.count for place, cell in found.cells.items()} == dict(counts)
            for (r, k), cell in found.cells.items():
                assert cell.yen == sum(yen[p] for p in yen if (values[rows][p], values[across][p]) == (r, k))
                opened = asked(facts=facts).having(rows, queries.crossing.value_of(rows, r))
                opened = opened.having(across, queries.crossing.value_of(across, k))
                assert queries.totals(officer, opened).count == cell.count
            whole = found.cell(None, None)
            assert (whole.count, whole.of(Measure.yen)) == (len(cases), sum(yen.values()))
        for place, key in ((Place.prefecture, "seat"), (Place.bureau, "region")):
            _key, tiles = queries.tiles(officer, asked(facts=facts), place)
            assert {code: t.all.count for code, t in tiles.items()} == dict(Counter(values[key].values()))
            for code, tile in tiles.items():
                here = [k for k, v in values[key].items() if v == code]
                told = Counter(values["reached"][k] for k in here)
                assert (tile.yes, tile.unknown, tile.no) == (told["yes"], told["unknown"], told["no"])


def test_what_other_filters_leave_is_judged_as_it_is_judged_among_all(app: Flask) -> None:
    cases, officer = world(5), people.person("officer")
    for facts, codes in product(FACTS, (("yes",), ("no", "unknown"), ("outside", "unknown"))):
        verdicts = judged(facts)
        for key, years in (("cluster", "adopted"), ("reached", "completed")):
            for year, programme in product((2003, 2004, 2005), Programme):
                wanted = {
                    c.row.project_key
                    for c in cases
                    if value(c, years, facts, verdicts) == str(year)
                    and c.row.programme == programme
                    and value(c, key, facts, verdicts) in codes
                }
                filters = (("programme", (programme.value,)), (years, Range(year, year)), (key, codes))
                assert keys(officer, asked(*filters, facts=facts)) == wanted, (filters, facts)
                found = queries.cross(officer, asked(*filters, facts=facts), Crossing(key, None))
                assert {row for row, _column in found.cells} <= set(codes) and found.cell(None, None).count == len(
                    wanted
                )


def test_a_flag_that_nobody_has_resolved_is_found_and_counted(app: Flask) -> None:
    officer, first, second = people.person("officer"), portfolio.project(), portfolio.project()
    token = engine_at_work.set(True)  # a flag in each state, past its machine
    found = (("STALLED", "open", first), ("STAGE_DROP", "resolved", first), ("STALLED", "cleared", second))
    for rule, status, of in found:
        row = Flag(rule=rule, status=FlagStatus(status), project_id=of.id, facts={})
        if hasattr(Flag, "subject"):
            row.subject = f"project:{of.id}"
        session.add(row)
    engine_at_work.reset(token)
    session.commit()
    assert keys(officer, asked(("flag", ("STALLED",)))) == {first.project_key}
    assert keys(officer, asked(("flag", ("STAGE_DROP",)))) == set()
    lines = queries.page(officer, Selection(), Layout(("key", "flags")), None, None).rows
    assert {line.key: line.cells[1] for line in lines} == {first.project_key: 1, second.project_key: 0}


def test_the_other_filters_are_what_a_literal_reading_says(app: Flask) -> None:
    cases, officer = world(3), people.person("officer")

    def expect(holds: Any, *values: tuple[str, Any]) -> None:
        wanted = {c.row.project_key for c in cases if holds(c)}
        assert keys(officer, asked(*values)) == wanted, values
        found = queries.totals(officer, asked(*values))
        amounts = [c.row.amount_yen for c in cases if holds(c)]
        known = [a for a in amounts if a is not None]
        assert (found.count, found.yen, found.without_amount) == (len(amounts), sum(known), len(amounts) - len(known))

    for low, high in product([None, 2001, 2003], [None, 2002, 2003]):
        if (low is None and high is None) or (low or 0) > (high or 9999):
            continue
        expect(
            lambda c, low=low, high=high: (low or 0) <= fiscal_year(c.row.adopted_on) <= (high or 9999),
            ("adopted", Range(low, high)),
        )  # fmt: skip
    expect(lambda c: c.row.completed_on and fiscal_year(c.row.completed_on) >= 2005, ("completed", Range(2005)))
    expect(lambda c: c.row.amount_yen is None, ("amount", Range(missing=True)))
    expect(lambda c: c.row.amount_yen is not None and c.row.amount_yen <= 100, ("amount", Range(None, 100)))
    expect(lambda c: (c.row.amount_yen or 0) >= 250, ("amount", Range(250, None)))
    for text in ("燃料", "ＦＵＥＬ", "sens", "R3-0", "%_", "nothing"):
        plain = "fuel" if text == "ＦＵＥＬ" else text.lower()
        expect(
            lambda c, plain=plain: any(plain in t.lower() for t in (c.row.project_key, c.row.title_ja, c.row.title_en)),
            ("text", text),
        )  # fmt: skip
    expect(lambda c: "bio" in c.row.field.split(";"), ("field", ("bio",)))
    expect(lambda c: not c.row.field or "own_field" in c.row.field.split(";"), ("field", ("own_field", NONE)))
    firm = cases[0].members[0].firm if cases[0].members else next(c.members[0].firm for c in cases if c.members)
    for text in (firm.corporate_number, firm.name_ja, firm.org_key):
        expect(lambda c: any(m.firm.id == firm.id for m in c.members), ("organisation", text))
    role = next(m.role for c in cases for m in c.members if m.firm.id == firm.id)
    expect(lambda c: any(m.role == role for m in c.members), ("role", (role.value,)))
    expect(
        lambda c: any(m.role == role and m.firm.id == firm.id for m in c.members),
        ("organisation", firm.name_en), ("role", (role.value,)),
    )  # fmt: skip
    expect(lambda c: any(m.firm.prefecture in ("01", "27") for m in c.members), ("prefecture", ("01", "27")))
    expect(lambda c: any(m.firm.org_type == "company_large" for m in c.members), ("org_type", ("company_large",)))


def test_columns_show_what_is_stored_and_every_order_is_walked_forth_and_back(app: Flask) -> None:
    cases, officer = world(4), people.person("officer")
    facts = FACTS[1]
    by_key = {c.row.project_key: c for c in cases}
    layout = Layout(tuple(COLUMNS))
    verdicts = judged(facts)
    for line in queries.page(officer, Selection((), facts), layout, None, None).rows:
        case, cells = by_key[line.key], dict(zip(layout.columns, line.cells, strict=True))
        assert cells["amount"] == case.row.amount_yen and cells["adopted_fy"] == fiscal_year(case.row.adopted_on)
        assert cells["participants"] == len({m.firm.id for m in case.members})
        assert cells["companies"] == len({m.firm.id for m in case.members if m.firm.org_type in COMPANY_TYPES})
        assert (cells["lead"].ja if cells["lead"] else None) == (leader(case) and leader(case).name_ja)
        newest = latest(case, facts)
        assert cells["observed_on"] == (newest and newest.observed_on)
        assert str(cells["reached"]) == str(FILTERS["reached"].codes[verdicts["reached"].get(line.key, OUTSIDE)])
    for sort, descending in product(SORTS, (False, True)):
        order = Layout(("key",), sort, descending)
        whole = [by_key_of(officer, i) for i in queries.every_id(officer, Selection(), order)]
        walked, after, pages = [], None, []
        while True:
            found = queries.page(officer, Selection(), order, after, None, size=5)
            walked += [line.key for line in found.rows]
            pages.append([line.key for line in found.rows])
            if (after := found.next) is None:
                break
        assert walked == whole and len(set(walked)) == len(cases), (sort, descending)
        second = queries.page(officer, Selection(), order, _second(order, officer), None, size=5)
        back = queries.page(officer, Selection(), order, None, second.previous, size=5)
        assert [line.key for line in back.rows] == pages[0]


def by_key_of(officer: Any, project_id: int) -> str:
    row = session.get(Project, project_id)
    assert row is not None
    return row.project_key


def _second(order: Layout, officer: Any) -> str | None:
    return queries.page(officer, Selection(), order, None, None, size=5).next


def test_a_page_costs_the_same_whatever_the_rows(app: Flask, count_queries: Any) -> None:
    officer = people.person("officer")
    layout = Layout(tuple(COLUMNS))
    for n in range(3):
        portfolio.project(people.organisation(), project_key=f"Q-{n}")
        if n in (0, 2):
            with count_queries() as seen:
                assert len(queries.page(officer, Selection(), layout, None, None).rows) == n + 1
            # who is kept out, the rows, and one for each of the five look-ups
            assert len(seen) <= 7, seen
