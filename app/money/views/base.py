"""The blueprint, who may open what, and how a contract and its reader's standing are found."""

from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.access import role
from app.money import policy, queries

bp = Blueprint("money", __name__)
people, officer, applicant, staff = role("applicant", "officer", "auditor"), role("officer"), role("applicant"), role("officer", "auditor")  # fmt: skip
both_sides = role("applicant", "officer")


def contract_of(project_id: int, contract_id: int, *, lock: bool = False) -> Any:
    """A contract under which money is spent, of a project that the reader may see; else 404."""
    return queries.contract_for(current_user, project_id, contract_id, lock=lock) or abort(404)


def standing_of(contract: Any) -> policy.Standing:
    return policy.standing(current_user, contract.award.project)


def organisation_of(contract: Any, organisation_id: int) -> Any:
    """An organisation of the project whose lines this reader may see; else 404."""
    if not standing_of(contract).sees_lines(organisation_id):
        abort(404)
    return queries.organisations_of(contract.award.project_id).get(organisation_id) or abort(404)


def go(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(f"money.{endpoint}", **values), 303)
