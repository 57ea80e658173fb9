"""The parts of a draft as pages: basics, milestones, commercialization plan; and saving any part."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import parts
from app.applications.views import bp
from app.applications.views.pages import applicant, load_draft, saved_url, section
from app.core.access import access
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _

Show = Callable[[Any, Any], str]  # (form, reasons) -> the page


def mark_conflicts(saved: parts.Saved) -> Any:
    """The merged form, each field in conflict carrying the other's text, name and time for its note."""
    for name, conflict in saved.conflicts.items():
        field = saved.form[name] if name in saved.form else None
        if field is not None:
            field.conflict = {"theirs": conflict.theirs, "by": saved.since.get(name)}
    return saved.form


def save_part(
    application: Any, part: parts.Part, show: Show, done: str, only: Callable[[str], bool] | None = None
) -> ResponseReturnValue:
    """The plain save button: merge, store, go on; or show the page again with what is wrong or contested.

    ``only`` says which fields the page has; the others stay as stored.
    """
    if not part.writable:
        abort(403)
    form, reasons = part.form(request.form), []
    if form.validate():
        try:
            saved = parts.save(
                application, part, form, form.version.data or 0, parts.seen_versions(request.form.get("seen")),
                actor=current_user, arrived=arrived_at(),
                only=None if only is None else [field.name for field in form if only(field.name)],
            )  # fmt: skip
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            if saved.conflicts:
                return show(mark_conflicts(saved), ()), 409
            if saved.outcome.joined or saved.outcome.kept:
                flash(_("Saved, together with what others changed meanwhile."))
            return redirect(done, 303)
    return show(form, reasons), 422


def _part(application: Any, key: str) -> parts.Part:
    return parts.part_of(application, key, current_user) or abort(403)


def part_page(application: Any, part: parts.Part, form: Any = None, reasons: Any = (), **more: Any) -> str:
    return section(application, part.section, form or part.form(None), reasons, part=part, **more)


def _show(application: Any, part: parts.Part, more: Mapping[str, Any] = {}) -> Show:
    return lambda form, reasons: part_page(application, part, form, reasons, **more)


def _open(application_id: int, key: str) -> str:
    application = load_draft(application_id)
    return part_page(application, _part(application, key))


def _save(application_id: int, key: str) -> ResponseReturnValue:
    application = load_draft(application_id, lock=True)
    part = _part(application, key)
    return save_part(application, part, _show(application, part), saved_url(application))


@bp.get("/applications/<int:application_id>/basics")
@access(applicant)
def basics(application_id: int) -> str:
    return _open(application_id, "basics")


@bp.post("/applications/<int:application_id>/basics", endpoint="save_basics")
@access(applicant)
def save_basics(application_id: int) -> ResponseReturnValue:
    return _save(application_id, "basics")


@bp.get("/applications/<int:application_id>/milestones")
@access(applicant)
def milestones(application_id: int) -> str:
    return _open(application_id, "milestones")


@bp.post("/applications/<int:application_id>/milestones", endpoint="save_milestones")
@access(applicant)
def save_milestones(application_id: int) -> ResponseReturnValue:
    return _save(application_id, "milestones")


@bp.get("/applications/<int:application_id>/plan")
@access(applicant)
def plan(application_id: int) -> str:
    return _open(application_id, "plan")


@bp.post("/applications/<int:application_id>/plan", endpoint="save_plan")
@access(applicant)
def save_plan(application_id: int) -> ResponseReturnValue:
    return _save(application_id, "plan")
