"""Figures: what is frozen stays, two people let it out, and anybody can count it anew with Python alone."""

import io
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Commercialization, parse_reference
from app.calls.choices import Programme
from app.core import storage
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused
from app.core.i18n import Bilingual
from app.core.numbering import touch
from app.organisations.models import PopulationList, PopulationMember
from app.publishing import operations as verbs
from app.publishing import queries
from app.publishing.choices import FreezeFault, SnapshotStatus
from app.publishing.definitions import bundles, questions, recompute
from app.publishing.models import SnapshotUnit
from app.publishing.operations import figures
from tests.factories import portfolio
from tests.factories.people import organisation, person
from tests.factories.publishing import E1, frozen, pr, published, town, work
from tests.integration.analytics.test_oracle import DAYS, worlds, written

pytestmark = pytest.mark.both_databases

WHY = Bilingual("A project was reported twice.", "1件が二重に報告されていたため。")
DEFINITIONS = [*PARTICIPATION, *COMMERCIALIZATION]


@pytest.fixture
def officers(app: Any) -> tuple[Any, Any]:
    return person("officer"), person("officer")


def script(folder: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    """The bundle's own script, run by a Python that knows no package and not even our folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "recompute.py")], capture_output=True, text=True, timeout=60, cwd="/"
    )


def listed(firms: Any) -> None:
    row = PopulationList(list_code="l", name_en="l", name_ja="l", unit="company")
    session.add(row)
    session.flush()
    session.add_all(PopulationMember(list_id=row.id, organisation_id=firm.id) for firm in firms)
    session.flush()


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_bare_python_comes_to_the_same(definition: str, officers: Any, tmp_path: Path) -> None:
    firms = town()
    listed(firms)
    question: Any = pr(definition, list_code="l" if definition == "PR-8" else None)
    if definition in COMMERCIALIZATION:
        question = Commercialization(definition, Programme.consortium_rd, 2003, 2005, date(2006, 3, 31), min_evidence=1)
    row = frozen(question, officers[0])
    assert (row.status, row.fault) == (SnapshotStatus.frozen, None)
    office = storage.open_file(row.office_file)
    told = script(tmp_path / "office", office)
    assert told.returncode == 0 and f"THE SAME: {row.numerator} of {row.denominator}" in told.stdout, told
    assert row.data_sha256 in told.stdout
    for name in ("data/", "expected.json", "units.csv", "recompute.py", "README.txt", "manifest.sha256"):
        victim = next(p for p in sorted((tmp_path / "office").rglob("*")) if p.is_file() and name in p.as_posix())
        whole = victim.read_bytes()
        at = len(whole) * 2 // 3
        victim.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert recompute.altered(recompute.load(tmp_path / "office")), name
        victim.write_bytes(whole)
    if definition in ("PR-6a", "PR-6b"):
        assert row.public_file is None and row.public_sha256 is None
        return
    data = storage.open_file(row.public_file)
    told = script(tmp_path / "public", data)
    assert told.returncode == 0 and row.public_sha256 in told.stdout, told
    text = b"".join(zipfile.ZipFile(io.BytesIO(data)).read(n) for n in zipfile.ZipFile(io.BytesIO(data)).namelist())
    for firm in firms:
        assert firm.org_key.encode() not in text and firm.name_ja.encode() not in text
    assert not any(key.split("/")[0].encode() in text for key in queries.units(row.id) if key.startswith("P-"))


def test_a_changed_byte_is_told_by_the_script(officers: Any, tmp_path: Path) -> None:
    town()
    row = frozen(E1, officers[0])
    script(tmp_path, storage.open_file(row.public_file))
    victim = tmp_path / "data" / "observations.csv"
    victim.write_text(victim.read_text().replace("launched", "research", 1))
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "recompute.py")], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 1 and "data/observations.csv was altered" in told.stdout
    # a forger who also mends the manifest is told by the numbers
    files = {name: data for name, data in recompute.load(tmp_path).items() if name != recompute.MANIFEST}
    (tmp_path / recompute.MANIFEST).write_bytes(recompute.manifest_of(files))
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "recompute.py")], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 1 and "numerator: 4 published, 3 counted" in told.stdout


years = st.tuples(st.integers(2000, 2006), st.integers(0, 5)).map(lambda t: (t[0], t[0] + t[1]))
asked = st.one_of(
    st.builds(
        lambda d, p, pop, y, r: pr(
            d, r if d not in ("PR-7", "PR-8") or ":" in r else "ever:2004-04-01", programme=p, population=pop,
            first_year=y[0], last_year=y[1], list_code="l" if d == "PR-8" else None,
        ),
        st.sampled_from(sorted(PARTICIPATION)), st.sampled_from([None, *Programme]),
        st.sampled_from(["adopted", "completed"]), years,
        st.one_of(
            st.sampled_from(["adoption", "start", "completion"]), st.sampled_from(DAYS).map(lambda d: f"fixed:{d}"),
            st.sampled_from(DAYS).map(lambda d: f"ever:{d}"),
        ),
    ),
    st.builds(
        lambda level, p, y, on, known, lag, evidence: Commercialization(level, p, *y, on, known, lag, evidence),
        st.sampled_from(sorted(COMMERCIALIZATION)), st.sampled_from([None, *Programme]), years, st.sampled_from(DAYS),
        st.sampled_from(DAYS), st.integers(0, 2), st.integers(0, 3),
    ),
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(world=worlds, question=asked)
def test_both_bundles_of_any_portfolio_give_the_figure(app: Any, world: Any, question: Any) -> None:
    """The script's second reading of the definitions, against the queries; and the public bundle against the office's."""
    with written(world):
        try:
            found = figures._count(question)
        except figures._Fault as fault:
            assert fault.fault is FreezeFault.nothing
            return
        office, public = figures._bundles(
            "F", questions.words_of(question.rule), questions.as_data(question), "ab" * 16, found
        )
        assert not recompute.altered(office)
        assert public is None or not recompute.altered(public)


def test_frozen_means_frozen(officers: Any) -> None:
    """The ledger goes on; the figure does not. What was known then gives the figure again (CR-1, OUT-17)."""
    firms = town()
    row = frozen(E1, officers[0])
    assert row.known_at == today() - timedelta(days=1) and (row.numerator, row.denominator, row.unknown) == (4, 12, 3)
    assert not verbs.verify(row).changes
    late = next(
        p for p in portfolio.session.query(portfolio.Project) if p.participants[0].organisation_id == firms[-1].id
    )
    portfolio.observation(late, date(2006, 2, 1), "launched", 3, recorded_on=today())
    compared = verbs.verify(row)
    assert not compared.changes and compared.now.numerator == 4 and compared.later.numerator == 5
    portfolio.observation(late, date(2006, 2, 1), "launched", 3, recorded_on=date(2006, 2, 2))  # written back
    (change,) = verbs.verify(row).changes
    assert (change.key, change.then[0].value, change.now[0].value) == (late.project_key, "unknown", "yes")
    with pytest.raises(AssertionError):
        row.numerator = 5
        session.flush()
    session.rollback()


def test_units_are_kept_as_they_were(officers: Any) -> None:
    town()
    row = frozen(E1, officers[0])
    unit = session.query(SnapshotUnit).filter_by(snapshot_id=row.id).first()
    with pytest.raises(AssertionError):
        unit.weight = 2
        session.flush()
    session.rollback()


def test_two_people_and_supersession(officers: Any) -> None:
    mine, other = officers
    town()
    row = frozen(E1, mine)
    with pytest.raises(Forbidden):
        verbs.publish(row, mine)
    for outsider in (person("auditor"), person("admin"), person("applicant")):
        with pytest.raises(Forbidden):
            verbs.publish(row, outsider)
        with pytest.raises(Forbidden):
            verbs.propose(verbs.Proposal(E1), outsider)
    verbs.publish(row, other)
    with pytest.raises(OutOfOrder):
        verbs.publish(row, other)
    again = frozen(E1, mine)
    with pytest.raises(Refused, match="already-published"):
        verbs.publish(again, other)
    with pytest.raises(Refused, match="replaces-reason"):
        verbs.propose(verbs.Proposal(E1, replaces=row.code), mine)
    with pytest.raises(Refused, match="replaces-unknown"):
        verbs.propose(verbs.Proposal(E1, replaces="F1999-0001", reason=WHY), mine)
    newer = frozen(E1, mine, replaces=row.code, reason=WHY)
    verbs.publish(newer, other)
    assert (row.status, newer.status) == (SnapshotStatus.superseded, SnapshotStatus.published)
    assert queries.successor(row.id) is newer and queries.public(row.code) is row
    late = frozen(E1, mine, replaces=newer.code, reason=WHY)
    third = frozen(E1, mine, replaces=newer.code, reason=WHY)
    verbs.publish(third, other)
    with pytest.raises((OutOfOrder, Refused)):
        verbs.publish(late, other)
    verbs.discard(late, "the other one was first", mine)
    assert late.status is SnapshotStatus.discarded


def test_small_cells_stay_inside(officers: Any) -> None:
    """CR-14, of the figure and of what two figures leave when one is taken from the other."""
    mine, other = officers
    town(yes=2, no=5, silent=0)
    with pytest.raises(Refused, match="small-cell"):
        verbs.publish(frozen(E1, mine), other)
    town(yes=4, no=4, silent=0)
    verbs.publish(frozen(E1, mine), other)
    wider = Commercialization("E1", Programme.consortium_rd, 1990, 2005, date(2006, 3, 31))
    portfolio.project(organisation(), completed_on=date(1999, 3, 31), adopted_on=date(1997, 4, 1), started_on=None)
    touch()
    with pytest.raises(Refused, match="differencing"):
        verbs.publish(frozen(wider, mine), other)


def test_what_is_public_is_held_together(officers: Any) -> None:
    """CR-14: a successor that differs by one project, and another level of the same projects, are refused in words; three
    projects more are not. A figure's years that would tell stay hidden."""
    mine, other = officers
    firms = town(yes=6, no=12, silent=0)
    first = published(E1, mine, other)
    assert first.shown_years == [2004, 2005]
    late = [p for p in portfolio.session.query(portfolio.Project) if p.participants[0].organisation_id in
            {firm.id for firm in firms[6:9]}]  # fmt: skip
    portfolio.observation(late[0], date(2006, 1, 1), "launched", 3)
    touch()
    tells = frozen(E1, mine, replaces=first.code, reason=WHY)
    with pytest.raises(Refused, match="differencing") as refusal:
        verbs.publish(tells, other)
    assert first.code in str(refusal.value.reasons[0]) and "publish later" in str(refusal.value.reasons[0])
    sales = Commercialization("E2", Programme.consortium_rd, 2003, 2005, date(2006, 3, 31))
    with pytest.raises(Refused, match="differencing"):  # seven in sales, of whom six were told to be in practical use
        verbs.publish(frozen(sales, mine), other)
    for project in late[1:]:
        portfolio.observation(project, date(2006, 1, 1), "launched", 3)
    touch()
    again = frozen(E1, mine, replaces=first.code, reason=WHY)
    assert again.numerator == 9 and again.shown_years == []  # of its two years one would have one or two more
    verbs.publish(again, other)
    assert b'"cohorts"' not in storage.open_file(again.public_file)


def test_yen_are_judged_by_their_units(officers: Any) -> None:
    town(yes=2, no=6, silent=0)
    row = frozen(pr("PR-6a"), officers[0])
    assert (row.numerator, row.units_yes, row.units_no) == (201, 2, 6)
    with pytest.raises(Refused, match="small-cell"):
        verbs.publish(row, officers[1])


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Commercialization("E1", None, 2003, 2005, date(2999, 3, 31)), "as-of-future"),
        (Commercialization("E1", None, 2003, 2005, date(2006, 3, 31), date(2999, 1, 1)), "known-at-open"),
        (pr("PR-7", "adoption"), "question"),
    ],
)
def test_what_cannot_be_frozen_is_refused(officers: Any, question: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        verbs.propose(verbs.Proposal(question), officers[0])


def test_a_figure_without_records_says_so_and_can_be_tried_again(officers: Any) -> None:
    row = frozen(E1, officers[0])
    assert (row.status, row.fault) == (SnapshotStatus.draft, FreezeFault.nothing)
    town()
    verbs.freeze_again(row, officers[0])
    work()
    session.refresh(row)
    assert (row.status, row.fault) == (SnapshotStatus.frozen, None)
    with pytest.raises(OutOfOrder):
        verbs.freeze_again(row, officers[0])


def test_a_count_that_a_second_reading_does_not_confirm_is_not_frozen(officers: Any, monkeypatch: Any) -> None:
    town()
    monkeypatch.setattr(recompute, "computed", lambda *_: {})
    assert frozen(E1, officers[0]).fault is FreezeFault.disagrees


def test_the_night_compares_then_and_now(officers: Any) -> None:
    firms = town()
    row = published(E1, *officers)
    verbs.check_all()
    work()
    session.refresh(row)
    assert row.changed_units == 0 and row.checked_at is not None
    late = next(
        p for p in portfolio.session.query(portfolio.Project) if p.participants[0].organisation_id == firms[-1].id
    )
    portfolio.observation(late, date(2006, 2, 1), "launched", 3)
    touch()
    figures.check(type("Item", (), {"payload": {"snapshot_id": row.id}})())
    assert row.changed_units == 1


def test_the_same_files_give_the_same_bytes() -> None:
    files = {"b": b"2", "a": b"1"}
    assert bundles.packed(files) == bundles.packed(dict(sorted(files.items())))
    assert parse_reference("adoption")
