"""Pages of applications, by audience."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from app.applications.views import applicant, invitations, officer, public, submission  # noqa: E402, F401
