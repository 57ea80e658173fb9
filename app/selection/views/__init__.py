"""Pages of a round for officers and auditors."""

from flask import Blueprint

bp = Blueprint("selection", __name__)

from app.selection.views import figures, lists, ranking, scenarios  # noqa: E402, F401
