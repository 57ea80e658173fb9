"""Drafts: the list, the overview, every section."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.choices import EVENTS, ApplicationStatus, MemberRole
from app.applications.definitions import SECTIONS
from app.applications.forms import (
    ConfirmForm,
    InviteForm,
    PersonForm,
    RoleForm,
    StartForm,
    VersionForm,
    WithdrawForm,
    basics_form,
    member_form,
    milestones_form,
    new_member_form,
    plan_form,
    share_form,
)
from app.applications.views import bp
from app.applications.workflow import MACHINE
from app.calls import policy as call_policy
from app.calls import queries as calls
from app.calls.choices import COST_ITEMS
from app.core import downloads
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import OutOfOrder, Refused, Stale
from app.core.events import history as history_of
from app.core.forms import clean_text
from app.core.http import arrived_at
from app.core.i18n import _

applicant = role("applicant")
readers = role("applicant", "officer", "auditor")


def load(application_id: int, lock: bool = False) -> Any:
    return queries.get_for(current_user, application_id, lock) or abort(404)


def load_draft(application_id: int, lock: bool = False) -> Any:
    """The application, for a page that changes it as a whole: its lead's people and drafts only."""
    application = load(application_id, lock)
    if not policy.is_lead(current_user, application):
        abort(403)
    if application.status != "draft":
        raise OutOfOrder(application, "edit", application.status)
    return application


def attempt(
    form: Any, verb: Callable[[], Any], show: Callable[[Any], str], done: str, stored: Callable[[], Any] | None = None
) -> ResponseReturnValue:
    """Check the form and let the operation speak; on a refusal show the page again with what was typed."""
    reasons: list[Any] = []
    if form.validate():
        try:
            verb()
            return redirect(done, 303)
        except Refused as refusal:
            reasons = refusal.reasons
        except Stale:
            if stored is None:
                raise Stale({}, {}, done) from None
            raise Stale(form.shown(), stored().shown(), request.path) from None
    return show(reasons), 422


# --- list, start, overview ------------------------------------------------------------------------------------------


@bp.get("/applications")
@access(applicant)
def mine() -> str:
    lines, instant = queries.mine(current_user), now()
    return render_template(
        "applications/mine.html",
        lines=lines,
        instant=instant,
        phase=call_policy.phase,
        open_calls=calls.open_at(instant),
    )


def _start_page(call: Any, form: StartForm, reasons: Any = ()) -> str:
    return render_template("applications/start.html", call=call, form=form, reasons=reasons)


def _start_form(data: Any = None) -> StartForm:
    own = queries.organisations_of(current_user)
    form = StartForm(data, data={"organisation_id": str(own[0].id) if len(own) == 1 else None})
    form.organisation_id.offer([("", _("Choose")), *((str(o.id), o.name) for o in own)])
    return form


@bp.get("/calls/<int:call_id>/start")
@access(applicant)
def start(call_id: int) -> str:
    return _start_page(calls.get_for(current_user, call_id) or abort(404), _start_form())


@bp.post("/calls/<int:call_id>/start", endpoint="begin")
@access(applicant)
def begin(call_id: int) -> ResponseReturnValue:
    call, form, reasons = calls.get_for(current_user, call_id) or abort(404), _start_form(request.form), []
    if form.validate():
        try:
            application = operations.start(
                call, int(str(form.organisation_id.data)), actor=current_user, arrived=arrived_at()
            )
            flash(_("Your draft %(number)s is there. Fill in the sections one by one.", number=application.number))
            return redirect(url_for("applications.detail", application_id=application.id), 303)
        except Refused as refusal:
            reasons = refusal.reasons
    return _start_page(call, form, reasons), 422


@bp.get("/applications/<int:application_id>")
@access(readers)
def detail(application_id: int) -> str:
    return overview(load(application_id))


def overview(application: Any, reasons: Any = (), **more: Any) -> str:
    """The overview page; ``reasons`` are what a refused submission or screening answers."""
    standing, instant = queries.standing(current_user, application), now()
    findings = queries.findings(application)
    return render_template(
        "applications/detail.html",
        application=application,
        dossier=queries.dossier_of(application),
        standing=standing,
        findings=findings,
        blocking=[f for f in findings if f.blocks],
        sections=SECTIONS,
        events=MACHINE.available(application, current_user),
        machine=MACHINE,
        acting=queries.acting_by_member(application.id) if standing.lead else {},
        invitations=queries.invitations_of(application.id) if standing.lead else [],
        submission=queries.submission_of(application.id) if application.status != "draft" else None,
        screening=queries.screening_of(application.id) if application.status != "draft" else None,
        accepts=call_policy.accepts(application.call, instant),
        phase=call_policy.phase(application.call, instant),
        left=application.call.closes_at - instant,
        reasons=reasons,
        **{"screen_form": None, "withdraw_form": WithdrawForm(data={"version": application.version}), **more},
    )


@bp.get("/applications/<int:application_id>/history")
@access(readers)
def history(application_id: int) -> str:
    application = load(application_id)
    standing = queries.standing(current_user, application)
    names = queries.names_for_history(application, standing.agency)
    labels = {status.value: status.label for status in ApplicationStatus}
    lines = [replace(line, label=EVENTS.get(line.name, line.label)) for line in history_of(application, labels, names)]
    if not standing.agency:  # why it was found eligible although a condition did not hold: a note of the office
        lines = [replace(line, reason=None) if line.name == "screen_eligible" else line for line in lines]
    return render_template("applications/history.html", application=application, events=lines)


# --- sections -------------------------------------------------------------------------------------------------------


def section(application: Any, name: str, form: Any, reasons: Any = (), **more: Any) -> str:
    """One section's page, with what the rules say about it."""
    return render_template(
        f"applications/{name}.html",
        application=application,
        form=form,
        reasons=reasons,
        findings=[f for f in queries.findings(application) if f.rule.where == name],
        accepts=call_policy.accepts(application.call, now()),
        **more,
    )


def _saved(application: Any) -> str:
    return url_for("applications.detail", application_id=application.id, _anchor="rules")


@bp.get("/applications/<int:application_id>/basics")
@access(applicant)
def basics(application_id: int) -> str:
    application = load_draft(application_id)
    return section(application, "basics", basics_form(application))


@bp.post("/applications/<int:application_id>/basics", endpoint="save_basics")
@access(applicant)
def save_basics(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = basics_form(application, request.form)
    return attempt(
        form,
        lambda: operations.save_basics(
            application, form.values(), form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: section(application, "basics", form, reasons),
        _saved(application),
        lambda: basics_form(application),
    )


@bp.get("/applications/<int:application_id>/milestones")
@access(applicant)
def milestones(application_id: int) -> str:
    application = load_draft(application_id)
    return section(application, "milestones", milestones_form(application))


@bp.post("/applications/<int:application_id>/milestones", endpoint="save_milestones")
@access(applicant)
def save_milestones(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = milestones_form(application, request.form)
    return attempt(
        form,
        lambda: operations.save_milestones(
            application, form.rows(), form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: section(application, "milestones", form, reasons),
        _saved(application),
        lambda: milestones_form(application),
    )


@bp.get("/applications/<int:application_id>/plan")
@access(applicant)
def plan(application_id: int) -> str:
    application = load_draft(application_id)
    return section(application, "plan", plan_form(application))


@bp.post("/applications/<int:application_id>/plan", endpoint="save_plan")
@access(applicant)
def save_plan(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = plan_form(application, request.form)
    return attempt(
        form,
        lambda: operations.save_plan(
            application, form.values(), form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: section(application, "plan", form, reasons),
        _saved(application),
        lambda: plan_form(application),
    )


# --- the consortium -------------------------------------------------------------------------------------------------


def consortium_page(application: Any, reasons: Any = (), form: Any = None, new: Any = None) -> str:
    try:
        wanted = clean_text(request.args.get("q", ""))[:100]
    except ValueError:
        wanted = ""
    return section(
        application,
        "consortium",
        form or member_form(application),
        reasons,
        new=new or new_member_form(application),
        found=queries.search_organisations(wanted) if wanted else None,
        wanted=wanted,
        people=queries.people_by_member(application.id),
        invitations=queries.invitations_of(application.id),
        lead=application.lead_organisation_id,
    )


@bp.get("/applications/<int:application_id>/members")
@access(applicant)
def consortium(application_id: int) -> str:
    return consortium_page(load_draft(application_id))


def _consortium_url(application: Any) -> str:
    return url_for("applications.consortium", application_id=application.id)


@bp.post("/applications/<int:application_id>/members", endpoint="add_member")
@access(applicant)
def add_member(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = member_form(application, request.form)

    def verb() -> None:
        organisation = queries.organisation(form.organisation_id.data or 0) or abort(404)
        operations.add_member(
            application, organisation, MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        )  # fmt: skip

    return attempt(
        form, verb, lambda reasons: consortium_page(application, reasons, form), _consortium_url(application)
    )


@bp.post("/applications/<int:application_id>/members/new", endpoint="add_new_member")
@access(applicant)
def add_new_member(application_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    form = new_member_form(application, request.form)
    return attempt(
        form,
        lambda: operations.add_member(
            application, form.values(), MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        ),
        lambda reasons: consortium_page(application, reasons, new=form),
        _consortium_url(application),
    )  # fmt: skip


def _member(application: Any, member_id: int) -> Any:
    return queries.member_of(application, member_id) or abort(404)


@bp.post("/applications/<int:application_id>/members/<int:member_id>/remove")
@access(applicant)
def remove_member(application_id: int, member_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    member, form = _member(application, member_id), VersionForm(request.form)
    return attempt(
        form,
        lambda: operations.remove_member(
            application, member, form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: consortium_page(application, reasons),
        _consortium_url(application),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/role")
@access(applicant)
def change_role(application_id: int, member_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    member, form = _member(application, member_id), RoleForm(request.form)
    return attempt(
        form,
        lambda: operations.change_role(
            application, member, MemberRole(str(form.role.data)), form.version.data or 0,
            actor=current_user, arrived=arrived_at(),
        ),
        lambda reasons: consortium_page(application, reasons),
        _consortium_url(application),
    )  # fmt: skip


# --- one member's share ---------------------------------------------------------------------------------------------


def _own_member(application_id: int, member_id: int, lock: bool = False) -> tuple[Any, Any]:
    """The application and a member for which the reader acts (the lead's people: any); others are not there."""
    application = load(application_id, lock)
    member = _member(application, member_id)
    if not policy.may_invite(current_user, application, member):
        abort(404)
    return application, member


def _share(application_id: int, member_id: int, lock: bool = False) -> tuple[Any, Any]:
    """The same while the share may be changed; a partner finds no other shares here."""
    application, member = _own_member(application_id, member_id, lock)
    if application.status != "draft":
        raise OutOfOrder(application, "edit", application.status)
    return application, member


def share_page(
    application: Any, member: Any, form: Any = None, reasons: Any = (), confirm: Any = None, invite: Any = None
) -> str:
    years = queries.years_of(application)
    return section(
        application,
        "share",
        form or share_form(member, years),
        reasons,
        member=member,
        years=years,
        cost_items=COST_ITEMS,
        view=next(v for v in queries.dossier_of(application).members if v.id == member.id),
        standing=queries.standing(current_user, application),
        may_confirm=policy.may_confirm_share(current_user, application, member),
        confirm=confirm or ConfirmForm(data={"version": member.version}),
        invite=invite or InviteForm(),
        invitations=[i for i in queries.invitations_of(application.id) if i.member_id == member.id],
        people=queries.acting_for(member.id),
    )


@bp.get("/applications/<int:application_id>/members/<int:member_id>")
@access(applicant)
def share(application_id: int, member_id: int) -> str:
    return share_page(*_share(application_id, member_id))


def _share_url(application: Any, member: Any) -> str:
    return url_for("applications.share", application_id=application.id, member_id=member.id)


@bp.post("/applications/<int:application_id>/members/<int:member_id>", endpoint="save_share")
@access(applicant)
def save_share(application_id: int, member_id: int) -> ResponseReturnValue:
    application, member = _share(application_id, member_id, lock=True)
    years = queries.years_of(application)
    form = share_form(member, years, request.form)
    return attempt(
        form,
        lambda: operations.save_share(
            application, member, form.values(), form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: share_page(application, member, form, reasons),
        _share_url(application, member),
        lambda: share_form(member, years),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/confirm")
@access(applicant)
def confirm_share(application_id: int, member_id: int) -> ResponseReturnValue:
    application, member = _share(application_id, member_id, lock=True)
    form = ConfirmForm(request.form)
    return attempt(
        form,
        lambda: operations.confirm_share(
            application, member, form.name.data, form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: share_page(application, member, reasons=reasons, confirm=form),
        _share_url(application, member),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/end-person")
@access(applicant)
def end_person(application_id: int, member_id: int) -> ResponseReturnValue:
    """In every state: who leaves an organisation must not go on reading, draft or running project."""
    application, member = _own_member(application_id, member_id, lock=True)
    form = PersonForm(request.form)
    if not form.validate():
        abort(404)
    operations.end_person(application, member, form.user_id.data or 0, actor=current_user)
    return redirect(_after_people(application, member), 303)


def _after_people(application: Any, member: Any) -> str:
    """Where people of a member are shown: on its share while it is a draft, on the overview later."""
    if application.status == "draft":
        return _share_url(application, member)
    return url_for("applications.detail", application_id=application.id, _anchor="people")


# --- documents ------------------------------------------------------------------------------------------------------


def attachments_page(application: Any, reasons: Any = ()) -> str:
    current = {a.document_id: a for a in queries.current_attachments(application)}
    return section(application, "attachments", None, reasons, current=current)


@bp.get("/applications/<int:application_id>/documents")
@access(applicant)
def attachments(application_id: int) -> str:
    return attachments_page(load_draft(application_id))


@bp.post("/applications/<int:application_id>/documents/<int:document_id>")
@access(applicant)
def attach(application_id: int, document_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    file = request.files.get("file")
    if file is None or not file.filename:
        return attachments_page(application, [_("Choose a PDF file first.")]), 422
    try:
        operations.attach(
            application, document_id, file.stream, file.filename, actor=current_user, arrived=arrived_at()
        )  # fmt: skip
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    return redirect(url_for("applications.attachments", application_id=application.id), 303)


@bp.post("/applications/<int:application_id>/files/<int:attachment_id>/remove")
@access(applicant)
def detach(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    row = queries.attachment(application.id, attachment_id) or abort(404)
    try:
        operations.detach(application, row, actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return attachments_page(application, refusal.reasons), 422
    return redirect(url_for("applications.attachments", application_id=application.id), 303)


@bp.get("/applications/<int:application_id>/files/<int:attachment_id>")
@access(readers)
def download(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = load(application_id)
    row = queries.attachment(application.id, attachment_id) or abort(404)
    return downloads.send(row.file)
