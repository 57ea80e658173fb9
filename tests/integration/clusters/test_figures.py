"""Targets, the counter of new businesses, activities and the manager's month: verbs, pages, and who may what."""

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.clusters import exchange, operations, queries
from app.clusters.choices import ActivityKind, AttendeeRole, BusinessType, FigureKind, Indicator, TrainingProgramme
from app.clusters.models import Activity, ActivityCluster, Attendance, ClusterLink, NewBusiness, Target, WaitingMember
from app.clusters.operations.businesses import BusinessValues, LikelyDouble
from app.clusters.operations.targets import TargetValues
from app.core import exchange as engine
from app.core.audit import Event
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.organisations import operations as naming
from app.organisations.choices import Decision, SuccessionKind
from app.organisations.models import IncomingName
from tests.factories.people import organisation, person
from tests.factories.portfolio import cluster, membership

pytestmark = pytest.mark.both_databases


@pytest.fixture
def place(app: Any) -> Any:
    cluster("other", name_en="Other cluster")
    return cluster("home", name_en="Home cluster")


@pytest.fixture
def keeper(place: Any) -> Any:
    return person("cluster_manager", scope="home")


@pytest.fixture
def manager(keeper: Any, client_for: Any) -> Any:
    return client_for(keeper)


def values(firm: Any, name: str = "Gear module", **more: Any) -> BusinessValues:
    plain = {
        "organisation": firm.org_key, "name_ja": "", "name_en": name, "type": BusinessType.product,
        "kind": FigureKind.actual, "started_on": date(2007, 5, 1), "evidence": "catalogue",
    }  # fmt: skip
    return BusinessValues(**{**plain, **more})


def codes(refusal: Any) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def aim(**more: Any) -> TargetValues:
    plain = {
        "indicator": Indicator.new_businesses, "kind": FigureKind.target, "value": 1826, "baseline": None,
        "valid_from": date(2006, 4, 1), "valid_to": date(2011, 4, 1), "cumulative": False, "counted_from": None,
        "source": "plan",
    }  # fmt: skip
    return TargetValues(**{**plain, **more})


def test_no_two_clusters_count_one_business(place: Any, keeper: Any) -> None:
    """CR-15: equal keys are refused, likely doubles are shown and a person decides; a retracted one frees its key."""
    firm, other = organisation(org_key="firm"), person("cluster_manager", scope="other")
    elsewhere = queries.by_code("other")
    assert elsewhere is not None
    save = operations.businesses.save
    first = save(place, None, values(firm), None, keeper)
    for name in ("Gear module", "gear-MODULE", "Ｇｅａｒ　ｍｏｄｕｌｅ"):
        with pytest.raises(Refused) as refusal:
            save(elsewhere, None, values(firm, name), None, other)
        assert codes(refusal) == ["double"] and first.business_key in str(refusal.value.reasons[0])
    with pytest.raises(LikelyDouble) as likely:
        save(elsewhere, None, values(firm, "Gear modules"), None, other)
    assert [one.business.business_key for one in likely.value.alike] == [first.business_key]
    second = save(elsewhere, None, values(firm, "Gear modules", distinct=frozenset({first.business_key})), None, other)
    assert second.distinct_from == [first.business_key]
    heir = organisation(org_key="heir")
    naming.succeeding.succeed(firm, heir, SuccessionKind.merger, date(2008, 4, 1), "", person("officer"))
    with pytest.raises(LikelyDouble):  # the successor's product of the same name
        save(place, None, values(heir), None, keeper)
    with pytest.raises(LikelyDouble):  # two firms of one consortium, two clusters
        save(elsewhere, None, values(organisation()), None, other)
    with pytest.raises(Forbidden):
        save(elsewhere, None, values(organisation(), "Another"), None, keeper)
    operations.businesses.retract(place, first, "never sold", first.version, keeper)
    assert queries.businesses.counts(date(2010, 1, 1)) == {elsewhere.id: {FigureKind.actual: 1}}
    again = save(place, None, values(firm, distinct=frozenset({second.business_key})), None, keeper)
    assert again.business_key != first.business_key


def test_what_a_record_needs(place: Any, keeper: Any) -> None:
    firm = organisation()
    for wrong, code in (
        ({"name_en": ""}, "no-name"), ({"kind": FigureKind.target}, "kind"), ({"evidence": ""}, "evidence"),
        ({"started_on": date(2999, 1, 1)}, "ahead"), ({"organisation": "nobody"}, "unknown-organisation"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            operations.businesses.save(place, None, values(firm, **wrong), None, keeper)
        assert code in codes(refusal)
    ahead = values(firm, kind=FigureKind.forecast, started_on=date(2999, 1, 1), evidence="")
    row = operations.businesses.save(place, None, ahead, None, keeper)
    assert queries.businesses.counts(date(2010, 1, 1)) == {place.id: {FigureKind.forecast: 1}}
    operations.businesses.save(place, row, values(firm), row.version, keeper)  # it came true: the same record
    assert queries.businesses.counts(date(2010, 1, 1)) == {place.id: {FigureKind.actual: 1}}
    assert queries.businesses.counts(date(2007, 4, 30)) == {}


def test_targets_and_their_pace(place: Any, keeper: Any) -> None:
    officer, day = person("officer"), date(2006, 4, 10)
    firm, university = organisation(), organisation("national_university")
    membership(firm, place, date(2005, 4, 1))
    membership(university, place, date(2005, 4, 1), date(2006, 4, 10))
    for n, on in enumerate((date(2005, 4, 1), date(2006, 4, 1), date(2006, 4, 10), date(2006, 4, 11))):
        kind = BusinessType.company if n == 1 else BusinessType.product
        operations.businesses.save(
            place, None, values(firm, f"{'abcd'[n] * 6}", started_on=on, type=kind), None, keeper
        )
    save = operations.targets.save
    save(place, None, aim(), None, keeper)
    save(place, None, aim(cumulative=True, value=1827), None, keeper)
    save(place, None, aim(indicator=Indicator.new_companies), None, keeper)
    save(place, None, aim(indicator=Indicator.participants, baseline=0), None, keeper)
    save(place, None, aim(indicator=Indicator.universities, value=3), None, keeper)
    save(place, None, aim(indicator=Indicator.sales, value=1000), None, keeper)
    sold = {"indicator": Indicator.sales, "kind": FigureKind.actual, "valid_to": date(2006, 4, 11)}
    save(place, None, aim(**sold, value=70, valid_from=date(2006, 4, 1)), None, keeper)
    save(None, None, aim(value=40_000, cumulative=True), None, officer)
    found = {
        (row.indicator.value, row.cumulative): (pace.expected, pace.actual, pace.gap)
        for row, pace in queries.figures.paces(queries.figures.targets(place), day)
    }
    assert found == {
        ("new_businesses", False): (10, 2, -8),
        ("new_businesses", True): (11, 3, -8),  # one stood there before: 1 + 1826 × 10 / 1826
        ("new_companies", False): (10, 1, -9),
        ("participants", False): (10, 1, -9),
        ("universities", False): (None, 0, None),
        ("sales", False): (5, 70, 65),
    }
    (everybody,) = queries.figures.paces(queries.figures.targets(), day)
    assert everybody[1].actual == 3


def test_what_a_figure_needs_and_who_sets_it(place: Any, keeper: Any) -> None:
    save, elsewhere = operations.targets.save, queries.by_code("other")
    for wrong, code in (
        ({"valid_to": date(2006, 4, 1)}, "period"), ({"counted_from": date(2001, 4, 1)}, "counted-from"),
        ({"kind": FigureKind.actual}, "from-records"), ({"kind": FigureKind.forecast, "baseline": 1}, "baseline"),
        ({"cumulative": True, "counted_from": date(2007, 4, 1)}, "counted-late"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            save(place, None, aim(**wrong), None, keeper)
        assert code in codes(refusal)
    row = save(place, None, aim(), None, keeper)
    with pytest.raises(Refused) as refusal:
        save(place, None, aim(valid_from=date(2010, 4, 1), valid_to=date(2012, 4, 1)), None, keeper)
    assert codes(refusal) == ["overlap"]
    save(place, row, aim(value=2000), row.version, keeper)
    save(place, None, aim(kind=FigureKind.forecast), None, keeper)  # a forecast is another thing
    for where, actor in ((elsewhere, keeper), (None, keeper), (place, person("auditor")), (place, person("applicant"))):
        with pytest.raises(Forbidden):
            save(where, None, aim(), None, actor)
    operations.targets.withdraw(place, row, "superseded", row.version, keeper)
    assert [one.kind for one in queries.figures.targets(place)] == [FigureKind.forecast]
    assert session.scalar(select(Event.reason).where(Event.name == "figure withdrawn")) == "superseded"


HEAD = ",".join(exchange.BUSINESSES.names) + "\n"
LINE = "K-1,home,firm,Gear module,,product,actual,2007-05-01,catalogue,\n"


def test_files_of_new_businesses(place: Any, manager: Any) -> None:
    organisation(org_key="firm"), organisation(org_key="mate")
    run = lambda text: engine.run(exchange.BUSINESSES, text.encode())  # noqa: E731 - a short name for one test
    assert run(HEAD + LINE).created == 1
    assert run(HEAD + LINE).unchanged == 1
    text = "".join(exchange.export_businesses(None))
    assert text == HEAD + LINE and "".join(exchange.export_businesses({"other"})) == HEAD

    def faults(line: str) -> list[str]:
        return [problem.code for problem in run(HEAD + line).errors]

    assert faults(LINE.replace("K-1", "K-2").replace("home", "other")) == ["double"]
    assert faults(LINE.replace("K-1", "K-2").replace("module", "modules")) == ["likely-double"]
    assert faults(LINE.replace("K-1", "K-2").replace("firm", "mate")) == ["likely-double"]
    assert faults(LINE.replace("K-1", "K-2").replace("module", "modules").replace("logue,", "logue,K-1")) == []
    early = LINE.replace("K-1", "K-3").replace("2007", "2999").replace("catalogue", "")
    assert faults(early) == ["ahead", "required", "double", "likely-double"]
    twins = LINE.replace("K-1", "K-4").replace("Gear", "Twin") + LINE.replace("K-1", "K-5").replace("Gear", "twin")
    assert faults(twins) == ["double"]
    for line, status, seen in (
        (LINE.replace("K-1", "K-6").replace("Gear", "Lamp").replace("home", "other"), 422, "only the cluster home"),
        (LINE.replace("K-1", "K-6").replace("Gear", "Lamp"), 200, "Import these rows"),
    ):
        file = (io.BytesIO((HEAD + line).encode()), "new.csv")
        shown = manager.post(
            "/clusters/home/new-businesses/import", data={"file": file}, content_type="multipart/form-data"
        )
        assert shown.status_code == status and seen in shown.text


def test_recording_a_business_in_the_browser(place: Any, manager: Any, client_for: Any) -> None:
    firm = organisation(org_key="firm", name_en="Firm Ltd", name_ja="Firm Ltd")
    sent = {
        "organisation": "firm", "name_en": "Gear module", "type": "product", "kind": "actual",
        "started_on": "2007-05-01", "evidence": "catalogue",
    }  # fmt: skip
    address = "/clusters/home/new-businesses/add"
    assert manager.get(address).status_code == 200
    assert manager.post(address, data=sent).status_code == 303
    row = session.scalar(select(NewBusiness))
    assert row is not None and row.organisation_id == firm.id
    shown = manager.post(address, data={**sent, "name_en": "Gear modules"})
    assert shown.status_code == 422 and "Is it one of these?" in shown.text and row.business_key in shown.text
    assert (
        manager.post(address, data={**sent, "name_en": "Gear modules", "distinct": row.business_key}).status_code == 303
    )
    assert manager.post(address, data=sent).status_code == 422
    assert manager.post(address, data={}).status_code == 422
    edit = f"/new-businesses/{row.id}/edit"
    assert manager.get(edit).status_code == 200 and manager.get(f"/new-businesses/{row.id}?lang=ja").status_code == 200
    assert manager.post(edit, data={**sent, "evidence": "press", "version": row.version}).status_code == 303
    assert manager.post(edit, data={**sent, "version": 1}).status_code == 409
    for query in ("", "?kind=actual&cluster=home&type=product&since=2007-01-01&until=2008-01-01", "?kind=x&since=x"):
        assert "Firm Ltd" in manager.get(f"/new-businesses/list{query}").text
    assert "Firm Ltd" not in manager.get("/new-businesses/list?until=2007-01-01").text
    assert "Gear module" in manager.get("/new-businesses/list.csv").data.decode("utf-8-sig")
    assert manager.post(f"/new-businesses/{row.id}/retract", data={"version": 2}).status_code == 422
    for who, statuses in (
        (person("cluster_manager", scope="other"), (200, 200, 404, 404, 404)),
        (person("auditor"), (200, 200, 200, 403, 403)),
        (person("officer"), (200, 200, 200, 200, 200)),
        (person("applicant"), (200, 403, 403, 403, 403)),
    ):
        browser = client_for(who)
        pages = ("/new-businesses", "/new-businesses/list", f"/new-businesses/{row.id}", edit, address)
        assert tuple(browser.get(page).status_code for page in pages) == statuses, who.roles
        if statuses[2] != 200:
            assert "Firm Ltd" not in "".join(browser.get(page).text for page in pages[:2])
    done = manager.post(f"/new-businesses/{row.id}/retract", data={"version": 2, "reason": "never sold"})
    assert done.status_code == 303 and manager.get(f"/new-businesses/{row.id}").status_code == 404


ACTIVITY = {
    "kind": "exchange_meeting",
    "title_en": "Evening",
    "held_on": "2007-05-01",
    "country": "jp",
    "clusters": "home",
}


def test_activities_attendees_and_results(place: Any, manager: Any, client_for: Any) -> None:
    bank, firm = organisation("bank", org_key="bank"), organisation(org_key="firm", name_en="Firm Ltd")
    assert manager.post("/network-activities/add", data={**ACTIVITY, "clusters": "other"}).status_code == 422
    assert manager.post("/network-activities/add", data={**ACTIVITY, "country": "Japan"}).status_code == 422
    assert manager.post("/network-activities/add", data={**ACTIVITY, "kind": "training"}).status_code == 422
    assert manager.post("/network-activities/add", data={**ACTIVITY, "kind": "finance_conference"}).status_code == 422
    sent = {**ACTIVITY, "kind": "finance_conference", "block": "Kanto 1", "clusters": ["home", "other"]}
    assert manager.post("/network-activities/add", data=sent).status_code == 303
    row = session.scalar(select(Activity))
    assert row is not None and row.country == "JP"
    page = f"/network-activities/{row.id}"
    for who, persons, name in (("bank", "2", ""), ("firm", "1", "Hidden Person"), ("㈱未知", "3", "")):
        role = "bank" if who == "bank" else "participant"
        data = {"organisation": who, "role": role, "persons": persons, "person_name": name}
        assert manager.post(f"{page}/attendances", data=data).status_code == 303
    wrong = {"organisation": "firm", "role": "participant", "persons": "2", "person_name": "Two People"}
    assert manager.post(f"{page}/attendances", data=wrong).status_code == 422
    waiting = session.scalar(select(IncomingName))
    assert waiting is not None and (waiting.name, waiting.scope) == ("㈱未知", "home")
    assert queries.activities.heads(row) == queries.activities.Heads(2, 6)
    naming.resolving.settle(waiting, Decision.another, firm, "letterhead", waiting.version, person("officer"))
    assert queries.activities.heads(row) == queries.activities.Heads(2, 6)  # the matched name is the firm that came
    result = {
        "result_kind": "bridge_loan",
        "firm": "firm",
        "partner": "bank",
        "agreed_on": "2007-06-01",
        "amount_yen": "5,000,000",
    }
    assert manager.post(f"{page}/results", data={**result, "agreed_on": "2006-06-01"}).status_code == 422
    assert manager.post(f"{page}/results", data={**result, "partner": "firm"}).status_code == 422
    assert manager.post(f"{page}/results", data=result).status_code == 303
    assert all(text in manager.get(page).text for text in ("Hidden Person", "Bridge loan", "㈱未知"))
    public = client_for(person("applicant")).get(page).text
    assert "Kanto 1" in public and not any(text in public for text in ("Hidden Person", "Firm Ltd", "Bridge loan"))
    stranger = client_for(person("cluster_manager", scope="third"))
    assert (
        stranger.get(f"{page}/edit").status_code == 404
        and stranger.post(f"{page}/results", data=result).status_code == 404
    )
    assert "Hidden Person" not in stranger.get(page).text
    edited = {**sent, "title_en": "Morning", "clusters": "home", "version": row.version}
    assert (
        manager.get(f"{page}/edit").status_code == 200 and manager.post(f"{page}/edit", data=edited).status_code == 303
    )
    assert [link.cluster_id for link in session.scalars(select(ActivityCluster))] == [place.id]
    for kind in ("attendances", "results"):
        assert manager.post(f"{page}/{kind}/1/remove").status_code in (303, 404)
    for query in ("", "?cluster=home&kind=finance_conference&since=2007-01-01&until=2008-01-01&lang=ja"):
        assert manager.get(f"/network-activities{query}").status_code == 200
    assert bank.id


def test_our_records_beside_the_published_figures(place: Any, keeper: Any, client_for: Any) -> None:
    """S021, S022, S033, S035: two figures, never one; each opens onto its records."""
    firm, bank = organisation(org_key="firm", name_en="Firm Ltd"), organisation("bank", org_key="bank")
    membership(firm, place), membership(organisation("technical_college"), place)
    membership(firm, queries.by_code("other"))  # type: ignore[arg-type]
    save = operations.activities.save
    plain = {"title_ja": "", "title_en": "Meeting", "ended_on": None, "place": "", "country": "JP", "partners": "",
             "outcomes": "", "head_count": None, "block": "", "programme": None}  # fmt: skip
    made = operations.activities.ActivityValues
    for block, on in (("A", date(2005, 5, 1)), ("a", date(2005, 6, 1)), ("B", date(2005, 7, 1))):
        row = save(
            None,
            [place],
            made(**{**plain, "kind": ActivityKind.finance_conference, "held_on": on, "block": block}),
            None,
            keeper,
        )
        operations.activities.add_attendance(row, "bank", AttendeeRole.bank, 1, "", keeper)
    for programme, on, n in (
        (TrainingProgramme.im_training, date(2003, 5, 1), 200), (TrainingProgramme.im_instructor, date(2006, 3, 31), 152),
        (TrainingProgramme.im_training, date(2006, 4, 1), 9), (TrainingProgramme.hr_core, date(2006, 9, 1), 5),
    ):  # fmt: skip
        training = made(**{**plain, "kind": ActivityKind.training, "held_on": on, "programme": programme})
        row = save(None, [place], training, None, keeper)
        operations.activities.add_attendance(row, "firm", AttendeeRole.trainee, n, "", keeper)
    facility = operations.activities.save_facility(
        None,
        place,
        operations.activities.FacilityValues("", "House", "firm", "13", date(2004, 4, 1), None, 7),
        None,
        keeper,
    )
    operations.activities.add_manager(facility, "Some Body", date(2004, 4, 1), TrainingProgramme.im_training, keeper)
    found = {code: one.value for code, one in queries.published.values(date(2007, 3, 31)).items()}
    assert found == {
        "firms": 1, "universities": 1, "new_businesses": 0, "finance_blocks": 2, "finance_banks": 1, "finance_meetings": 3,
        "incubation_facilities": 1, "incubation_managers": 1, "im_trained": 352, "hr_core": 1, "hr_colleges": 0,
    }  # fmt: skip
    reader, officer = client_for(person("applicant")), client_for(person("officer"))
    shown = reader.get("/cluster-figures?on=2007-03-31").text
    assert "9,800" in shown and "447" in shown and "about, expected" in shown and "Some Body" not in shown
    assert "/cluster-figures/firms" not in shown and reader.get("/cluster-figures/firms").status_code == 403
    for code, n in found.items():
        page = queries.published.page(code, date(2007, 3, 31), None, None)
        assert (sum(row.note for row in page.rows) if code == "im_trained" else len(page.rows)) == n, code
        assert officer.get(f"/cluster-figures/{code}?on=2007-03-31&lang=ja").status_code == 200
    assert officer.get("/cluster-figures/none").status_code == 404
    assert bank.id


def test_a_managers_month(place: Any, keeper: Any, manager: Any, client_for: Any) -> None:
    firm = organisation(org_key="firm", name_en="Firm Ltd", name_ja="富士精工株式会社")
    membership(organisation(name_en="Newcomer"), place, date(2007, 5, 2))
    membership(organisation(name_en="Leaver"), place, date(2003, 4, 1), date(2007, 5, 31))
    membership(organisation(name_en="June"), place, date(2007, 6, 1))
    operations.businesses.save(place, None, values(firm), None, keeper)
    operations.targets.save(place, None, aim(), None, keeper)
    sent = {"name": "㈱富士精工", "valid_from": "2007-05-03", "evidence": "list"}
    assert manager.get("/clusters/home/members/report").status_code == 200
    assert manager.post("/clusters/home/members/report", data={**sent, "corporate_number": "1"}).status_code == 422
    assert manager.post("/clusters/home/members/report", data=sent).status_code == 303
    assert manager.post("/clusters/home/members/report", data=sent).status_code == 422
    text = manager.get("/clusters/home/month?month=2007-05").text
    assert "Newcomer" in text and "Leaver" in text and "June" not in text and "Gear module" in text
    assert "behind the pace" in text and "㈱富士精工" in text and "Take in the members" not in text
    row = session.scalar(select(WaitingMember))
    assert row is not None
    take = f"/clusters/home/members/waiting/{row.id}/take-in"
    assert manager.post(take).status_code == 422
    naming.resolving.settle(row.name, Decision.same, firm, "", row.name.version, person("officer"))
    assert "Take in the members" in manager.get("/clusters/home/month?month=2007-05").text
    assert manager.post(take).status_code == 303 and manager.post(take).status_code == 422
    assert queries.member_counts(date(2007, 5, 3))[place.id] == 3
    for who, statuses in (
        (person("cluster_manager", scope="other"), (404, 404)), (person("auditor"), (200, 403)),
        (person("officer"), (200, 403)), (person("applicant"), (403, 403)),
    ):  # fmt: skip
        pages = ("/clusters/home/month", "/clusters/home/members/report")
        assert tuple(client_for(who).get(page).status_code for page in pages) == statuses
    for month in ("x", "0001-01", "9999-12", "2007-13"):
        assert manager.get(f"/clusters/home/month?month={month}&lang=ja").status_code == 200


def test_the_register_of_a_cluster(place: Any, manager: Any, client: Any, client_for: Any, count_queries: Any) -> None:
    organisation(org_key="tama", name_en="TAMA association")
    area = {"area_code": "tama", "name_en": "TAMA", "valid_from": "2006-04-01"}
    assert manager.post("/clusters/home/areas/add", data=area).status_code == 303
    assert manager.post("/clusters/home/areas/add", data=area).status_code == 422
    assert manager.post("/clusters/home/areas/add", data={**area, "area_code": "x y"}).status_code == 422
    (row,) = queries.registers.areas_of(place)
    edit = f"/clusters/home/areas/{row.id}/edit"
    assert manager.get(edit).status_code == 200
    assert manager.post(edit, data={**area, "name_en": "TAMA area", "version": 1}).status_code == 303
    base = {"organisation": "tama", "role": "promotion", "valid_from": "2001-04-01", "evidence": "charter"}
    assert manager.post("/clusters/home/bases/add", data=base).status_code == 303
    assert manager.post("/clusters/home/bases/add", data=base).status_code == 422
    (runs,) = queries.registers.bases_of(place)
    end = f"/clusters/home/bases/{runs.id}/end"
    assert manager.get(end).status_code == 200
    assert manager.post(end, data={"valid_to": "2001-04-01", "version": 1}).status_code == 422
    assert manager.post(end, data={"valid_to": "2006-04-01", "version": 1}).status_code == 303
    shown = client.get("/clusters/home").text
    assert "TAMA area" in shown and "TAMA association" in shown and "/edit" not in shown
    for browser, status in (
        (client_for(person("auditor")), 403),
        (client_for(person("cluster_manager", scope="other")), 404),
    ):
        for address in ("areas/add", "bases/add", "targets/add", "new-businesses/add"):
            assert browser.get(f"/clusters/home/{address}").status_code == status
    with count_queries() as one:
        client.get("/clusters/home")
    operations.targets.save(place, None, aim(), None, person("officer"))
    operations.targets.save(place, None, aim(indicator=Indicator.sales), None, person("officer"))
    session.flush()
    with count_queries() as two:
        client.get("/clusters/home")
    assert len(two) == len(one) + 1 <= 9  # the answers to all targets come in one statement


def test_targets_in_the_browser(place: Any, manager: Any, client_for: Any) -> None:
    sent = {"indicator": "new_businesses", "kind": "target", "value": "40,000", "valid_from": "2006-04-01",
            "valid_to": "2011-04-01", "cumulative": "y", "source": "S057"}  # fmt: skip
    assert manager.get("/clusters/home/targets/add").status_code == 200
    assert manager.post("/clusters/home/targets/add", data=sent).status_code == 303
    assert manager.post("/clusters/home/targets/add", data=sent).status_code == 422
    assert manager.post("/clusters/home/targets/add", data={}).status_code == 422
    officer = client_for(person("officer"))
    assert officer.get("/cluster-targets/add").status_code == 200
    assert officer.post("/cluster-targets/add", data=sent).status_code == 303
    row = session.scalar(select(Target).where(Target.cluster_id == place.id))
    assert row is not None
    for browser in (manager, officer, client_for(person("applicant"))):
        text = browser.get("/cluster-targets?on=2008-10-01").text
        assert "40,000" in text and "does not say since when" in text
    edit = f"/cluster-targets/{row.id}/edit"
    assert manager.get(edit).status_code == 200
    assert manager.post(edit, data={**sent, "value": "500", "version": 1}).status_code == 303
    assert client_for(person("cluster_manager", scope="other")).get(edit).status_code == 404
    assert manager.post(f"/cluster-targets/{row.id}/withdraw", data={"version": 2}).status_code == 422
    assert manager.post(f"/cluster-targets/{row.id}/withdraw", data={"version": 2, "reason": "x"}).status_code == 303
    assert "500" not in manager.get("/clusters/home").text


def test_the_sum_and_the_drawing_come_from_the_links(place: Any, client: Any) -> None:
    """I16: the sentence is counted, and says so when links are missing."""
    after = cluster("after", phase=2, name_en="After cluster")
    session.add(ClusterLink(from_id=place.id, to_id=after.id, kind="continues"))
    session.flush()
    text = client.get("/clusters").text
    assert "2 − 1 + 0 = 1" in text and "Lineage of the clusters" in text and "does not come out" not in text
    cluster("more", phase=2)
    assert "does not come out" in client.get("/clusters?lang=en").text


def test_incubation(place: Any, manager: Any, client_for: Any) -> None:
    sent = {"name_en": "House", "cluster": "home", "opened_on": "2004-04-01", "prefecture": "13", "tenants": "7"}
    assert manager.get("/incubation/add").status_code == 200
    assert manager.post("/incubation/add", data={**sent, "cluster": ""}).status_code == 422
    assert manager.post("/incubation/add", data={**sent, "closed_on": "2004-04-01"}).status_code == 422
    assert manager.post("/incubation/add", data=sent).status_code == 303
    (found,) = queries.activities.facilities(None, date(2007, 1, 1))
    address = f"/incubation/{found[0].id}"
    manager_sent = {"person_name": "Some Body", "qualified_on": "2004-04-01", "programme": "im_training"}
    assert manager.post(f"{address}/managers", data=manager_sent).status_code == 303
    assert manager.post(f"{address}/managers", data={**manager_sent, "qualified_on": "2999-04-01"}).status_code == 422
    assert "Some Body" in manager.get(f"{address}/edit").text
    assert manager.post(f"{address}/edit", data={**sent, "tenants": "8", "version": 1}).status_code == 303
    reader = client_for(person("applicant")).get("/incubation?on=2007-01-01").text
    assert "House" in reader and "Some Body" not in reader
    assert client_for(person("cluster_manager", scope="other")).get(f"{address}/edit").status_code == 404
    assert session.scalar(select(Attendance)) is None
