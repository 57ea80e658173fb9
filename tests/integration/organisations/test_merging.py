"""Merges that can be undone exactly, successions, names over time (reliability B26; peers 3.7)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.clusters.exchange.registers import MEMBERSHIPS
from app.core import exchange
from app.core.db import db, session
from app.core.errors import Forbidden, Refused
from app.organisations import operations, queries
from app.organisations.choices import ClusterMatch, SuccessionKind
from app.organisations.exchange import POPULATION_MEMBERS
from app.organisations.models import Affiliation, Merge, Organisation, OrgProfileYear, PopulationList, PopulationMember
from app.organisations.queries import families
from app.projects.exchange import PARTICIPANTS
from app.projects.models import Participant, Project
from app.projects.operations import hearing
from tests.factories.people import organisation, person
from tests.factories.portfolio import cluster, membership, participant, project

pytestmark = pytest.mark.both_databases

#: Flags are looked at again and keep their own lives.
BOOKKEEPING = {"flag", "organisation_merge", "event", "series", "login_attempt", "user_session"}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database holds it."""
    session.flush()
    session.expire_all()
    return {
        table.name: sorted(tuple(map(str, row)) for row in session.execute(select(*table.columns)))
        for table in db.metadata.sorted_tables
        if table.name not in BOOKKEEPING
    }


@pytest.fixture
def officer(app: Any) -> Any:
    return person("officer")


@pytest.fixture
def pair(app: Any) -> tuple[Organisation, Organisation]:
    """Two entries of one firm with references of every sort, some of which would stand twice."""
    kept = organisation(org_key="kept", name_en="Takahashi Precision", prefecture=None)
    dropped = organisation(
        org_key="dropped", name_en="", name_ja="髙橋精密工業", corporate_number="4000012090001",
        capital_yen=10_000_000, cluster_match=ClusterMatch.matched,
    )  # fmt: skip
    home, other = cluster("home"), cluster("other")
    membership(kept, home, date(2003, 4, 1), evidence="kept's")
    membership(dropped, home, date(2003, 4, 1), date(2005, 4, 1), evidence="would stand twice")
    membership(dropped, other, evidence="moves")
    made = project(dropped, kept)
    participant(project(), dropped)
    assert made.id
    listed = PopulationList(list_code="v300", name_en="V", name_ja="V", unit="companies", as_of=None)
    session.add(listed)
    session.flush()
    session.add_all([
        PopulationMember(list_id=listed.id, organisation_id=kept.id),
        PopulationMember(list_id=listed.id, organisation_id=dropped.id),
        OrgProfileYear(organisation_id=dropped.id, fiscal_year=2004, employees=12),
    ])  # fmt: skip
    person("applicant", of=dropped)
    session.flush()
    return kept, dropped


def test_a_merge_moves_everything_and_its_undo_restores_every_row(pair: Any, officer: Any) -> None:
    kept, dropped = pair
    before = everything()
    row = operations.merging.merge(kept, dropped, "one firm, typed twice", officer)
    for table, column in operations.merging.references():
        rows = session.execute(select(*table.columns).where(column == dropped.id)).all()
        assert not rows, (table.name, column.name)
    assert (kept.corporate_number, kept.prefecture, kept.capital_yen) == ("4000012090001", "13", 10_000_000)
    assert kept.cluster_match is ClusterMatch.matched and kept.name_ja and kept.name_en == "Takahashi Precision"
    assert dropped.corporate_number is None and queries.current(dropped).id == kept.id
    aside = sorted(name for name, _values in row.set_aside)
    assert aside == ["membership", "population_member"]
    undone = operations.merging.undo(row, "two firms after all", officer)
    assert undone.left == [] and undone.back == len(row.moved) + len(row.set_aside)
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()


def test_projects_of_both_are_looked_at_again_and_files_name_the_entry_kept(
    pair: Any, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, dropped = pair
    heard: list[list[int]] = []
    monkeypatch.setattr(hearing, "LISTENERS", [heard.append])
    row = operations.merging.merge(kept, dropped, "one firm", officer)
    concerned = sorted({part.project_id for part in session.query(Participant).filter_by(organisation_id=kept.id)})
    assert heard == [concerned] and len(concerned) == 2
    key = session.get_one(Project, concerned[0]).project_key
    values = {"org_key": "dropped", "project_key": key, "list_code": "v300", "cluster_code": "home",
              "role": "implementer", "valid_from": "2001-04-01"}  # fmt: skip
    for kind in (PARTICIPANTS, POPULATION_MEMBERS, MEMBERSHIPS):
        lines = ",".join(kind.names), ",".join(values.get(name, "") for name in kind.names)
        found = exchange.run(kind, "\n".join(lines).encode(), dry_run=True)
        assert [(p.line, p.column, p.code) for p in found.errors] == [(2, "org_key", "merged-organisation")], kind.name
        assert "kept" in found.errors[0].message.en
    operations.merging.undo(row, "two firms", officer)
    assert heard == [concerned, concerned]


def test_what_was_changed_since_stays_changed(pair: Any, officer: Any) -> None:
    kept, dropped = pair
    row = operations.merging.merge(kept, dropped, "one firm", officer)
    kept.capital_yen = 99
    moved = session.scalar(select(OrgProfileYear).where(OrgProfileYear.organisation_id == kept.id))
    session.delete(moved)
    session.flush()
    undone = operations.merging.undo(row, "two firms", officer)
    assert sorted(name for name, *_rest in undone.left) == ["org_profile_year", "organisation"]
    session.expire_all()
    assert (kept.capital_yen, kept.corporate_number, dropped.corporate_number) == (99, None, "4000012090001")
    with pytest.raises(Refused):
        operations.merging.undo(row, "again", officer)


def test_a_later_merge_is_undone_first(pair: Any, officer: Any) -> None:
    kept, dropped = pair
    third = organisation(org_key="third")
    first = operations.merging.merge(kept, dropped, "one", officer)
    second = operations.merging.merge(third, kept, "one again", officer)
    assert queries.current(dropped).id == third.id
    with pytest.raises(Refused) as refusal:
        operations.merging.undo(first, "no", officer)
    assert [reason.code for reason in refusal.value.reasons] == ["later-merge"]
    operations.merging.undo(second, "no", officer)
    operations.merging.undo(first, "no", officer)
    assert queries.current(dropped).id == dropped.id


def test_what_forbids_a_merge(pair: Any, officer: Any) -> None:
    kept, dropped = pair

    def code(one: Any, other: Any) -> list[str]:
        with pytest.raises(Refused) as refusal:
            operations.merging.merge(one, other, "why", officer)
        return [reason.code for reason in refusal.value.reasons]

    assert code(kept, kept)[0] == "same-entry"
    numbered = organisation(corporate_number="7100005012040")
    assert code(numbered, dropped) == ["two-numbers"]
    made_up = organisation(is_synthetic=True)
    assert code(kept, made_up) == ["synthetic"]
    heir = organisation()
    operations.succeeding.succeed(kept, heir, SuccessionKind.merger, date(2010, 4, 1), "registry", officer)
    assert code(kept, heir) == ["successor"]
    with pytest.raises(Forbidden):
        operations.merging.merge(heir, dropped, "why", person("auditor"))
    with pytest.raises(Refused):
        operations.merging.merge(heir, dropped, " ", officer)
    assert session.scalar(select(Merge)) is None


def test_history_stays_and_rights_follow(pair: Any, officer: Any) -> None:
    """B26: a firm merges mid-project; its projects stay under its name, access moves, and taking it back is exact."""
    _kept, old = pair
    heir, worker, colleague = organisation(name_en="Heir"), person("applicant", of=old), person("applicant")
    session.add(Affiliation(user_id=colleague.id, organisation_id=heir.id, valid_from=date(2000, 4, 1)))
    session.flush()
    before = everything()
    on = date(2010, 10, 1)
    row = operations.succeeding.succeed(old, heir, SuccessionKind.merger, on, "registry", officer)
    assert project_members(old) and not project_members(heir)
    assert queries.acting_for(worker.id, date(2010, 9, 30)) == {old.id}
    assert queries.acting_for(worker.id, on) == {heir.id, old.id} == queries.acting_for(colleague.id, on)
    assert queries.acting_for(colleague.id, date(2010, 9, 30)) == {heir.id}
    assert old.closed_on == on and queries.family_of(old.id) == {old.id, heir.id} == queries.family_of(heir.id)
    with pytest.raises(Refused):
        operations.succeeding.succeed(heir, old, SuccessionKind.transfer, on, "", officer)
    operations.succeeding.take_back(row, "recorded in error", officer)
    after = everything()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"organisation"}  # only the version of the predecessor counts on
    assert old.closed_on is None


def project_members(row: Organisation) -> list[Any]:
    table = db.metadata.tables["participant"]
    return list(session.execute(select(table.c.id).where(table.c.organisation_id == row.id)))


def test_a_split_leaves_people_where_they_are(pair: Any, officer: Any) -> None:
    _kept, old = pair
    part, worker = organisation(), person("applicant", of=old)
    operations.succeeding.succeed(old, part, SuccessionKind.split_off, date(2010, 10, 1), "", officer)
    assert queries.acting_for(worker.id, date(2011, 1, 1)) == {old.id} and old.closed_on is None
    with pytest.raises(Refused):
        operations.succeeding.succeed(old, organisation(), SuccessionKind.merger, date(2999, 1, 1), "", officer)


def test_a_name_has_its_days(officer: Any, app: Any) -> None:
    firm = organisation(name_ja="明星電機", name_en="Meisei", established_on=date(1990, 4, 1))
    rename = operations.succeeding.rename
    rename(firm, "新星電子", "Shinsei", date(2004, 10, 1), "registry", firm.version, officer)
    rename(firm, "新星", "Shinsei", date(2008, 4, 1), "registry", firm.version, officer)
    operations.succeeding.add_alias(firm, "", "SSE", "letterhead", officer)
    for day, name in ((date(1991, 1, 1), "明星電機"), (date(2004, 10, 1), "新星電子"), (date(2008, 4, 1), "新星")):
        assert families.name_on(firm, day).ja == name
    for on in (date(2008, 4, 1), date(2999, 1, 1)):
        with pytest.raises(Refused):
            rename(firm, "別", "", on, "", firm.version, officer)
    with pytest.raises(Refused):
        rename(firm, "新星", "Shinsei", date(2010, 1, 1), "", firm.version, officer)
    assert len(queries.names_of(firm.id)) == 3
