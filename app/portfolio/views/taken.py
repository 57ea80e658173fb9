"""The record of everything that was taken out of the house as a file."""

from flask import render_template, request
from flask_login import current_user

from app.core import taken
from app.core.access import access, role
from app.portfolio.queries import taken as queries
from app.portfolio.views import bp


@bp.get("/exports")
@access(role("admin", "auditor"))
def taken_files() -> str:
    person = request.args.get("person", type=int)
    person = person if person is not None and 0 < person < 2**31 else None
    page = queries.page(person, request.args.get("after"), request.args.get("before"))
    return render_template(
        "portfolio/taken.html", page=page, person=person, today=queries.shown_today(current_user), limits=taken.limits,
        tells=queries.tells_of(current_user),
    )  # fmt: skip
