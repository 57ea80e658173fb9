"""People and subcontractors named in a share (CON-14): written, merged, confirmed, frozen, put back, compared, shown."""

import json
from typing import Any

import pytest
from flask import Flask

from app.accounts import operations as accounts
from app.applications import operations, queries
from app.applications.models import Application, DraftChange, MemberPerson, NamedPerson, Subcontractor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from tests.factories import proposals
from tests.factories.people import person
from tests.integration.applications.test_at_once import _together
from tests.integration.applications.test_concurrency import _browser, house  # noqa: F401 - a fixture

NUMBER = "7000012050002"  # the check digit fits
ROWS = {
    "p0_name": "髙橋 花子", "p0_reading": "タカハシ ハナコ", "p0_role": "researcher", "p0_department": "第一研究室",
    "p0_erad_number": "90050426", "p2_name": "Jane Smith", "p2_role": "officer",
    "s0_name": "㈱精密加工", "s0_corporate_number": "７０００－０１２０５－０００２", "s0_task": "Milling of the housing",
}  # fmt: skip


def _url(application: Any, member: Any) -> str:
    return f"/applications/{application.id}/members/{member.id}"


def _data(application: Any, member: Any, **more: Any) -> dict[str, Any]:
    """The share as a browser sends it."""
    texts = {name: text for name, text in queries.parts.share_texts(member).items() if text}
    return {**texts, "version": application.version, **more}


def _colleague(member: Any) -> Any:
    someone = person("applicant", of=member.organisation)
    session.add(MemberPerson(member_id=member.id, user_id=someone.id))
    session.flush()
    return someone


def _named(application: Any, member: Any) -> None:
    """Two people and a firm, confirmed again."""
    signer = proposals.person_of(member)
    share = operations.Share(
        member.resources, member.contribution_pct, member.jsic, member.holds_seed, member.contact_name,
        {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines},
        {1: operations.Person("髙橋 花子", "タカハシ ハナコ", None, "PLANTEDROOM", "90050426"), 3: operations.Person("Jane Smith")},
        {1: operations.Subcontract("PLANTEDFIRM", NUMBER, "Milling")},
    )  # fmt: skip
    operations.save_share(application, member, share, member.version, actor=signer, arrived=now())
    operations.confirm_share(application, member, "A. Person", member.version, actor=signer, arrived=now())


def test_rows_are_written_without_javascript_and_emptied_again(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    browser, url = client_for(proposals.person_of(member)), _url(application, member)
    answer = browser.post(url, data=_data(application, member, **ROWS))
    assert answer.status_code == 303
    session.expire_all()
    assert [(p.position, p.name, p.role) for p in member.named_people] == [
        (1, "髙橋 花子", "researcher"), (3, "Jane Smith", "officer"),
    ]  # fmt: skip
    assert [(s.name, s.corporate_number) for s in member.subcontractors] == [("㈱精密加工", NUMBER)]
    assert not queries.is_confirmed(member)  # the confirmation was of a share without them
    page = browser.get(f"{url}?lang=en").text
    assert "髙橋 花子" in page and 'name="p5_name"' in page and 'name="p6_name"' not in page  # three more rows
    emptied = _data(application, member) | {f"p2_{name}": "" for name in queries.parts.PERSON}
    assert browser.post(url, data=emptied).status_code == 303
    session.expire_all()
    assert [p.position for p in member.named_people] == [1]


def test_a_wrong_corporate_number_is_refused_at_its_field(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    browser, url = client_for(proposals.person_of(member)), _url(application, member)
    wrong = browser.post(f"{url}?lang=en", data=_data(application, member, **ROWS, s1_corporate_number="7000012050003"))
    assert wrong.status_code == 422 and 'href="#s1_corporate_number"' in wrong.text and "first checks" in wrong.text
    assert "髙橋 花子" in wrong.text and not session.query(NamedPerson).count()  # kept on the page, not stored
    role = browser.post(url, data=_data(application, member, **{**ROWS, "p0_role": "emperor"}))
    assert role.status_code == 422
    too_long = browser.post(url, data=_data(application, member, **{**ROWS, "p0_name": "x" * 101}))
    assert too_long.status_code == 422
    session.expire_all()
    with pytest.raises(Refused):
        operations.save_share(
            application, member, operations.Share("", None, None, False, "", {}, {61: operations.Person("X")}, {}),
            member.version, actor=proposals.person_of(member), arrived=now(),
        )  # fmt: skip


def test_each_cell_saves_by_itself_and_stands_in_the_log_of_changes(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    browser = client_for(proposals.person_of(member))
    for name, value, stored in (("p1_name", " 田中 ", "田中"), ("p1_role", "accounting", "accounting"),
                                ("s0_corporate_number", NUMBER, NUMBER), ("p1_role", "", "")):  # fmt: skip
        session.expire_all()
        answer = browser.post(
            f"/applications/{application.id}/parts/share-{member.id}/field",
            data={"field": name, "value": value, "version": application.version},
        )
        assert answer.status_code == 200 and answer.json["value"] == stored, (name, answer.json)
    session.expire_all()
    assert [(p.position, p.name, p.role) for p in member.named_people] == [(2, "田中", None)]
    logged = [(c.field, c.after) for c in session.query(DraftChange).filter_by(part=f"share-{member.id}")]
    assert ("p1_name", "田中") in logged and ("s0_corporate_number", NUMBER) in logged


def test_two_people_name_others_at_the_same_time(app: Any, client_for: Any) -> None:
    """Different rows are joined; the same cell is a conflict that a person decides."""
    application = proposals.complete_draft()
    member = application.members[1]
    one, two = client_for(proposals.person_of(member)), client_for(_colleague(member))
    url, seen = _url(application, member), _data(application, member)
    assert one.post(url, data=seen | {"p0_name": "First"}).status_code == 303
    assert two.post(url, data=seen | {"p1_name": "Second"}).status_code == 303
    session.expire_all()
    assert [p.name for p in member.named_people] == ["First", "Second"]
    clash = two.post(f"{url}?lang=en", data=seen | {"p0_name": "Another first"})
    assert clash.status_code == 409 and "Another first" in clash.text and "Stored now" in clash.text
    session.expire_all()
    assert [p.name for p in member.named_people] == ["First", "Second"]


def test_two_people_at_the_same_moment_lose_no_name(house: Flask) -> None:  # noqa: F811
    """The same in threads: whoever comes second is merged with the first, or told; no name disappears."""
    with house.app_context():
        application = proposals.complete_draft()
        member = application.members[1]
        key, member_id, data = application.id, member.id, _data(application, member)
        tokens = [accounts.open_session(user) for user in (proposals.person_of(member), _colleague(member))]
        session.commit()
    one, two = (_browser(house, token) for token in tokens)
    url = f"/applications/{key}/members/{member_id}"
    codes = _together(
        lambda: one.post(url, data=data | {"p0_name": "Name one", "s0_name": "Firm one"}),
        lambda: two.post(url, data=data | {"p1_name": "Name two", "s1_name": "Firm two"}),
    )
    with house.app_context():
        assert codes == [303, 303]
        stored = next(m for m in session.get_one(Application, key).members if m.id == member_id)
        assert {p.name for p in stored.named_people} == {"Name one", "Name two"}
        assert {s.name for s in stored.subcontractors} == {"Firm one", "Firm two"}
        session.remove()


def test_a_confirmation_given_before_there_were_such_rows_still_holds(app: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    share = queries.share(member)
    assert "people" not in share and "subcontractors" not in share
    assert set(share) == {"organisation_id", "role", "holds_seed", "resources", "contribution_pct", "jsic",
                          "contact_name", "budget"}  # fmt: skip
    _named(application, member)
    confirmed = member.confirmed_digest
    assert queries.is_confirmed(member)
    member.named_people[0].department = "Another room"
    assert not queries.is_confirmed(member) and confirmed == member.confirmed_digest


def test_naming_nobody_or_half_a_row_keeps_nobody_from_handing_in(app: Any) -> None:
    application = proposals.complete_draft()
    found = {f.rule.id: f for f in queries.findings(application)}["GEN-11"]
    assert found.ok and not found.blocks
    _named(application, application.members[1])  # no roles
    found = {f.rule.id: f for f in queries.findings(application)}["GEN-11"]
    assert found.failed and not found.blocks
    assert proposals.submit(application).number == 1


def test_they_are_frozen_shown_to_all_and_put_back(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    _named(application, member)
    first = proposals.submit(application)
    frozen = json.loads(first.snapshot)["members"][1]
    assert [p["name"] for p in frozen["people"]] == ["髙橋 花子", "Jane Smith"]
    assert frozen["subcontractors"][0]["corporate_number"] == NUMBER
    lead, other = proposals.lead_of(application), proposals.person_of(application.members[2])
    for reader in (lead, other, person("officer"), person("auditor")):
        page = client_for(reader).get(f"/applications/{application.id}").text
        assert "PLANTEDROOM" in page and "PLANTEDFIRM" in page
    operations.correct(application, application.version, actor=lead, arrived=now())
    signer = proposals.person_of(member)
    empty = operations.Share(member.resources, member.contribution_pct, member.jsic, member.holds_seed,
                             member.contact_name, {}, {}, {})  # fmt: skip
    operations.save_share(application, member, empty, member.version, actor=signer, arrived=now())
    assert not session.query(NamedPerson).count() and not session.query(Subcontractor).count()
    operations.give_up(application, actor=lead)
    assert [(p.position, p.name) for p in member.named_people] == [(1, "髙橋 花子"), (3, "Jane Smith")]
    assert member.subcontractors[0].name == "PLANTEDFIRM" and queries.is_confirmed(member)


def test_versions_tell_who_was_named_and_the_signature_shows_them(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member, lead = application.members[1], proposals.lead_of(application)
    proposals.submit(application)
    operations.correct(application, application.version, actor=lead, arrived=now())
    _named(application, member)
    proposals.submit(application)
    page = client_for(lead).get(f"/applications/{application.id}/versions/1/2?lang=en").text
    assert "Person 1" in page and "PLANTEDROOM" in page and "Subcontractor 1" in page and NUMBER in page
    signer = proposals.person_of(member)
    signed = queries.signed_by(signer)[0]
    assert "PLANTEDFIRM" in client_for(signer).get(f"/signed/{signed.id}").text


def test_a_member_with_named_people_can_be_taken_out_and_comes_back_with_them(app: Any) -> None:
    application = proposals.complete_draft()
    member, lead = application.members[3], proposals.lead_of(application)
    _named(application, member)
    proposals.submit(application)
    operations.correct(application, application.version, actor=lead, arrived=now())
    operations.remove_member(application, member, application.version, actor=lead, arrived=now())
    assert not session.query(NamedPerson).count()
    operations.give_up(application, actor=lead)
    assert [p.name for p in application.members[3].named_people] == ["髙橋 花子", "Jane Smith"]


def test_the_page_of_a_closed_share_names_the_people_without_its_costs(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[1]
    _named(application, member)
    operations.open_costs(application, member, False, actor=proposals.person_of(member))
    page = client_for(proposals.lead_of(application)).get(_url(application, member)).text
    assert "PLANTEDROOM" in page and 'name="p0_name"' not in page and 'name="b_' not in page
