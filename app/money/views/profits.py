"""Returns of profit, year by year, each with its worked sum (MON-9)."""

from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user

from app.agreements import queries as agreements
from app.agreements.views.base import attempt
from app.core.access import access
from app.core.clock import today
from app.core.fiscal import fiscal_year
from app.core.i18n import _
from app.money import operations, policy, queries
from app.money.forms import ProfitForm, ReasonForm, VersionForm
from app.money.views.base import both_sides, bp, go, officer, people
from app.money.workflow import PROFIT
from app.projects.choices import Regime


def _award(project_id: int, lock: bool = False) -> Any:
    """The award of a subsidised project, for the office and the lead; else 404."""
    award = agreements.get_for(current_user, project_id, lock=lock) or abort(404)
    if award.regime is not Regime.subsidy or not policy.standing(current_user, award.project).sees_payments:
        abort(404)
    return award


@bp.get("/projects/<int:project_id>/money/profit")
@access(people)
def profit(project_id: int) -> str:
    award = _award(project_id)
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else fiscal_year(today()) - 1
    known = operations.figures(project_id, year)
    data = {"fiscal_year": year, "exclusion_yen": 0}
    if known is not None:
        data |= {"revenue_yen": known.revenue_yen, "cost_yen": known.cost_yen, "basis": known.source}  # type: ignore[dict-item]
    return _page(award, ProfitForm(data=data))


def _page(award: Any, form: Any, reasons: Any = ()) -> str:
    standing = policy.standing(current_user, award.project)
    rows = [(one, operations.sum_of(one), PROFIT.available(one, current_user)) for one in queries.profits_of(award)]
    return render_template(
        "money/profit.html", award=award, project=award.project, rows=rows, form=form, standing=standing,
        granted=operations.granted(award), reasons=reasons, waive=ReasonForm(),
    )  # fmt: skip


@bp.post("/projects/<int:project_id>/money/profit")
@access(officer)
def compute(project_id: int) -> Answer:
    award = _award(project_id, lock=True)
    form, reasons = ProfitForm(request.form), []
    if form.validate():
        reasons = attempt(form, lambda: operations.compute(award, form.data_of(), current_user))
    if form.errors or reasons:
        return _page(award, form, reasons), 422
    flash(_("Computed. The recipient is asked to confirm it."))
    return go("profit", project_id=project_id)


VERBS: dict[str, Any] = {
    "confirm": operations.confirm, "reopen": operations.reopen_profit, "demand": operations.demand,
}  # fmt: skip


@bp.post("/projects/<int:project_id>/money/profit/<int:profit_id>/<any(confirm,reopen,demand,waive):event>")
@access(both_sides)
def step_profit(project_id: int, profit_id: int, event: str) -> Answer:
    award = _award(project_id, lock=True)
    row = queries.profit_for(current_user, project_id, profit_id, lock=True) or abort(404)
    form: Any = ReasonForm(request.form) if event == "waive" else VersionForm(request.form)
    reasons: list[Any] = []
    if form.validate():
        version = form.version.data or 0
        if event == "waive":
            reasons = attempt(form, lambda: operations.waive(row, form.reason.data, version, current_user))
        else:
            reasons = attempt(form, lambda: VERBS[event](row, version, current_user))
    if form.errors or reasons:
        return _page(award, ProfitForm(), [*reasons, *(message for _id, _label, message in form.reasons())]), 422
    flash(_("Recorded."))
    return go("profit", project_id=project_id)
