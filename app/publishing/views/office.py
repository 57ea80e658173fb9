"""The office's pages of figures: propose, look at what was frozen, let it out, compare then and now."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analytics import queries as analytics
from app.analytics.definitions import Verdict
from app.core import downloads
from app.core.access import access, role
from app.core.errors import Refused
from app.core.events import history
from app.core.i18n import _
from app.publishing import operations, queries
from app.publishing.choices import SnapshotStatus
from app.publishing.definitions import telling
from app.publishing.forms import ProposalForm, ReasonForm, question_form
from app.publishing.views import bp
from app.publishing.workflow import SNAPSHOT

officer, staff = role("officer"), role("officer", "auditor")


@bp.get("/publishing")
@access(staff)
def index() -> str:
    try:
        status = SnapshotStatus(request.args["status"]) if request.args.get("status") else None
    except ValueError:
        abort(404)
    page = queries.listing(status, request.args.get("after"), request.args.get("before"))
    return render_template(
        "publishing/index.html", page=page, status=status, states=SnapshotStatus, tell=telling,
        people=queries.names(*(row[0].proposed_by_id for row in page.rows)),
        withheld=queries.withheld_among(current_user, [row[0] for row in page.rows]),
    )  # fmt: skip


@bp.get("/publishing/propose/<any(participation,commercialization):kind>")
@access(officer)
def propose(kind: str) -> ResponseReturnValue:
    form = question_form(kind, request.args, analytics.lists())
    return _proposal_page(kind, form, ProposalForm(data={"replaces": request.args.get("replaces")}))


def _proposal_page(kind: str, form: Any, more: ProposalForm, reasons: Any = ()) -> ResponseReturnValue:
    page = render_template("publishing/propose.html", kind=kind, form=form, more=more, reasons=reasons)
    return page, 422 if reasons or form.errors or more.errors else 200


@bp.post("/publishing/propose/<any(participation,commercialization):kind>")
@access(officer)
def send_proposal(kind: str) -> ResponseReturnValue:
    form, more = question_form(kind, request.form, analytics.lists()), ProposalForm(request.form)
    if not (form.validate() & more.validate()):
        return _proposal_page(kind, form, more)
    try:
        row = operations.propose(more.proposal(form.question()), current_user)
    except Refused as refusal:
        return _proposal_page(kind, form, more, refusal.reasons)
    flash(_("Proposed. The figure is being counted twice and frozen; another officer can then publish it."))
    return redirect(url_for("publishing.detail", snapshot_id=row.id), 303)


def _loaded(snapshot_id: int, lock: bool = False) -> Any:
    return queries.get_for(current_user, snapshot_id, lock=lock) or abort(404)


def _page(row: Any, form: ReasonForm | None = None, reasons: Any = ()) -> ResponseReturnValue:
    labels = {state.value: state.label for state in SnapshotStatus}
    events, withheld = SNAPSHOT.available(row, current_user), queries.withheld_from(current_user, row)
    page = render_template(
        "publishing/detail.html", row=row, tell=telling, events=events, form=form or ReasonForm(), reasons=reasons,
        missing=SNAPSHOT.missing(row, "publish") if row.status is SnapshotStatus.frozen and not withheld else [],
        lines_of_history=history(row, labels, queries.actors_of(row.__tablename__, row.id)),
        people=queries.names(row.proposed_by_id, row.published_by_id), counts=queries.number_of_units(row.id),
        open_records=row.frozen_at and queries.may_see_records(current_user, row),
        successor=queries.successor(row.id), withheld=withheld,
    )  # fmt: skip
    return page, 422 if reasons or (form and form.errors) else 200


@bp.get("/publishing/figures/<int:snapshot_id>")
@access(staff)
def detail(snapshot_id: int) -> ResponseReturnValue:
    return _page(_loaded(snapshot_id))


@bp.post("/publishing/figures/<int:snapshot_id>/publish")
@access(officer)
def publish(snapshot_id: int) -> ResponseReturnValue:
    row = _loaded(snapshot_id, lock=True)
    try:
        operations.publish(row, current_user)
    except Refused as refusal:
        return _page(row, reasons=refusal.reasons)
    flash(_("Published. Everybody can read the figure now."))
    return redirect(url_for("publishing.detail", snapshot_id=row.id), 303)


@bp.post("/publishing/figures/<int:snapshot_id>/discard")
@access(officer)
def discard(snapshot_id: int) -> ResponseReturnValue:
    row, form = _loaded(snapshot_id, lock=True), ReasonForm(request.form)
    if not form.validate():
        return _page(row, form)
    operations.discard(row, form.reason.data, current_user)
    return redirect(url_for("publishing.detail", snapshot_id=row.id), 303)


@bp.post("/publishing/figures/<int:snapshot_id>/freeze")
@access(officer)
def freeze_again(snapshot_id: int) -> ResponseReturnValue:
    operations.freeze_again(_loaded(snapshot_id, lock=True), current_user)
    return redirect(url_for("publishing.detail", snapshot_id=snapshot_id), 303)


def _with_records(snapshot_id: int) -> Any:
    """A frozen figure whose records this reader may see: nobody sees a list that names a project they are kept out of."""
    row = _loaded(snapshot_id)
    if row.frozen_at is None or not queries.may_see_records(current_user, row):
        abort(404)
    return row


@bp.get("/publishing/figures/<int:snapshot_id>/then-and-now")
@access(staff)
def then_and_now(snapshot_id: int) -> str:
    row = _with_records(snapshot_id)
    return render_template("publishing/then_and_now.html", row=row, tell=telling, found=operations.verify(row))


@bp.get("/publishing/figures/<int:snapshot_id>/records")
@access(staff)
def unit_list(snapshot_id: int) -> str:
    row = _with_records(snapshot_id)
    try:
        verdict = Verdict(request.args.get("verdict", "yes"))
    except ValueError:
        abort(404)
    page = queries.unit_page(row.id, verdict, request.args.get("after"), request.args.get("before"))
    return render_template("publishing/records.html", row=row, verdict=verdict, verdicts=Verdict, page=page)


@bp.get("/publishing/figures/<int:snapshot_id>/bundle.zip")
@access(staff)
def office_bundle(snapshot_id: int) -> Response:
    found = queries.office_file(_with_records(snapshot_id)) or abort(404)
    return downloads.send(found)
