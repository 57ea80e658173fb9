"""Figures in public: what is published, with all that a figure needs to be doubted and counted anew. No sign-in."""

from typing import Any

from flask import Response, abort, jsonify, render_template, request

from app.core import downloads
from app.core.access import access, anyone
from app.publishing import exports, queries
from app.publishing.choices import PublicationKind
from app.publishing.definitions import datasets, suppression, telling
from app.publishing.views import bp


@bp.get("/figures")
@access(anyone)
def dashboard() -> str:
    groups: dict[str, list[Any]] = {}
    for row in queries.current():
        groups.setdefault(row.programme.value if row.programme else "all", []).append(row)
    return render_template(
        "publishing/dashboard.html", groups=groups, tell=telling, reports=queries.published_publications()
    )


@bp.get("/figures/all")
@access(anyone)
def archive() -> str:
    page = queries.archive(request.args.get("after"), request.args.get("before"))
    return render_template("publishing/archive.html", page=page, tell=telling)


def _public(code: str) -> Any:
    return queries.public(code) or abort(404)


@bp.get("/figures/<code>")
@access(anyone)
def figure(code: str) -> str:
    row = _public(code)
    return render_template(
        "publishing/figure.html", row=row, tell=telling, successor=queries.successor(row.id),
        cohorts=suppression.cohort_rows(row.details["cohorts"], row.shown_years) if row.words["unit"]["en"] != "yen" else (),
    )  # fmt: skip


@bp.get("/figures/<code>/bundle.zip")
@access(anyone)
def public_bundle(code: str) -> Response:
    row = _public(code)
    if row.public_file is None:
        abort(404)
    return downloads.send(row.public_file)


@bp.get("/figures/<code>/record.json")
@access(anyone)
def record(code: str) -> Response:
    return jsonify(exports.record(_public(code)))


@bp.get("/figures/data")
@access(anyone)
def dictionary() -> str:
    """What the public datasets hold: every file, every column, every code list."""
    found = [row for row in queries.published_publications() if row.kind is PublicationKind.datasets]
    return render_template(
        "publishing/dictionary.html",
        columns=datasets.COLUMNS,
        extra=datasets.EXTRA,
        layout=datasets.LAYOUT,
        sets=found,
        tell=telling,
    )


@bp.get("/publications/<code>/<any(pdf_ja,pdf_en,tables,datasets):part>")
@access(anyone)
def public_file(code: str, part: str) -> Response:
    found = queries.public_file(code, part) or abort(404)
    return downloads.send(found)
