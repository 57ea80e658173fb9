"""Pages of the panel, by what they are about."""

from flask import Blueprint

bp = Blueprint("panels", __name__)

from app.panels.views import answers, discussions, meetings, minutes, planning  # noqa: E402, F401
