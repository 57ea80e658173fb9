"""The historic portfolio of the demonstration: made up, and said to be so in every name.

Only the published totals are real. They are not stored anywhere: it is decided which project has a member company
and which one was commercialized, and the ordinary rates then count to the published figures.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.clusters import choices as cluster_choices
from app.clusters.models import Cluster, ClusterLink, Membership
from app.core import numbering
from app.core.exchange import bulk_insert, pairs
from app.organisations.choices import PREFECTURES, ClusterMatch
from app.organisations.models import Organisation, PopulationList, PopulationMember
from app.outcomes.choices import DevState
from app.outcomes.models import Observation
from app.projects.choices import ProjectStatus, Regime
from app.projects.exchange import record_states
from app.projects.models import Participant, Project

#: Day on which membership is judged, and day on which practical application is counted.
CENSUS = date(2005, 12, 31)
COUNTED = date(2006, 3, 31)
MEMBER_COMPANIES, MEMBER_UNIVERSITIES = 9_800, 290
OTHER_COMPANIES, OTHER_UNIVERSITIES = 3_700, 96
#: Adopted projects: (fiscal year, frame, number). FY2002 and FY2003 are published (CON-11), the rest is plausible.
ADOPTED = (
    (1997, "general", 112),
    (1998, "general", 158),
    (1999, "general", 165),
    (2000, "general", 156),
    (2001, "general", 118),
    (2001, "sme", 52),
    (2002, "general", 49),
    (2002, "sme", 73),
    (2003, "general", 61),
    (2003, "sme", 29),
    (2004, "general", 88),
    (2004, "sme", 60),
    (2004, "energy_saving", 9),
)
WITH_MEMBER, APPLIED = 678, 300
COLLABORATIONS, COLLABORATIONS_WITH_MEMBER = 165, 80
#: (code, English, Japanese, size, members among them, as of)
LISTS = (
    (
        "university_ventures_2005",
        "University ventures (synthetic list)",
        "大学発ベンチャー(合成リスト)",
        1_503,
        421,
        COUNTED,
    ),
    (
        "vigorous_smes_2006",
        "300 vigorous SMEs (synthetic list)",
        "元気なモノ作り中小企業300社(合成リスト)",
        300,
        126,
        COUNTED,
    ),
)
THEMES = (
    ("st_manufacturing;manufacturing", "precision machining of hard materials", "難削材の精密加工"),
    ("st_nano_materials", "functional thin films", "機能性薄膜"),
    ("st_life_science;bio", "rapid detection of microorganisms", "微生物の迅速検出"),
    ("st_information;it", "image processing for inspection", "検査用画像処理"),
    ("st_environment;environment", "recovery of metals from waste", "廃棄物からの金属回収"),
    ("st_energy;energy", "small heat storage", "小型蓄熱装置"),
    ("st_manufacturing;semiconductors", "wafer handling", "ウェハ搬送"),
    ("health_care;health_welfare", "walking aids", "歩行支援機器"),
    ("robots", "gripping of soft objects", "柔軟物の把持"),
    ("st_life_science", "use of marine resources", "海洋資源の利用"),
)
WEIGHTS = {
    "hokkaido": 5, "tohoku": 9, "kanto": 30, "chubu": 15, "kinki": 18, "chugoku": 8, "shikoku": 5, "kyushu": 9,
    "okinawa": 1,
}  # fmt: skip
PREFECTURES_OF = {
    bureau: [code for code, prefecture in PREFECTURES.items() if prefecture.extra["bureau"] == bureau]
    for bureau in WEIGHTS
}


@dataclass
class Portfolio:
    """What is being made up, before it is written."""

    random: Random = field(default_factory=lambda: Random(2006))  # noqa: S311 - reproducible, nothing secret
    organisations: list[dict[str, Any]] = field(default_factory=list)
    region_of: dict[str, str] = field(default_factory=dict)
    pools: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    projects: list[dict[str, Any]] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)
    observations: list[dict[str, Any]] = field(default_factory=list)

    def add_organisation(self, pool: str, key: str, en: str, ja: str, **values: Any) -> None:
        region = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        self.region_of[key] = region
        self.pools.setdefault((pool, region), []).append(key)
        self.pools.setdefault((pool, ""), []).append(key)
        self.organisations.append(
            {
                "org_key": key,
                "corporate_number": None,  # every valid number may be somebody's
                "name_en": en,
                "name_ja": ja,
                "prefecture": self.random.choice(PREFECTURES_OF[region]),
                "jsic": None,
                "jsic_revision": None,
                "capital_yen": None,
                "employees": None,
                "established_on": None,
                "closed_on": None,
                "cluster_match": ClusterMatch.matched,
                "is_synthetic": True,
                **values,
            }
        )

    def draw(self, pool: str, region: str, number: int, taken: set[str]) -> list[str]:
        """Some organisations of a pool that are not yet in the project, mostly of its region."""
        found: list[str] = []
        while len(found) < number:
            near = self.pools.get((pool, region), []) if self.random.random() < 0.8 else []
            key = self.random.choice(near if len(near) > 20 else self.pools[pool, ""])
            if key not in taken:
                taken.add(key)
                found.append(key)
        return found


def load_portfolio(session: Any) -> None:
    """Write the whole historic portfolio in the running transaction."""
    load_clusters()
    made = Portfolio()
    _organisations(made)
    _consortia(made)
    _collaborations(made)
    bulk_insert(_table(Organisation), made.organisations)
    organisations = pairs(select(Organisation.org_key, Organisation.id))
    _memberships(made, organisations)
    _lists(made, organisations)
    bulk_insert(_table(Project), made.projects)
    projects = pairs(select(Project.project_key, Project.id))
    for row in made.participants:
        row["project_id"] = projects[row.pop("project_key")]
        row["organisation_id"] = organisations[row.pop("org_key")]
    for row in made.observations:
        row["project_id"] = projects[row.pop("project_key")]
    bulk_insert(_table(Participant), made.participants)
    bulk_insert(_table(Observation), made.observations)
    record_states(
        ((projects[row["project_key"]], None, row["status"].value) for row in made.projects), "synthetic portfolio"
    )
    numbering.touch()
    session.flush()


def _table(model: Any) -> Any:
    return model.__table__


def _read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_clusters() -> None:
    """The cluster projects of both phases and their lineage: real ones, from the data files."""
    days = ("valid_from", "valid_to")
    bulk_insert(
        _table(Cluster),
        [
            {
                **{name: row[name] for name in ("cluster_code", "name_en", "name_ja", "bureau", "fields")},
                "phase": int(row["phase"]),
                **{name: date.fromisoformat(row[name]) if row[name] else None for name in days},
            }
            for row in _read(cluster_choices.DATA / "clusters.csv")
        ],
    )
    ids: dict[str, int | None] = {"": None, **pairs(select(Cluster.cluster_code, Cluster.id))}
    bulk_insert(
        _table(ClusterLink),
        [
            {
                "from_id": ids[row["from_code"]],
                "to_id": ids[row["to_code"]],
                "kind": cluster_choices.LinkKind(row["kind"]),
            }
            for row in _read(cluster_choices.DATA / "cluster_links.csv")
        ],
    )


# --- organisations ---------------------------------------------------------------------------------------------------

_COMPANY = (("company_sme", 55), ("company_small", 33), ("company_large", 10), ("sole_proprietor", 2))
_SIZES = {
    "company_large": (10**9, 8 * 10**10, 320, 9_000),
    "company_sme": (10**7, 3 * 10**8, 21, 290),
    "company_small": (3 * 10**6, 3 * 10**7, 1, 20),
}


def _company(made: Portfolio, pool: str, number: int) -> None:
    kind = made.random.choices([name for name, _w in _COMPANY], [w for _name, w in _COMPANY])[0]
    values: dict[str, Any] = {"org_type": kind, "employees": made.random.randint(1, 5)}
    if kind in _SIZES:
        low, high, few, many = _SIZES[kind]
        values["capital_yen"] = made.random.randrange(low, high, 10**6)
        values["employees"] = made.random.randint(few, many)
    values["jsic"] = str(made.random.choice((921, 1712, 2311, 2599, 2661, 2719, 2913, 3121, 3911, 4891)))
    values["jsic_revision"] = "11"
    values["established_on"] = date(made.random.randint(1932, 2004), made.random.randint(1, 12), 1)
    if pool == "stranger" and made.random.random() < 0.12:
        values["cluster_match"] = ClusterMatch.unmatched
    made.add_organisation(
        pool, f"S-C{number:05d}", f"Synthetic Company {number:05d}", f"合成企業{number:05d}", **values
    )


def _organisations(made: Portfolio) -> None:
    for number in range(1, MEMBER_COMPANIES + OTHER_COMPANIES + 1):
        _company(made, "member" if number <= MEMBER_COMPANIES else "stranger", number)
    kinds = ("national_university", "public_university", "private_university", "technical_college")
    for number in range(1, MEMBER_UNIVERSITIES + OTHER_UNIVERSITIES + 1):
        pool = "university" if number <= MEMBER_UNIVERSITIES else "other university"
        made.add_organisation(
            pool,
            f"S-U{number:03d}",
            f"Synthetic University {number:03d}",
            f"合成大学{number:03d}",
            org_type=made.random.choices(kinds, (30, 15, 40, 15))[0],
        )
    for number in range(1, 71):
        kind, en, ja = made.random.choice(
            (
                ("foundation_association", "Foundation", "財団"),
                ("public_testing_institute", "Testing Institute", "公設試"),
                ("tlo", "TLO", "TLO"),
                ("chamber", "Chamber of Commerce", "商工会議所"),
            )
        )
        made.add_organisation(
            "manager", f"S-M{number:03d}", f"Synthetic {en} {number:03d}", f"合成{ja}{number:03d}", org_type=kind
        )


def _memberships(made: Portfolio, ids: dict[str, int]) -> None:
    """Members join during Phase I and go on in the successor; some left early or came late, and are not members
    on the day that counts."""
    clusters = _read(cluster_choices.DATA / "clusters.csv")
    codes = pairs(select(Cluster.cluster_code, Cluster.id))
    first = {
        bureau: [c["cluster_code"] for c in clusters if c["bureau"] == bureau and c["phase"] == "1"]
        for bureau in WEIGHTS
    }
    successor = {
        link["from_code"]: link["to_code"]
        for link in _read(cluster_choices.DATA / "cluster_links.csv")
        if link["from_code"] and link["to_code"] and link["kind"] != "splits"
    }
    second = date(2006, 4, 1)
    rows: list[dict[str, Any]] = []

    def add(key: str, code: str, start: date, end: date | None) -> None:
        rows.append(
            {
                "organisation_id": ids[key],
                "cluster_id": codes[code],
                "valid_from": start,
                "valid_to": end,
                "evidence": "synthetic",
            }
        )

    def code_for(key: str) -> str:
        return made.random.choice(first[made.region_of[key]])

    for pool in ("member", "university"):
        for key in made.pools[pool, ""]:
            code = code_for(key)
            start = date(2001, 4, 1) + timedelta(days=made.random.randint(0, 1_700))
            goes_on = code in successor and made.random.random() < 0.9
            add(key, code, start, second if goes_on or made.random.random() < 0.5 else date(2006, 12, 31))
            if goes_on:
                add(key, successor[code], second, date(2009, 4, 1) if made.random.random() < 0.15 else None)
    strangers = [row["org_key"] for row in made.organisations if row["cluster_match"] is ClusterMatch.matched]
    strangers = [key for key in made.pools["stranger", ""] if key in set(strangers)]
    for key in made.random.sample(strangers, 400):
        if made.random.random() < 0.4:
            add(key, code_for(key), date(2001, 7, 1), date(2004, 4, 1))
        else:
            later = successor.get(code_for(key))
            if later:
                add(key, later, date(2006, 7, 1), None)
    bulk_insert(_table(Membership), rows)


def _lists(made: Portfolio, ids: dict[str, int]) -> None:
    for code, en, ja, size, members, day in LISTS:
        bulk_insert(
            _table(PopulationList), [{"list_code": code, "name_en": en, "name_ja": ja, "unit": "company", "as_of": day}]
        )
        list_id = pairs(select(PopulationList.list_code, PopulationList.id))[code]
        chosen = made.random.sample(made.pools["member", ""], members)
        chosen += made.random.sample(made.pools["stranger", ""], size - members)
        bulk_insert(
            _table(PopulationMember), [{"list_id": list_id, "organisation_id": ids[key]} for key in sorted(chosen)]
        )


# --- projects --------------------------------------------------------------------------------------------------------


def _project(made: Portfolio, key: str, number: int, programme: Programme, **values: Any) -> dict[str, Any]:
    theme, en, ja = made.random.choice(THEMES)
    row = {
        "project_key": key,
        "programme": programme,
        "title_en": f"Synthetic project {number:04d}: {en}",
        "title_ja": f"合成課題{number:04d} {ja}の研究開発",
        "region": made.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0],
        "field": theme,
        "observed_from": None,
        "planned_end_on": values.get("completed_on"),
        "followup_years": 5,
        "application_id": None,
        "is_synthetic": True,
        **values,
    }
    made.projects.append(row)
    return row


def _companies(made: Portfolio, region: str, with_member: bool) -> tuple[list[str], set[str]]:
    """Two to six companies, at least one of them a member or none at all, in any order."""
    number = made.random.choices((2, 3, 4, 5, 6), (22, 34, 24, 13, 7))[0]
    members = 1 + sum(made.random.random() < 0.35 for _ in range(number - 1)) if with_member else 0
    taken: set[str] = set()
    found = made.draw("member", region, members, taken) + made.draw("stranger", region, number - members, taken)
    made.random.shuffle(found)
    return found, taken


def _take_part(made: Portfolio, project: dict[str, Any], roles: Sequence[tuple[str, MemberRole]]) -> None:
    """Share the amount out among the participants, to the last yen."""
    weights = [made.random.randint(2, 9) for _ in roles]
    left = project["amount_yen"]
    for n, (key, role) in enumerate(roles):
        share = left if n == len(roles) - 1 else project["amount_yen"] * weights[n] // sum(weights) // 1000 * 1000
        left -= share
        made.participants.append(
            {
                "project_key": project["project_key"],
                "org_key": key,
                "role": role,
                "allocation_yen": share,
                "valid_from": None,
                "valid_to": None,
            }
        )


def _consortia(made: Portfolio) -> None:
    total = sum(number for _year, _frame, number in ADOPTED)
    with_member = set(made.random.sample(range(total), WITH_MEMBER))
    number = 0
    for year, frame, count in ADOPTED:
        for _ in range(count):
            adopted = date(year, 6, 1) + timedelta(days=made.random.randint(0, 90))
            years = 1 if frame == "sme" and made.random.random() < 0.4 else 2
            amount = made.random.randrange(20, 60) if frame == "sme" else made.random.randrange(60, 200)
            project = _project(
                made,
                f"SC-{year}-{number + 1:04d}",
                number + 1,
                Programme.consortium_rd,
                frame=frame,
                adopted_on=adopted,
                started_on=adopted + timedelta(days=made.random.randint(20, 60)),
                completed_on=date(year + years, 3, 31),
                status=ProjectStatus.completed,
                amount_yen=amount * 10**6,
                regime=Regime.commission,
            )
            companies, taken = _companies(made, project["region"], number in with_member)
            pool = "university" if made.random.random() < 0.8 else "other university"
            leaders = made.draw(pool, project["region"], made.random.choice((1, 1, 1, 2)), taken)
            manager = made.draw("manager", project["region"], 1, taken)[0]
            roles = [(manager, MemberRole.managing_organisation), (leaders[0], MemberRole.project_leader)]
            roles += [(key, MemberRole.implementer) for key in leaders[1:]]
            roles.append((companies[0], MemberRole.sub_leader if frame == "general" else MemberRole.lead_company))
            roles += [(key, MemberRole.implementer) for key in companies[1:]]
            _take_part(made, project, roles)
            number += 1
    early = [p for p in made.projects if p["completed_on"] < COUNTED]
    applied = {p["project_key"] for p in made.random.sample(early, APPLIED)}
    for project in list(made.projects):
        _follow(made, project, project["project_key"] in applied)


def _collaborations(made: Portfolio) -> None:
    with_member = set(made.random.sample(range(COLLABORATIONS), COLLABORATIONS_WITH_MEMBER))
    for number in range(COLLABORATIONS):
        adopted = date(2005, 7, 1) + timedelta(days=made.random.randint(0, 260))
        ended = made.random.random() < 0.08
        completed = date(made.random.choice((2008, 2009, 2010, 2011)), 3, 31)
        project = _project(
            made,
            f"SN-2005-{number + 1:03d}",
            2_000 + number + 1,
            Programme.new_collaboration,
            frame="",
            adopted_on=adopted,
            started_on=adopted + timedelta(days=30),
            completed_on=None if ended else completed,
            status=ProjectStatus.terminated if ended else ProjectStatus.completed,
            amount_yen=made.random.randrange(5, 31) * 10**6,
            regime=Regime.subsidy,
        )
        companies, taken = _companies(made, project["region"], number in with_member)
        roles = [(companies[0], MemberRole.core_company)]
        roles += [(key, MemberRole.implementer) for key in companies[1:]]
        if made.random.random() < 0.4:
            roles += [(key, MemberRole.cooperator) for key in made.draw("university", project["region"], 1, taken)]
        _take_part(made, project, roles)
        if not ended:
            _follow(made, project, made.random.random() < 0.4)


def _follow(made: Portfolio, project: dict[str, Any], applied: bool) -> None:
    """Yearly reports from the year after completion; ``applied`` ones reach practical application in time to count."""
    start = project["completed_on"].year
    last = min(start + made.random.choice((5, 5, 6, 7)), 2012)
    years = range(start + 1, last + 1)
    soon = [year for year in years if date(year, 3, 31) <= COUNTED]
    reached = stopped = None
    if applied:
        reached = made.random.choice((soon or list(years))[:4])
    elif made.random.random() < 0.3:
        later = [year for year in years if date(year, 3, 31) > COUNTED]
        reached = made.random.choice(later) if later else None
    elif made.random.random() < 0.35:
        stopped = made.random.choice(list(years))
    stage = 0
    for year in years:
        if stopped is not None and year > stopped:
            break
        if year != reached and year != stopped and made.random.random() < 0.14:
            continue  # nothing was heard this year
        if reached is not None and year >= reached:
            stage = max(0, min(5, stage + made.random.choice((-1, 0, 1, 1, 2))))
            state = DevState.launched if stage >= 3 else DevState.productization
            if stage == 0 and year > reached:
                state = DevState.suspended
        elif year == stopped:
            state = DevState.stopped
        else:
            state = DevState.development if made.random.random() < 0.6 else DevState.research
        observed = date(year, 3, 31)
        made.observations.append(
            {
                "project_key": project["project_key"],
                "observed_on": observed,
                "recorded_on": observed + timedelta(days=made.random.randint(20, 120)),
                "dev_state": state,
                "stage": stage,
                "evidence_level": made.random.choices((0, 1, 2, 3), (30, 35, 30, 5))[0],
                "product_key": "",
                "source": "synthetic follow-up",
                "follow_up_id": None,
            }
        )
