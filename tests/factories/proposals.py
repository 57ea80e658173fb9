"""Calls and proposals for tests: an open call, a draft that satisfies every rule, a submitted application."""

from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any

import pikepdf

from app.accounts.models import User
from app.applications import operations, queries
from app.applications.choices import MemberRole
from app.applications.models import Application, ApplicationAnswer, ConsortiumMember, MemberPerson, Submission
from app.calls import operations as calls
from app.calls.choices import Programme
from app.calls.models import Call
from app.calls.workflow import MACHINE as CALL_MACHINE
from app.cli.demo.answers import example_answers
from app.core.audit import SYSTEM
from app.core.clock import now
from app.core.db import session
from app.core.fiscal import add_years
from app.questionnaires.definitions import both, shown
from tests.factories.people import organisation, person

_number = count(1)


@cache
def pdf_bytes(text: str = "a") -> bytes:
    """A small, valid PDF with one blank page."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = text
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def draft_call(programme: Programme | str = Programme.consortium_rd, **values: Any) -> Call:
    """A call that is not public yet; its window is around now."""
    instant = now().replace(microsecond=0)
    opens = values.pop("opens_at", instant - timedelta(days=10))
    closes = values.pop("closes_at", instant + timedelta(days=20))
    fiscal_year = values.pop("fiscal_year", 2026)
    call = calls.create_from_template(Programme(programme), fiscal_year, opens, closes, actor=SYSTEM)
    for name, value in values.items():
        setattr(call, name, value)
    session.flush()
    return call


def open_call(programme: Programme | str = Programme.consortium_rd, **values: Any) -> Call:
    """A published call that is open now."""
    call = draft_call(programme, **values)
    CALL_MACHINE.apply(call, "publish", SYSTEM)
    calls.publish_questions(call, "", actor=SYSTEM)
    return call


def close_call(call: Call, at: datetime | None = None) -> None:
    """Move the closing time, by default to one second ago."""
    call.closes_at = at or now() - timedelta(seconds=1)
    session.flush()


def lead_of(application: Application) -> User:
    return queries.people_of(application.id, lead_only=True)[0]


def partner_of(application: Application) -> User:
    """A person who acts for a member that is not the lead."""
    lead = {user.id for user in queries.people_of(application.id, lead_only=True)}
    return next(user for user in queries.people_of(application.id) if user.id not in lead)


def person_of(member: ConsortiumMember) -> User:
    row = session.query(MemberPerson).filter_by(member_id=member.id, ended_at=None).order_by(MemberPerson.id).first()
    user = session.get(User, row.user_id) if row else None
    assert user is not None
    return user


def draft(call: Call | None = None, lead: User | None = None) -> Application:
    """A draft just started: one member, nothing filled in."""
    call = call or open_call()
    if lead is None:
        kind = "foundation_association" if call.programme == Programme.consortium_rd else "company_sme"
        lead = person("applicant", of=organisation(kind))
    own = queries.organisations_of(lead)[0]
    return operations.start(call, own.id, actor=lead, arrived=now())


def _members(application: Application, lead: User) -> None:
    if application.call.programme == Programme.consortium_rd:
        wanted = [
            ("national_university", MemberRole.project_leader),
            ("company_sme", MemberRole.sub_leader),
            ("company_sme", MemberRole.implementer),
        ]
    else:
        wanted = [("company_small", MemberRole.cooperator), ("national_university", MemberRole.adviser)]
    for org_type, role in wanted:
        number = next(_number)
        org = organisation(org_type, jsic=f"{3000 + number % 6000}")
        member = operations.add_member(application, org, role, application.version, actor=lead, arrived=now())
        session.add(MemberPerson(member_id=member.id, user_id=person("applicant", of=org).id))
    session.flush()


def _share(application: Application, member: ConsortiumMember, pct: int) -> operations.Share:
    years = queries.years_of(application)
    return operations.Share(
        resources="Test bench and two engineers",
        contribution_pct=pct,
        jsic=member.jsic,
        holds_seed=member.role in (MemberRole.project_leader, MemberRole.core_company),
        contact_name="Contact",
        budget={(years[0], "LAB"): 4_000_000, (years[0], "EQ"): 2_000_000, (years[1], "MAT"): 1_000_000},
    )


def answer_everything(application: Application) -> None:
    """Answers that satisfy the call's questionnaire, written straight into the tables."""
    content = queries.answers.content(application)
    if content is None:
        return
    given = example_answers(content, queries.answers.expression_facts(queries.facts(application)))
    for key, value in given.items():
        question = content.question(key)
        assert question is not None
        words = both(shown(question, value))
        application.answers.append(
            ApplicationAnswer(question_key=key, kind=question.type.value, value=value, shown=words)
        )
    session.flush()


def complete_draft(call: Call | None = None, lead: User | None = None, **basics: Any) -> Application:
    """A draft of either programme that satisfies every rule, all shares confirmed, all documents attached."""
    call = call or open_call()
    application = draft(call, lead)
    lead = lead or lead_of(application)
    consortium = call.programme == Programme.consortium_rd
    start = date(call.fiscal_year + 1, 4, 1)
    values = {
        "frame_id": call.frames[0].id,
        "title_en": f"Sensor of low power {application.number}",
        "title_ja": f"低消費電力センサの開発 {application.number}",
        "abstract": "A sensor that needs a tenth of the power of today's, with its production process.",
        "field": "robots",
        "starts_on": start,
        "ends_on": add_years(start, 2 if consortium else 3) - timedelta(days=1),
        "seed_technology": "Thin film of the university, patent applied for",
        "novelty": ("new_product",),
        "novelty_text": "First in Japan",
        "combination_text": "Film and electronics",
        "has_written_rules": True,
        **basics,
    }
    operations.save_basics(application, operations.Basics(**values), application.version, actor=lead, arrived=now())
    _members(application, lead)
    shares = [25, 25, 25, 25] if consortium else [50, 30, 20]
    for member, pct in zip(list(application.members), shares, strict=True):
        operations.save_share(
            application, member, _share(application, member, pct), member.version, actor=lead, arrived=now()
        )
    operations.save_milestones(
        application,
        [operations.Milestone("Power below the target", "0.5", "mW", add_years(start, 1), None)],
        application.version,
        actor=lead,
        arrived=now(),
    )
    operations.save_plan(
        application,
        operations.Plan(
            "Sensor module", "Makers of machines, 3 billion yen a year", "The core company", add_years(start, 3),
            20_000_000, {n: (10_000_000 * n, 3_000_000 * n) for n in range(1, 6)},
        ),
        application.version,
        actor=lead,
        arrived=now(),
    )  # fmt: skip
    answer_everything(application)
    for document in call.documents:
        if document.mandatory:
            operations.attach(
                application,
                document.id,
                BytesIO(pdf_bytes(document.code)),
                f"{document.code}.pdf",
                actor=lead,
                arrived=now(),
            )
    for member in application.members:
        operations.confirm_share(
            application, member, "A. Person", member.version, actor=person_of(member), arrived=now()
        )
    return application


def submit(application: Application) -> Submission:
    """Hand a complete draft in."""
    return operations.submit(application, f"key-{next(_number):020d}", actor=lead_of(application), arrived=now())


def submitted(call: Call | None = None, lead: User | None = None, **basics: Any) -> Application:
    """An application that has been handed in."""
    application = complete_draft(call, lead, **basics)
    submit(application)
    return application


def under_review(call: Call | None = None, lead: User | None = None, officer: User | None = None) -> Application:
    """An application that an officer has found eligible."""
    application = submitted(call, lead)
    operations.screen(application, True, "", application.version, actor=officer or person("officer"))
    return application
