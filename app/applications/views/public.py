"""For everybody: the self-check of a call, and the check of a receipt."""

import hmac

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import queries, self_check
from app.applications.definitions import rules_for
from app.applications.forms import VerifyForm
from app.applications.forms.handing_in import MIN_PREFIX
from app.applications.views import bp
from app.calls import queries as calls
from app.core.access import access, anyone


@bp.get("/calls/<int:call_id>/self-check", endpoint="self_check")
@access(anyone)
def check(call_id: int) -> ResponseReturnValue:
    call = calls.get_for(current_user, call_id) or abort(404)
    asked = "checked" in request.args
    form = self_check.check_form(call, request.args if asked else None)
    good = asked and form.validate()
    page = render_template(
        "applications/self_check.html",
        call=call,
        form=form,
        findings=self_check.findings(call, form) if good else None,
        count=len(rules_for(call.programme, self_check=True)),
    )
    return page, 422 if asked and not good else 200


@bp.get("/receipts/<receipt_number>")
@access(anyone)
def verify(receipt_number: str) -> ResponseReturnValue:
    """Is there a receipt with this number and this hash? Shows the time and the hash, never what was handed in."""
    asked = "prefix" in request.args
    form = VerifyForm(request.args if asked else None)
    found, prefix = None, ""
    if asked and form.validate():
        prefix = form.prefix.data.lower()
        if len(prefix) < MIN_PREFIX:
            form.refuse("prefix", form.prefix.gettext("Enter at least 8 characters."))
        else:
            row = queries.submission_by_receipt(receipt_number[:40])
            stored = row.sha256 if row is not None else "0" * 64
            same = hmac.compare_digest(stored[: len(prefix)].encode(), prefix.encode("utf-8", "replace"))
            found = row if same and row is not None else None
    return render_template(
        "applications/verify.html", number=receipt_number[:40], form=form, asked=asked, found=found
    ), 422 if form.errors else 200
