"""Pages of milestones, reports, monitoring and calendars."""

from flask import Blueprint

bp = Blueprint("milestones", __name__)

from app.milestones.views import duties, monitoring, parts, reports, rows, versions  # noqa: E402, F401
