"""Doors that once stood open: each test is an attack or an accident that a reviewer of the code has found."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from sqlalchemy.exc import IntegrityError

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import operations as applications
from app.applications import queries as application_queries
from app.core import health, mail, storage
from app.core.audit import SYSTEM
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.core.http import safe_next
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.organisations.models import Affiliation
from app.reviewers import queries as ties
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import Outcome
from app.reviews.models import ReviewAssignment
from tests.factories import chain, proposals
from tests.factories.people import organisation, person

# --- what people may not learn ----------------------------------------------------------------------------------------


def test_the_office_s_note_on_eligibility_is_not_in_the_applicants_history(app: Any, client_for: Any) -> None:
    application, officer = proposals.submitted(), person(Role.officer)
    applications.screen(application, True, "PLANTEDNOTE", application.version, actor=officer)
    path = f"/applications/{application.id}"
    for reader in (proposals.lead_of(application), proposals.partner_of(application)):
        browser = client_for(reader)
        assert "PLANTEDNOTE" not in browser.get(path).text + browser.get(path + "/history").text
    assert "PLANTEDNOTE" in client_for(officer).get(path + "/history").text


def test_who_submitted_and_left_finds_no_dossier_among_the_documents(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    lead = proposals.lead_of(application)
    documents = session.query(Document).filter_by(owner_id=lead.id).all()
    browser = client_for(lead)
    assert len(documents) == 2
    for document in documents:
        assert browser.get(f"/documents/{document.id}").status_code == 404
        assert browser.get(f"/documents/{document.id}/file").status_code == 404


def test_people_leave_and_invitations_end_after_handing_in_too(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    lead, member = proposals.lead_of(application), application.members[1]
    applications.invite(application, member, "late@test.example", "en", actor=lead, arrived=now())
    proposals.submit(application)
    partner, browser = proposals.person_of(member), client_for(lead)
    theirs, root = client_for(partner), f"/applications/{application.id}"
    page = browser.get(root).text
    assert "late@test.example" in page and partner.name in page
    assert "late@test.example" not in theirs.get(root).text
    (invitation,) = application_queries.invitations_of(application.id)
    assert browser.post(f"{root}/invitations/{invitation.id}/withdraw").location == f"{root}#people"
    data = {"user_id": str(partner.id)}
    assert theirs.post(f"{root}/members/{member.id}/end-person", data=data).status_code == 422  # not oneself
    assert theirs.post(f"{root}/members/{member.id}/end-person", data={"user_id": str(lead.id)}).status_code == 404
    assert browser.post(f"{root}/members/{member.id}/end-person", data=data).location == f"{root}#people"
    assert theirs.get(root).status_code == 404
    assert not application_queries.invitations_of(application.id)


# --- conflicts and two persons ----------------------------------------------------------------------------------------


def test_a_firm_registered_anew_under_its_name_is_still_a_conflict(app: Any) -> None:
    application = proposals.under_review()
    twin = organisation(name_ja=application.members[1].organisation.name_ja)
    reviewer = person(Role.reviewer, of=twin)
    assert [c.kind for c in ties.conflicts(application.id, [reviewer.id])[reviewer.id]] == ["affiliation"]


def test_a_submitted_review_whose_author_turns_out_to_be_tied_does_not_count(app: Any) -> None:
    application = proposals.under_review()
    assignment = chain.reviewed(application)
    firm = application.members[1].organisation
    session.add(Affiliation(user_id=assignment.reviewer_id, organisation_id=firm.id, valid_from=now().date()))
    session.flush()
    reviews.end_conflicted()
    assert assignment.status == "conflicted"
    assert review_queries.ranking(application.call)[0].reviews == 0


def test_officers_neither_ask_themselves_nor_decide_on_their_own_firm(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    both = person(Role.officer, Role.reviewer)
    with pytest.raises(Refused):
        reviews.assign(application, both, now().date(), both)
    tied = person(Role.officer, of=application.members[1].organisation)
    with pytest.raises(Refused):
        reviews.propose(application, Outcome.adopted, 1, "", "r", 0, tied)
    decision = reviews.propose(application, Outcome.adopted, 1, "", "r", 0, person(Role.officer))
    session.commit()
    answer = client_for(tied).post(
        f"/officer/applications/{application.id}/decision/confirm", data={"version": str(decision.version)}
    )
    assert answer.status_code == 404 and decision.status == "proposed"  # B23: for this officer it does not exist
    with pytest.raises(Refused):
        chain.assigned(application, officer=tied)


def test_no_review_changes_after_the_decision_is_confirmed(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = chain.assigned(application)
    reviews.answer(assignment, "accept", assignment.reviewer)
    chain.decided(application)
    session.commit()
    scores = {f"score-{c.id}": "5" for c in application.call.criteria}
    answer = client_for(assignment.reviewer).post(
        f"/reviews/{assignment.id}", data={**scores, "comment_to_panel": "x", "version": "0", "submit": "1"}
    )
    assert answer.status_code == 422
    assert session.get_one(ReviewAssignment, assignment.id).status == "accepted"


def test_an_impossible_version_confirms_nothing(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    reviews.propose(application, Outcome.rejected, 0, "", "r", 0, person(Role.officer))
    browser = client_for(person(Role.officer))
    for version in ("", "x", "²", "9" * 5000):
        path = f"/officer/applications/{application.id}/decision/confirm"
        assert browser.post(path, data={"version": version}).status_code == 409


# --- addresses, letters, files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_method", "_external", "_anchor", "call_id", "code"])
def test_names_that_url_for_reserves_are_plain_query_arguments(
    app: Any, client: Any, client_for: Any, name: str
) -> None:
    call = proposals.open_call()
    officer = client_for(person(Role.officer))
    for browser, path in ((client, f"/calls/{call.id}"), (officer, "/officer/applications"), (officer, "/projects")):
        answer = browser.get(f"{path}?{name}=javascript&x=%0aalert(1)")
        assert answer.status_code == 200
        assert f'href="{path}?{name}=javascript&amp;x=%0Aalert%281%29&amp;lang=ja"' in answer.text


@pytest.mark.parametrize(
    "target", ["//[", "//e", "/\\e", "////e", "/\t/e", "https:e", "javascript:x", "/\r\nX: y", "e"]
)
def test_only_local_addresses_are_gone_to(app: Any, target: str) -> None:
    with app.test_request_context():
        assert safe_next(target) == "/"


def test_one_address_gets_few_letters_a_day(app: Any) -> None:
    application = proposals.draft()
    lead, member = proposals.lead_of(application), application.members[0]
    for _ in range(applications.LETTERS_PER_DAY):
        applications.invite(application, member, "victim@test.example", "en", actor=lead, arrived=now())
    other = proposals.draft(application.call)
    with pytest.raises(Refused):
        applications.invite(
            other, other.members[0], "victim@test.example", "en", actor=proposals.lead_of(other), arrived=now()
        )


def _pdf(change: Any) -> BytesIO:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        out = BytesIO()
        pdf.save(out)
    out.seek(0)
    return out


def _script(**more: Any) -> Any:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"), **more)


def _broken_names(pdf: Any) -> None:
    pdf.Root.Names = 5


def _note(pdf: Any) -> None:
    pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, A=_script())])


def _page(pdf: Any) -> None:
    pdf.pages[0].AA = pikepdf.Dictionary(O=_script())


def _following(pdf: Any) -> None:
    first = pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=pikepdf.Array([_script()]))
    pdf.Root.OpenAction = first


def _circle(pdf: Any) -> None:
    first = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.GoTo))
    first.Next = pikepdf.Array([first, first])
    pdf.Root.OpenAction = first


@pytest.mark.parametrize("change", [_broken_names, _note, _page, _following, _circle])
def test_scripts_anywhere_in_a_pdf_are_refused(app: Any, change: Any) -> None:
    with pytest.raises(Refused):
        storage.keep_pdf(_pdf(change), name="x.pdf", created_by_id=None)


def test_an_open_place_is_no_script(app: Any) -> None:
    def change(pdf: Any) -> None:
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    assert storage.keep_pdf(_pdf(change), name="x.pdf", created_by_id=None).pages == 1


# --- twice at once ----------------------------------------------------------------------------------------------------


def test_rights_that_stay_and_rights_named_twice(app: Any, client_for: Any) -> None:
    officer = person(Role.officer)
    browser = client_for(person(Role.admin))
    path, data = f"/admin/people/{officer.id}", {"roles": ["officer", "auditor", "auditor"], "active": "y"}
    assert browser.post(path, data={**data, "version": str(officer.version)}).status_code == 303
    session.expire_all()
    assert session.get_one(User, officer.id).roles == {Role.officer, Role.auditor}


def test_the_second_of_two_at_once_is_told_so(app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another transaction has taken since we looked is a conflict (409), never a fault (500)."""

    def taken(*args: Any, **kwargs: Any) -> Any:
        raise IntegrityError("insert", {}, Exception("unique"))

    monkeypatch.setattr("app.calls.views.pages.operations.create_from_template", taken)
    data = {
        "programme": "consortium_rd", "fiscal_year": "2030", "opens_at": "2030-01-01 00:00",
        "closes_at": "2030-02-01 00:00",
    }  # fmt: skip
    assert client_for(person(Role.officer)).post("/calls/new", data=data).status_code == 409


def test_withdrawing_with_too_long_a_reason_is_answered_at_the_field(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    data = {"reason": "x" * 1001, "version": str(application.version)}
    answer = client_for(proposals.lead_of(application)).post(f"/applications/{application.id}/withdraw", data=data)
    assert answer.status_code == 422


def test_two_may_ask_at_once_whether_the_house_is_ready(app: Any) -> None:
    with ThreadPoolExecutor(8) as many:
        assert all(many.map(lambda _turn: health.files_can_be_written(), range(40)))


# --- signing in, and links that are for one person --------------------------------------------------------------------


def test_a_guesser_elsewhere_does_not_lock_the_person_out(app: Any, client: Any) -> None:
    password = "a long enough password"
    accounts.create_user("me@test.example", "Me", roles=[(Role.officer, "")], actor=SYSTEM, password=password)
    for _ in range(accounts.FAILURES_PER_EMAIL + 5):
        assert accounts.sign_in("me@test.example", "wrong", "192.0.2.1") is None
    assert accounts.sign_in("me@test.example", password, "192.0.2.1") is None
    assert accounts.sign_in("me@test.example", password, "192.0.2.2")
    user = session.query(User).filter_by(email="me@test.example").one()
    accounts.set_password(user, password, user)
    assert accounts.sign_in("me@test.example", password, "192.0.2.1")


def test_a_password_link_is_not_shown_to_administrators_where_mail_is_sent(
    app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, admin = person(Role.officer), client_for(person(Role.admin))
    accounts.forgot_password(officer.email)
    item = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like("password-link:%")).one()
    (token,) = re.findall(r"/password/(\S+)", item.payload["body"])
    assert token in admin.get(f"/admin/mail/{item.id}").text  # no mail server: this page is how it is read
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.test.example")
    page = admin.get(f"/admin/mail/{item.id}").text
    assert token not in page and item.payload["subject"] not in page and officer.email in page
    assert item.payload["subject"] not in admin.get("/admin/mail").text

    sent = []

    class Server:
        def __init__(self, *args: Any, **more: Any) -> None: ...
        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *args: Any) -> None: ...
        def send_message(self, message: Any) -> None:
            sent.append(message.get_content())

    monkeypatch.setattr("smtplib.SMTP", Server)
    mail.deliver(item)
    assert token in sent[0] and token not in item.payload["body"]
