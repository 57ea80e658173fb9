"""Pages of rates: ask, see the answer with its definition and doubts, look at the records behind it, take it along."""

from flask import Blueprint

bp = Blueprint("analytics", __name__)

from app.analytics.views import rates, takeaway  # noqa: E402, F401
