"""Pages of surveys: compose, run, answer, results, benchmark."""

from flask import Blueprint

bp = Blueprint("surveys", __name__)

from app.surveys.views import answering, benchmark, composing, results, running  # noqa: E402, F401
