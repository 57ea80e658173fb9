"""Basics, milestones and the commercialization plan."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations
from app.applications.forms import (
    basics_form,
    milestones_form,
    plan_form,
)
from app.applications.views import bp
from app.applications.views.pages import applicant, attempt, load_draft, saved_url, section
from app.core.access import access
from app.core.http import arrived_at


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
        saved_url(application),
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
        saved_url(application),
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
        saved_url(application),
        lambda: plan_form(application),
    )
