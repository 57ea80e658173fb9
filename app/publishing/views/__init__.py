"""Pages: published figures for everybody; proposing, freezing and publishing for the office."""

from flask import Blueprint

bp = Blueprint("publishing", __name__)

from app.publishing.views import figures, office, publications  # noqa: E402, F401 - their pages join the blueprint
