"""Facts for the rules, canonical texts and digests."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from app.applications.definitions import (
    DocumentFacts,
    Facts,
    Finding,
    FrameFacts,
    MemberFacts,
    PlanFacts,
    evaluate,
)
from app.applications.models import (
    Application,
    Attachment,
    ConsortiumMember,
)
from app.applications.queries import answers
from app.calls.models import Frame
from app.core.i18n import Bilingual


def canonical(value: Any) -> str:
    """One text for one content: sorted keys, no spaces, UTF-8 characters as they are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def share(member: ConsortiumMember) -> dict[str, Any]:
    """A member's share as plain data: what its confirmation covers.

    People and subcontractors stand in it only where some are named: what was confirmed before keeps its digest.
    """
    people = [
        {
            "position": one.position,
            "name": one.name,
            "reading": one.reading,
            "role": one.role.value if one.role else None,
            "department": one.department,
            "erad_number": one.erad_number,
        }
        for one in member.named_people
    ]
    subcontractors = [
        {"position": one.position, "name": one.name, "corporate_number": one.corporate_number, "task": one.task}
        for one in member.subcontractors
    ]
    return {
        "organisation_id": member.organisation_id,
        "role": member.role.value,
        "holds_seed": member.holds_seed,
        "resources": member.resources,
        "contribution_pct": member.contribution_pct,
        "jsic": member.jsic,
        "contact_name": member.contact_name,
        "budget": sorted([line.fiscal_year, line.cost_item, line.amount_yen] for line in member.budget_lines),
        **({"people": people} if people else {}),
        **({"subcontractors": subcontractors} if subcontractors else {}),
    }


def share_digest(member: ConsortiumMember) -> str:
    return hashlib.sha256(canonical(share(member)).encode()).hexdigest()


def is_confirmed(member: ConsortiumMember) -> bool:
    """Confirmed, and unchanged since."""
    return member.confirmed_at is not None and member.confirmed_digest == share_digest(member)


def current_attachments(application: Application) -> list[Attachment]:
    return [a for a in application.attachments if a.replaced_at is None]


def facts(application: Application) -> Facts:
    """The frozen facts that the rules are asked on."""
    current = current_attachments(application)
    attached = {a.document_id for a in current if not a.file.infected}
    infected = {a.document_id for a in current if a.file.infected}
    frame, plan = application.frame, application.plan
    return Facts(
        programme=application.call.programme,
        members=tuple(
            MemberFacts(
                org_type=m.organisation.org_type,
                role=m.role.value,
                key=m.organisation_id,
                name=Bilingual(
                    m.organisation.name_en or m.organisation.name_ja, m.organisation.name_ja or m.organisation.name_en
                ),
                jsic=m.jsic,
                contribution_pct=m.contribution_pct,
                holds_seed=m.holds_seed,
                resources=m.resources,
                confirmed=is_confirmed(m),
                capital_yen=m.organisation.capital_yen,
                employees=m.organisation.employees,
                industry=m.organisation.jsic,
                budget=tuple((line.fiscal_year, line.cost_item, line.amount_yen) for line in m.budget_lines),
                people=tuple((bool(p.name), p.role is not None, p.erad_number) for p in m.named_people),
                subcontractors=tuple(bool(s.name) for s in m.subcontractors),
            )
            for m in application.members
        ),
        frame=frame_facts(frame),
        parameters=application.call.parameters,
        lead_key=application.lead_organisation_id,
        title_en=application.title_en,
        title_ja=application.title_ja,
        abstract=application.abstract,
        seed_technology=application.seed_technology,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        novelty=tuple(code for code in application.novelty.split(";") if code),
        novelty_text=application.novelty_text,
        combination_text=application.combination_text,
        has_written_rules=application.has_written_rules,
        milestones=tuple((m.due_on, m.target_value) for m in application.milestones),
        plan=None
        if plan is None
        else PlanFacts(
            plan.product,
            plan.market,
            plan.who_sells,
            plan.first_sale_on,
            plan.investment_yen,
            tuple((y.year_no, y.sales_yen, y.profit_yen or 0) for y in plan.years if y.sales_yen is not None),
        ),
        documents=tuple(
            DocumentFacts(d.code, d.name, d.mandatory, d.id in attached, d.id in infected)
            for d in application.call.documents
        ),
    )


def frame_facts(frame: Frame) -> FrameFacts:
    return FrameFacts(
        frame.code,
        frame.ceiling_year1_yen,
        frame.ceiling_year2_yen,
        frame.max_years,
        frame.min_companies,
        frame.sme_rule,
    )


def findings(application: Application) -> list[Finding]:
    """What the rules say, and what is open in the questionnaire (rule ids ``Q-<key>``, sections ``answers-<key>``)."""
    found = facts(application)
    return [*evaluate(found), *answers.findings(application, found)]


def as_iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
