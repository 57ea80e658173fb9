"""Pages of the portfolio, by what they are about."""

from flask import Blueprint

bp = Blueprint("portfolio", __name__)

from app.portfolio.views import explorer, kept, pdca, taken  # noqa: E402, F401
