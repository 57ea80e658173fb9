"""Contracts and grant decisions: offering, reading, confirming, documents."""

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements import exports, operations, policy, queries
from app.agreements.choices import ContractStatus
from app.agreements.forms import ChangeForm, ConfirmForm, OfferForm
from app.agreements.views.base import attempt, award_of, both_sides, bp, contract_of, officer, people
from app.core import downloads
from app.core.access import access
from app.core.clock import today
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import _
from app.projects.choices import Regime


@bp.get("/projects/<int:project_id>/agreement/contracts/new")
@access(officer)
def new_contract(project_id: int) -> str:
    award = award_of(project_id)
    if not policy.is_officer(current_user, award):
        abort(404)
    return _offer_page(award, OfferForm(data={"version": award.version, **_proposed(award)}))


def _proposed(award: Any) -> dict[str, Any]:
    """What the next contract would be if nobody changed anything: its period and the budget of its year."""
    offered = queries.offered_contract(award)
    latest = queries.latest_terms(offered) if offered else None
    if latest is not None:
        names = ("starts_on", "ends_on", "amount_yen", "rate", "conditions")
        return {name: getattr(latest, name) for name in names}
    before = queries.current_contract(award)
    application = award.project.application
    wished = application.starts_on if application and application.starts_on else today()
    starts = fiscal_year_end(before.fiscal_year) + timedelta(days=1) if before else max(today(), wished)
    commission = award.regime is Regime.commission
    ends = fiscal_year_end(fiscal_year(starts)) if commission else _end(award, starts)
    lines = queries.lines_of(award)
    yen = sum(x.assessed_yen for x in lines if not commission or x.fiscal_year == fiscal_year(starts))
    return {"starts_on": starts, "ends_on": ends, "amount_yen": yen or None, "rate": 10_000 if commission else None}


def _end(award: Any, starts: date) -> date:
    planned = award.project.planned_end_on
    return planned if planned and planned >= starts else fiscal_year_end(fiscal_year(starts))


def _offer_page(award: Any, form: Any, reasons: Any = (), contract: Any = None) -> str:
    lines = queries.lines_of(award)
    years: dict[int, int] = {}
    for line in lines:
        years[line.fiscal_year] = years.get(line.fiscal_year, 0) + line.assessed_yen
    return render_template(
        "agreements/offer.html", award=award, project=award.project, form=form, reasons=reasons, contract=contract,
        years=sorted(years.items()), total=sum(years.values()), commission=award.regime is Regime.commission,
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/agreement/contracts/new")
@access(officer)
def offer(project_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    form, reasons = OfferForm(request.form), []
    if form.validate():
        verb = lambda: operations.offer(award, form.terms(), form.version.data or 0, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _offer_page(award, form, reasons), 422
    if award.status in operations.PREPARING:
        flash(_("Prepared. Both sides confirm it once the present year is settled; the document is being made."))
    else:
        flash(_("Offered. Both sides confirm the text now; the document is being made."))
    return _to_latest(award, queries.offered_contract(award))


@bp.get("/projects/<int:project_id>/agreement/contracts/<int:contract_id>/change")
@access(officer)
def change_page(project_id: int, contract_id: int) -> str:
    award = award_of(project_id)
    contract = contract_of(award, contract_id)
    latest = queries.latest_terms(contract)
    shown = latest if latest is not None and not latest.confirmed else contract
    data = {name: getattr(shown, name) for name in ("starts_on", "ends_on", "amount_yen", "rate")}
    data |= {
        "version": contract.version,
        "reason": contract.change_owed,
        "conditions": latest.conditions if latest else "",
    }
    return _offer_page(award, ChangeForm(data=data), contract=contract)


@bp.post("/projects/<int:project_id>/agreement/contracts/<int:contract_id>/change")
@access(officer)
def change(project_id: int, contract_id: int) -> Answer:
    award = award_of(project_id, lock=True)
    contract = contract_of(award, contract_id)
    form, reasons = ChangeForm(request.form), []
    if form.validate():
        terms = form.terms(form.reason.data)
        verb = lambda: operations.change_terms(contract, terms, form.version.data or 0, current_user)  # noqa: E731 - handed on
        reasons = attempt(form, verb)
    if form.errors or reasons:
        return _offer_page(award, form, reasons, contract), 422
    flash(_("Offered. The former terms hold until both sides have confirmed the new ones."))
    return _to_latest(award, contract)


def _to_latest(award: Any, contract: Any) -> Any:
    latest = queries.latest_terms(contract)
    number = latest.number if latest else 1
    address = url_for("agreements.terms", project_id=award.project_id, contract_id=contract.id, number=number)
    return redirect(address, 303)


def _terms_of(award: Any, contract_id: int, number: int) -> tuple[Any, Any, bool]:
    """A version of the terms, for who may read every partner's costs; and whether it is the latest."""
    contract = contract_of(award, contract_id)
    if not policy.sees_everybodys_costs(current_user, award):
        abort(404)
    rows = queries.terms_of(contract)
    row = next((one for one in rows if one.number == number), None) or abort(404)
    return contract, row, row is rows[-1]


@bp.get("/projects/<int:project_id>/agreement/contracts/<int:contract_id>/terms/<int:number>")
@access(people)
def terms(project_id: int, contract_id: int, number: int) -> str:
    award = award_of(project_id)
    contract, row, latest = _terms_of(award, contract_id, number)
    return _terms_page(award, contract, row, latest)


def _terms_page(award: Any, contract: Any, row: Any, latest: bool, form: Any = None, reasons: Any = ()) -> str:
    living = contract.status in (ContractStatus.offered, ContractStatus.in_force)
    office = policy.is_officer(current_user, award)
    done = row.officer_at if office else row.recipient_at
    early = contract.status is ContractStatus.offered and award.status in operations.PREPARING
    may = latest and living and done is None and not early and (office or policy.may_sign(current_user, award))
    return render_template(
        "agreements/terms.html", award=award, project=award.project, contract=contract, terms=row, latest=latest,
        content=exports.content(row), may=may, early=early and latest, reasons=reasons,
        form=form or ConfirmForm(data={"version": row.version, "sha256": row.sha256}),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/agreement/contracts/<int:contract_id>/terms/<int:number>/confirm")
@access(both_sides)
def confirm(project_id: int, contract_id: int, number: int) -> Answer:
    award = award_of(project_id, lock=True)
    contract, row, latest = _terms_of(award, contract_id, number)
    form, reasons = ConfirmForm(request.form), []
    if form.validate():
        given = (form.name.data, form.version.data or 0, form.sha256.data or "")
        reasons = attempt(form, lambda: operations.confirm(row, *given, current_user))
    if form.errors or reasons:
        return _terms_page(award, contract, row, latest, form, reasons), 422
    flash(_("Confirmed by both sides: it is in force.") if row.confirmed else _("Confirmed for your side."))
    return redirect(url_for("agreements.agreement", project_id=project_id), 303)


@bp.get(
    "/projects/<int:project_id>/agreement/contracts/<int:contract_id>/terms/<int:number>/<any(document,signed):kind>"
)
@access(people)
def document(project_id: int, contract_id: int, number: int, kind: str) -> Answer:
    _contract, row, _latest = _terms_of(award_of(project_id), contract_id, number)
    found = row.signed_document if kind == "signed" else row.document
    if found is None:
        abort(404)
    if found.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(found.file)
