"""Pages of outcomes, by audience."""

from flask import Blueprint

bp = Blueprint("outcomes", __name__)

from app.outcomes.views import delegation, disputes, ending, judging, ledger, office, products, reports  # noqa: E402, F401
