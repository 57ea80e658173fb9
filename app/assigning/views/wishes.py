"""Wishes: the window for officers, the page on which reviewers say what they would like to read."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.assigning import operations, queries
from app.assigning.choices import Level
from app.assigning.forms import RoundForm
from app.assigning.views import bp
from app.clusters.choices import FIELDS
from app.core.access import access, role
from app.core.clock import now
from app.core.errors import Refused
from app.core.http import arrived_at
from app.core.i18n import _

reviewer, officer, staff = role("reviewer"), role("officer"), role("officer", "auditor")


@bp.get("/officer/calls/<int:call_id>/wishes")
@access(staff)
def round(call_id: int) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    row = queries.preference_round(call_id)
    return _round_page(call, RoundForm(data={"closes_at": row.closes_at if row else None}))


def _round_page(call: Any, form: RoundForm) -> ResponseReturnValue:
    row = queries.preference_round(call.id)
    page = render_template(
        "assigning/round.html", call=call, row=row, form=form, open=row is not None and row.closes_at > now(),
        people=queries.wish_counts(current_user, call.id),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/officer/calls/<int:call_id>/wishes/<any(open,close):event>")
@access(officer)
def set_round(call_id: int, event: str) -> ResponseReturnValue:
    call = queries.call_of(current_user, call_id) or abort(404)
    if event == "close":
        operations.close_round(call, current_user)
        return redirect(url_for("assigning.round", call_id=call_id), 303)
    form = RoundForm(request.form)
    if form.validate():
        try:
            operations.open_round(call, form.closes_at.data, current_user)
        except Refused as refusal:
            form.refuse("closes_at", refusal.reasons[0].message)
    if form.errors:
        return _round_page(call, form)
    flash(_("The reviewers of the pool can say their wishes now."))
    return redirect(url_for("assigning.round", call_id=call_id), 303)


# --- reviewers --------------------------------------------------------------------------------------------------------


@bp.get("/reviews/wishes")
@access(reviewer)
def rounds() -> str:
    return render_template("assigning/rounds.html", calls=queries.open_rounds(arrived_at()))


@bp.get("/reviews/wishes/<int:call_id>")
@access(reviewer)
def wishes(call_id: int) -> str:
    call = queries.open_round(call_id, arrived_at()) or abort(404)
    page = queries.wish_page(current_user, call_id, request.args.get("after"), request.args.get("before"))
    return render_template(
        "assigning/wishes.html", call=call, page=page, texts=queries.wish_texts(call, page.rows, arrived_at()),
        levels=list(Level), fields=FIELDS, row=queries.preference_round(call_id),
    )  # fmt: skip


@bp.post("/reviews/wishes/<int:call_id>")
@access(reviewer)
def save_wishes(call_id: int) -> ResponseReturnValue:
    """One save for the page: ``wish-<application>`` is a level or empty, ``tie-<application>`` a tick."""
    call = queries.open_round(call_id, arrived_at()) or abort(404)
    said: dict[int, tuple[Level | None, bool]] = {}
    for name, text in request.form.items():
        key = name.removeprefix("wish-")
        if name != key and key.isdecimal() and len(key) < 10:
            level = Level(text) if text in list(Level) else None
            said[int(key)] = level, f"tie-{key}" in request.form
    if operations.save_wishes(call, said, current_user, arrived_at()):
        flash(_("Your wishes are saved."))
    else:
        flash(_("Your wishes are saved, except for what is not offered to you any more."))
    if any(tied for _level, tied in said.values()):
        flash(_("You reported a tie. Please declare it as well, so that it is known for every proposal."))
        return redirect(url_for("reviewers.interests"), 303)
    pages: dict[str, Any] = {name: request.args[name] for name in ("after", "before") if request.args.get(name)}
    return redirect(url_for("assigning.wishes", call_id=call_id, **pages), 303)
