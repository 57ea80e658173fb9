"""The award's own page, its events, and the office's list."""

from datetime import date
from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements import exports, operations, policy, queries
from app.agreements.definitions import AGREED, AT_WORK, BEFORE_CONTRACT, ENDED, POINTS, handed_in
from app.agreements.forms import EVENT_FORMS, FilterForm
from app.agreements.views.base import attempt, award_of, both_sides, bp, people, staff, to_agreement
from app.agreements.workflow import machine_of, may_follow
from app.core.access import access
from app.core.clock import today
from app.core.errors import Stale
from app.core.i18n import _
from app.projects import queries as projects
from app.projects.definitions import left_for

#: Events that need nothing but a click.
PLAIN = ("assess", "apply", "begin", "settle", "follow")


@bp.get("/awards")
@access(staff)
def index() -> str:
    form = FilterForm(request.args)
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    page = queries.page(current_user, filters, request.args.get("after"), request.args.get("before"))
    waits = queries.waits_of([row[0] for row in page.rows])
    return render_template("agreements/index.html", form=form, page=page, waits=waits)


@bp.get("/projects/<int:project_id>/agreement")
@access(people)
def agreement(project_id: int) -> str:
    project = projects.get_for(current_user, project_id) or abort(404)
    award = queries.of_project(project.id)
    if award is None:
        return render_template("agreements/none.html", project=project)
    return overview(award)


def overview(award: Any, reasons: Any = ()) -> str:
    lines = exports.lines_for(current_user, award)
    return render_template(
        "agreements/agreement.html", award=award, project=award.project, steps=exports.steps(award), reasons=reasons,
        left=left_for(current_user, award.project), points=exports.points_of(award),
        may_offer=operations.may_offer(award), evaluated=not may_follow(award),
        events=exports.events(current_user, award), plain=PLAIN, lines=lines, sums=exports.sums(lines),
        whole=policy.sees_everybodys_costs(current_user, award), terms=queries.terms_of_award(award),
        breaks=queries.breaks_of(award), today=today(), office=policy.is_officer(current_user, award),
        agreed=AGREED, at_work=AT_WORK, before=BEFORE_CONTRACT, titles=POINTS,
    )  # fmt: skip


@bp.get("/projects/<int:project_id>/agreement/<any({}):event>".format(",".join(EVENT_FORMS)))
@access(both_sides)
def event_page(project_id: int, event: str) -> str:
    award = award_of(project_id)
    if event not in machine_of(award).available(award, current_user):
        abort(404)
    return _event_page(award, event, EVENT_FORMS[event](data={"version": award.version, "on": _day(award, event)}))


def _day(award: Any, event: str) -> date:
    """The day that the form proposes: of the report that was handed in, of the end of work, else today."""
    if event == "complete":
        return operations.end_of_work(award)
    contract = queries.current_contract(award)
    found = handed_in([contract]) if event == "receive_report" and contract is not None else {}
    return next((one.on for one in found.values()), today())


def _event_page(award: Any, event: str, form: Any, reasons: Any = ()) -> str:
    transition = machine_of(award).transition(award.status, event) or abort(404)
    return render_template(
        "agreements/event.html", award=award, project=award.project, event=event, label=transition.label, form=form,
        target=transition.target, reasons=reasons or exports.missing(award, event),
        reports=handed_in(award.contracts) if event == "receive_report" else {},
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/agreement/<any({}):event>".format(",".join(EVENT_FORMS)))
@access(both_sides)
def fire(project_id: int, event: str) -> Answer:
    award = award_of(project_id, lock=True)
    left = event == "settle" and award.status in ENDED  # what was spent until an early end is settled as well
    if not left and event not in machine_of(award).available(award, current_user):
        machine_of(award).check(award, event, current_user)  # says in words why not
    form, reasons = EVENT_FORMS[event](request.form), []
    if form.validate():
        if form.version.data != award.version:
            raise Stale({}, {})
        reasons = attempt(form, lambda: _verb(award, event, form))
    if form.errors or reasons:
        return _event_page(award, event, form, reasons), 422
    flash(_("Recorded: %(state)s.", state=award.status.label))
    return to_agreement(project_id)


def _verb(award: Any, event: str, form: Any) -> None:
    """Hand what the form holds to the verb of the event."""
    given = [form[name].data or "" for name in ("on", "reason") if name in form]
    if event == "close":
        operations.close(award, current_user, *given)
    elif event == "receive_report":
        operations.receive_report(award, form.on.data, current_user, form.paper.data or "")
    elif event == "settle":
        operations.settle(queries.current_contract(award) or abort(404), current_user)
    else:
        getattr(operations, event)(award, *given, current_user)
