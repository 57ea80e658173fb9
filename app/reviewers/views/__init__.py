"""Pages of the pool: of people about themselves, and of officers."""

from flask import Blueprint

bp = Blueprint("reviewers", __name__)

from app.reviewers.views import conflicts, own, pool  # noqa: E402, F401
