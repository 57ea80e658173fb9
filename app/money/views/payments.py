"""Requests for payment, claims, and the steps that two officers take."""

from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements.choices import ContractStatus
from app.agreements.views.base import attempt
from app.core.access import access
from app.core.clock import today
from app.core.i18n import _
from app.money import operations, policy, queries
from app.money.choices import PaymentKind
from app.money.forms import AccountForm, AdvanceForm, ClaimForm, ConsentForm, PaidForm, ReasonForm, VersionForm
from app.money.views.base import both_sides, bp, contract_of, go, officer, people
from app.money.workflow import PAYMENT, room


def _kind(contract: Any) -> str:
    """What this reader may ask for now under the contract: advance, settlement, claim, or nothing."""
    if policy.is_officer(current_user, contract):
        return "claim"
    if not policy.is_recipient(current_user, contract):
        return ""
    return {ContractStatus.in_force: "advance", ContractStatus.fixed: "settlement"}.get(contract.status, "")


FORMS: dict[str, Any] = {"advance": AdvanceForm, "settlement": AccountForm, "claim": ClaimForm}


@bp.get("/projects/<int:project_id>/money/<int:contract_id>/payments/new")
@access(both_sides)
def new_payment(project_id: int, contract_id: int) -> str:
    contract = contract_of(project_id, contract_id)
    kind = _kind(contract) or abort(404)
    return _page(contract, kind, FORMS[kind]())


def _page(contract: Any, kind: str, form: Any, reasons: Any = ()) -> str:
    return render_template(
        "money/request.html", contract=contract, project=contract.award.project, kind=kind, form=form, reasons=reasons,
        room=room(contract),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/<int:contract_id>/payments/new")
@access(both_sides)
def ask(project_id: int, contract_id: int) -> Answer:
    contract = contract_of(project_id, contract_id, lock=True)
    kind = _kind(contract) or abort(404)
    form, reasons = FORMS[kind](request.form), []
    if form.validate():
        reasons = attempt(form, lambda: _ask(contract, kind, form))
    if form.errors or reasons:
        return _page(contract, kind, form, reasons), 422
    flash(_("Recorded. Two officers of the office check and approve it."))
    return go("detail", project_id=project_id, contract=contract_id, _anchor="payments")


def _ask(contract: Any, kind: str, form: Any) -> None:
    if kind == "advance":
        operations.advance(contract, form.amount_yen.data, form.purpose.data, form.account(), current_user)
    elif kind == "settlement":
        operations.settlement(contract, form.account(), current_user)
    else:
        operations.claim(
            contract, PaymentKind.repayment, form.amount_yen.data, form.purpose.data, form.due_on.data, current_user,
            received_on=form.received_on.data,
        )  # fmt: skip


def _load(project_id: int, payment_id: int, lock: bool = False) -> Any:
    """A payment for the office and the lead; for other partners it is not there."""
    found = queries.payment_for(current_user, project_id, payment_id, lock=lock) or abort(404)
    if not policy.standing(current_user, found.contract.award.project).sees_payments:
        abort(404)
    return found


@bp.get("/projects/<int:project_id>/money/payments/<int:payment_id>")
@access(people)
def payment(project_id: int, payment_id: int) -> str:
    return _payment(_load(project_id, payment_id))


def _payment(found: Any, reasons: Any = (), **forms: Any) -> str:
    blank = {"version": found.version}
    return render_template(
        "money/payment.html", payment=found, contract=found.contract, project=found.contract.award.project,
        events=PAYMENT.available(found, current_user), room=room(found.contract, without=found.id), reasons=reasons,
        officer=policy.officer_of_payment(current_user, found), labels={t.event: t.label for t in PAYMENT.transitions},
        consent=forms.get("consent") or ConsentForm(data=blank), today=today(),
        paid=forms.get("paid") or PaidForm(data=blank | {"paid_on": today()}),
        reject=forms.get("reject") or ReasonForm(data=blank),
    )  # fmt: skip


def _after(found: Any, form: Any, name: str, verb: Any) -> Answer:
    """Run a verb on a payment; a refusal is shown on the payment's page."""
    reasons = attempt(form, verb) if form.validate() else []
    if form.errors or reasons:
        return _payment(found, reasons, **{name: form}), 422
    flash(_("Recorded."))
    return go("payment", project_id=found.contract.award.project_id, payment_id=found.id)


@bp.post("/projects/<int:project_id>/money/payments/<int:payment_id>/<any(check,approve):event>")
@access(officer)
def step_payment(project_id: int, payment_id: int, event: str) -> Answer:
    found, form = _load(project_id, payment_id, lock=True), VersionForm(request.form)
    verb = lambda: operations.check_or_approve(found, event, form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "step", verb)


@bp.post("/projects/<int:project_id>/money/payments/<int:payment_id>/consent")
@access(officer)
def record_consent(project_id: int, payment_id: int) -> Answer:
    found, form = _load(project_id, payment_id, lock=True), ConsentForm(request.form)
    verb = lambda: operations.record_consent(  # noqa: E731
        found, form.consent_ref.data, form.consent_on.data, form.version.data or 0, current_user
    )
    return _after(found, form, "consent", verb)


@bp.post("/projects/<int:project_id>/money/payments/<int:payment_id>/pay")
@access(officer)
def pay(project_id: int, payment_id: int) -> Answer:
    found, form = _load(project_id, payment_id, lock=True), PaidForm(request.form)
    verb = lambda: operations.pay(found, form.paid_on.data, form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "paid", verb)


@bp.post("/projects/<int:project_id>/money/payments/<int:payment_id>/reject")
@access(officer)
def reject(project_id: int, payment_id: int) -> Answer:
    found, form = _load(project_id, payment_id, lock=True), ReasonForm(request.form)
    verb = lambda: operations.reject(found, form.reason.data, form.version.data or 0, current_user)  # noqa: E731
    return _after(found, form, "reject", verb)
