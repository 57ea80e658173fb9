"""Pages of organisations, by what they are about."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

from app.organisations.views import history, register, resolving  # noqa: E402, F401
