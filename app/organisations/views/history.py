"""Pages of an organisation over time: its names, who succeeded whom, merges of entries and their undoing."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations import operations, queries
from app.organisations.choices import SuccessionKind
from app.organisations.forms import AliasForm, OtherForm, RenameForm, SuccessionForm, WhyForm
from app.organisations.queries import families
from app.organisations.views import bp
from app.organisations.views.resolving import refuse

readers, officer = role("officer", "auditor", "admin"), role("officer")


def _found(organisation_id: int) -> Any:
    return queries.get(organisation_id) or abort(404)


def _named(text: str) -> Any:
    typed = text.strip()
    return queries.by_key(typed) or queries.by_corporate_number(typed.replace("-", "").removeprefix("T"))


def _page(row: Any, status: int = 200, **forms: Any) -> ResponseReturnValue:
    return render_template(
        "organisations/history.html",
        row=row,
        current=queries.current(row),
        names=queries.names_of(row.id),
        before=queries.predecessors_of(row.id),
        after=queries.successors_of(row.id),
        merges=queries.merges_of(row.id),
        may=current_user.has_role("officer") and row.merged_into_id is None,
        rename_form=forms.get("rename_form")
        or RenameForm(data={"version": row.version, "name_ja": row.name_ja, "name_en": row.name_en}),
        alias_form=forms.get("alias_form") or AliasForm(),
        succession_form=forms.get("succession_form") or SuccessionForm(),
    ), status


def _back(row: Any) -> ResponseReturnValue:
    return redirect(url_for("organisations.history", organisation_id=row.id), 303)


@bp.get("/organisations/<int:organisation_id>/history")
@access(readers)
def history(organisation_id: int) -> ResponseReturnValue:
    return _page(_found(organisation_id))


@bp.post("/organisations/<int:organisation_id>/rename")
@access(officer)
def rename(organisation_id: int) -> ResponseReturnValue:
    row, form = _found(organisation_id), RenameForm(request.form)
    if form.validate():
        try:
            operations.succeeding.rename(
                row, form.name_ja.data or "", form.name_en.data or "", form.on.data, form.evidence.data or "",
                form.version.data, current_user,
            )  # fmt: skip
            flash(_("The new name is recorded. What happened before stays under the old one."))
            return _back(row)
        except Refused as refusal:
            refuse(form, refusal, "name_ja")
    return _page(row, 422, rename_form=form)


@bp.post("/organisations/<int:organisation_id>/aliases")
@access(officer)
def alias(organisation_id: int) -> ResponseReturnValue:
    row, form = _found(organisation_id), AliasForm(request.form)
    if form.validate():
        try:
            operations.succeeding.add_alias(
                row, form.alias_ja.data or "", form.alias_en.data or "", form.source.data or "", current_user
            )
            flash(_("The name was added."))
            return _back(row)
        except Refused as refusal:
            refuse(form, refusal, "alias_ja", {"name_ja": "alias_ja"})
    return _page(row, 422, alias_form=form)


@bp.post("/organisations/<int:organisation_id>/successors")
@access(officer)
def succeed(organisation_id: int) -> ResponseReturnValue:
    row, form = _found(organisation_id), SuccessionForm(request.form)
    if form.validate():
        successor = _named(form.successor.data)
        if successor is None:
            form.refuse("successor", _("No organisation of the register has this key or corporate number."))
            return _page(row, 422, succession_form=form)
        try:
            operations.succeeding.succeed(
                row, successor, SuccessionKind(str(form.succession_kind.data)), form.effective_on.data,
                form.proof.data or "", current_user,
            )  # fmt: skip
            flash(_("The succession is recorded."))
            return _back(row)
        except Refused as refusal:
            refuse(form, refusal, "successor", {"on": "effective_on"})
    return _page(row, 422, succession_form=form)


@bp.post("/organisations/successions/<int:succession_id>/take-back")
@access(officer)
def take_back(succession_id: int) -> ResponseReturnValue:
    row, form = families.succession(succession_id) or abort(404), WhyForm(request.form)
    predecessor = row.predecessor
    operations.succeeding.take_back(row, form.reason.data or "", current_user)
    flash(_("The succession was taken back."))
    return _back(predecessor)


# --- merging entries --------------------------------------------------------------------------------------------------


def _merge_page(row: Any, form: OtherForm, other: Any = None, status: int = 200) -> ResponseReturnValue:
    plan = operations.merging.plan(row, other) if other is not None else None
    return render_template("organisations/merge.html", row=row, form=form, other=other, plan=plan), status


@bp.get("/organisations/<int:organisation_id>/merge")
@access(officer)
def merge(organisation_id: int) -> ResponseReturnValue:
    """Choose the entry that is to go, and see what would move."""
    row, typed = _found(organisation_id), request.args.get("organisation", "")
    form = OtherForm(data={"organisation": typed[:60]})
    other = _named(typed) if typed and typed.isprintable() else None
    if typed and other is None:
        form.refuse("organisation", _("No organisation of the register has this key or corporate number."))
        return _merge_page(row, form, status=422)
    return _merge_page(row, form, other)


@bp.post("/organisations/<int:organisation_id>/merge", endpoint="merge_post")
@access(officer)
def merge_post(organisation_id: int) -> ResponseReturnValue:
    row, form = _found(organisation_id), OtherForm(request.form)
    other = _named(form.organisation.data or "") if form.validate() else None
    if other is None:
        if not form.errors:
            form.refuse("organisation", _("No organisation of the register has this key or corporate number."))
        return _merge_page(row, form, status=422)
    try:
        operations.merging.merge(row, other, form.reason.data or "", current_user)
        flash(_("The entries were merged. Everything that moved is on record; it can be undone below."))
        return _back(row)
    except Refused as refusal:
        refuse(form, refusal, "organisation")
    return _merge_page(row, form, other, 422)


@bp.post("/organisations/merges/<int:merge_id>/undo")
@access(officer)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    row, form = families.merge(merge_id, lock=True) or abort(404), WhyForm(request.form)
    kept = row.kept
    undone = operations.merging.undo(row, form.reason.data or "", current_user)
    if undone.left:
        flash(
            _(
                "The merge was undone: %(back)d references put back; %(left)d were changed since and stay.",
                back=undone.back,
                left=len(undone.left),
            )
        )
    else:
        flash(_("The merge was undone: everything is as it was before."))
    return _back(kept)
