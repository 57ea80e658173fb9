"""The pages of the pool: about oneself, the year's declaration, the officer's list, candidates."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.choices import Role
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.fiscal import fiscal_year
from app.core.outbox import OutboxItem
from app.reviewers import operations, queries
from app.reviewers.choices import InterestKind, ReviewerKind
from app.reviewers.models import DeclaredInterest, Employment, InterestDeclaration
from app.reviews import operations as reviews
from tests.factories import chain, proposals
from tests.factories.people import organisation, person

PROFILE = {
    "version": "0", "kind": "business", "name_kana": "シンサ ハナ", "name_roman": "Shinsa Hana", "languages": ["ja", "en"],
    "fields": ["robots", "bio"], "keywords": "gears, bearings", "orcid": "https://orcid.org/0000-0002-1825-0097",
    "erad_number": "12345678", "load_limit": "5",
}  # fmt: skip


def test_a_reviewer_tells_of_oneself(app: Any, client_for: Any) -> None:
    reviewer = person(Role.reviewer)
    browser = client_for(reviewer)
    assert "Declare your ties" in browser.get("/").text and "Fill in your profile" in browser.get("/").text
    assert browser.post("/reviewers/me/profile", data={**PROFILE, "orcid": "12"}).status_code == 422
    answer = browser.post("/reviewers/me/profile", data=PROFILE)
    assert answer.status_code == 303
    page = browser.get("/reviewers/me").text
    assert "does not look like one of e-Rad" in page and "シンサ ハナ" in page  # kept, with a doubt
    profile = queries.profile_of(reviewer.id)
    assert profile is not None and profile.field_codes == ["bio", "robots"] and profile.kind is ReviewerKind.business
    assert (profile.orcid, profile.load_limit, profile.languages) == ("0000-0002-1825-0097", 5, "ja;en")
    assert browser.post("/reviewers/me/profile", data=PROFILE).status_code == 409  # version 0 is gone
    changed = {**PROFILE, "version": str(profile.version), "fields": ["bio"]}
    assert browser.post("/reviewers/me/profile", data=changed).status_code == 303
    session.expire_all()
    assert queries.profile_of(reviewer.id).field_codes == ["bio"]  # type: ignore[union-attr]
    assert browser.post("/reviewers/declaration/none").status_code == 303
    assert "Declare your ties" not in browser.get("/").text


def test_employers_by_number_name_or_free_name(app: Any, client_for: Any) -> None:
    firm = organisation(corporate_number="4000012090001", name_en="Employer Ltd")
    browser = client_for(chain.reviewer())
    assert browser.post("/reviewers/me/employers", data={"organisation": "nobody"}).status_code == 422
    assert browser.post("/reviewers/me/employers", data={}).status_code == 422
    days = {"starts_on": "2020-04-01", "ends_on": "2019-04-01"}
    assert browser.post("/reviewers/me/employers", data={"name": "Firm", **days}).status_code == 422
    assert browser.post("/reviewers/me/employers", data={"organisation": "4-0000-1209-0001"}).status_code == 303
    assert browser.post("/reviewers/me/employers", data={"name": "Free Firm", "position": "CTO"}).status_code == 303
    page = browser.get("/reviewers/me").text
    assert str(firm.name_en) in page and "Free Firm, CTO" in page
    row = session.execute(select(Employment.id).order_by(Employment.id)).first()
    assert row is not None
    assert browser.post(f"/reviewers/me/employers/{row[0]}/end", data={"ends_on": "2026-03-31"}).status_code == 303
    assert (
        client_for(chain.reviewer())
        .post(f"/reviewers/me/employers/{row[0]}/end", data={"ends_on": "2026-03-31"})
        .status_code
        == 404
    )


def test_the_declaration_must_fit_what_is_declared(app: Any, client_for: Any) -> None:
    reviewer = person(Role.reviewer)
    browser = client_for(reviewer)
    assert browser.post("/reviewers/declaration/complete").status_code == 422
    assert browser.post("/reviewers/declaration/unchanged").status_code == 422
    assert browser.post("/reviewers/interests", data={"kind": "family", "note": "x"}).status_code == 422
    assert browser.post("/reviewers/interests", data={"kind": "family", "name": "Firm"}).status_code == 422
    tie = {"kind": "capital", "name": "Free Firm", "note": "<b>shares</b>"}
    assert browser.post("/reviewers/interests", data=tie).status_code == 303
    assert browser.post("/reviewers/interests", data=tie).status_code == 422  # twice
    page = browser.get("/reviewers/interests").text
    assert "Free Firm" in page and "&lt;b&gt;shares" in page
    assert browser.post("/reviewers/declaration/none").status_code == 422
    assert browser.post("/reviewers/declaration/complete").status_code == 303
    (row,) = queries.interests_of(reviewer.id)
    assert client_for(chain.reviewer()).post(f"/reviewers/interests/{row.id}/take-back").status_code == 404
    assert browser.post(f"/reviewers/interests/{row.id}/take-back").status_code == 303
    assert browser.post(f"/reviewers/interests/{row.id}/take-back").status_code == 404
    assert queries.interests_of(reviewer.id) == []


def test_one_click_repeats_last_years_ties(app: Any, client_for: Any) -> None:
    reviewer, year = person(Role.reviewer), fiscal_year(today())
    session.add(
        DeclaredInterest(user_id=reviewer.id, fiscal_year=year - 1, kind=InterestKind.capital, organisation_name="Firm")
    )
    session.add(InterestDeclaration(user_id=reviewer.id, fiscal_year=year - 1))
    session.flush()
    browser = client_for(reviewer)
    assert "Nothing has changed since" in browser.get("/reviewers/me").text
    assert browser.post("/reviewers/declaration/unchanged").status_code == 303
    assert [row.organisation_name for row in queries.interests_of(reviewer.id)] == ["Firm"]
    declaration = queries.declaration_of(reviewer.id, year)
    assert declaration is not None and not declaration.no_ties


def test_each_april_everybody_is_asked_once(app: Any) -> None:
    declared, waiting = chain.reviewer(), person(Role.reviewer)
    year = fiscal_year(today())

    def letters() -> set[str]:
        found = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("declare:%")))
        return {item.payload["to"] for item in found}

    operations.ask_for_declarations(date(year, 5, 1))
    assert letters() == set()
    for day in (1, 2):
        operations.ask_for_declarations(date(year, 4, day))
    assert waiting.email in letters() and declared.email not in letters()
    assert (
        len(session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key == f"declare:{year}:{waiting.id}")).all())
        == 1
    )


def test_the_pool_is_searched_and_filtered(app: Any, client_for: Any) -> None:
    known = person(Role.reviewer, name="Findable Gears", of=organisation())
    chain.known(known, kind=ReviewerKind.business, fields=("robots",), keywords="tribology")
    bare = person(Role.reviewer, name="Bare Person")
    application = proposals.under_review()
    chain.assigned(application, known)
    browser = client_for(person(Role.officer))
    for query, there in (
        ("", {True}), ("text=tribology", {True}), ("kind=business&field=robots&declared=yes", {True}),
        ("kind=academic", {False}), ("field=bio", {False}), ("declared=no", {False}), ("kind=none", {False}),
        ("text=%25", {False}),
    ):  # fmt: skip
        page = browser.get(f"/officer/reviewers?{query}").text
        assert {"Findable Gears" in page} == there, query
    assert bare.name in browser.get("/officer/reviewers?kind=none&declared=no").text
    assert queries.loads([known.id, bare.id]) == {known.id: 1, bare.id: 0}
    person_page = browser.get(f"/officer/reviewers/{known.id}").text
    assert "tribology" in person_page
    assert browser.get("/officer/reviewers/999999").status_code == 404
    assert browser.get(f"/officer/reviewers/{proposals.lead_of(application).id}").status_code == 404


def test_the_pool_asks_the_same_few_questions_for_one_and_for_three(
    app: Any, client_for: Any, count_queries: Any
) -> None:
    browser = client_for(person(Role.officer))
    counts = []
    for n in (1, 2):
        for _ in range(n):
            chain.reviewer()
        with count_queries() as seen:
            assert browser.get("/officer/reviewers").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_officers_write_profiles_and_auditors_do_not(app: Any, client_for: Any) -> None:
    reviewer, officer = person(Role.reviewer), client_for(person(Role.officer))
    address = f"/officer/reviewers/{reviewer.id}"
    assert officer.post(f"{address}/profile", data={**PROFILE, "kind": ""}).status_code == 422
    assert officer.post(f"{address}/profile", data=PROFILE).status_code == 303
    assert officer.post(f"{address}/employers", data={"name": "Free Firm"}).status_code == 303
    (row,) = queries.employments_of(reviewer.id)
    assert officer.post(f"{address}/employers/{row.id}/remove", data={"reason": ""}).status_code == 422
    assert officer.post(f"{address}/employers/{row.id}/remove", data={"reason": "a typing error"}).status_code == 303
    assert queries.employments_of(reviewer.id) == []
    assert client_for(person(Role.auditor)).post(f"{address}/profile", data=PROFILE).status_code == 403
    data = operations.ProfileData(ReviewerKind.other)
    with pytest.raises(Forbidden):
        operations.save_profile(reviewer, data, 1, chain.reviewer())
    with pytest.raises(Stale):
        operations.save_profile(reviewer, data, 0, reviewer)


def test_candidates_of_an_application_and_of_a_call(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    member = application.members[-1].organisation
    tied = chain.known(person(Role.reviewer, name="Tied Candidate", of=member))
    free = chain.reviewer(name="Free Candidate")
    colleague = person(Role.officer, name="Tied Colleague", of=member)
    browser = client_for(person(Role.officer))
    page = browser.get(f"/officer/applications/{application.id}/candidates").text
    assert "Tied Candidate" in page and "Free Candidate" in page and member.name_en in page
    assert colleague.name in page
    people = f"Stranger One; ; {member.name_ja}\nStranger Two\n"
    answer = browser.post(f"/officer/applications/{application.id}/candidates", data={"people": people})
    assert answer.status_code == 200 and "Stranger One" in answer.text and "nothing found" in answer.text
    assert browser.post(f"/officer/applications/{application.id}/candidates", data={"people": ""}).status_code == 422
    counts = queries.state_counts([application.id], [tied.id, free.id])
    assert counts[tied.id]["conflict"] == 1 and counts[free.id]["clear"] == 1
    page = browser.get(f"/officer/calls/{application.call_id}/candidates").text
    assert "Tied Candidate" in page and "Free Candidate" in page


def test_a_refused_assignment_names_what_was_found(app: Any) -> None:
    application = proposals.under_review()
    with pytest.raises(Refused) as refusal:
        reviews.assign(application, person(Role.reviewer), today(), person(Role.officer))
    assert [reason.code for reason in refusal.value.reasons] == ["conflict"]
