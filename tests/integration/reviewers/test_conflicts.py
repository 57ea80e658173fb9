"""Conflicts of interest from the pool to the review: reliability B16 to B20 and B23, rule CON-14."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.accounts.models import UserRole
from app.applications.models import ConsortiumMember, MemberPerson, NamedPerson, Subcontractor
from app.core.audit import Event
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, NotFound, Refused
from app.core.fiscal import fiscal_year
from app.core.outbox import OutboxItem
from app.organisations.models import Affiliation, Organisation
from app.reviewers import operations, queries
from app.reviewers.choices import ConflictVerdict, HitKind, ReadWhat, ReviewerKind, State
from app.reviewers.models import AccessRecord, DeclaredInterest, InterestDeclaration, PossibleConflict
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import AssignmentStatus
from tests.factories import chain, proposals
from tests.factories.people import organisation, person

pytestmark = pytest.mark.both_databases


def _state(application: Any, user: Any) -> State:
    return queries.standing(application.id, user.id).state


def _kinds(application: Any, user: Any) -> list[HitKind]:
    return [hit.kind for hit in queries.standing(application.id, user.id).hits]


def _member(application: Any) -> Organisation:
    return application.members[-1].organisation


def _join(application: Any, firm: Organisation) -> ConsortiumMember:
    """A partner joins behind the verbs, as a correction or an import would have it."""
    from app.applications.choices import MemberRole
    from app.applications.operations.joining import joined

    member = ConsortiumMember(application_id=application.id, organisation_id=firm.id, role=MemberRole.cooperator)
    session.add(member)
    session.flush()
    joined(application.id)
    return member


def test_who_is_known_and_free_of_ties_is_clear(app: Any) -> None:
    application = proposals.under_review()
    assert _state(application, chain.reviewer()) is State.clear


def test_b18_unknown_means_conflict(app: Any) -> None:
    application = proposals.under_review()
    bare = person(Role.reviewer)
    assert _kinds(application, bare) == [HitKind.no_profile, HitKind.no_declaration]
    assert list(queries.conflicts(application.id, [bare.id])) == [bare.id]
    with pytest.raises(Refused):
        chain.assigned(application, bare)
    operations.save_profile(bare, operations.ProfileData(ReviewerKind.business), 0, bare)
    assert _kinds(application, bare) == [HitKind.no_declaration]
    operations.declare_year(bare, no_ties=True)
    assert queries.conflicts(application.id, [bare.id]) == {}


def test_b18_a_declaration_holds_for_one_fiscal_year(app: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    row = session.scalars(select(InterestDeclaration).where(InterestDeclaration.user_id == reviewer.id)).one()
    row.fiscal_year -= 1
    session.flush()
    assert _state(application, reviewer) is State.unknown


def test_b16_who_applies_in_the_call_reviews_nothing_in_it(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    rival = chain.reviewer()
    assignment = chain.assigned(application, rival)
    other = proposals.draft(application.call)
    session.add(MemberPerson(member_id=other.members[0].id, user_id=rival.id))
    session.flush()
    assert _kinds(application, rival)[0] is HitKind.applicant_in_call
    assert client_for(rival).get(f"/reviews/{assignment.id}").status_code == 404


def test_b17_a_partner_that_joins_later_ends_the_review_at_once(app: Any, client_for: Any) -> None:
    application, officer = proposals.under_review(), person(Role.officer)
    reviewer = chain.reviewer()
    firm = organisation(corporate_number="4000012090001")
    operations.add_employer(
        reviewer,
        operations.EmployerData(None, "旧社名", "4000012090001", ends_on=today() - timedelta(days=400)),
        reviewer,
    )
    assignment = chain.reviewed(application, 5, reviewer)
    assert [line.reviews for line in review_queries.ranking(application.call)] == [1]
    browser = client_for(reviewer)
    assert browser.get(f"/reviews/{assignment.id}").status_code == 200
    _join(application, firm)
    assert browser.get(f"/reviews/{assignment.id}").status_code == 404
    session.expire_all()
    assert assignment.status is AssignmentStatus.conflicted
    assert [line.reviews for line in review_queries.ranking(application.call)] == [0]
    told = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("conflicted:%"))).all()
    assert officer.email in {item.payload["to"] for item in told}
    assert "4000012090001" in assignment.reason
    event = session.scalars(
        select(Event).where(
            Event.subject_type == "review_assignment", Event.subject_id == assignment.id, Event.name == "conflict"
        )
    ).one()
    assert event.to_status == "conflicted"
    reviews.end_conflicted()  # the clock finds nothing more to tell
    assert len(session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("conflicted:%"))).all()) == len(told)


def test_b17_an_employment_that_ended_long_ago_does_not_count(app: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    ended = today() - timedelta(days=365 * queries.CONFLICT_YEARS + 1)
    operations.add_employer(
        reviewer, operations.EmployerData(_member(application), starts_on=date(2000, 4, 1), ends_on=ended), reviewer
    )
    assert _state(application, reviewer) is State.clear


def test_named_people_and_subcontractors_count(app: Any) -> None:
    application = proposals.under_review()
    member = application.members[1]
    session.add(NamedPerson(member_id=member.id, position=1, name="渡邊 一郎", reading="ワタナベ イチロウ"))
    session.add(Subcontractor(member_id=member.id, position=1, name="㈱髙橋製作所"))
    session.flush()
    family, employee, namesake = chain.reviewer(), chain.reviewer(), chain.known(person(Role.reviewer, name="渡辺一郎"))
    operations.declare_interest(family, None, "family", "", person_name="渡辺一郎")
    operations.add_employer(employee, operations.EmployerData(None, "高橋製作所株式会社"), employee)
    assert _kinds(application, family) == [HitKind.declared_person]
    assert _kinds(application, employee) == [HitKind.affiliation]
    assert _kinds(application, namesake) == [HitKind.same_name] and _state(application, namesake) is State.waiting
    latin = chain.known(person(Role.reviewer, name="Ichiro Watanabe"))
    assert _kinds(application, latin) == [HitKind.same_name]


def test_a_weak_hit_holds_the_review_until_somebody_has_judged(app: Any, client_for: Any) -> None:
    application, officer = proposals.under_review(), person(Role.officer)
    reviewer = chain.known(person(Role.reviewer, name="渡辺一郎"))
    assignment = chain.assigned(application, reviewer)
    mine, office = client_for(reviewer), client_for(officer)
    assert mine.get(f"/reviews/{assignment.id}").status_code == 200
    session.add(NamedPerson(member_id=application.members[1].id, position=1, name="渡邊一郎"))
    session.flush()
    reviews.look_at_application(application.id)
    assert assignment.status is AssignmentStatus.invited
    assert mine.get(f"/reviews/{assignment.id}").status_code == 404
    page = mine.get("/reviews").text
    assert application.number in page and application.title_en not in page
    assert application.number not in mine.get("/").text
    assert queries.to_judge_count(officer) == 1
    assert "Judge possible conflicts" in office.get("/").text
    assert application.number in office.get("/officer/conflicts").text
    address = f"/officer/applications/{application.id}/candidates/{reviewer.id}"
    page = office.get(address).text
    assert "渡邊一郎" in page
    data = {"verdict": "no_conflict", "reason": "", "seen": "same_name:渡邊一郎"}
    assert office.post(address, data=data).status_code == 422
    assert office.post(address, data={**data, "reason": "Another person: born in another century"}).status_code == 303
    assert mine.get(f"/reviews/{assignment.id}").status_code == 200
    assert queries.to_judge_count(officer) == 0 and "another century" in office.get(address).text
    operations.declare_interest(reviewer, _member(application), "capital", "")
    session.expire_all()
    assert assignment.status is AssignmentStatus.conflicted
    assert mine.get(f"/reviews/{assignment.id}").status_code == 404


def test_a_judgement_clears_only_what_its_page_showed(app: Any) -> None:
    application, officer = proposals.under_review(), person(Role.officer)
    reviewer = person(Role.reviewer)
    operations.judge(
        application, reviewer, ConflictVerdict.no_conflict, "known to us", seen=frozenset({"no_profile"}), actor=officer
    )
    assert _state(application, reviewer) is State.unknown
    year = fiscal_year(today())
    seen = frozenset({"no_profile", f"no_declaration:{year}"})
    operations.judge(application, reviewer, ConflictVerdict.no_conflict, "known to us", seen=seen, actor=officer)
    assert _state(application, reviewer) is State.cleared
    operations.judge(application, reviewer, ConflictVerdict.conflict, "old friends", seen=seen, actor=officer)
    assert _state(application, reviewer) is State.conflict
    assert queries.judgement_history(application.id, reviewer.id)[0].reason == "old friends"
    assert len(queries.judgement_history(application.id, reviewer.id)) == 3


def test_nobody_judges_an_own_pair_or_what_they_are_recused_from(app: Any) -> None:
    application = proposals.under_review()
    both, tied = person(Role.officer, Role.reviewer), person(Role.officer, of=_member(application))
    verdict, seen = ConflictVerdict.no_conflict, frozenset[str]()
    with pytest.raises(Refused):
        operations.judge(application, both, verdict, "me", seen=seen, actor=both)
    with pytest.raises(NotFound):
        operations.judge(application, both, verdict, "x", seen=seen, actor=tied)
    with pytest.raises(Forbidden):
        operations.judge(application, both, verdict, "x", seen=seen, actor=person(Role.auditor))
    own = proposals.lead_of(application)
    own.role_rows.append(UserRole(role=Role.reviewer, scope=""))
    session.flush()
    with pytest.raises(Refused) as refusal:
        operations.judge(application, own, verdict, "x", seen=seen, actor=person(Role.officer))
    assert refusal.value.reasons[0].code == "own-application"


def test_b19_a_conflict_declared_after_reading_ends_access_and_leaves_the_record(app: Any, client_for: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    assignment = chain.assigned(application, reviewer)
    reviews.answer(assignment, "accept", reviewer)
    browser = client_for(reviewer)
    file_id = application.attachments[0].id
    assert browser.get(f"/reviews/{assignment.id}").status_code == 200
    assert browser.get(f"/reviews/{assignment.id}").status_code == 200  # the same reading
    assert browser.get(f"/reviews/{assignment.id}/files/{file_id}").status_code == 200
    data = {"organisation": _member(application).name_ja, "kind": "capital"}
    assert browser.post("/reviewers/interests", data=data).status_code == 303
    assert browser.get(f"/reviews/{assignment.id}/files/{file_id}").status_code == 404
    session.expire_all()
    assert assignment.status is AssignmentStatus.conflicted
    rows = session.scalars(select(AccessRecord).where(AccessRecord.user_id == reviewer.id)).all()
    assert sorted((row.what, row.times) for row in rows) == [(ReadWhat.file, 1), (ReadWhat.proposal, 1)]
    page = client_for(person(Role.officer)).get(f"/officer/reviewers/{reviewer.id}").text
    assert application.number in page


def test_an_invited_reviewer_who_has_not_accepted_has_read_nothing(app: Any, client_for: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    assignment = chain.assigned(application, reviewer)
    assert client_for(reviewer).get(f"/reviews/{assignment.id}").status_code == 200
    assert session.scalars(select(AccessRecord).where(AccessRecord.user_id == reviewer.id)).all() == []


def test_b20_applicants_find_no_door_to_the_pool(app: Any, client_for: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer(name="PLANTED REVIEWER")
    chain.assigned(application, reviewer)
    browser = client_for(proposals.lead_of(application))
    for door in (
        "/officer/reviewers", f"/officer/reviewers/{reviewer.id}", f"/officer/applications/{application.id}/candidates",
        f"/officer/applications/{application.id}/candidates/{reviewer.id}", "/officer/conflicts", "/reviewers/me",
        f"/officer/calls/{application.call_id}/candidates",
    ):  # fmt: skip
        assert browser.get(door).status_code == 403
    assert "PLANTED" not in browser.get(f"/applications/{application.id}").text


def test_b23_officers_are_recused_by_ties_names_and_judgements_but_not_by_being_unknown(app: Any) -> None:
    application, other = proposals.under_review(), proposals.under_review()
    free = person(Role.officer)
    assert queries.recused_ids(free.id) == frozenset()
    employed = person(Role.officer, of=_member(application))
    assert queries.recused_ids(employed.id) == {application.id}
    operations.declare_interest(free, None, "family", "", person_name="渡邊 一郎")
    assert queries.recused_ids(free.id) == frozenset()
    session.add(NamedPerson(member_id=application.members[1].id, position=1, name="渡辺一郎"))
    session.flush()
    assert queries.recused_ids(free.id) == {application.id}
    judged = person(Role.officer)
    operations.judge(
        other, judged, ConflictVerdict.conflict, "neighbours", seen=frozenset(), actor=person(Role.officer)
    )
    assert queries.recused_ids(judged.id) == {other.id}


def test_b23_a_firm_under_another_spelling_recuses_too(app: Any, client_for: Any) -> None:
    application, officer = proposals.under_review(), person(Role.officer)
    _member(application).name_ja = "㈱髙橋製作所"
    session.add(
        Affiliation(
            user_id=officer.id,
            organisation_id=organisation(name_ja="高橋製作所株式会社").id,
            valid_from=date(2020, 4, 1),
        )
    )
    session.flush()
    assert queries.recused_ids(officer.id) == {application.id}
    browser = client_for(officer)
    assert browser.get(f"/officer/applications/{application.id}/candidates").status_code == 404
    assert application.number not in browser.get("/officer/applications").text


def test_who_worked_together_of_late_waits_for_a_judgement(app: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    earlier = proposals.draft()
    session.add(ConsortiumMember(application_id=earlier.id, organisation_id=_member(application).id, role="cooperator"))
    session.add(MemberPerson(member_id=earlier.members[0].id, user_id=reviewer.id))
    session.flush()
    hits = queries.standing(application.id, reviewer.id).hits
    assert [hit.kind for hit in hits] == [HitKind.together] and earlier.number in hits[0].words.en


def test_a_mail_domain_of_an_employer_waits_and_a_public_one_tells_nothing(app: Any) -> None:
    application, reviewer, other = proposals.under_review(), chain.reviewer(), chain.reviewer()
    applicant = proposals.partner_of(application)
    applicant.email, reviewer.email = "a@gear-works.co.jp", "b@lab.gear-works.co.jp"
    session.flush()
    assert _kinds(application, reviewer) == [HitKind.domain]
    applicant.email, other.email = "applicant-x@gmail.com", "reviewer-y@gmail.com"
    session.flush()
    assert _state(application, other) is State.clear


def test_a_tie_taken_back_and_one_of_last_year_wait(app: Any) -> None:
    application, reviewer = proposals.under_review(), chain.reviewer()
    row = operations.declare_interest(reviewer, _member(application), "joint_research", "")
    assert _state(application, reviewer) is State.conflict
    operations.take_back(row, reviewer)
    assert _kinds(application, reviewer) == [HitKind.old_tie] and _state(application, reviewer) is State.waiting
    other = chain.reviewer()
    session.add(
        DeclaredInterest(
            user_id=other.id,
            fiscal_year=fiscal_year(today()) - 1,
            kind="other",
            organisation_id=_member(application).id,
        )
    )
    session.flush()
    assert _state(application, other) is State.waiting


def test_many_pairs_take_as_many_statements_as_one(app: Any, count_queries: Any) -> None:
    call = proposals.open_call()
    applications = [proposals.under_review(call) for _ in range(2)]
    people = [chain.reviewer() for _ in range(12)]
    tied = person(Role.reviewer, of=_member(applications[1]))
    counts = []
    for ids, who in (
        ([applications[0].id], [people[0].id]),
        ([a.id for a in applications], [p.id for p in (*people, tied)]),
    ):
        with count_queries() as seen:
            found = queries.standings(ids, who)
        counts.append(len(seen))
    assert counts == [3, 3]
    assert found[applications[1].id, tied.id].state is State.conflict
    assert found[applications[0].id, tied.id].state is State.unknown
    assert {user for _application, user in found} == {tied.id}


def test_what_waits_is_on_the_list_once_and_leaves_it_when_it_is_gone(app: Any) -> None:
    application = proposals.under_review()
    reviewer = chain.known(person(Role.reviewer, name="渡辺一郎"))
    chain.assigned(application, reviewer)
    named = NamedPerson(member_id=application.members[1].id, position=1, name="渡邊一郎")
    session.add(named)
    session.flush()
    for _ in range(2):
        reviews.end_conflicted()
    assert len(session.scalars(select(PossibleConflict)).all()) == 1
    session.delete(named)
    session.flush()
    reviews.end_conflicted()
    assert session.scalars(select(PossibleConflict)).all() == []


def test_who_worked_on_a_project_of_late_waits_and_long_after_it_does_not(app: Any) -> None:
    project = chain.running_project()
    application, reviewer = proposals.under_review(), chain.reviewer()
    partner = project.participants[-1].organisation
    session.add(ConsortiumMember(application_id=application.id, organisation_id=partner.id, role="cooperator"))
    person_row = session.scalars(
        select(MemberPerson).join(ConsortiumMember).where(ConsortiumMember.application_id == project.application_id)
    ).first()
    assert person_row is not None and project.application is not None
    person_row.user_id = reviewer.id
    project.application.created_at = project.application.created_at.replace(year=2000)  # the application is long past
    session.flush()
    (hit,) = queries.standing(application.id, reviewer.id).hits
    assert hit.kind is HitKind.together and project.project_key in hit.words.en
    project.completed_on = project.started_on = today() - timedelta(days=365 * queries.CONFLICT_YEARS + 1)
    session.flush()
    assert _state(application, reviewer) is State.clear
