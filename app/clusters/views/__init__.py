"""Pages of clusters, by what they are about."""

from flask import Blueprint

bp = Blueprint("clusters", __name__)

from app.clusters.views import activities, businesses, figures, month, registers  # noqa: E402, F401
