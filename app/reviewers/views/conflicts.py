"""Pages of officers on conflicts: candidates for an application or a call, judging, what waits for a judgement."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries as applications
from app.calls import queries as calls
from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.reviewers import operations, queries
from app.reviewers.choices import ConflictVerdict
from app.reviewers.forms import JudgeForm, StrangersForm
from app.reviewers.views import bp

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/officer/applications/<int:application_id>/candidates")
@access(staff)
def candidates(application_id: int) -> str:
    return _candidates_page(applications.get_for(current_user, application_id, whole=False) or abort(404))


def _candidates_page(application: Any, form: StrangersForm | None = None, found: Any = None) -> str:
    people, office = queries.reviewers_by_id(), queries.office()
    return render_template(
        "reviewers/candidates.html", application=application, people=people, form=form or StrangersForm(), found=found,
        office=office, office_standings=queries.standings_of(application.id, list(office)),
        standings=queries.standings_of(application.id, list(people)),
        loads=queries.loads(list(people), applications.kept_out(current_user)),
        profiles=queries.profiles(),
    )  # fmt: skip


@bp.post("/officer/applications/<int:application_id>/candidates", endpoint="check_strangers")
@access(officer)
def check_strangers(application_id: int) -> ResponseReturnValue:
    """Look for conflicts of people who have no account yet. Nothing of them is stored."""
    application = applications.get_for(current_user, application_id, whole=False) or abort(404)
    form = StrangersForm(request.form)
    if not form.validate():
        return _candidates_page(application, form), 422
    return _candidates_page(application, form, queries.strangers([application_id], form.strangers()))


@bp.get("/officer/calls/<int:call_id>/candidates")
@access(staff)
def call_candidates(call_id: int) -> str:
    """The whole pool against everything handed in for a call."""
    call = calls.get_for(current_user, call_id) or abort(404)
    people = queries.reviewers_by_id()
    ids = queries.handed_in_ids(current_user, call_id)
    return render_template(
        "reviewers/call_candidates.html", call=call, people=people, total=len(ids), profiles=queries.profiles(),
        counts=queries.state_counts(ids, list(people)),
        loads=queries.loads(list(people), applications.kept_out(current_user)),
    )  # fmt: skip


def _pair_page(application: Any, user: Any, form: JudgeForm | None = None, reasons: Any = ()) -> str:
    standing = queries.standing(application.id, user.id)
    shown = form or JudgeForm()
    shown.seen.data = "\n".join(hit.key for hit in standing.hits)
    return render_template(
        "reviewers/pair.html", application=application, person=user, standing=standing, form=shown,
        history=queries.judgement_history(application.id, user.id), reasons=reasons,
        readings=queries.readings_of_pair(application.id, user.id), own=user.id == current_user.id,
    )  # fmt: skip


@bp.get("/officer/applications/<int:application_id>/candidates/<int:user_id>")
@access(staff)
def pair(application_id: int, user_id: int) -> str:
    application = applications.get_for(current_user, application_id, whole=False) or abort(404)
    return _pair_page(application, queries.bound_person(user_id) or abort(404))


@bp.post("/officer/applications/<int:application_id>/candidates/<int:user_id>", endpoint="judge")
@access(officer)
def judge(application_id: int, user_id: int) -> ResponseReturnValue:
    application = applications.get_for(current_user, application_id, whole=False) or abort(404)
    user, form = queries.bound_person(user_id) or abort(404), JudgeForm(request.form)
    if not form.validate():
        return _pair_page(application, user, form), 422
    verdict = ConflictVerdict(form.verdict.data)
    try:
        operations.judge(application, user, verdict, form.reason.data, seen=form.keys(), actor=current_user)
    except Refused as refusal:
        return _pair_page(application, user, form, refusal.reasons), 422
    flash(_("The judgement is recorded."))
    return redirect(url_for("reviewers.pair", application_id=application_id, user_id=user_id), 303)


@bp.get("/officer/conflicts")
@access(staff)
def waiting() -> str:
    """Possible conflicts of people who have been asked already."""
    page = queries.to_judge(current_user, request.args.get("after"), request.args.get("before"))
    return render_template("reviewers/waiting.html", page=page, count=queries.to_judge_count(current_user))
