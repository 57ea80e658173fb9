"""The members of a consortium: adding, removing, roles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.applications import queries
from app.applications.choices import MemberRole
from app.applications.models import (
    Application,
    ConsortiumMember,
)
from app.applications.operations.drafting import LEAD_ROLES, jsic_of
from app.applications.operations.freezing import changed, drop_member
from app.applications.operations.gates import editable, recount, refuse
from app.applications.operations.joining import joined
from app.applications.operations.shares import drop_confirmation_if_changed
from app.core import audit, numbering
from app.core.db import session
from app.organisations.choices import ClusterMatch
from app.organisations.models import Organisation

MAX_MEMBERS = 40
ONLY_ONCE = (
    MemberRole.managing_organisation,
    MemberRole.project_leader,
    MemberRole.sub_leader,
    MemberRole.core_company,
)


@dataclass(frozen=True)
class NewOrganisation:
    name_ja: str
    name_en: str
    org_type: str
    prefecture: str | None
    corporate_number: str | None


def add_member(
    application: Application, organisation: Organisation | NewOrganisation, role: MemberRole, version: int, *,
    actor: Any, arrived: datetime,
) -> ConsortiumMember:  # fmt: skip
    """Add an organisation in a role. A role that exists once cannot be given twice."""
    editable(application, actor, version, arrived, "add member")
    if len(application.members) >= MAX_MEMBERS:
        raise refuse("members", f"At most {MAX_MEMBERS} members.", f"参加機関は{MAX_MEMBERS}以内です。")
    if role in ONLY_ONCE and any(m.role == role for m in application.members):
        raise refuse(
            "role-taken",
            f"There is already a member in the role “{role.label.en}”.",
            f"「{role.label.ja}」は既に登録されています。",
            "role",
        )
    if isinstance(organisation, NewOrganisation):
        organisation = _register(organisation, actor)
    if any(m.role == role and m.organisation_id == organisation.id for m in application.members):
        raise refuse(
            "member-twice",
            "This organisation is already a member in this role.",
            "この機関は同じ役割で登録済みです。",
            "role",
        )
    member = ConsortiumMember(organisation=organisation, role=role, jsic=jsic_of(organisation))
    application.members.append(member)
    session.flush()
    changed(application)
    audit.record(application, "member added", actor, data={"organisation": organisation.id, "role": role.value})
    joined(application.id)
    return member


def _register(values: NewOrganisation, actor: Any) -> Organisation:
    """A minimal new organisation; the register's keepers complete and match it later."""
    if values.corporate_number:
        found = queries.organisation_by_corporate_number(values.corporate_number)
        if found is not None:
            return found
    organisation = Organisation(
        org_key=values.corporate_number or f"new-{numbering.next_number('organisation'):06d}",
        corporate_number=values.corporate_number,
        name_ja=values.name_ja,
        name_en=values.name_en,
        org_type=values.org_type,
        prefecture=values.prefecture,
        cluster_match=ClusterMatch.unmatched,
    )
    session.add(organisation)
    session.flush()
    audit.record(organisation, "registered with an application", actor)
    return organisation


def remove_member(
    application: Application, member: ConsortiumMember, version: int, *, actor: Any, arrived: datetime
) -> None:
    """Take a member out with its share and people. The lead itself stays."""
    editable(application, actor, version, arrived, "remove member")
    if (
        member.organisation_id == application.lead_organisation_id
        and member.role == LEAD_ROLES[application.call.programme]
    ):
        raise refuse("lead", "The lead cannot be removed.", "代表機関は削除できません。")
    gone = member.organisation_id
    drop_member(application, member)
    if gone not in {m.organisation_id for m in application.members}:
        for milestone in application.milestones:
            if milestone.organisation_id == gone:
                milestone.organisation_id = None
    session.flush()
    recount(application)
    changed(application)
    audit.record(application, "member removed", actor, data={"organisation": gone})


def change_role(
    application: Application, member: ConsortiumMember, role: MemberRole, version: int, *, actor: Any, arrived: datetime
) -> None:
    """Give a member another role; its confirmation lapses."""
    editable(application, actor, version, arrived, "change role")
    if (
        member.organisation_id == application.lead_organisation_id
        and member.role == LEAD_ROLES[application.call.programme]
    ):
        raise refuse("lead", "The lead keeps its role.", "代表機関の役割は変更できません。", "role")
    if any(m.role == role and m.id != member.id and (role in ONLY_ONCE or m.organisation_id == member.organisation_id)
           for m in application.members):  # fmt: skip
        raise refuse("role-taken", "This role is taken.", "この役割は既に登録されています。", "role")
    member.role = role
    drop_confirmation_if_changed(application, member, actor)
    changed(application)
    audit.record(application, "role changed", actor, data={"organisation": member.organisation_id, "role": role.value})
