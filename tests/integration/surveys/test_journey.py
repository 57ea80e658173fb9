"""From composing a wave to its results; the index; who may open what."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import exchange
from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused
from app.core.outbox import OutboxItem
from app.organisations.models import OrgProfileYear
from app.surveys import operations, queries
from app.surveys.choices import Basis, ItemKind, ResponseStatus, SizeGroup, WaveKind, WaveStatus
from app.surveys.exchange import INDUSTRY_SERIES, PROFILES
from app.surveys.models import Asked, Wave
from app.surveys.operations.answering import AnswerData
from app.surveys.operations.composing import ItemData, WaveData
from tests.factories.people import organisation, person
from tests.factories.portfolio import cluster, membership

pytestmark = pytest.mark.both_databases


def wave_data(**more: Any) -> WaveData:
    plain = {
        "kind": WaveKind.effect, "title_en": "Effects 2006", "title_ja": "効果調査", "basis": Basis.clusters,
        "as_of": date(2006, 3, 31), "opens_on": today(), "closes_on": today() + timedelta(days=14),
        "standard": ("universities", "credit"),
    }  # fmt: skip
    return WaveData(**{**plain, **more})


def links(email: str) -> list[str]:
    """The links in the letters to an address, the oldest first."""
    rows = session.scalars(select(OutboxItem).where(OutboxItem.kind == "mail").order_by(OutboxItem.id))
    bodies = [row.payload["body"] for row in rows if row.payload["to"] == email]
    return [found for body in bodies for found in re.findall(r"/surveys/invitations/\S+", body)]


@pytest.fixture
def world(app: Any) -> dict[str, Any]:
    home, other = cluster("home"), cluster("other")
    firms = [organisation(name_en=f"Firm {n}") for n in range(9)]
    for n, firm in enumerate(firms):
        membership(firm, home if n < 7 else other, date(2003, 4, 1))
    membership(firms[0], other, date(2003, 4, 1))
    return {
        "home": home,
        "other": other,
        "firms": firms,
        "people": [person("applicant", of=firm) for firm in firms[:-1]],
    }


def test_from_the_invitation_to_the_withheld_result(world: Any, client: Any, client_for: Any) -> None:
    officer, manager = person("officer"), person("cluster_manager", scope="home")
    data = wave_data(cluster_ids=(world["home"].id, world["other"].id))
    wave = operations.composing.compose(data, officer)
    own = (
        {"code": "o1", "en": "More", "ja": "増", "affirmative": True},
        {"code": "o2", "en": "Less", "ja": "減", "affirmative": False},
    )
    operations.composing.add_item(wave, ItemData("other", ItemKind.choice, "Orders", "受注", own), officer)
    with pytest.raises(Forbidden):
        operations.composing.change(wave, data, wave.version, manager)  # also another cluster's members are asked
    operations.running.move(wave, "release", officer)
    session.flush()
    assert wave.status is WaveStatus.open
    counts = queries.waves.counts([wave.id])[wave.id]
    assert (counts.asked, counts.invited, counts.sent) == (9, 8, 0)  # for the last one nobody is on record
    items = queries.waves.items(wave)
    q = f"q{items[0].id}"
    # The first firm answers through its letter, without a sign-in; looking alone changes nothing.
    link = links(world["people"][0].email)[0]
    page = client.get(link)
    assert page.status_code == 200 and "Firm 0" in page.text and "Firm 1" not in page.text
    first = session.scalar(select(Asked).where(Asked.wave_id == wave.id, Asked.organisation_id == world["firms"][0].id))
    assert first is not None and first.cluster_id == world["home"].id and queries.waves.response_of(first.id) is None
    assert client.post(link, data={"send": "1"}).status_code == 422  # nothing answered
    assert client.post(link, data={q: "yes", "save": "1"}).status_code == 303
    assert client.post(link, data={q: "yes", "version": 1, "send": "1"}).status_code == 303
    assert client.post(link + "/give", data={"email": "book@keeper.example", "locale": "en"}).status_code == 303
    handed = links("book@keeper.example")[0]
    assert client.post(handed + "/give", data={"email": "x@y.example", "locale": "en"}).status_code == 403
    sent = queries.waves.response_of(first.id)
    assert sent is not None
    said = {"version": str(sent.version)}
    assert client.post(handed, data={"change": "1", "version": "0"}).status_code == 409, "another version was shown"
    back = client.post(handed, data=said | {"withdraw": "1", "sure": "y"})
    assert back.status_code == 403, "it was only handed on to this address"
    assert client.post(handed, data=said | {"change": "1"}).status_code == 303
    stored = queries.waves.response_of(first.id)
    assert stored is not None and stored.status is ResponseStatus.draft
    assert client.post(handed, data={q: "no", "version": stored.version, "send": "1"}).status_code == 303
    # The others answer signed in: 1 yes of 6 in the one cluster, both yes in the other.
    browser = client_for(world["people"][1])
    second = next(a for a in queries.tasks_of(world["people"][1]))
    assert "Firm 1" in browser.get("/surveys").text and browser.get(f"/surveys/answers/{first.id}").status_code == 404
    assert browser.post(f"/surveys/answers/{second.id}", data={q: "yes", "send": "1"}).status_code == 303
    for n in range(2, 8):
        asked = queries.tasks_of(world["people"][n])[0]
        said = {str(items[0].id): "yes" if n == 7 else "no" if n < 6 else "na", "999": "yes"}
        operations.answering.save(asked, AnswerData(items=said), None, world["people"][n])
        operations.answering.send(asked, world["people"][n])
    with pytest.raises(OutOfOrder):
        operations.answering.save(second, AnswerData(items={}), 1, world["people"][1])
    assert operations.inviting.remind(wave, officer) == 0  # everybody had a letter today
    page = client_for(officer).get(f"/surveys/{wave.id}/results").text
    assert (
        "2" in page
        and client_for(officer).get(f"/surveys/{wave.id}/results/{items[0].id}?answer=yes").status_code == 200
    )
    full = queries.results.results(officer, wave).items[0].total
    assert full is not None and (full.affirmative, full.answered) == (2, 7)  # the one who cannot say has not answered
    # Outside the office there is nothing before it closes, and no small cell afterwards (CR-14).
    assert client_for(manager).get(f"/surveys/{wave.id}/results").status_code == 404
    operations.running.move(wave, "close", SYSTEM)
    told = queries.results.results(manager, wave)
    assert told.items[0].total is None and all(one is None for _key, one in told.items[0].clusters)
    assert [key.cluster_code for key, _one in told.items[0].clusters] == ["home"] and told.counts.sent == 8
    text = client_for(manager).get(f"/surveys/{wave.id}/results").text
    assert "withheld" in text and "Firm 1" not in text
    assert "withheld" in client_for(manager).get(f"/surveys/{wave.id}/results.csv").text
    assert client_for(world["people"][3]).get(f"/surveys/{wave.id}/results").status_code == 200
    assert client.get(link).status_code == 410


def test_doors(world: Any, client: Any, client_for: Any) -> None:
    """A manager runs waves of the own cluster and knows of no other; nobody reads another firm's answer."""
    manager, stranger = person("cluster_manager", scope="home"), person("cluster_manager", scope="other")
    with pytest.raises(Refused):
        operations.composing.compose(wave_data(cluster_ids=(world["other"].id,)), manager)
    wave = operations.composing.compose(wave_data(cluster_ids=(world["home"].id,)), manager)
    assert client_for(manager).get(f"/surveys/{wave.id}").status_code == 200
    assert client_for(manager).post(f"/surveys/{wave.id}/move", data={"event": "release"}).status_code == 303
    asked = session.scalar(select(Asked).where(Asked.wave_id == wave.id).limit(1))
    assert asked is not None
    for who in (stranger, person("applicant")):
        assert client_for(who).get(f"/surveys/{wave.id}").status_code == 404
    assert client_for(stranger).get(f"/surveys/{wave.id}/asked").status_code == 404
    assert client_for(manager).get(f"/surveys/{wave.id}/asked?state=waiting").status_code == 200
    assert client_for(person("auditor")).post(f"/surveys/{wave.id}/move", data={"event": "close"}).status_code == 403
    assert client_for(person("reviewer")).get("/surveys").status_code == 403
    assert (
        client.get("/surveys/invitations/" + "x" * 43).status_code == 404 and client.get("/surveys").status_code == 302
    )
    assert client_for(person("officer")).get("/surveys/published").status_code == 200
    for path in ("/surveys/add", f"/surveys/{wave.id}/items/add", f"/surveys/{wave.id}/edit"):
        assert client_for(manager).get(path).status_code == 200
    form = {"kind": "effect", "title_en": "T", "title_ja": "題", "basis": "clusters", "clusters": [world["home"].id],
            "as_of": "2006-03-31", "opens_on": "2099-04-01", "closes_on": "2099-05-01", "standard": ["credit"], "answered": "scale"}  # fmt: skip
    assert client_for(manager).post("/surveys/add", data=form).status_code == 303
    draft = session.scalar(select(Wave).order_by(Wave.id.desc()).limit(1))
    assert draft is not None
    options = {"group": "other", "text_en": "O", "text_ja": "問", "kind": "choice", "options": "More | 増 *\nLess | 減"}
    assert client_for(manager).post(f"/surveys/{draft.id}/items/add", data=options).status_code == 303
    assert [i.kind for i in queries.waves.items(draft)] == [ItemKind.scale, ItemKind.choice]
    assert (
        client_for(manager)
        .post(f"/surveys/{draft.id}/edit", data={**form, "standard": [], "version": draft.version})
        .status_code
        == 303
    )
    assert [i.text_en for i in queries.waves.items(draft)] == ["O"]


def test_a_wave_of_figures_becomes_an_index(world: Any, client_for: Any) -> None:
    """CR-16: what firms send is taken into their profiles when the wave closes, not before."""
    officer, manager = person("officer"), person("cluster_manager", scope="home")
    data = wave_data(kind=WaveKind.figures, cluster_ids=(world["home"].id,), first_year=2003, last_year=2004)
    wave = operations.composing.compose(data, officer)
    operations.running.move(wave, "release", officer)
    for n in range(5):
        asked = queries.tasks_of(world["people"][n])[0]
        browser = client_for(world["people"][n])
        figures = {
            "sales-2003": f"{100 + n}",
            "sales-2004": "1,200" if n else "",
            "net_profit-2003": "△50",
            "jsic": "26",
        }
        assert browser.get(f"/surveys/answers/{asked.id}").status_code == 200
        assert browser.post(f"/surveys/answers/{asked.id}", data={**figures, "send": "1"}).status_code == 303
    assert session.scalar(select(OrgProfileYear).limit(1)) is None
    last = session.scalar(select(Asked).where(Asked.organisation_id == world["firms"][4].id))
    assert last is not None
    assert client_for(world["people"][4]).post(f"/surveys/answers/{last.id}", data={"withdraw": "1"}).status_code == 422
    sent = queries.waves.response_of(last.id)
    assert sent is not None
    sure = {"withdraw": "1", "sure": "y", "version": str(sent.version)}
    answer = client_for(world["people"][4]).post(f"/surveys/answers/{last.id}", data=sure)
    stored = queries.waves.response_of(last.id)
    assert answer.status_code == 303 and stored is not None and stored.answers == {}
    operations.running.move(wave, "close", officer)
    session.flush()
    profile = session.scalar(
        select(OrgProfileYear).where(OrgProfileYear.organisation_id == world["firms"][1].id).limit(1)
    )
    assert profile is not None and (profile.net_profit_yen, profile.jsic) == (-50, "26")
    file = "source,industry,fiscal_year,item,value\nStatistics,26,2003,sales,10\nStatistics,26,2004,sales,20\n"
    assert exchange.run(INDUSTRY_SERIES, file.encode()).created == 2
    found = queries.figures.answer(None, today(), queries.figures.Measure.sales, 2003, 2004, 2003, "Statistics")
    assert (len(found.panel), found.lost, found.points[1].benchmark) == (3, 1, 2) and float(
        found.points[1].firms or 0
    ) == 3600 / 306
    page = client_for(officer).get("/benchmark").text
    assert "11.765" in page and "2.000" in page and "0.799 1.612" in page
    assert client_for(officer).get("/benchmark?measure=sales&without=26").status_code == 200
    assert client_for(officer).get("/benchmark?base=1990").status_code == 422
    assert "Firm 1" in client_for(officer).get("/benchmark/firms").text
    assert client_for(manager).get("/benchmark/firms").status_code == 403
    assert "withheld" in client_for(manager).get("/benchmark.csv").text  # one firm was lost: the difference is one firm
    assert client_for(manager).get("/benchmark?cluster=other").status_code == 422
    before = "".join(exchange.write(PROFILES))
    assert "-50" in before and exchange.run(PROFILES, before.encode()).unchanged == 7


def test_the_clock_opens_and_closes(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = person("officer")
    data = wave_data(
        cluster_ids=(world["home"].id,), opens_on=today() + timedelta(days=2), closes_on=today() + timedelta(days=4)
    )
    wave = operations.composing.compose(data, officer)
    operations.running.move(wave, "release", officer)
    assert wave.status is WaveStatus.scheduled and not links(world["people"][0].email)
    operations.running.move(wave, "recall", officer)
    operations.running.move(wave, "release", officer)
    day = today()
    for module in ("operations.running", "operations.inviting", "operations.answering", "queries.waves", "workflow"):
        monkeypatch.setattr(f"app.surveys.{module}.today", lambda: day + timedelta(days=2))
    operations.by_the_clock()
    assert wave.status is WaveStatus.open and len(links(world["people"][0].email)) == 1
    late = person("applicant", of=world["firms"][-1])
    operations.by_the_clock()
    assert not links(late.email) and {a.size for a in queries.waves.asked_rows(wave)} == {SizeGroup.sme}
    for module in ("operations.running", "operations.inviting"):
        monkeypatch.setattr(f"app.surveys.{module}.today", lambda: day + timedelta(days=5))
    operations.by_the_clock()
    assert wave.status is WaveStatus.closed
