"""Pages of applications, by audience."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from app.applications.views import (  # noqa: E402, F401
    answers,
    budget,
    consortium,
    deadlines,
    drafts,
    files,
    invitations,
    live,
    officer,
    public,
    sections,
    shares,
    submission,
    uploads,
)
