"""Verbs of applications: start, fill in, invite, confirm, submit, withdraw, screen."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any, BinaryIO, cast

from sqlalchemy.orm.attributes import flag_modified

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import policy, queries
from app.applications.choices import ApplicationStatus, MemberRole
from app.applications.models import (
    Application,
    Attachment,
    BudgetLine,
    CommercializationPlan,
    ConsortiumMember,
    MemberInvitation,
    MemberPerson,
    PlannedMilestone,
    SalesForecast,
    Screening,
    Submission,
)
from app.applications.workflow import MACHINE
from app.calls import policy as calls
from app.calls.choices import COST_ITEMS, Programme
from app.calls.definitions import PREFIXES
from app.calls.models import Call
from app.core import audit, mail, numbering, pdf, storage
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound, OutOfOrder, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual, in_locale, show_instant
from app.organisations.choices import ClusterMatch
from app.organisations.models import Organisation

INVITATION_LIFE = timedelta(days=14)
LETTERS_PER_DAY = 5  # invitations to one address, whoever sends them
MAX_MEMBERS = 40
MAX_MILESTONES = 30
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
LEAD_ROLES = {
    Programme.consortium_rd: MemberRole.managing_organisation,
    Programme.new_collaboration: MemberRole.core_company,
}
ONLY_ONCE = (
    MemberRole.managing_organisation,
    MemberRole.project_leader,
    MemberRole.sub_leader,
    MemberRole.core_company,
)


@dataclass(frozen=True)
class Basics:
    frame_id: int
    title_en: str
    title_ja: str
    abstract: str
    field: str
    starts_on: date | None
    ends_on: date | None
    seed_technology: str = ""
    novelty: tuple[str, ...] = ()
    novelty_text: str = ""
    combination_text: str = ""
    has_written_rules: bool = False


@dataclass(frozen=True)
class Share:
    """A member's share; ``budget`` holds only the cells with an amount."""

    resources: str
    contribution_pct: int | None
    jsic: str | None
    holds_seed: bool
    contact_name: str
    budget: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Milestone:
    goal: str
    target_value: str
    unit: str
    due_on: date
    organisation_id: int | None


@dataclass(frozen=True)
class Plan:
    product: str
    market: str
    who_sells: str
    first_sale_on: date | None
    investment_yen: int | None
    years: dict[int, tuple[int, int]] = field(default_factory=dict)  # year no. -> (sales, profit)


@dataclass(frozen=True)
class NewOrganisation:
    name_ja: str
    name_en: str
    org_type: str
    prefecture: str | None
    corporate_number: str | None


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _in_time(call: Call, arrived: datetime) -> None:
    """Raises Refused, with the time at which the call closed, unless the call accepts at this instant."""
    if calls.accepts(call, arrived):
        return
    if calls.phase(call, arrived) is calls.Phase.forthcoming:
        opens = f"{jst(call.opens_at):%Y-%m-%d %H:%M:%S} JST"
        raise _refuse("call-not-open", f"The call opens at {opens}.", f"受付は {opens} に始まります。")
    closed, came = f"{jst(call.closes_at):%Y-%m-%d %H:%M:%S} JST", f"{jst(arrived):%Y-%m-%d %H:%M:%S} JST"
    raise _refuse(
        "call-closed",
        f"The call closed at {closed}; your request reached us at {came}. Nothing was saved. What you typed is still"
        " below, so that you can copy it.",
        f"この公募は {closed} に締め切られました(到着 {came})。保存されていません。入力内容は下に残っています。",
    )


def _draft(application: Application, verb: str) -> None:
    if application.status != ApplicationStatus.draft:
        raise OutOfOrder(application, verb, application.status)


def _editable(application: Application, actor: Any, version: int | None, arrived: datetime, verb: str) -> None:
    """What every change of the proposal by its lead asks first."""
    _draft(application, verb)
    if not policy.is_lead(actor, application):
        raise Forbidden(verb)
    _in_time(application.call, arrived)
    if version is not None and version != application.version:
        raise Stale({}, {})


def _lead(application: Application) -> str:
    """The organisation on whose behalf its people act, as the record of events names it."""
    return application.lead_organisation.name_ja or application.lead_organisation.name_en


def _touch(application: Application) -> None:
    """Bump the version of the proposal, also when only rows below it have changed."""
    flag_modified(application, "title_en")
    session.flush()


def _recount(application: Application) -> None:
    application.total_yen = sum(line.amount_yen for m in application.members for line in m.budget_lines)


# --- starting and the sections of a draft ---------------------------------------------------------------------------


def start(call: Call, organisation_id: int, *, actor: Any, arrived: datetime) -> Application:
    """A new draft; the creator acts for the lead. Raises Refused outside the window or for a foreign organisation."""
    if not actor.has_role("applicant"):
        raise Forbidden("start")
    _in_time(call, arrived)
    if organisation_id not in {o.id for o in queries.organisations_of(actor)}:
        raise _refuse(
            "organisation",
            "You do not act for this organisation today. Ask the programme office to register your affiliation.",
            "この機関の所属として登録されていません。事務局にお問い合わせください。",
            "organisation_id",
        )
    series = f"{PREFIXES[call.programme]}{call.fiscal_year}-{call.round}"
    application = Application(
        number=f"{series}-{numbering.next_number(f'application:{series}'):04d}",
        call_id=call.id,
        frame_id=call.frames[0].id,
        lead_organisation_id=organisation_id,
        created_by_id=actor.id,
    )
    application.call, application.frame = call, call.frames[0]
    organisation = queries.organisation(organisation_id)
    assert organisation is not None
    application.lead_organisation = organisation
    member = ConsortiumMember(
        organisation_id=organisation_id,
        organisation=organisation,
        role=LEAD_ROLES[call.programme],
        jsic=_jsic(organisation),
        contact_name=actor.name,
    )
    application.members.append(member)
    session.add(application)
    session.flush()
    session.add(MemberPerson(member_id=member.id, user_id=actor.id))
    session.flush()
    audit.record(application, "created", actor, to_status=application.status.value, on_behalf_of=_lead(application))
    return application


def _jsic(organisation: Organisation) -> str | None:
    code = organisation.jsic or ""
    return code if re.fullmatch(r"[0-9]{4}", code, re.ASCII) else None


def save_basics(application: Application, values: Basics, version: int, *, actor: Any, arrived: datetime) -> None:
    _editable(application, actor, version, arrived, "edit")
    if values.frame_id not in {frame.id for frame in application.call.frames}:
        raise _refuse("frame", "Choose a frame of this call.", "この公募の枠を選んでください。", "frame_id")
    if values.starts_on and values.ends_on and values.ends_on <= values.starts_on:
        raise _refuse("period", "The period ends before it starts.", "終了日が開始日より前になっています。", "ends_on")
    for name in ("frame_id", "title_en", "title_ja", "abstract", "field", "starts_on", "ends_on", "seed_technology",
                 "novelty_text", "combination_text", "has_written_rules"):  # fmt: skip
        setattr(application, name, getattr(values, name))
    application.novelty = ";".join(values.novelty)
    _touch(application)
    session.refresh(application, ["frame"])
    audit.record(application, "basics saved", actor, on_behalf_of=_lead(application))


def save_milestones(
    application: Application, rows: Sequence[Milestone], version: int, *, actor: Any, arrived: datetime
) -> None:
    _editable(application, actor, version, arrived, "edit")
    allowed = {m.organisation_id for m in application.members}
    if any(row.organisation_id is not None and row.organisation_id not in allowed for row in rows):
        raise _refuse("organisation", "Choose an organisation of the consortium.", "参加機関から選んでください。")
    application.milestones.clear()
    session.flush()
    application.milestones.extend(
        PlannedMilestone(position=position, **row.__dict__) for position, row in enumerate(rows, 1)
    )
    _touch(application)
    audit.record(application, "milestones saved", actor, data={"milestones": len(rows)})


def save_plan(application: Application, values: Plan, version: int, *, actor: Any, arrived: datetime) -> None:
    _editable(application, actor, version, arrived, "edit")
    plan = application.plan
    if plan is None:
        plan = application.plan = CommercializationPlan()
    for name in ("product", "market", "who_sells", "first_sale_on", "investment_yen"):
        setattr(plan, name, getattr(values, name))
    plan.years.clear()
    session.flush()
    plan.years.extend(
        SalesForecast(year_no=no, sales_yen=sales, profit_yen=profit)
        for no, (sales, profit) in sorted(values.years.items())
    )
    _touch(application)
    audit.record(application, "commercialization plan saved", actor)


# --- the consortium -------------------------------------------------------------------------------------------------


def add_member(
    application: Application, organisation: Organisation | NewOrganisation, role: MemberRole, version: int, *,
    actor: Any, arrived: datetime,
) -> ConsortiumMember:  # fmt: skip
    """Add an organisation in a role. A role that exists once cannot be given twice."""
    _editable(application, actor, version, arrived, "add member")
    if len(application.members) >= MAX_MEMBERS:
        raise _refuse("members", f"At most {MAX_MEMBERS} members.", f"参加機関は{MAX_MEMBERS}以内です。")
    if role in ONLY_ONCE and any(m.role == role for m in application.members):
        raise _refuse(
            "role-taken",
            f"There is already a member in the role “{role.label.en}”.",
            f"「{role.label.ja}」は既に登録されています。",
            "role",
        )
    if isinstance(organisation, NewOrganisation):
        organisation = _register(organisation, actor)
    if any(m.role == role and m.organisation_id == organisation.id for m in application.members):
        raise _refuse(
            "member-twice",
            "This organisation is already a member in this role.",
            "この機関は同じ役割で登録済みです。",
            "role",
        )
    member = ConsortiumMember(organisation=organisation, role=role, jsic=_jsic(organisation))
    application.members.append(member)
    session.flush()
    _touch(application)
    audit.record(application, "member added", actor, data={"organisation": organisation.id, "role": role.value})
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
    _editable(application, actor, version, arrived, "remove member")
    if (
        member.organisation_id == application.lead_organisation_id
        and member.role == LEAD_ROLES[application.call.programme]
    ):
        raise _refuse("lead", "The lead cannot be removed.", "代表機関は削除できません。")
    gone = member.organisation_id
    application.members.remove(member)
    if gone not in {m.organisation_id for m in application.members}:
        for milestone in application.milestones:
            if milestone.organisation_id == gone:
                milestone.organisation_id = None
    session.flush()
    _recount(application)
    _touch(application)
    audit.record(application, "member removed", actor, data={"organisation": gone})


def change_role(
    application: Application, member: ConsortiumMember, role: MemberRole, version: int, *, actor: Any, arrived: datetime
) -> None:
    """Give a member another role; its confirmation lapses."""
    _editable(application, actor, version, arrived, "change role")
    if (
        member.organisation_id == application.lead_organisation_id
        and member.role == LEAD_ROLES[application.call.programme]
    ):
        raise _refuse("lead", "The lead keeps its role.", "代表機関の役割は変更できません。", "role")
    if any(m.role == role and m.id != member.id and (role in ONLY_ONCE or m.organisation_id == member.organisation_id)
           for m in application.members):  # fmt: skip
        raise _refuse("role-taken", "This role is taken.", "この役割は既に登録されています。", "role")
    member.role = role
    _drop_confirmation_if_changed(application, member, actor)
    _touch(application)
    audit.record(application, "role changed", actor, data={"organisation": member.organisation_id, "role": role.value})


def save_share(
    application: Application, member: ConsortiumMember, values: Share, version: int, *, actor: Any, arrived: datetime
) -> None:
    """Change a member's share: its own people or the lead's. A confirmation of another content lapses."""
    _draft(application, "edit share")
    if not policy.may_edit_share(actor, application, member):
        raise Forbidden("edit share")
    _in_time(application.call, arrived)
    if version != member.version:
        raise Stale({}, {})
    if any(item not in COST_ITEMS for _year, item in values.budget):
        raise _refuse("cost-item", "Unknown cost item.", "費目が不明です。")
    for name in ("resources", "contribution_pct", "jsic", "holds_seed", "contact_name"):
        setattr(member, name, getattr(values, name))
    stored = {(line.fiscal_year, line.cost_item): line for line in member.budget_lines}
    for key, line in stored.items():
        if not values.budget.get(key):
            member.budget_lines.remove(line)
    for key, amount in values.budget.items():
        if not amount:
            continue
        if key in stored:
            stored[key].amount_yen = amount
        else:
            member.budget_lines.append(BudgetLine(fiscal_year=key[0], cost_item=key[1], amount_yen=amount))
    flag_modified(member, "resources")
    _drop_confirmation_if_changed(application, member, actor)
    _recount(application)
    session.flush()
    audit.record(application, "share saved", actor, data={"organisation": member.organisation_id})


def _drop_confirmation_if_changed(application: Application, member: ConsortiumMember, actor: Any) -> None:
    if member.confirmed_at is None or member.confirmed_digest == queries.share_digest(member):
        return
    member.confirmed_at = member.confirmed_by_id = member.confirmed_digest = None
    member.confirmed_name = ""
    audit.record(application, "confirmation lapsed", actor, data={"organisation": member.organisation_id})


def confirm_share(
    application: Application, member: ConsortiumMember, name: str, version: int, *, actor: Any, arrived: datetime
) -> None:
    """One of the member's people stands for exactly this share, by name."""
    _draft(application, "confirm share")
    if not policy.may_confirm_share(actor, application, member):
        raise Forbidden("confirm share")
    _in_time(application.call, arrived)
    if version != member.version:
        raise Stale({}, {})
    member.confirmed_at, member.confirmed_by_id, member.confirmed_name = now(), actor.id, name
    member.confirmed_digest = queries.share_digest(member)
    session.flush()
    audit.record(
        application,
        "share confirmed",
        actor,
        on_behalf_of=member.organisation.name_ja or member.organisation.name_en,
        data={"organisation": member.organisation_id, "sha256": member.confirmed_digest},
    )


# --- people and invitations -----------------------------------------------------------------------------------------


def invite(
    application: Application, member: ConsortiumMember, email: str, locale: str, *, actor: Any, arrived: datetime
) -> str:
    """Invite somebody by mail to act for a member; answers the token, which is stored nowhere in the clear.

    The lead's people may invite for every member, a member's own people for theirs.
    """
    _draft(application, "invite")
    if not policy.may_edit_share(actor, application, member):
        raise Forbidden("invite")
    _in_time(application.call, arrived)
    address = email.strip().lower()
    open_ones = queries.invitations_of(application.id)
    if len(open_ones) >= MAX_MEMBERS:
        raise _refuse("invitations", "Too many invitations are open.", "未回答の招待が多すぎます。", "email")
    if queries.invitations_since(address, now() - timedelta(days=1)) >= LETTERS_PER_DAY:
        raise _refuse(
            "invitation-letters",
            "This address has had enough letters today. Try again tomorrow.",
            "このアドレスには本日十分な数の招待を送っています。明日以降に再度お試しください。",
            "email",
        )
    for earlier in open_ones:
        if earlier.email == address and earlier.member_id == member.id:
            earlier.withdrawn_at = now()  # a new letter replaces the old one
    token = secrets.token_urlsafe(32)
    invitation = MemberInvitation(
        member_id=member.id,
        email=address,
        locale=locale,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=now() + INVITATION_LIFE,
        invited_by_id=actor.id,
    )
    session.add(invitation)
    session.flush()
    audit.record(application, "person invited", actor, data={"organisation": member.organisation_id})
    mail.queue(
        "applications/invitation",
        address,
        locale,
        f"invitation:{invitation.id}",
        number=application.number,
        title=application.title,
        call=application.call.title,
        organisation=member.organisation.name,
        inviter=actor.name,
        path=f"/invitations/{token}",
        expires_at=invitation.expires_at,
    )
    return token


def withdraw_invitation(application: Application, invitation: MemberInvitation, *, actor: Any) -> None:
    """Whatever has become of the application: a link that should not work must not work."""
    member = queries.member_of(application, invitation.member_id)
    if member is None or not policy.may_invite(actor, application, member):
        raise Forbidden("withdraw invitation")
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise _refuse("invitation-used", "This invitation is no longer open.", "この招待は既に無効です。")
    invitation.withdrawn_at = now()
    session.flush()
    audit.record(application, "invitation withdrawn", actor)


def check_invitation(invitation: MemberInvitation | None) -> MemberInvitation:
    """Raises NotFound for an unknown token, Refused for one that is used, withdrawn or too old."""
    if invitation is None:
        raise NotFound("invitation")
    if invitation.accepted_at is not None:
        raise _refuse(
            "invitation-used",
            "This invitation has been used already. If it was you, sign in and open “My applications”.",
            "この招待は既に使用されています。ご本人の場合はサインインし「申請一覧」を開いてください。",
        )
    if invitation.withdrawn_at is not None:
        raise _refuse("invitation-withdrawn", "This invitation was withdrawn.", "この招待は取り消されました。")
    if invitation.expires_at <= now():
        raise _refuse(
            "invitation-expired",
            "This invitation is older than 14 days. Ask for a new one.",
            "この招待は14日を過ぎています。再送を依頼してください。",
        )
    return invitation


def accept_invitation(token: str, *, actor: User) -> Application:
    """Join the member that the invitation names. Only the person with the invited address may, and only once."""
    invitation = check_invitation(queries.invitation_by_token(token, lock=True))
    if actor.email != invitation.email:
        raise _refuse(
            "invitation-address",
            "This invitation was sent to another address. Sign out and sign in with the address it was sent to.",
            "この招待は別のアドレス宛てです。招待を受けたアドレスでサインインしてください。",
        )
    accounts.check_roles({*actor.roles, Role.applicant})
    invitation.accepted_at, invitation.accepted_by_id = now(), actor.id
    if not actor.has_role("applicant"):
        actor.role_rows.append(UserRole(role=Role.applicant))
        audit.record(actor, "role given with an invitation", actor, data={"role": "applicant"})
    row = queries.person_row(invitation.member_id, actor.id)
    if row is None:
        session.add(MemberPerson(member_id=invitation.member_id, user_id=actor.id))
    else:
        row.ended_at = None
    application = invitation.member.application
    session.flush()
    audit.record(application, "invitation accepted", actor, data={"organisation": invitation.member.organisation_id})
    return application


def join_with_new_account(token: str, name: str, password: str) -> tuple[User, str, Application]:
    """Make the invited address an account, accept, and sign in; answers the person, the session token, the draft."""
    invitation = check_invitation(queries.invitation_by_token(token, lock=True))
    user = accounts.create_user(
        invitation.email,
        name,
        roles=[(Role.applicant, "")],
        actor=audit.SYSTEM,
        password=password,
        locale=invitation.locale,
    )
    application = accept_invitation(token, actor=user)
    return user, accounts.open_session(user), application


def has_account(email: str) -> bool:
    return people.by_email(email) is not None


def end_person(application: Application, member: ConsortiumMember, user_id: int, *, actor: Any) -> None:
    """Somebody no longer works on this application; from the next request on they see nothing of it."""
    if not policy.is_lead(actor, application):
        raise Forbidden("end person")
    row = queries.person_row(member.id, user_id)
    if row is None or row.ended_at is not None:
        raise NotFound("person")
    if user_id == actor.id:
        raise _refuse("yourself", "You cannot remove yourself.", "自分自身は外せません。")
    row.ended_at = now()
    for invitation in queries.open_invitations_to(member.id, user_id):
        invitation.withdrawn_at = now()  # an invitation still on its way must not let the person in again
    session.flush()
    audit.record(application, "person left", actor, data={"organisation": member.organisation_id})


# --- files ----------------------------------------------------------------------------------------------------------


def attach(
    application: Application, document_id: int, data: IO[bytes], name: str, *, actor: Any, arrived: datetime
) -> Attachment:
    """Keep a PDF for a required document; an earlier one is replaced and stays on record."""
    _editable(application, actor, None, arrived, "attach")
    document = next((d for d in application.call.documents if d.id == document_id), None)
    if document is None:
        raise NotFound("document")
    file = storage.keep_pdf(cast(BinaryIO, data), name=name, created_by_id=actor.id)
    for earlier in queries.current_attachments(application):
        if earlier.document_id == document_id:
            earlier.replaced_at = now()
    session.flush()
    row = Attachment(application_id=application.id, document_id=document_id, file=file)
    application.attachments.append(row)
    session.flush()
    audit.record(application, "document attached", actor, data={"document": document.code, "sha256": file.sha256})
    return row


def detach(application: Application, attachment: Attachment, *, actor: Any, arrived: datetime) -> None:
    _editable(application, actor, None, arrived, "detach")
    if attachment.replaced_at is not None:
        raise NotFound("attachment")
    attachment.replaced_at = now()
    session.flush()
    audit.record(application, "document removed", actor, data={"document": attachment.document.code})


# --- submission -----------------------------------------------------------------------------------------------------


def snapshot(application: Application, arrived: datetime, receipt_number: str) -> dict[str, Any]:
    """The whole proposal as plain data; its canonical text is what is hashed and kept."""
    call, frame, plan = application.call, application.frame, application.plan
    iso = queries.as_iso
    return {
        "schema": "renkei.submission.1",
        "receipt_number": receipt_number,
        "arrived_at": iso(arrived.astimezone(UTC)),
        "application": {
            "number": application.number,
            "title_en": application.title_en,
            "title_ja": application.title_ja,
            "abstract": application.abstract,
            "field": application.field,
            "starts_on": iso(application.starts_on),
            "ends_on": iso(application.ends_on),
            "seed_technology": application.seed_technology,
            "novelty": [code for code in application.novelty.split(";") if code],
            "novelty_text": application.novelty_text,
            "combination_text": application.combination_text,
            "has_written_rules": application.has_written_rules,
            "total_yen": application.total_yen,
        },
        "call": {
            "programme": call.programme.value,
            "fiscal_year": call.fiscal_year,
            "round": call.round,
            "title_en": call.title_en,
            "title_ja": call.title_ja,
            "opens_at": iso(call.opens_at),
            "closes_at": iso(call.closes_at),
            "parameters": call.parameters,
        },
        "frame": {
            "code": frame.code,
            "name_en": frame.name_en,
            "name_ja": frame.name_ja,
            "ceiling_year1_yen": frame.ceiling_year1_yen,
            "ceiling_year2_yen": frame.ceiling_year2_yen,
        },
        "members": [
            {
                **queries.share(m),
                "org_key": m.organisation.org_key,
                "corporate_number": m.organisation.corporate_number,
                "name_en": m.organisation.name_en,
                "name_ja": m.organisation.name_ja,
                "org_type": m.organisation.org_type,
                "confirmed_at": iso(m.confirmed_at),
                "confirmed_name": m.confirmed_name,
                "confirmed_digest": m.confirmed_digest,
            }
            for m in application.members
        ],
        "milestones": [
            {
                "position": m.position,
                "goal": m.goal,
                "target_value": m.target_value,
                "unit": m.unit,
                "due_on": iso(m.due_on),
                "organisation_id": m.organisation_id,
            }
            for m in application.milestones
        ],
        "plan": None
        if plan is None
        else {
            "product": plan.product,
            "market": plan.market,
            "who_sells": plan.who_sells,
            "first_sale_on": iso(plan.first_sale_on),
            "investment_yen": plan.investment_yen,
            "years": [[y.year_no, y.sales_yen, y.profit_yen] for y in plan.years],
        },
        "attachments": [
            {"document": a.document.code, "name": a.file.name, "size": a.file.size, "sha256": a.file.sha256}
            for a in queries.current_attachments(application)
        ],
        "rules": [finding.as_json() for finding in queries.findings(application)],
    }


def _words(application: Application, arrived: datetime, locale: str) -> dict[str, Any]:
    """What the snapshot's codes are called in the language of the dossier."""
    with in_locale(locale):
        return {
            "roles": {role.value: str(role.label) for role in MemberRole},
            "cost_items": {code: str(item.name) for code, item in COST_ITEMS.items()},
            "documents": {document.code: str(document.name) for document in application.call.documents},
            "received": show_instant(arrived, seconds=True),
        }


def submit(application: Application, idempotency_key: str, *, actor: Any, arrived: datetime) -> Submission:
    """Hand the proposal in: check, freeze, hash, number, tell. The row must have been loaded with its lock.

    The same key again answers the same submission. Raises Refused with every rule that does not hold or after the
    deadline, OutOfOrder when it has been handed in already.
    """
    if not _KEY.fullmatch(idempotency_key):
        raise _refuse("key", "The form is damaged. Load the page again.", "ページを再読み込みしてください。")
    earlier = queries.submission_by_key(idempotency_key)
    if earlier is not None:
        if earlier.application_id != application.id or not policy.is_lead(actor, application):
            raise Forbidden("submit")
        return earlier
    _draft(application, "submit")
    if not policy.is_lead(actor, application):
        raise Forbidden("submit")
    _in_time(application.call, arrived)
    _recount(application)
    MACHINE.check(application, "submit", actor)
    receipt = f"R-{jst(arrived).year}-{numbering.next_number(f'receipt:{jst(arrived).year}'):06d}"
    content = snapshot(application, arrived, receipt)
    frozen = queries.canonical(content)
    digest = hashlib.sha256(frozen.encode()).hexdigest()
    application.submitted_at = arrived
    MACHINE.apply(
        application, "submit", actor, on_behalf_of=_lead(application), data={"receipt_number": receipt, "sha256": digest}
    )  # fmt: skip
    submission = Submission(
        application_id=application.id,
        number=1,
        receipt_number=receipt,
        idempotency_key=idempotency_key,
        snapshot=frozen,
        sha256=digest,
        arrived_at=arrived,
        submitted_by_id=actor.id,
    )
    session.add(submission)
    session.flush()
    submission.document = pdf.order(
        "applications/dossier",
        actor.locale,
        {"snapshot": content, "sha256": digest, "words": _words(application, arrived, actor.locale)},
        name=f"{application.number}.pdf",
        dedupe_key=f"submission:{submission.id}",
        owner_id=actor.id,
    )
    session.flush()
    for person in queries.people_of(application.id):
        mail.queue(
            "applications/receipt",
            person.email,
            person.locale,
            f"receipt:{submission.id}:{person.id}",
            name=person.name,
            number=application.number,
            title=application.title,
            receipt_number=receipt,
            arrived_at=arrived,
            sha256=digest,
            path=f"/applications/{application.id}/receipt",
        )
    return submission


def withdraw(application: Application, reason: str, version: int, *, actor: Any) -> None:
    """Take the proposal back, before or after handing it in, until it has been screened."""
    MACHINE.check(application, "withdraw", actor)
    if version != application.version:
        raise Stale({}, {})
    MACHINE.apply(application, "withdraw", actor, reason=reason or None, on_behalf_of=_lead(application))


# --- the office -----------------------------------------------------------------------------------------------------


def screen(application: Application, eligible: bool, reasons: str, version: int, *, actor: Any) -> Screening:
    """The officer's finding on eligibility; not eligible needs reasons, which go to the applicants by mail."""
    event = "screen_eligible" if eligible else "screen_ineligible"
    MACHINE.check(application, event, actor)
    if version != application.version:
        raise Stale({}, {})
    if not eligible and not reasons:
        raise _refuse(
            "reasons",
            "Write the reasons; the applicants receive them.",
            "理由を記入してください(申請者に通知)。",
            "explanation",
        )
    failed = [f.rule.id for f in queries.findings(application) if f.blocks]
    if eligible and failed and not reasons:
        raise _refuse(
            "reasons",
            f"Some rules do not hold ({', '.join(failed)}). Write why it is eligible all the same.",
            f"満たされない要件があります({', '.join(failed)})。適合とする理由を記入してください。",
            "explanation",
        )
    row = Screening(
        application_id=application.id,
        eligible=eligible,
        reasons=reasons,
        rule_results=[finding.as_json() for finding in queries.findings(application)],
        screened_by_id=actor.id,
    )
    session.add(row)
    MACHINE.apply(application, event, actor, reason=reasons or None)
    if not eligible:
        for person in queries.people_of(application.id):
            mail.queue(
                "applications/ineligible",
                person.email,
                person.locale,
                f"ineligible:{application.id}:{person.id}",
                name=person.name,
                number=application.number,
                title=application.title,
                reasons=reasons,
                path=f"/applications/{application.id}",
            )
    return row
