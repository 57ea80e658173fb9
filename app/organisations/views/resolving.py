"""The queue of names that came in, and the page on which a person says which organisation one means."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations import operations, queries, workflow
from app.organisations.choices import ORG_TYPES, PREFECTURES, Decision, NameContext, NameStatus
from app.organisations.definitions.matching import Why
from app.organisations.forms import DecideForm, NameForm, WhyForm
from app.organisations.queries import resolving
from app.organisations.views import bp

readers, officer = role("officer", "auditor", "admin"), role("officer")


def refuse(form: Any, refusal: Refused, otherwise: str, names: dict[str, str] | None = None) -> None:
    for reason in refusal.reasons:
        where = (names or {}).get(reason.where or "", reason.where)
        form.refuse(where if where in form else otherwise, str(reason))


@bp.get("/organisations/names")
@access(readers)
def names() -> str:
    asked = request.args
    status = next((one for one in NameStatus if one.value == asked.get("status")), NameStatus.waiting)
    scope = asked.get("scope", "")[:60]
    return render_template(
        "organisations/names.html",
        page=resolving.page(status, scope if scope.isprintable() else "", asked.get("after"), asked.get("before")),
        status=status,
        statuses=NameStatus,
        scope=scope if scope.isprintable() else "",
        waiting=resolving.waiting_count(),
        prefectures=PREFECTURES,
    )


@bp.get("/organisations/names/add")
@access(officer)
def name_add() -> str:
    return render_template("organisations/name_add.html", form=NameForm())


@bp.post("/organisations/names/add", endpoint="name_add_post")
@access(officer)
def name_add_post() -> ResponseReturnValue:
    form = NameForm(request.form)
    if form.validate():
        try:
            row = operations.resolving.receive(
                form.name.data, NameContext.typed, current_user, number=form.corporate_number.data,
                prefecture=form.prefecture.data, note=form.note.data or "",
            )  # fmt: skip
            return redirect(url_for("organisations.name", name_id=row.id), 303)
        except Refused as refusal:
            refuse(form, refusal, "name")
    return render_template("organisations/name_add.html", form=form), 422


def _page(row: Any, form: DecideForm | None = None, status: int = 200, reason: Any = None) -> ResponseReturnValue:
    waiting = row.status is NameStatus.waiting
    suggested = resolving.candidates(row) if waiting else []
    if form is None:
        first = str(suggested[0][0].organisation_id) if suggested else None
        form = DecideForm(data={"answer": first, "name_ja": row.name, "version": row.version}, suggested=suggested)
    return render_template(
        "organisations/name.html",
        row=row,
        form=form,
        suggested=suggested,
        events=workflow.NAME.available(row, current_user),
        reason=reason or WhyForm(data={"version": row.version}),
        why=Why,
        org_types=ORG_TYPES,
        prefectures=PREFECTURES,
        waiting=waiting,
    ), status


@bp.get("/organisations/names/<int:name_id>")
@access(readers)
def name(name_id: int) -> ResponseReturnValue:
    return _page(resolving.get(name_id) or abort(404))


@bp.post("/organisations/names/<int:name_id>/decide")
@access(officer)
def name_decide(name_id: int) -> ResponseReturnValue:
    row = resolving.get(name_id, lock=True) or abort(404)
    form = DecideForm(request.form, suggested=resolving.candidates(row))
    if form.validate():
        try:
            operations.resolving.settle(
                row,
                form.decision(),
                _meant(form),
                form.why.data or "",
                form.version.data,
                current_user,
                _new(row, form),
            )
            flash(_("The decision is recorded."))
            return redirect(url_for("organisations.names"), 303)
        except Refused as refusal:
            refuse(form, refusal, "answer", {"corporate_number": "answer"})
    return _page(row, form, 422)


def _meant(form: DecideForm) -> Any:
    """The organisation chosen or typed, if there is one."""
    decision = form.decision()
    if decision is Decision.same:
        return queries.get(int(form.answer.data))
    typed = (form.organisation.data or "").strip()
    if decision is not Decision.another or not typed:
        return None
    return queries.by_key(typed) or queries.by_corporate_number(typed.replace("-", "").removeprefix("T"))


def _new(row: Any, form: DecideForm) -> dict[str, Any]:
    """The entry that a new organisation gets; what is not known yet can be added there."""
    empty = dict.fromkeys(("jsic", "jsic_revision", "capital_yen", "employees", "established_on", "closed_on"))
    return {
        **empty,
        "name_ja": form.name_ja.data or "",
        "name_en": form.name_en.data or "",
        "org_type": form.org_type.data,
        "corporate_number": row.corporate_number,
        "prefecture": row.prefecture,
        "cluster_match": "unmatched",
    }


@bp.post("/organisations/names/<int:name_id>/reopen")
@access(officer)
def name_reopen(name_id: int) -> ResponseReturnValue:
    row, form = resolving.get(name_id, lock=True) or abort(404), WhyForm(request.form)
    if form.validate():
        operations.resolving.reopen(row, form.reason.data, form.version.data, current_user)
        flash(_("The name waits again."))
        return redirect(url_for("organisations.name", name_id=row.id), 303)
    return _page(row, status=422, reason=form)


@bp.post("/organisations/names/<int:name_id>/withdraw")
@access(officer)
def name_withdraw(name_id: int) -> ResponseReturnValue:
    row, form = resolving.get(name_id, lock=True) or abort(404), WhyForm(request.form)
    operations.resolving.withdraw(row, form.version.data or 0, current_user)
    flash(_("The name was withdrawn."))
    return redirect(url_for("organisations.names"), 303)
