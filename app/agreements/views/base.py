"""The blueprint, who may open what, and how an award is found."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.agreements import queries
from app.core.access import role
from app.core.errors import Refused
from app.core.forms import BaseForm

bp = Blueprint("agreements", __name__)
people, officer, lead, staff = role("applicant", "officer", "auditor"), role("officer"), role("applicant"), role("officer", "auditor")  # fmt: skip
both_sides = role("applicant", "officer")


def award_of(project_id: int, *, lock: bool = False) -> Any:
    """The award of a project that the reader may see; 404 for a project of earlier years, which has none."""
    return queries.get_for(current_user, project_id, lock=lock) or abort(404)


def contract_of(award: Any, contract_id: int) -> Any:
    return queries.contract_of(award, contract_id) or abort(404)


def to_agreement(project_id: int) -> Response:
    return redirect(url_for("agreements.agreement", project_id=project_id), 303)


def attempt(form: BaseForm, verb: Callable[[], Any]) -> list[Any]:
    """Do it; a refusal goes to its field, or is answered as reasons for the top of the page."""
    try:
        verb()
    except Refused as refusal:
        left = []
        for reason in refusal.reasons:
            if reason.where and reason.where in form:
                form.refuse(reason.where, reason.message)
            else:
                left.append(reason)
        return left
    return []
