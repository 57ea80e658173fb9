"""Pages of calls: for everybody to read, for officers to write."""

from flask import Blueprint

bp = Blueprint("calls", __name__)

from app.calls.views import pages, questionnaire, questions  # noqa: E402, F401
