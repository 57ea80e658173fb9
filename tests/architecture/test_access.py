"""Every endpoint by every persona: what is answered stands in a checked-in table, and nothing else is.

The table (access.csv) holds status codes that were read and judged by people. After a change of routes:
``WRITE_ACCESS_TABLE=1 pytest tests/architecture/test_access.py`` and read the difference.
"""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.applications.models import ShareConfirmation
from app.calls import operations as call_operations
from app.changes.choices import ChangeStatus
from app.changes.models import ChangeRequest
from app.changes.workflow import MACHINE as CHANGES
from app.clusters.models import Cluster, Membership
from app.core.audit import SYSTEM
from app.core.clock import today
from app.core.db import db, session
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.doubles.choices import OtherKind
from app.doubles.models import Likeness
from app.flags import operations as flags
from app.flags import queries as flag_queries
from app.milestones import queries as milestones
from app.milestones.models import ReportFile
from app.reviews import operations as reviews
from tests.factories import chain, proposals
from tests.factories.people import person

TABLE = Path(__file__).with_name("access.csv")
PERSONAS = ("anonymous", "lead", "partner", "other_applicant", "reviewer", "other_reviewer", "officer", "auditor", "admin", "cluster_manager", "other_cluster_manager")  # fmt: skip


@pytest.fixture
def world(app: Any) -> dict[str, Any]:
    """One of everything, the personas' browsers, and the values for the addresses' parameters."""
    application = proposals.under_review()
    lead, partner = proposals.lead_of(application), proposals.partner_of(application)
    assignment = chain.assigned(application)
    reviews.answer(assignment, "accept", assignment.reviewer)
    project = chain.completed_project()
    follow_up = chain.follow_up_of(project)
    report = milestones.reports_of(project.id)[0]
    lead_project = chain.lead(project)
    partner_project = proposals.partner_of(project.application)
    attachment = application.attachments[0]
    report.files.append(ReportFile(file_id=attachment.file_id))
    follow_up.file_id = attachment.file_id
    cluster = Cluster(cluster_code="t-cluster", name_en="T", name_ja="T", phase=2, bureau="kanto")
    session.add(cluster)
    session.flush()
    firm = application.members[-1].organisation
    membership = Membership(organisation_id=firm.id, cluster_id=cluster.id, valid_from=today())
    document = Document(template="analytics/rate", locale="en", context={}, name="x", dedupe_key="x", owner_id=lead.id)
    session.add_all([membership, document])
    flags.refresh([project.id])
    session.flush()
    invited = proposals.draft()
    inviter = proposals.lead_of(invited)
    other_member = chain.proposals.operations.add_member(
        invited, firm, chain.proposals.MemberRole.implementer, invited.version, actor=inviter, arrived=proposals.now()
    )
    invitation = proposals.operations.invite(
        invited, other_member, "new@test.example", "en", actor=inviter, arrived=proposals.now()
    )
    # One person acts for the application under review and for the completed project, so that both are "own".
    for own, theirs in ((lead, lead_project), (partner, partner_project)):
        for row in session.query(proposals.MemberPerson).filter_by(user_id=theirs.id):
            row.user_id = own.id
    session.flush()
    item = session.query(OutboxItem).first()
    draft_call = proposals.draft_call()
    own_draft = proposals.draft(application.call, None)
    for row in session.query(proposals.MemberPerson).filter_by(member_id=own_draft.members[0].id):
        row.user_id = lead.id
    session.flush()
    question = call_operations.ask(application.call, "A question", actor=lead, arrived=proposals.now())
    assert draft_call.questionnaire is not None
    composed = draft_call.questionnaire.versions[0]
    section = composed.content["sections"][0]
    signed = session.query(ShareConfirmation).filter_by(user_id=lead.id).first()
    alike = Likeness(
        application_id=application.id, other_kind=OtherKind.project, other_id=project.id, other_number="P-1",
        title_score=90, text_score=0,
    )  # fmt: skip
    session.add(alike)
    session.flush()
    award = chain.award_of(project)
    change = ChangeRequest(project_id=project.id, number=1, created_by_id=lead.id, effective_on=today())
    change.project = project
    session.add(change)
    CHANGES.restore(change, ChangeStatus.submitted, SYSTEM, reason="made for the table")
    values = {
        "contract_id": award.contracts[0].id, "request_id": change.id,
        "milestone_id": milestones.milestones_of(project.id)[0].id, 
        "likeness_id": alike.id,
        "application_id": application.id, "call_id": application.call_id, "assignment_id": assignment.id,
        "attachment_id": attachment.id, "project_id": project.id, "report_id": report.id, "file_id": report.files[0].id,
        "follow_up_id": follow_up.id, "flag_id": flag_queries.of_project(project.id)[0].id, "code": "t-cluster",
        "membership_id": membership.id, "document_id": document.id, "organisation_id": firm.id,
        "member_id": application.members[0].id, "invitation_id": 1, "token": "no-such-token", "item_id": item.id,
        "receipt_number": proposals.queries.submission_of(application.id).receipt_number, "filename": "renkei.css",
        "user_id": lead.id, "question_id": question.id, "earlier": 1, "later": 1, "number": 1,
        "questionnaire_id": composed.questionnaire_id, "section_key": section["key"], "key": section["key"],
        "question_key": section["questions"][0]["key"], "part_key": "basics", "confirmation_id": signed.id,
        "by": "frame", "figure": "applied", "rule": flag_queries.of_project(project.id)[0].rule, "programme": "all",
    }  # fmt: skip
    people = {
        "anonymous": None, "lead": lead, "partner": partner, "other_applicant": person(Role.applicant, of=firm),
        "reviewer": assignment.reviewer, "other_reviewer": chain.reviewer(), "officer": person(Role.officer),
        "auditor": person(Role.auditor), "admin": person(Role.admin),
        "cluster_manager": person(Role.cluster_manager, scope="t-cluster"),
        "other_cluster_manager": person(Role.cluster_manager, scope="elsewhere"),
    }  # fmt: skip
    chosen = proposals.operations.Chosen("part.pdf", 1000)
    upload = proposals.operations.begin_upload(
        own_draft, own_draft.call.documents[0].id, chosen, None, actor=lead, arrived=proposals.now()
    )
    assert invitation is not None and draft_call.id
    found = {
        "values": values,
        "tokens": {name: accounts.open_session(user) if user else None for name, user in people.items()},
        "draft": {
            "application_id": own_draft.id,
            "member_id": own_draft.members[0].id,
            "document_id": own_draft.call.documents[0].id,
            "upload_key": upload.key,
        },
    }
    assert signed is not None
    session.commit()
    return found


def _browser(app: Any, token: str | None) -> Any:
    """A fresh client each time: signing out in one request must not sign out the next."""
    browser = app.test_client()
    if token:
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie["lang"] = token, True, "en"
    return browser


def _address(rule: Any, world: dict[str, Any]) -> str:
    path = re.sub(r"<any\(([^,)]+)[^)]*\):\w+>", lambda m: m[1].strip(), rule.rule)
    values = dict(world["values"])
    if rule.endpoint.startswith("applications.") and rule.endpoint not in READ_ONLY:
        values |= world["draft"]  # sections are edited while it is a draft
    if rule.endpoint in ("questionnaires.question", "questionnaires.save_question"):
        values["key"] = values["question_key"]
    if rule.endpoint == "pages.help_topic":
        values["code"] = "apply"
    values |= OF_FEATURE.get(rule.endpoint.partition(".")[0], {})
    if rule.endpoint == "bootstrap.static":
        values["filename"] = "css/bootstrap.min.css"
    path = re.sub(r"<int:(\w+_id)>", lambda m: str(values.get(m[1], 1)), path)  # what nobody made here: number 1
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), path)


#: What a part of an address means in these features.
OF_FEATURE: dict[str, dict[str, Any]] = {
    "agreements": {"code": "plan"},
    "clusters": {"figure": "firms"},
    "publishing": {"code": "none-such"},
}

READ_ONLY = {
    "applications.detail", "applications.download", "applications.preview", "applications.history", "applications.receipt",
    "applications.snapshot", "applications.dossier_pdf", "applications.screening", "applications.screen",
    "applications.sealed", "applications.archive", "applications.received", "applications.compare",
    "applications.send_back", "applications.ask_correction", "applications.correct",
}  # fmt: skip


def _rows(app: Any, world: dict[str, Any]) -> Iterator[list[str]]:
    connection = db.engines[None]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        row = [rule.endpoint, method, rule.rule]
        for persona in PERSONAS:
            session.remove()
            savepoint = connection.begin_nested()  # type: ignore[attr-defined]
            answer = _browser(app, world["tokens"][persona]).open(_address(rule, world), method=method)
            session.remove()
            savepoint.rollback()
            assert answer.status_code < 500, f"{persona} {method} {rule.rule}"
            row.append("sign-in" if "/sign-in" in (answer.location or "") else str(answer.status_code))
            answer.close()  # a static file keeps its handle until then
        yield row


def test_every_endpoint_answers_every_persona_as_the_table_says(app: Any, world: dict[str, Any]) -> None:
    header = ["endpoint", "method", "rule", *PERSONAS]
    found = list(_rows(app, world))
    if os.environ.get("WRITE_ACCESS_TABLE"):
        with open(TABLE, "w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([header, *found])
    with open(TABLE, encoding="utf-8", newline="") as handle:
        expected = list(csv.reader(handle))
    assert expected[0] == header
    assert {row[0]: row for row in found} == {row[0]: row for row in expected[1:]}


def test_nobody_but_the_named_ones_gets_in(app: Any) -> None:
    """Independent of the table: nobody without the right role reads what is not public."""
    with open(TABLE, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if row["rule"].startswith("/officer"):
            for persona in ("anonymous", "lead", "partner", "other_applicant", "reviewer", "admin", "cluster_manager"):
                assert row[persona] in ("403", "sign-in"), row
        if (
            "<int:application_id>" in row["rule"]
            or "<int:project_id>" in row["rule"]
            or row["rule"].startswith("/reports")
        ):
            for persona in ("other_applicant", "reviewer", "other_reviewer", "admin", "cluster_manager"):
                assert row[persona] in ("403", "404"), (persona, row)
        if row["rule"].startswith("/reviews/<"):
            assert row["other_reviewer"] == "404" and row["officer"] == "403", row
        if row["method"] == "POST" and row["endpoint"] not in (
            "accounts.sign_out",
            "questionnaires.try_out",
        ):  # store nothing
            assert row["auditor"] in ("403", "404", "422", "303"), row
