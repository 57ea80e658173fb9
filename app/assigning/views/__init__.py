"""Pages of assigning: plans for officers, wishes and answers for reviewers."""

from flask import Blueprint

bp = Blueprint("assigning", __name__)

from app.assigning.views import invitations, plans, tables, wishes  # noqa: E402, F401
