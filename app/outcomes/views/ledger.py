"""What came of one project, and the ledger as a whole: now, or as it was known on an earlier day."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.i18n import _
from app.outcomes import operations, policy, queries
from app.outcomes.choices import DisputeStatus, EvidenceLevel, RecordKind, Stage
from app.outcomes.definitions import NOWHERE, first_reached, ledger_of, phase
from app.outcomes.forms import KnownAtForm, LedgerFilter, RecordForm, TakeBackForm
from app.outcomes.views import bp
from app.outcomes.views.sources import told
from app.projects import queries as projects

people, writers, staff = (
    role("applicant", "officer", "auditor"),
    role("applicant", "officer"),
    role("officer", "auditor"),
)


@bp.get("/projects/<int:project_id>/outcomes")
@access(people)
def project(project_id: int) -> str:
    return _project_page(projects.get_for(current_user, project_id) or abort(404))


def _project_page(found: Any) -> str:
    form: Any = KnownAtForm(request.args)
    known = form.known.data if form.validate() else None
    observations = queries.observations_of(found.id, known)
    ids = queries.products_of(found.id, known)
    own = policy.organisations_of(current_user, found)
    lines = ledger_of(found.id, queries.versions_of(ids, known), queries.shares_of(ids), queries.sales_of(ids, known),
                      known, today(), own)  # fmt: skip
    standing, on = queries.marks_of([o.id for o in observations], known), today()
    counting = [o for o in observations if standing.get(o.id, 0) > NOWHERE]
    disputes = {d.observation_id: d for d in queries.disputes_of(found.id, known)}
    reports = [r for r in queries.of_project(found.id) if own is None or r.organisation_id in own]
    return render_template(
        "outcomes/project.html", project=found, form=form, known=known, observations=observations, lines=lines,
        reached=first_reached(counting), records=queries.records_of(found.id, known), stages=Stage,
        levels=EvidenceLevel, reports=reports, phases={r.id: phase(r, on) for r in reports},
        kinds=RecordKind if policy.may_record(current_user, found) else (), take_back=TakeBackForm(), all_seen=own is None,
        standing=standing, disputes=disputes, may_open=queries.disputes_known_to(current_user, {d.id for d in disputes.values()}),
        may_doubt=_may_doubt(observations, disputes) if known is None else set(), sources=told(observations),
        may_take_back={r.id for r in queries.records_of(found.id) if policy.may_correct(current_user, found, r)},
    )  # fmt: skip


def _may_doubt(observations: Any, disputes: Any) -> set[int]:
    """The observations that this reader may dispute now: those of one report are asked for once."""
    answers: dict[Any, bool] = {}
    found = set()
    for row in observations:
        if row.id in disputes and disputes[row.id].status in (
            *queries.UNDECIDED,
            DisputeStatus.upheld,
            DisputeStatus.corrected,
        ):
            continue
        if row.follow_up_id not in answers:
            answers[row.follow_up_id] = policy.may_dispute(current_user, row)
        if answers[row.follow_up_id]:
            found.add(row.id)
    return found


def _kind() -> RecordKind:
    asked = request.args.get("kind", "")
    return RecordKind(asked) if asked in set(RecordKind) else RecordKind.ip_right


def _corrected(found: Any) -> Any:
    """The row that the new one corrects, if the address names one of this project."""
    number = request.args.get("corrects", "")
    row = queries.record_for(current_user, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None  # fmt: skip
    return row if row is not None and row.project_id == found.id else None


@bp.get("/projects/<int:project_id>/outcomes/new")
@access(writers)
def new_record(project_id: int) -> str:
    found = projects.get_for(current_user, project_id) or abort(404)
    if not policy.may_record(current_user, found):
        abort(403)
    row = _corrected(found)
    kind = row.kind if row is not None else _kind()
    data: dict[str, Any] = {}
    if row is not None:
        data = {name: getattr(row, name) for name in RecordForm().data if hasattr(row, name)}
        data |= {"detail": row.detail.value if row.detail else None, "evidence_level": str(row.evidence_level)}
        data["licensed"] = {True: "yes", False: "no"}.get(row.licensed)
    return _record_page(found, RecordForm(data=data).for_kind(kind), kind, row)


def _record_page(found: Any, form: Any, kind: RecordKind, row: Any, reasons: Any = ()) -> str:
    return render_template("outcomes/record.html", project=found, form=form, kind=kind, row=row, reasons=reasons)


@bp.post("/projects/<int:project_id>/outcomes/new", endpoint="add_record")
@access(writers)
def add_record(project_id: int) -> Answer:
    found = projects.get_for(current_user, project_id, lock=True) or abort(404)
    row = _corrected(found)
    kind = row.kind if row is not None else _kind()
    form = RecordForm(request.form).for_kind(kind)
    if not form.validate():
        return _record_page(found, form, kind, row), 422
    own = sorted(queries.own_organisations(current_user, found))
    owner = row.organisation_id if row is not None else own[0] if own else None
    try:
        operations.record(found, form.as_data(kind, owner), form.source.data, form.level, current_user, row)
    except Refused as refusal:
        return _record_page(found, form, kind, row, refusal.reasons), 422
    flash(_("Recorded."))
    return redirect(url_for("outcomes.project", project_id=project_id), 303)


@bp.post("/outcome-records/<int:record_id>/take-back")
@access(writers)
def take_back(record_id: int) -> Answer:
    row = queries.record_for(current_user, record_id) or abort(404)
    form: Any = TakeBackForm(request.form)
    operations.take_back(row, form.reason.data or "" if form.validate() else "", current_user)
    flash(_("Taken back. The row and the reason stay on record."))
    return redirect(url_for("outcomes.project", project_id=row.project_id), 303)


@bp.get("/outcomes")
@access(staff)
def ledger() -> str:
    form: Any = LedgerFilter(request.args)
    good = form.validate()
    kind = form.kind.data if good and form.kind.data else "observations"
    page = queries.ledger_rows(
        current_user, kind, form.known.data if good else None, form.text.data or "" if good else "",
        int(form.least.data) if good and form.least.data else 0, request.args.get("after"), request.args.get("before"),
    )  # fmt: skip
    return render_template(
        "outcomes/ledger.html",
        form=form,
        kind=kind,
        page=page,
        stages=Stage,
        levels=EvidenceLevel,
        sources=told(found[0] for found in page.rows),
    )
