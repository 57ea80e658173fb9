"""Results of effect surveys, the answers behind them, and what METI printed in 2006."""

from typing import Any

from flask import Response, render_template, request
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core import tabular
from app.core.access import access, role, signed_in
from app.surveys import exports, policy, queries
from app.surveys.choices import EFFECT_ITEMS, GROUPS, JUDGED, WaveKind
from app.surveys.definitions import published as printed
from app.surveys.definitions.effects import options_of
from app.surveys.views import bp
from app.surveys.views.composing import readers

staff = role("officer", "auditor", "admin")


def csv(rows: Any, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(tabular.portions(rows), mimetype="text/csv", headers=headers)


def _wave(wave_id: int) -> Any:
    wave = queries.get_for(current_user, wave_id) or abort(404)
    if wave.kind is not WaveKind.effect or not policy.may_read_results(current_user, wave):
        abort(404)
    return wave


@bp.get("/surveys/<int:wave_id>/results")
@access(readers)
def results(wave_id: int) -> str:
    wave = _wave(wave_id)
    found = queries.results.results(current_user, wave)
    return render_template("surveys/results.html", wave=wave, found=found, groups=GROUPS)


@bp.get("/surveys/<int:wave_id>/results.csv")
@access(readers)
def results_csv(wave_id: int) -> Response:
    wave = _wave(wave_id)
    return csv(exports.results(wave, queries.results.results(current_user, wave)), f"survey-{wave.id}.csv")


@bp.get("/surveys/<int:wave_id>/results/<int:item_id>")
@access(staff)
def behind(wave_id: int, item_id: int) -> str:
    wave = _wave(wave_id)
    item = queries.waves.item(wave, item_id) or abort(404)
    chosen = request.args.get("answer", "")
    place = request.args.get("after") or request.args.get("before")
    page = queries.results.behind(wave, item, chosen, place)
    options = {option.code: option.label for option in options_of(item.kind, item.options)}
    return render_template("surveys/behind.html", wave=wave, item=item, page=page, options=options, chosen=chosen)


@bp.get("/surveys/published")
@access(signed_in)
def published() -> str:
    return render_template(
        "surveys/published.html", effects=printed.EFFECTS, labels=EFFECT_ITEMS, judged=JUDGED, blocks=printed.BLOCKS,
        cautions=printed.CAUTIONS,
    )  # fmt: skip
