"""Change requests: the consortium writes and looks ahead, the office decides."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.changes import definitions, operations, policy, queries
from app.changes.choices import WRITABLE, ChangeKind, ChangeStatus
from app.changes.definitions import AREAS, KINDS
from app.changes.exports import item_words, readable
from app.changes.forms import DecisionForm, FilterForm, StepForm, WordsForm, item_form, year_choices
from app.changes.operations.carrying import frozen, outlook
from app.changes.workflow import MACHINE
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.milestones import queries as milestones
from app.projects import policy as project_policy
from app.projects import queries as projects
from app.projects.choices import ProjectStatus

bp = Blueprint("changes", __name__)
#: The form of one kind of change.
ADD = f"/changes/<int:request_id>/add/<any({', '.join(ChangeKind)}):kind>"
people, officer, staff = role("applicant", "officer", "auditor"), role("officer"), role("officer", "auditor")


@bp.get("/projects/<int:project_id>/changes")
@access(people)
def of_project(project_id: int) -> str:
    found = projects.get_for(current_user, project_id) or abort(404)
    rows = [row for row in queries.of_project(found.id) if policy.may_read(current_user, row)]
    may_open = project_policy.may_report(current_user, found) and found.status in (
        ProjectStatus.adopted, ProjectStatus.running,
    )  # fmt: skip
    return render_template("changes/of_project.html", project=found, rows=rows, kinds=KINDS, may_open=may_open)


@bp.post("/projects/<int:project_id>/changes")
@access(role("applicant"))
def open_request(project_id: int) -> Answer:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    row = operations.open_request(found, current_user)
    return redirect(url_for("changes.detail", request_id=row.id), 303)


@bp.post("/reports/<int:report_id>/change")
@access(role("applicant"))
def from_report(report_id: int) -> Answer:
    """Open a change request from a report on a delay or an accident, with what it says."""
    report = milestones.get_for(current_user, report_id) or abort(404)
    try:
        row = operations.open_from_report(report, current_user)
    except Refused as refusal:
        flash(refusal.reasons[0].message, "error")
        return redirect(url_for("milestones.report", report_id=report_id), 303)
    flash(_("A change request is open with what the report says. Read it, complete it, hand it in."))
    return redirect(url_for("changes.detail", request_id=row.id), 303)


def _load(request_id: int, lock: bool = False) -> Any:
    found = queries.get_for(current_user, request_id, lock=lock)
    return found if found is not None and policy.may_read(current_user, found) else abort(404)


@bp.get("/changes/<int:request_id>")
@access(people)
def detail(request_id: int) -> str:
    found = _load(request_id)
    names = ("version", "reason", "effect_on_goals", "effect_on_budget", "effective_on")
    return _page(found, WordsForm(data={name: getattr(found, name) for name in names}))


def _page(found: Any, form: WordsForm, reasons: Any = (), decision: DecisionForm | None = None) -> str:
    """A request as it is written, with its effects as of now; a decided one with those that were decided on."""
    living = found.status in (*WRITABLE, found.status.submitted)
    ahead = outlook(found) if living else None
    effects = frozen(ahead) if ahead else found.effects
    basis = definitions.digest(ahead.before) if ahead else ""
    own = None if policy.sees_all_costs(current_user, found) else queries.own_organisations(current_user, found.project)
    names, goals = queries.words_of(found)
    shown = [
        own is None or item.kind not in definitions.OF_COSTS or item.given["organisation"] in own
        for item in found.items
    ]
    items = [
        (item, KINDS[item.kind], item_words(KINDS[item.kind], item.given, names, goals))
        for item, told in zip(found.items, shown, strict=True)
        if told
    ]
    return render_template(
        "changes/detail.html", change=found, project=found.project, form=form, reasons=reasons, kinds=KINDS, areas=AREAS,
        writable=found.status in WRITABLE and policy.may_write(current_user, found), ahead=ahead,
        groups=readable(effects, ahead, own), items=items, events=MACHINE.available(found, current_user),
        decision=decision or DecisionForm(data={"version": found.version, "basis": basis}), labels=_labels(),
        problems=[reason for index, reason in ahead.problems if shown[index]] if ahead else (),
    )  # fmt: skip


def _labels() -> dict[str, Any]:
    return {transition.event: transition.label for transition in MACHINE.transitions}


@bp.post("/changes/<int:request_id>")
@access(role("applicant"))
def save(request_id: int) -> Answer:
    found = _load(request_id, lock=True)
    form = WordsForm(request.form)
    if not form.validate():
        return _page(found, form), 422
    try:
        operations.save_words(found, form.as_data(), form.version.data or 0, current_user)
        if "hand_in" in request.form:
            ahead = operations.hand_in(found, found.version, current_user)
            flash(
                _("Recorded: the change holds.")
                if ahead.notice
                else _("Handed in. You are told by mail what is decided.")
            )
        else:
            flash(_("Saved."))
    except Refused as refusal:
        return _page(found, form, refusal.reasons), 422
    return redirect(url_for("changes.detail", request_id=request_id), 303)


@bp.get(ADD)
@access(role("applicant"))
def item(request_id: int, kind: str) -> str:
    found = _writable(request_id)
    form = item_form(ChangeKind(kind), _choices(found))
    form.version.data = found.version
    return _item_page(found, ChangeKind(kind), form)


def _writable(request_id: int, lock: bool = False) -> Any:
    found = _load(request_id, lock)
    return found if found.status in WRITABLE and policy.may_write(current_user, found) else abort(404)


def _item_page(found: Any, kind: ChangeKind, form: Any, reasons: Any = ()) -> str:
    return render_template(
        "changes/item.html", change=found, project=found.project, kind=KINDS[kind], form=form, reasons=reasons
    )


def _choices(found: Any) -> dict[str, list[tuple[str, Any]]]:
    standing = queries.standing(found.project)
    here = dict.fromkeys(part.organisation_id for part in standing.parts if part.ends_on is None)
    return {
        "partner": [(str(key), standing.names[key]) for key in here],
        "milestone": [(str(one.id), f"{one.position}. {one.goal}") for one in standing.milestones if not one.done],
        "year": year_choices(sorted(standing.by_year())),
    }


@bp.post(ADD)
@access(role("applicant"))
def add_item(request_id: int, kind: str) -> Answer:
    found, which = _writable(request_id, lock=True), ChangeKind(kind)
    form = item_form(which, _choices(found), request.form)
    reasons: Any = ()
    if form.validate():
        try:
            operations.add_item(found, which, form.data, form.version.data or 0, current_user)
            flash(_("Added. Its effects stand below."))
            return redirect(url_for("changes.detail", request_id=request_id) + "#effects", 303)
        except Refused as refusal:
            reasons = [reason for reason in refusal.reasons if reason.where not in form._fields]
            for reason in refusal.reasons:
                if reason.where in form._fields:
                    form.refuse(reason.where, reason.message)
    return _item_page(found, which, form, reasons), 422


@bp.post("/changes/<int:request_id>/items/<int:item_id>/drop")
@access(role("applicant"))
def drop_item(request_id: int, item_id: int) -> Answer:
    found, form = _writable(request_id, lock=True), StepForm(request.form)
    operations.drop_item(found, item_id, form.version.data or 0, current_user)
    return redirect(url_for("changes.detail", request_id=request_id), 303)


@bp.post("/changes/<int:request_id>/withdraw")
@access(role("applicant"))
def withdraw(request_id: int) -> Answer:
    found, form = _load(request_id, lock=True), StepForm(request.form)
    operations.withdraw(found, form.version.data or 0, current_user)
    flash(_("Withdrawn."))
    return redirect(url_for("changes.of_project", project_id=found.project_id), 303)


@bp.post("/changes/<int:request_id>/<any(approve,approve_with_conditions,return,reject):event>")
@access(officer)
def decide(request_id: int, event: str) -> Answer:
    found, form = _load(request_id, lock=True), DecisionForm(request.form)
    if form.validate():
        try:
            operations.decide(
                found, event, form.words.data or "", form.basis.data or "", form.version.data or 0, current_user
            )
        except Refused as refusal:
            for reason in refusal.reasons:
                form.refuse("words", reason.message)
    if form.errors:
        return _page(found, WordsForm(), decision=form), 422
    flash(_("Decided. The consortium is told by mail."))
    return redirect(url_for("changes.detail", request_id=request_id), 303)


@bp.get("/officer/changes")
@access(staff)
def waiting() -> str:
    form = FilterForm(request.args)
    status = (form.status.data if form.validate() else None) or ChangeStatus.submitted.value
    page = queries.page(
        current_user, None if status == "all" else status, request.args.get("after"), request.args.get("before")
    )
    return render_template("changes/waiting.html", form=form, page=page, kinds=KINDS)
