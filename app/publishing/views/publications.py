"""Reports and datasets in the office: order them, watch them being made, look at a preview, publish."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core import downloads
from app.core.access import access, role
from app.core.clock import today
from app.core.errors import Refused
from app.core.events import history
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual, _
from app.outcomes.choices import EvidenceLevel
from app.publishing import operations, queries
from app.publishing.choices import PublicationStatus
from app.publishing.definitions import datasets, telling
from app.publishing.forms import DatasetsForm, ReasonForm, ReleaseForm, ReportForm
from app.publishing.views import bp
from app.publishing.workflow import PUBLICATION

officer, staff = role("officer"), role("officer", "auditor")
MAKING = (PublicationStatus.ordered, PublicationStatus.making)


def _report_form(formdata: Any = None) -> ReportForm:
    year = fiscal_year(today()) - 1
    day = fiscal_year_end(year)
    fresh: dict[str, Any] = {"first": year - 7, "last": year, "as_of": day, "reference_day": day, "programme": "all"}
    return ReportForm(formdata, queries.cluster_choices(), **fresh)


def _datasets_form(formdata: Any = None) -> DatasetsForm:
    levels = [(str(int(level)), level.label) for level in EvidenceLevel]
    fresh: dict[str, Any] = {"as_of": operations.latest_known(), "min_evidence": "2", **datasets.USUAL}
    return DatasetsForm(formdata, levels, **fresh)


def _index(report: Any = None, data: Any = None, reasons: Any = ()) -> ResponseReturnValue:
    page = render_template(
        "publishing/reports.html", page=queries.publications(request.args.get("after"), request.args.get("before")),
        report=report or _report_form(), datasets=data or _datasets_form(), reasons=reasons,
    )  # fmt: skip
    return page, 422 if report or data else 200


@bp.get("/publishing/reports")
@access(staff)
def reports() -> ResponseReturnValue:
    return _index()


@bp.post("/publishing/reports")
@access(officer)
def order_report() -> ResponseReturnValue:
    form = _report_form(request.form)
    if not form.validate():
        return _index(report=form)
    title = Bilingual(form.title_en.data, form.title_ja.data)
    try:
        row = operations.order_report(title, form.question(), current_user)
    except Refused as refusal:
        return _index(report=form, reasons=refusal.reasons)
    return redirect(url_for("publishing.report", publication_id=row.id), 303)


@bp.post("/publishing/datasets")
@access(officer)
def order_datasets() -> ResponseReturnValue:
    form = _datasets_form(request.form)
    if not form.validate():
        return _index(data=form)
    licence = Bilingual(form.licence_en.data, form.licence_ja.data)
    update = Bilingual(form.update_en.data, form.update_ja.data)
    wanted = operations.DatasetsWanted(form.as_of.data, int(form.min_evidence.data), licence, update)
    try:
        row = operations.order_datasets(Bilingual(form.title_en.data, form.title_ja.data), wanted, current_user)
    except Refused as refusal:
        return _index(data=form, reasons=refusal.reasons)
    return redirect(url_for("publishing.report", publication_id=row.id), 303)


def _loaded(publication_id: int, lock: bool = False) -> Any:
    return queries.publication_for(current_user, publication_id, lock=lock) or abort(404)


def _page(row: Any, form: Any = None, reasons: Any = ()) -> ResponseReturnValue:
    labels = {state.value: state.label for state in PublicationStatus}
    page = render_template(
        "publishing/report.html", row=row, events=PUBLICATION.available(row, current_user), reasons=reasons,
        release=form if isinstance(form, ReleaseForm) else ReleaseForm(), drop=form if isinstance(form, ReasonForm) else
        ReasonForm(), lines_of_history=history(row, labels, queries.actors_of(row.__tablename__, row.id)),
        figures=queries.rests_on(row.id), people=queries.names(row.ordered_by_id, row.published_by_id),
        open_records=queries.may_see_workbook(current_user, row), making=row.status in MAKING,
        withheld=queries.made_without(current_user, row),
    )  # fmt: skip
    return page, 422 if reasons or form else 200


@bp.get("/publishing/reports/<int:publication_id>")
@access(staff)
def report(publication_id: int) -> ResponseReturnValue:
    return _page(_loaded(publication_id))


@bp.get("/publishing/reports/<int:publication_id>/preview")
@access(staff)
def preview(publication_id: int) -> str:
    """The report as it stands in the PDF."""
    row = _loaded(publication_id)
    if "figures" not in row.content or queries.made_without(current_user, row):
        abort(404)
    return render_template("publishing/preview.html", row=row, content=row.content, digest=row.sha256, tell=telling)


@bp.get("/publishing/reports/<int:publication_id>/<any(pdf_ja,pdf_en,workbook,tables,datasets):part>")
@access(staff)
def file(publication_id: int, part: str) -> Response:
    row = _loaded(publication_id)
    if queries.made_without(current_user, row) or (
        part == "workbook" and not queries.may_see_workbook(current_user, row)
    ):
        abort(404)
    found = next((f.file for f in row.files if f.role.value == part), None) or abort(404)
    return downloads.send(found)


@bp.post("/publishing/reports/<int:publication_id>/publish")
@access(officer)
def release(publication_id: int) -> ResponseReturnValue:
    row, form = _loaded(publication_id, lock=True), ReleaseForm(request.form)
    if not form.validate():
        return _page(row, form)
    reason = Bilingual(form.reason_en.data or "", form.reason_ja.data or "")
    try:
        operations.release(row, (form.replaces.data or "").strip(), reason, current_user)
    except Refused as refusal:
        return _page(row, form, refusal.reasons)
    flash(_("Published. Everybody can read it now."))
    return redirect(url_for("publishing.report", publication_id=row.id), 303)


@bp.post("/publishing/reports/<int:publication_id>/discard")
@access(officer)
def drop(publication_id: int) -> ResponseReturnValue:
    row, form = _loaded(publication_id, lock=True), ReasonForm(request.form)
    if not form.validate():
        return _page(row, form)
    operations.drop(row, form.reason.data, current_user)
    return redirect(url_for("publishing.report", publication_id=row.id), 303)


@bp.post("/publishing/reports/<int:publication_id>/retry")
@access(officer)
def retry(publication_id: int) -> ResponseReturnValue:
    operations.retry(_loaded(publication_id, lock=True), current_user)
    return redirect(url_for("publishing.report", publication_id=publication_id), 303)
