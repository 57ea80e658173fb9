"""The yearly report of somebody who has reported before: last year's answers, three clicks and a figure."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.choices import Role
from app.applications.choices import Right
from app.applications.models import ConsortiumMember, MemberPerson
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.i18n import Bilingual
from app.organisations.choices import SuccessionKind
from app.organisations.models import Succession
from app.organisations.operations.succeeding import succeed
from app.outcomes import operations, queries
from app.outcomes.choices import Answer, DevState, FollowUpStatus, ReasonCode
from app.outcomes.definitions import Terms
from app.outcomes.models import FollowUp
from app.projects.models import Project
from tests.factories import chain, proposals
from tests.factories.people import organisation, person


def sold_last_year() -> tuple[Project, FollowUp]:
    """A project whose lead's first report, with a product sold, is verified; the second one is open."""
    project = chain.completed_project(ago=800)
    first, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(first, chain.answers(project, stage=4), first.version, lead)
    operations.submit(first, lead)
    operations.verify(first, 2, "", person(Role.officer))
    return project, chain.follow_up_of(project, 2)


def test_three_clicks_and_a_figure(app: Any, client_for: Any) -> None:
    project, second = sold_last_year()
    (known,) = queries.known_products(second, today())
    browser, part = client_for(chain.lead(project)), f"p{known.product_id}-"
    page = browser.get(f"/follow-ups/{second.id}").text
    assert "gear" in page and "continuous sales, no profit" in page and "¥1,000,000" in page  # last year's answers
    form = {"version": str(second.version), f"{part}answer": "unchanged", f"{part}sales_yen": "１，５００，０００"}
    day = queries.of_project(project.id)[0].observed_on + timedelta(days=300)
    form["observed_on"] = day.isoformat()
    refused = browser.post(f"/follow-ups/{second.id}", data={**form, "submit": "1"})
    assert refused.status_code == 422 and "without that it cannot be sent" in refused.text  # OUT-13
    assert "１，５００，０００" in refused.text
    sent = browser.post(f"/follow-ups/{second.id}", data={**form, "statement": "y", "submit": "1"})
    assert sent.status_code == 303
    session.expire_all()
    (claim,) = second.claims
    assert (claim.answer, claim.stage, claim.dev_state) == (Answer.unchanged, 4, DevState.launched)
    assert (second.status, second.sales_yen, second.stage) == (FollowUpStatus.submitted, 1_500_000, 4)
    operations.verify(second, 1, "", person(Role.officer))
    assert [(r.fiscal_year, r.sales_yen) for r in queries.sales_of([known.product_id])] == [
        (second.fiscal_year - 1, 1_000_000), (second.fiscal_year, 1_500_000),
    ]  # fmt: skip


def test_only_what_an_answer_needs_is_asked(app: Any) -> None:
    project, second = sold_last_year()
    (known,) = queries.known_products(second, today())
    lead = chain.lead(project)
    said = chain.answers(project, stage=None, dev_state=None, product="", first_sale_on=None, sales_yen=None)

    def codes(answer: operations.KnownAnswer) -> set[str]:
        data = operations.FollowUpData(**{**vars(said), "reason_code": None, "known": (answer,)})
        operations.save(second, data, second.version, lead)
        try:
            with session.begin_nested() as nested:
                operations.submit(second, lead)
                nested.rollback()
        except Refused as refusal:
            return {reason.code for reason in refusal.reasons}
        session.expire_all()
        return set()

    key = known.product_id
    assert codes(operations.KnownAnswer(key, None)) == {"answer-missing"}
    assert codes(operations.KnownAnswer(key, Answer.unchanged)) == {"sales-missing"}
    assert codes(operations.KnownAnswer(key, Answer.unchanged, sales_yen=0)) == set()
    assert codes(operations.KnownAnswer(key, Answer.stopped)) == {"reason-missing"}
    assert codes(operations.KnownAnswer(key, Answer.stopped, reason_code=ReasonCode.no_demand)) == set()
    assert codes(operations.KnownAnswer(key, Answer.changed)) == {"state-missing", "stage-missing"}
    contradiction = operations.KnownAnswer(key, Answer.changed, DevState.research, 4, sales_yen=1)
    assert codes(contradiction) == {"state-contradiction"}
    export = operations.KnownAnswer(key, Answer.unchanged, sales_yen=1, export_yen=2)
    assert codes(export) == {"export-more"}


def test_a_stopped_product_falls_back_and_is_not_asked_again(app: Any) -> None:
    """CR-9: the stage falls, what was reached stays reached; the year after there is nothing to say of it."""
    project, second = sold_last_year()
    (known,) = queries.known_products(second, today())
    lead = chain.lead(project)
    stopped = operations.KnownAnswer(known.product_id, Answer.stopped, reason_code=ReasonCode.cost_too_high)
    nothing_new = {"stage": None, "dev_state": None, "product": "", "first_sale_on": None, "sales_yen": None}
    data = chain.answers(project, **{**nothing_new, "reason_code": None, "known": (stopped,)})
    operations.save(second, data, second.version, lead)
    operations.submit(second, lead)
    operations.verify(second, 2, "", person(Role.officer))
    last = queries.observations_of(project.id)
    assert {(o.dev_state, o.stage) for o in last} == {(DevState.launched, 4), (DevState.stopped, 0)}
    version = queries.versions_of([known.product_id])[known.product_id]
    assert (version.number, version.withdrawn_on) == (2, second.observed_on)
    assert queries.known_products(chain.follow_up_of(project, 3), today()) == []


def test_two_people_with_one_draft(app: Any) -> None:
    project, second = sold_last_year()
    lead, version = chain.lead(project), second.version
    operations.save(second, chain.answers(project), version, lead)
    with pytest.raises(Stale) as stale:
        operations.save(second, chain.answers(project, sales_yen=5), version, lead)
    assert stale.value.mine and stale.value.theirs


def test_a_partner_owes_and_sees_its_own_report_only(app: Any, client_for: Any) -> None:
    """MON-10: the duty is the organisation's; a partner neither reads nor writes another's, the office reads both."""
    project = chain.completed_project()
    lead, partner = chain.lead(project), proposals.partner_of(project.application)
    mine = {r.id for r in queries.awaited_from(partner, today())}
    theirs = chain.follow_up_of(project)
    own = [r for r in queries.of_project(project.id) if r.id in mine]
    if not own:  # the partner found is of a research institution, which owes nothing
        member = session.query(MemberPerson).filter_by(user_id=partner.id).one().member
        company = next(r for r in queries.of_project(project.id) if r.organisation_id != theirs.organisation_id)
        target = (
            session.query(ConsortiumMember)
            .filter_by(application_id=member.application_id, organisation_id=company.organisation_id)
            .first()
        )
        session.add(MemberPerson(member_id=target.id, user_id=partner.id))
        session.flush()
        own = [company]
    assert theirs.id not in {r.id for r in own}
    browser = client_for(partner)
    assert browser.get(f"/follow-ups/{theirs.id}").status_code == 404
    assert browser.get(f"/follow-ups/{own[0].id}").status_code == 200
    assert client_for(lead).get(f"/follow-ups/{own[0].id}").status_code == 404
    assert client_for(person(Role.auditor)).get(f"/follow-ups/{theirs.id}").status_code == 200
    assert client_for(person(Role.applicant)).get(f"/follow-ups/{theirs.id}").status_code == 404
    session.expire_all()
    with pytest.raises(Forbidden):
        operations.save(theirs, chain.answers(project), theirs.version, partner)


def test_the_duty_stays_with_the_organisation_when_a_person_leaves(app: Any) -> None:
    """Whoever acts for it now reports; a right to read is not enough; a successor's people step in."""
    project, lead = chain.completed_project(), None
    report, lead = chain.follow_up_of(project), chain.lead(project)
    row = session.query(MemberPerson).filter_by(user_id=lead.id, ended_at=None).first()
    row.right = Right.read
    session.flush()
    assert report.id not in {r.id for r in queries.awaited_from(lead, today())}
    assert queries.people_for([report.id])[report.id] == []
    between, heir, stranger = organisation(), organisation(), person(Role.applicant)
    stepping_in, officer = person(Role.applicant, of=heir), person(Role.officer)
    for old, new, day in (
        (report.organisation_id, between.id, today() - timedelta(days=9)),
        (between.id, heir.id, today() + timedelta(days=1)),
    ):
        session.add(
            Succession(
                predecessor_id=old, successor_id=new, kind=next(iter(SuccessionKind)), effective_on=day, passed_on={},
                recorded_at=now(), recorded_by_id=officer.id,
            )
        )  # fmt: skip
    session.flush()
    assert queries.people_for([report.id])[report.id] == [] and queries.get_for(stepping_in, report.id) is None
    second = session.query(Succession).filter_by(predecessor_id=between.id).one()
    second.effective_on = today()  # the day has come
    session.flush()
    assert [u.id for u in queries.people_for([report.id])[report.id]] == [stepping_in.id]
    assert report.id in {r.id for r in queries.awaited_from(stepping_in, today())}
    operations.save(report, chain.answers(project), report.version, stepping_in)
    operations.submit(report, stepping_in)
    assert queries.get_for(stranger, report.id) is None


def test_duties_handed_to_another_organisation(app: Any) -> None:
    project = chain.completed_project(ago=800)
    first, lead = chain.follow_up_of(project), chain.lead(project)
    operations.save(first, chain.answers(project), first.version, lead)
    operations.submit(first, lead)
    old, new, officer = first.organisation, organisation(), person(Role.officer)
    with pytest.raises(Forbidden):
        operations.transfer_duty(project, old, new, "merged", lead)
    assert operations.transfer_duty(project, old, new, "merged", officer) == 4
    assert first.organisation_id == old.id  # what was sent stays its own
    assert sum(r.organisation_id == new.id for r in queries.of_project(project.id)) == 4


def test_the_rules_of_a_programme_hold_for_later_completions(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.officer))
    path = "/officer/follow-ups/terms/consortium_rd"
    assert browser.post(path, data={"consortium_rd-due_after_days": "0"}).status_code == 422
    assert browser.post(path, data={"consortium_rd-due_after_days": "60"}).status_code == 303
    session.expire_all()
    project = chain.completed_project()
    assert queries.terms_of(project.programme) == Terms(covers_completion_year=False, due_after_days=60)
    first = chain.follow_up_of(project)
    assert first.fiscal_year == (project.completed_on.year - (project.completed_on.month < 4)) + 1
    assert isinstance(first.status.label, Bilingual)


def test_a_successor_takes_the_duty_over_with_its_history(app: Any, client_for: Any) -> None:
    """Merged or handed over, last year's answers and reports go with the duty; people of before see no more of it."""
    project, second = sold_last_year()
    first, heir, officer = chain.follow_up_of(project), organisation(), person(Role.officer)
    old, stranger = first.organisation, organisation()
    stepping_in, elsewhere = person(Role.applicant, of=heir), person(Role.applicant, of=stranger)
    kind = next(kind for kind in SuccessionKind if kind.value != "merger")
    succeed(old, heir, kind, today(), "register", officer)
    page = client_for(stepping_in).get(f"/follow-ups/{second.id}").text
    assert "gear" in page and f"{heir.name}</strong> (successor)" in page
    assert operations.transfer_duty(project, old, heir, "succeeded", officer) == 4
    session.flush()
    assert [v.title.ja for v in queries.known_products(second, today())] == ["gear"]
    assert queries.newest(second) is first and first.organisation_id == old.id
    assert [u.id for u in queries.people_for([second.id])[second.id]] == [stepping_in.id]
    assert {first.id, second.id} <= queries.reports_known_to(stepping_in, [first.id, second.id])
    assert queries.reports_known_to(elsewhere, [first.id, second.id]) == set()
    assert queries.reports_known_to(chain.lead(project), [first.id, second.id]) == {first.id}
    (known,) = queries.known_products(second, today())
    answer = operations.KnownAnswer(known.product_id, Answer.unchanged, sales_yen=7)
    said = chain.answers(project, stage=None, dev_state=None, product="", first_sale_on=None, sales_yen=None)
    data = operations.FollowUpData(**{**vars(said), "reason_code": None, "known": (answer,)})
    operations.save(second, data, second.version, stepping_in)
    operations.submit(second, stepping_in)
    operations.verify(second, 2, "", officer)
    assert [row.sales_yen for row in queries.sales_of([known.product_id])] == [1_000_000, 7]


def test_a_page_that_saves_itself_field_by_field(app: Any, client_for: Any) -> None:
    """One field at a time, without losing the rest; somebody else's save in between stops it, one's own does not."""
    project, second = sold_last_year()
    (known,) = queries.known_products(second, today())
    browser, path = client_for(chain.lead(project)), f"/follow-ups/{second.id}/field"
    assert "data-live" in browser.get(f"/follow-ups/{second.id}").text
    base = str(second.version)

    def send(field: str, *values: str, version: str = base) -> Any:
        return browser.post(path, data={"field": field, "value": list(values), "version": version})

    assert send(f"p{known.product_id}-answer", "unchanged").status_code == 200
    assert send(f"p{known.product_id}-sales_yen", "2,500").get_json()["version"] > second.version - 1
    assert send("jobs", "x").get_json()["kind"] == "wrong" and send("nothing", "1").status_code == 422
    assert send("jobs", "4").status_code == 200 and send("statement", "y").status_code == 200
    session.expire_all()
    (claim,) = second.claims
    assert (claim.answer, claim.sales_yen, second.jobs) == (Answer.unchanged, 2_500, 4)
    whole = {"version": base, "save": "1", f"p{known.product_id}-answer": "unchanged", "jobs": "4"}
    assert browser.post(f"/follow-ups/{second.id}", data=whole).status_code == 409  # a page of before
    whole["seen"] = json.dumps({"jobs": second.version})
    again = browser.post(f"/follow-ups/{second.id}", data=whole | {"jobs": "x"})  # shown again with the fault, …
    assert again.status_code == 422 and f'name="version" value="{second.version}"' in again.text  # … where it stood
    assert browser.post(f"/follow-ups/{second.id}", data=whole).status_code == 303  # the page that saved the field
    session.expire_all()
    operations.save(second, operations.stored(second), second.version, _partner_who_writes(second))
    assert send("jobs", "5").get_json()["kind"] == "refused" and second.jobs == 4
    assert send("jobs", "5", version=str(second.version)).status_code == 200
    assert client_for(person(Role.applicant)).post(path, data={"field": "jobs", "value": "1"}).status_code == 404


def _partner_who_writes(report: FollowUp) -> Any:
    """Another person of the organisation with the right to write."""
    other = person(Role.applicant)
    rows = session.query(ConsortiumMember).filter_by(organisation_id=report.organisation_id)
    member = rows.filter_by(application_id=report.project.application_id).one()
    session.add(MemberPerson(member_id=member.id, user_id=other.id, right=Right.write))
    session.flush()
    return other
