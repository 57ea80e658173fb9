"""Pages of reviewing and deciding, by audience."""

from flask import Blueprint

bp = Blueprint("reviews", __name__)

from app.reviews.views import blind, decisions, officer, offline, phases, reviewer, sheets  # noqa: E402, F401
