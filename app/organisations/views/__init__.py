"""Pages of organisations, by what they are about."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

from app.organisations.views import register  # noqa: E402, F401
