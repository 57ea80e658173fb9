"""The list, the cross table and the map of the same projects, and the page on which all filters stand."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, ReferenceKind
from app.core.access import access
from app.portfolio import policy, queries
from app.portfolio.choices import BUREAU_TILES, TILES, Kept, Measure, Place, Shade, Share
from app.portfolio.definitions.shading import shades
from app.portfolio.forms.kept import ExportForm, ViewForm
from app.portfolio.queries.crossing import value_of
from app.portfolio.views import bp
from app.portfolio.views.reading import REGISTRIES, Question, read, staff


def _page(template: str, question: Question, found: dict[str, Any]) -> ResponseReturnValue:
    """A page with its answer; where the address could not be read, what is wrong instead of any list (422)."""
    page = render_template(
        f"portfolio/{template}.html", q=question, export_form=ExportForm(kind="csv"), view_form=ViewForm(),
        may_keep=policy.may_keep_views(current_user), kept=_opened(), **REGISTRIES, **found,
    )  # fmt: skip
    return page, 422 if question.faults else 200


def _opened() -> Any:
    """The saved view from which the reader came, if it is still there to be saved over."""
    text = request.args.get("view", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    view = queries.view_of(current_user, int(text))
    return view if view is not None and policy.may_change_view(current_user, view) else None


@bp.get("/portfolio")
@access(staff)
def index() -> ResponseReturnValue:
    question = read(Kept.explorer)
    found: dict[str, Any] = {"totals": None, "page": None}
    if not question.faults:
        after, before = request.args.get("after"), request.args.get("before")
        found["totals"], found["page"] = queries.totals_and_page(
            current_user, question.selection, question.layout, after, before
        )
    return _page("index", question, found)


@bp.get("/portfolio/pivot")
@access(staff)
def pivot() -> ResponseReturnValue:
    question = read(Kept.pivot)
    cross = None if question.faults else queries.cross(current_user, question.selection, question.crossing)
    return _page("pivot", question, {"cross": cross, "measures": Measure, "shares": Share, "value_of": value_of})


@bp.get("/portfolio/map")
@access(staff)
def places() -> ResponseReturnValue:
    question = read(Kept.map)
    found: dict[str, Any] = {
        "places": Place, "shades": Shade, "value_of": value_of, "levels": COMMERCIALIZATION, "tiles": None,
        "plan": TILES if question.place is Place.prefecture else BUREAU_TILES,
    }  # fmt: skip
    if not question.faults:
        key, tiles = queries.tiles(current_user, question.selection, question.place)
        found |= {"key": key, "tiles": tiles, "shading": shades(tiles, question.shade)}
    return _page("map", question, found)


@bp.get("/portfolio/<any(explorer, pivot, map):page>/question")
@access(staff)
def ask(page: str) -> ResponseReturnValue:
    """All filters, and for the list all columns."""
    question = read(Kept(page))
    return _page(
        "question", question, {"levels": COMMERCIALIZATION, "participation": PARTICIPATION, "references": ReferenceKind}
    )
