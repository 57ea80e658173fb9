"""While writing: one field saved after a pause, and who else is there. Both answer JSON; pages work without them."""

from typing import Any

from flask import Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, parts, queries
from app.applications.views import bp
from app.applications.views.pages import applicant, load
from app.core.access import access
from app.core.clock import now
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.forms import ChoiceField
from app.core.http import arrived_at
from app.core.i18n import _, show_clock


def _load(application_id: int, key: str) -> tuple[Any, parts.Part]:
    application = load(application_id, lock=True)
    return application, parts.part_of(application, key, current_user) or abort(404)


def _no(status: int, kind: str, message: Any, **more: Any) -> ResponseReturnValue:
    return jsonify({"kind": kind, "message": str(message), **more}), status


@bp.post("/applications/<int:application_id>/parts/<part_key>/field")
@access(applicant)
def save_field(application_id: int, part_key: str) -> ResponseReturnValue:
    """Save one field: form data ``field``, ``value`` (several for a multiple choice) and ``version``.

    200 ``{"version", "value", "merged", "by", "rules"}``; 409 ``{"kind": "conflict", "theirs", "by", "version"}``;
    422 ``{"kind": "wrong" | "refused", "message"}``. Nothing is stored unless the answer is 200.
    """
    application, part = _load(application_id, part_key)
    if not part.writable:
        return _no(403, "forbidden", _("You may read this part, but not change it."))
    name, version = request.form.get("field", ""), request.form.get("version", type=int) or 0
    whole = part.form(None)
    if name == "version" or name not in whole:
        return _no(422, "wrong", _("There is no such field in this part any more. Load the page again."))
    stored = part.stored()
    sent = whole.formdata(stored, application.version)
    sent.poplist(name)
    values = [value for value in request.form.getlist("value") if value != ""]
    sent.setlist(name, values or ([""] if isinstance(whole[name], ChoiceField) else []))  # a choice taken back
    form = part.form(sent)
    form.validate()
    if form[name].errors:
        return _no(422, "wrong", form[name].errors[0])
    try:
        saved = parts.save(
            application, part, form, version, {}, actor=current_user, arrived=arrived_at(), only=(name,)
        )  # fmt: skip
    except Refused as refusal:
        return _no(422, "refused", " ".join(str(reason) for reason in refusal.reasons))
    except (OutOfOrder, Forbidden, Stale):
        return _no(422, "refused", _("This part can no longer be changed. What you typed stays in this browser."))
    return _answer(application, part, name, saved)


def _answer(application: Any, part: parts.Part, name: str, saved: parts.Saved) -> ResponseReturnValue:
    by = saved.since.get(name)
    who = {"name": by.name, "at": show_clock(by.at)} if by else None
    if name in saved.conflicts:
        return _no(
            409, "conflict", _("Somebody else changed this field in the same place."),
            theirs=saved.conflicts[name].theirs, by=who, version=application.version,
        )  # fmt: skip
    text = part.stored().get(name, "")
    return jsonify(
        {
            "version": application.version,
            "value": text,
            "merged": name in saved.outcome.joined or name in saved.outcome.kept,
            "by": who,
            "saved_at": show_clock(now()),
            "rules": rules_fragment(application, part),
        }
    )


def rules_fragment(application: Any, part: parts.Part) -> str:
    """What the rules say about this part now, as the page shows it."""
    findings = [f for f in queries.findings(application) if f.rule.where == part.section]
    more: dict[str, Any] = {}
    if part.section.startswith("answers-"):  # which questions apply now: the page shows and hides them
        found = queries.answers.of(application, queries.facts(application))
        more["visible"] = sorted(found.keys) if found else []
    return render_template("applications/_rules.html", findings=findings, **more)


@bp.post("/applications/<int:application_id>/parts/<part_key>/presence")
@access(applicant)
def presence(application_id: int, part_key: str) -> Response | ResponseReturnValue:
    """A sign of life from a page: who else is here, and what others changed in this part since ``version``."""
    application = load(application_id)
    part = parts.part_of(application, part_key, current_user) or abort(404)
    operations.sign_of_life(application, part.key, request.form.get("field", "")[:80], actor=current_user)
    version = min(max(request.form.get("version", type=int) or 0, 0), queries.MAX_ID)
    changes = queries.parts.changes_since(application.id, part.key, version, current_user.id)
    return jsonify(
        {
            "version": application.version,
            "lock": part.lock,
            "changes": [{"field": field, "value": text, "by": name} for field, (text, name) in changes.items()],
            "here": [
                {
                    "name": one.name,
                    "organisation": one.organisation,
                    "here": one.part == part.key,
                    "field": one.field if one.part == part.key else "",
                }
                for one in queries.parts.present(application.id, current_user.id)
            ],
        }
    )
