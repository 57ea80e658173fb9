"""The office's pages: verdicts line by line, inspections on site, and fixing the amount."""

from typing import Any

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements.choices import ContractStatus
from app.agreements.views.base import attempt
from app.calls.choices import COST_ITEMS
from app.core import downloads
from app.core.access import access
from app.core.clock import today
from app.core.i18n import _
from app.money import operations, policy, queries
from app.money.choices import InspectionKind, Verdict
from app.money.definitions.chain import open_steps
from app.money.forms import FixForm, InspectionForm, JudgeForm, VersionForm
from app.money.views.base import bp, contract_of, go, officer, people, staff, standing_of


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/inspection")
@access(staff)
def inspection(project_id: int, contract_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _page(contract, _form(contract))


def _form(contract: Any, formdata: Any = None) -> InspectionForm:
    names = queries.organisations_of(contract.award.project_id)
    form = InspectionForm(formdata, data={"held_on": today()})
    form.organisation_id.offer([("", _("All")), *((str(key), str(one.name)) for key, one in names.items())])
    return form


def _page(contract: Any, form: Any, reasons: Any = ()) -> str:
    page = queries.expense_page(contract.id, None, {"open": "1"}, request.args.get("after"), request.args.get("before"))
    return render_template(
        "money/inspection.html", contract=contract, project=contract.award.project, page=page, form=form,
        records=queries.inspections_of(contract.id), items=COST_ITEMS, left=queries.open_lines(contract.id),
        ledger=queries.ledger_of(contract), standing=standing_of(contract), reasons=reasons,
        may=policy.is_officer(current_user, contract), open_=contract.status is ContractStatus.in_force,
        missing=lambda row: open_steps(row.cost_item, (one.step for one in row.evidence)),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/inspection")
@access(officer)
def record_inspection(project_id: int, contract_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    form, reasons = _form(contract, request.form), []
    if form.validate():
        key = form.organisation_id.data or ""
        organisation = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else None
        reasons = attempt(
            form,
            lambda: operations.record_inspection(
                contract, InspectionKind(form.kind.data), form.held_on.data, form.place.data or "",
                form.findings.data or "", organisation, current_user,
            ),
        )  # fmt: skip
    if form.errors or reasons:
        return _page(contract, form, reasons), 422
    flash(_("The inspection is recorded."))
    return go("inspection", project_id=project_id, contract_id=contract_id)


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/inspection/accept")
@access(officer)
def accept_rest(project_id: int, contract_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    number = operations.accept_rest(contract, current_user)
    flash(_("%(n)d lines with complete documents are accepted as claimed.", n=number))
    return go("inspection", project_id=project_id, contract_id=contract_id)


def _line(project_id: int, expense_id: int, lock: bool = False) -> Any:
    return queries.expense_for(current_user, project_id, expense_id, lock=lock) or abort(404)


@bp.get("/projects/<int:project_id>/money/costs/<int:expense_id>/verdict")
@access(officer)
def verdict(project_id: int, expense_id: int) -> str:
    row = _line(project_id, expense_id)
    data = {
        "version": row.version,
        "verdict": row.verdict,
        "reason": row.verdict_reason,
        "accepted_yen": row.accepted_yen,
    }
    return _verdict(row, JudgeForm(data=data))


def _verdict(row: Any, form: Any, reasons: Any = ()) -> str:
    return render_template(
        "money/verdict.html", row=row, contract=row.contract, project=row.contract.award.project, form=form,
        items=COST_ITEMS, reasons=reasons, missing=open_steps(row.cost_item, (one.step for one in row.evidence)),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/costs/<int:expense_id>/verdict")
@access(officer)
def judge(project_id: int, expense_id: int) -> Answer:
    row = _line(project_id, expense_id, lock=True)
    form, reasons = JudgeForm(request.form), []
    if form.validate():
        words = form.reason.data or ""
        reasons = attempt(
            form,
            lambda: operations.judge(
                row, Verdict(form.verdict.data), form.accepted_yen.data, words, form.version.data or 0, current_user
            ),
        )
    if form.errors or reasons:
        return _verdict(row, form, reasons), 422
    flash(_("The verdict on %(voucher)s is recorded.", voucher=row.voucher))
    return go("inspection", project_id=project_id, contract_id=row.contract_id)


@bp.post("/projects/<int:project_id>/money/costs/<int:expense_id>/reopen")
@access(officer)
def reopen(project_id: int, expense_id: int) -> Answer:
    row = _line(project_id, expense_id, lock=True)
    operations.reopen(row, VersionForm(request.form).version.data or 0, current_user)
    flash(_("The verdict is taken back."))
    return go("verdict", project_id=project_id, expense_id=expense_id)


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/fixing")
@access(staff)
def fixing(project_id: int, contract_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    return _fixing(contract, FixForm(data={"on": today()}))


def _fixing(contract: Any, form: Any, reasons: Any = ()) -> str:
    done = queries.fixing_of(contract.id)
    return render_template(
        "money/fixing.html", contract=contract, project=contract.award.project, form=form, done=done, items=COST_ITEMS,
        sum=operations.calculation(contract), hindrances=[] if done else operations.may_fix(contract, current_user),
        may=policy.is_officer(current_user, contract), reasons=reasons,
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/fixing")
@access(officer)
def fix(project_id: int, contract_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    form, reasons = FixForm(request.form), []
    if form.validate():
        reasons = attempt(
            form, lambda: operations.fix(contract, form.on.data, form.expected_yen.data or 0, current_user)
        )
    if form.errors or reasons:
        return _fixing(contract, form, reasons), 422
    flash(_("The amount is fixed. The notice is being made in both languages."))
    return go("fixing", project_id=project_id, contract_id=contract_id)


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/notice-<any(ja,en):language>.pdf")
@access(people)
def notice(project_id: int, contract_id: int, language: str) -> Response | tuple[str, int]:
    contract = contract_of(project_id, contract_id)
    done = queries.fixing_of(contract.id) if standing_of(contract).sees_payments else None
    document = (done.notice_ja if language == "ja" else done.notice_en) if done else None
    if document is None:
        abort(404)
    return downloads.send(document.file) if document.file else (render_template("shared/being_made.html"), 202)
