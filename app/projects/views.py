"""Pages of projects, and the release of a call's results."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.wrappers import Response

from app.applications import queries as applications
from app.applications.choices import Right
from app.calls import queries as calls
from app.calls.choices import COST_ITEMS
from app.core import downloads
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import Bilingual, _
from app.projects import operations, policy, queries
from app.projects.definitions import ToDo, sections_for, tabs_for
from app.projects.forms import FilterForm, PersonForm, PromoteForm
from app.reviews import queries as reviews
from app.selection import policy as selection_policy
from app.selection import queries as selection

bp = Blueprint("projects", __name__)
officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/projects")
@access(staff)
def index() -> str:
    form = FilterForm(request.args)
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    found = queries.page(current_user, filters, request.args.get("after"), request.args.get("before"))
    return render_template("projects/index.html", form=form, page=found)


bp.add_app_template_global(lambda project: tabs_for(current_user, project), "project_tabs")


@bp.get("/projects/<int:project_id>")
@access(role("applicant", "officer", "auditor"))
def detail(project_id: int) -> str:
    return project_page(queries.get_for(current_user, project_id) or abort(404))


def project_page(found: Any, refused: Any = None, reasons: Any = (), **given: Any) -> str:
    """A project's first page; ``refused`` is the form of a block that did not pass, ``given`` stands in for its own."""
    agency = current_user.has_role("officer", "auditor")
    sections = [
        (one, {**here, **{name: form for name, form in given.items() if name in here}})
        for one, here in sections_for(current_user, found)
    ]
    return render_template(
        "projects/detail.html", project=found, sections=sections, agency=agency, refused=refused, reasons=reasons,
        budget=queries.budget_of(found.id) if agency else [], cost_items=COST_ITEMS,
    )  # fmt: skip


def of_organisation(actor: Any, organisation: Any) -> dict[str, Any] | None:
    """The block on an organisation's page: its projects, as far as this reader may know of them."""
    rows = queries.of_organisation(actor, organisation.id)
    return {"rows": rows} if rows else None


@bp.get("/projects/<int:project_id>/people")
@access(role("applicant", "officer", "auditor"))
def people(project_id: int) -> str:
    """Who acts for the organisations that joined after the award."""
    found = queries.get_for(current_user, project_id) or abort(404)
    return _people(found, _person_form(found))


def _may_name(found: Any) -> list[Any]:
    joined = queries.joined_organisations(found)
    return [one for one in joined if policy.may_name(current_user, found, one.id)]


def _person_form(found: Any, formdata: Any = None) -> PersonForm:
    form = PersonForm(formdata)
    form.organisation_id.offer([(str(one.id), str(one.name)) for one in _may_name(found)])
    return form


def _people(found: Any, form: PersonForm) -> str:
    joined, mine = queries.joined_organisations(found), _may_name(found)
    return render_template(
        "projects/people.html", project=found, joined=joined, mine={one.id for one in mine}, form=form,
        people=queries.people_later(found.id),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/people")
@access(role("applicant"))
def name_person(project_id: int) -> Answer:
    found = queries.get_for(current_user, project_id, lock=True) or abort(404)
    form = _person_form(found, request.form)
    key = form.organisation_id.data or ""
    if form.validate() and key.isascii() and key.isdigit() and len(key) < 10:
        try:
            operations.name_person(found, int(key), form.email.data or "", Right(form.right.data), current_user)
        except Refused as refusal:
            form.refuse("email", refusal.reasons[0].message)
        else:
            flash(_("Recorded. The person is told by mail."))
            return redirect(url_for("projects.people", project_id=project_id), 303)
    return _people(found, form), 422


@bp.post("/projects/<int:project_id>/people/<int:organisation_id>/<int:user_id>/end")
@access(role("applicant"))
def end_person(project_id: int, organisation_id: int, user_id: int) -> Answer:
    found = queries.get_for(current_user, project_id, lock=True) or abort(404)
    try:
        operations.end_person(found, organisation_id, user_id, current_user)
    except Refused as refusal:
        form = _person_form(found)
        form.refuse("email", refusal.reasons[0].message)
        return _people(found, form), 422
    flash(_("Ended. The person sees nothing of the project any more."))
    return redirect(url_for("projects.people", project_id=project_id), 303)


def _whose(organisation: Any) -> Bilingual:
    name = organisation.name
    return Bilingual(f"Name the people of {name.en}", f"{name.ja}の担当者を登録する")


def to_name(actor: Any, project: Any) -> list[ToDo]:
    """Organisations that joined later and for which nobody signs yet: their people are named first."""
    if project.application_id is None or not (
        actor.has_role("officer", "auditor") or policy.may_report(actor, project)
    ):
        return []
    signed = {one.organisation_id for one in queries.people_later(project.id) if one.right is Right.sign}
    return [
        ToDo(False, _whose(one), "projects.people")
        for one in queries.joined_organisations(project)
        if one.id not in signed
    ]


@bp.get("/my-projects")
@access(role("applicant"))
def mine() -> str:
    return render_template("projects/mine.html", projects=queries.mine(current_user))


@bp.post("/officer/calls/<int:call_id>/release")
@access(officer)
def release(call_id: int) -> Response:
    call = calls.get_for(current_user, call_id, lock=True) or abort(404)
    if request.form.get("sure") != "yes":
        flash(_("Tick the box to say that you have checked the list."), "error")
        return redirect(url_for("selection.ranking", call_id=call_id), 303)
    n = operations.release_results(call, current_user)
    flash(_("%(n)d results are released. Letters and mails are on their way.", n=n))
    return redirect(url_for("selection.ranking", call_id=call_id), 303)


@bp.post("/officer/applications/<int:application_id>/corrections/<int:correction_id>/confirm")
@access(officer)
def confirm_correction(application_id: int, correction_id: int) -> Response:
    applications.get_for(current_user, application_id, lock=True) or abort(404)
    row = reviews.correction_of(application_id, correction_id, lock=True) or abort(404)
    form = PromoteForm(request.form)
    operations.confirm_correction(row, form.version.data or 0, current_user)
    flash(_("Confirmed. The superseding letter and the mails are on their way."))
    return redirect(url_for("reviews.correction", application_id=application_id), 303)


@bp.get("/officer/calls/<int:call_id>/reserve")
@access(staff)
def reserve(call_id: int) -> str:
    """The reserve list in its order, what came free, and the next one to move up."""
    call = selection.call_of(current_user, call_id) or abort(404)
    return _reserve_page(call, PromoteForm())


def _reserve_page(call: Any, form: PromoteForm) -> str:
    whole = selection_policy.may_see_joint(current_user, call.id)
    return render_template(
        "projects/reserve.html", call=call, form=form, rows=selection.reserve_of(current_user, call.id), whole=whole,
        waiting=queries.promotions_waiting(call.id), room=queries.room(call) if whole else None,
        withdrawn=queries.withdrawn_of(current_user, call.id),
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/promote")
@access(officer)
def promote(application_id: int) -> Answer:
    application = applications.get_for(current_user, application_id, lock=True) or abort(404)
    decision = reviews.released_decision(application_id) or abort(404)
    form = PromoteForm(request.form)
    if form.validate():
        try:
            operations.promote(decision, form.amount_yen.data, form.reason.data, form.version.data or 0, current_user)
        except Refused as refusal:
            form.refuse(refusal.reasons[0].where or "reason", refusal.reasons[0].message)
    if form.errors:
        return _reserve_page(application.call, form), 422
    flash(_("Proposed. Nothing changes before another officer confirms it."))
    return redirect(url_for("reviews.correction", application_id=application_id), 303)


@bp.get("/applications/<int:application_id>/letters/<int:correction_id>")
@access(role("applicant", "officer", "auditor"))
def superseded_letter(application_id: int, correction_id: int) -> Answer:
    """The letter that a correction superseded; it stays readable for whom it was written."""
    applications.get_for(current_user, application_id) or abort(404)
    row = reviews.correction_of(application_id, correction_id) or abort(404)
    if row.superseded_letter is None:
        abort(404)
    if row.superseded_letter.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(row.superseded_letter.file)


@bp.get("/applications/<int:application_id>/letter")
@access(role("applicant", "officer", "auditor"))
def letter(application_id: int) -> Response | tuple[str, int, dict[str, str]]:
    applications.get_for(current_user, application_id) or abort(404)
    decision = reviews.released_decision(application_id) or abort(404)
    if decision.letter is None or decision.letter.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(decision.letter.file)
