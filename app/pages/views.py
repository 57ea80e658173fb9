"""Start pages, health, help."""

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from app.core.access import access, anyone
from app.core.health import check

bp = Blueprint("pages", __name__)


@bp.get("/")
@access(anyone)
def home() -> str:
    return render_template("pages/home.html")


@bp.get("/healthz")
@access(anyone)
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@access(anyone)
def readyz() -> ResponseReturnValue:
    failing = check(current_app)
    if failing:
        return jsonify(status="failing", failing=failing), 503
    return jsonify(status="ok")
