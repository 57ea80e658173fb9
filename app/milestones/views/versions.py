"""What was handed in, version by version."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app.calls.choices import COST_ITEMS
from app.core import downloads
from app.core.access import access, role
from app.core.i18n import LOCALES, _
from app.milestones import operations, queries
from app.milestones.choices import Achievement, ReportKind
from app.milestones.definitions.sections import sections_of
from app.milestones.definitions.versions import differences, for_reader
from app.milestones.exports import difference_label
from app.milestones.views import bp
from app.milestones.views.reports import people


def report_words() -> dict[str, Any]:
    """The words that a printed version needs: its content is frozen, its headings are the house's."""
    return {
        "kinds": {one.value: one.label for one in ReportKind},
        "sections": {one.value: sections_of(one) for one in ReportKind},
        "achievements": {one.value: one.label for one in Achievement},
        "cost_items": COST_ITEMS,
    }


bp.add_app_template_global(report_words, "report_words")


def _load(report_id: int, number: int) -> tuple[Any, Any, Any]:
    """The report, the version and the one before it (None for the first)."""
    report = queries.get_for(current_user, report_id) or abort(404)
    found = {row.number: row for row in queries.versions_of(report.id)}
    return report, found.get(number) or abort(404), found.get(number - 1)


def _reader(report: Any) -> set[int] | None:
    """Whose cost detail this reader may see; None: everybody's (the office)."""
    if current_user.has_role("officer", "auditor"):
        return None
    return queries.own_organisations(current_user, report.project.application_id)


@bp.get("/reports/<int:report_id>/versions/<int:number>")
@access(people)
def version(report_id: int, number: int) -> str:
    report, row, before = _load(report_id, number)
    reader = _reader(report)
    content = for_reader(row.content, reader)
    changed = differences(for_reader(before.content, reader), content) if before else []
    return render_template(
        "milestones/version.html", report=report, project=report.project, row=row, content=content, before=before,
        changed=[(difference_label(group, key, content), old, new) for group, key, old, new in changed],
        sections=sections_of(ReportKind(content["report"]["kind"])), cost_items=COST_ITEMS,
        achievements={one.value: one.label for one in Achievement},
        prints={
            code: queries.document_by(operations.print_key(row, code, reader is None, reader or ()))
            for code in LOCALES
        },
    )  # fmt: skip


@bp.post("/reports/<int:report_id>/versions/<int:number>/print")
@access(role("applicant", "officer"))
def order_print(report_id: int, number: int) -> Answer:
    """Order the PDF, in both languages, as this reader may see it."""
    report, row, _before = _load(report_id, number)
    for code in LOCALES:
        operations.order_print(row, code, _reader(report), current_user)
    flash(_("The documents are being made. They appear here in a moment."))
    return redirect(url_for("milestones.version", report_id=report_id, number=number), 303)


@bp.get("/reports/<int:report_id>/versions/<int:number>/print")
@access(people)
def printed(report_id: int, number: int) -> ResponseReturnValue:
    report, row, _before = _load(report_id, number)
    reader = _reader(report)
    code = request.args.get("language", "ja")
    if code not in LOCALES:
        abort(404)
    document = queries.document_by(operations.print_key(row, code, reader is None, reader or ())) or abort(404)
    if document.file is None:
        return render_template("shared/being_made.html"), 202, {"Refresh": "3"}
    return downloads.send(document.file)
