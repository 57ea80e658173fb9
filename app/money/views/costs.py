"""Lines of cost with their evidence, by hand or by workbook; each organisation writes its own."""

import base64
import binascii
from io import BytesIO
from typing import Any

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements.views.base import attempt
from app.calls.choices import COST_ITEMS
from app.core import downloads, storage
from app.core.access import access
from app.core.errors import Refused
from app.core.i18n import _
from app.core.workbooks import MAX_BYTES, TYPE, take, wrong
from app.money import exchange, operations, policy, queries
from app.money.choices import EvidenceStep
from app.money.definitions.chain import open_steps, steps_of
from app.money.forms import ExpenseFilter, ReasonForm, VersionForm, expense_form
from app.money.views.base import applicant, bp, contract_of, go, organisation_of, people, standing_of

#: A file that is previewed travels back in the form, so it must fit into one.
PREVIEW_BYTES = 1_000_000


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/costs")
@access(people)
def costs(project_id: int, contract_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    standing, names = standing_of(contract), queries.organisations_of(project_id)
    form = ExpenseFilter(request.args)
    seen = {key: one for key, one in names.items() if standing.sees_lines(key)}
    form.organisation.offer([("", _("All")), *((str(key), str(one.name)) for key, one in seen.items())])
    filters = {f.name: f.data for f in form if f.data} if form.validate() else {}
    page = queries.expense_page(
        contract.id, standing.lines_of, filters, request.args.get("after"), request.args.get("before")
    )
    return render_template(
        "money/costs.html", contract=contract, project=contract.award.project, standing=standing, form=form, page=page,
        mine=[one for key, one in names.items() if key in standing.own], is_open=policy.is_open(contract),
        items=COST_ITEMS, open_steps=_open_steps,
    )  # fmt: skip


def _open_steps(row: Any) -> int:
    return len(open_steps(row.cost_item, (one.step for one in row.evidence)))


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/costs/<int:organisation_id>/new")
@access(applicant)
def new_cost(project_id: int, contract_id: int, organisation_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _form_page(contract, organisation_of(contract, organisation_id), expense_form())


def _form_page(contract: Any, organisation: Any, form: Any, row: Any = None, reasons: Any = ()) -> str:
    return render_template(
        "money/cost.html", contract=contract, project=contract.award.project, organisation=organisation, form=form,
        row=row, reasons=reasons, standing=standing_of(contract), steps=steps_of(row.cost_item) if row else (),
        evidence={one.step: one for one in row.evidence} if row else {}, items=COST_ITEMS,
        editable=policy.is_editable(row) if row else policy.is_open(contract), delete=VersionForm(),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/costs/<int:organisation_id>/new")
@access(applicant)
def add_cost(project_id: int, contract_id: int, organisation_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    organisation = organisation_of(contract, organisation_id)
    form, reasons = expense_form(request.form), []
    if form.validate():
        made: list[Any] = []
        reasons = attempt(
            form, lambda: made.append(operations.save_expense(contract, organisation_id, form.data_of(), current_user))
        )
        if made:
            flash(_("The line is stored. Attach its documents now."))
            return go("cost", project_id=project_id, expense_id=made[0].id)
    return _form_page(contract, organisation, form, reasons=reasons), 422


def _load(project_id: int, expense_id: int, lock: bool = False) -> Any:
    """A line that this reader may see, else 404."""
    row = queries.expense_for(current_user, project_id, expense_id, lock=lock) or abort(404)
    if not standing_of(row.contract).sees_lines(row.organisation_id):
        abort(404)
    return row


@bp.get("/projects/<int:project_id>/money/costs/<int:expense_id>")
@access(people)
def cost(project_id: int, expense_id: int) -> str:
    row = _load(project_id, expense_id)
    return _form_page(row.contract, row.organisation, expense_form(None, row), row)


@bp.post("/projects/<int:project_id>/money/costs/<int:expense_id>")
@access(applicant)
def save_cost(project_id: int, expense_id: int) -> Answer:
    row = _load(project_id, expense_id, lock=True)
    form, reasons = expense_form(request.form, row), []
    if form.validate():
        reasons = attempt(
            form,
            lambda: operations.save_expense(
                row.contract, row.organisation_id, form.data_of(), current_user, expense=row, version=form.version.data
            ),
        )
    if form.errors or reasons:
        return _form_page(row.contract, row.organisation, form, row, reasons), 422
    flash(_("The line is stored."))
    return go("cost", project_id=project_id, expense_id=expense_id)


@bp.post("/projects/<int:project_id>/money/costs/<int:expense_id>/remove")
@access(applicant)
def remove_cost(project_id: int, expense_id: int) -> Answer:
    row = _load(project_id, expense_id, lock=True)
    contract_id = row.contract_id
    operations.remove_expense(row, VersionForm(request.form).version.data or 0, current_user)
    flash(_("The line is removed."))
    return go("costs", project_id=project_id, contract_id=contract_id)


STEPS = ",".join(EvidenceStep)


@bp.post(f"/projects/<int:project_id>/money/costs/<int:expense_id>/evidence/<any({STEPS}):step>")
@access(applicant)
def put_evidence(project_id: int, expense_id: int, step: str) -> Answer:
    upload = request.files.get("file")
    received = storage.receive(upload.stream, upload.filename or "") if upload and upload.filename else None
    row = _load(project_id, expense_id, lock=True)
    if received is not None:
        kept = storage.accept(received, created_by_id=current_user.id)
        operations.attach(row, EvidenceStep(step), kept, current_user)
    else:
        form = ReasonForm(request.form)
        form.validate()
        operations.without_document(row, EvidenceStep(step), form.reason.data or "", current_user)
    flash(_("Recorded."))
    return go("cost", project_id=project_id, expense_id=expense_id, _anchor="documents")


@bp.get(f"/projects/<int:project_id>/money/costs/<int:expense_id>/evidence/<any({STEPS}):step>")
@access(people)
def evidence(project_id: int, expense_id: int, step: str) -> Response:
    found = queries.evidence_of(_load(project_id, expense_id), step)
    return downloads.send(found.file) if found and found.file else abort(404)


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/costs/<int:organisation_id>.xlsx")
@access(people)
def workbook(project_id: int, contract_id: int, organisation_id: int) -> Response:
    contract = contract_of(project_id, contract_id)
    organisation = organisation_of(contract, organisation_id)
    rows = queries.expenses_of(contract.id, {organisation_id})
    response = Response(exchange.write(contract, str(organisation.name), rows), mimetype=TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{contract.number}-costs-{organisation_id}.xlsx"'
    return response


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/costs/<int:organisation_id>/file")
@access(applicant)
def file_page(project_id: int, contract_id: int, organisation_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _file_page(contract, organisation_of(contract, organisation_id))


def _file_page(contract: Any, organisation: Any, **more: Any) -> str:
    return render_template(
        "money/file.html", contract=contract, project=contract.award.project, organisation=organisation,
        is_open=policy.is_open(contract), mb=MAX_BYTES // 1_000_000, **more,
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/costs/<int:organisation_id>/file")
@access(applicant)
def take_file(project_id: int, contract_id: int, organisation_id: int) -> Answer:
    """First what the file would do, then, once that is confirmed, all of it in one step."""
    contract = contract_of(project_id, contract_id, lock=True)
    organisation, confirmed = organisation_of(contract, organisation_id), "content" in request.form
    try:
        data = _sent()
        preview = exchange.load(
            contract, organisation_id, exchange.read(BytesIO(data)), current_user, dry=not confirmed
        )
    except Refused as refusal:
        return _file_page(contract, organisation, reasons=refusal.reasons), 422
    if confirmed:
        flash(_("The file is stored: %(what)s", what=exchange.words_of(preview)))
        return go("costs", project_id=project_id, contract_id=contract_id)
    content = base64.b64encode(data).decode()
    return _file_page(contract, organisation, preview=preview, said=exchange.words_of(preview), content=content)


def _sent() -> bytes:
    """The file itself, or the one that was previewed. Raises Refused without one or beyond what a form carries."""
    if content := request.form.get("content"):
        try:
            return base64.b64decode(content, validate=True)
        except (ValueError, binascii.Error):
            pass
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused([wrong("–", "Choose a file first.", "ファイルを選択してください。")])
    return take(upload.stream, PREVIEW_BYTES)
