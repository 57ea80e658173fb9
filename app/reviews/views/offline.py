"""Score sheets as a workbook: out, in with a preview, and stored once that is confirmed."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused
from app.core.http import arrived_at
from app.core.i18n import Bilingual, _
from app.reviews import exchange, operations, policy, queries
from app.reviews.definitions import sheets
from app.reviews.forms import sent
from app.reviews.views import bp
from app.reviews.views.reviewer import filled, load, reviewer

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIELD = re.compile(r"(v|f)-(\d{1,9})(?:-([a-z_0-9-]{1,40}))?", re.ASCII)


def _out(found: list[Any], name: str) -> Response:
    titles = queries.titles(found, arrived_at())
    response = Response(
        exchange.write(
            [
                exchange.Sheet(
                    a.id, a.application.number, str(titles[a.application_id]), a.review.version if a.review else 0,
                    a.application.call.criteria, sheets.texts(a.application.call.criteria, a.review),
                )
                for a in found
            ]
        ),
        mimetype=TYPE,
    )  # fmt: skip
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _writable(assignment: Any) -> bool:
    phase = queries.phase_of(assignment.application.call, arrived_at())
    return policy.may_write(current_user, assignment, phase)


@bp.get("/reviews/<int:assignment_id>/sheet.xlsx")
@access(reviewer)
def sheet_file(assignment_id: int) -> Response:
    assignment = load(assignment_id)
    if not _writable(assignment):
        abort(404)
    return _out([assignment], f"{assignment.application.number}-review")


def _open() -> list[Any]:
    """What one may write now, without the sheets themselves."""
    waiting = queries.waiting_for(current_user)
    holding = queries.phases_at({a.application.call_id for a in waiting}, arrived_at())
    return [a for a in waiting if policy.may_write(current_user, a, holding[a.application.call_id])]


@bp.get("/reviews/sheets.xlsx")
@access(reviewer)
def sheet_files() -> Response:
    """The sheets of all reviews that one may write now."""
    mine = [queries.get_for(current_user, a.id) for a in _open()[: exchange.MAX_SHEETS]]
    found = [a for a in mine if a is not None and _writable(a)]
    return _out(found, "reviews") if found else abort(404)


@dataclass(frozen=True)
class Compared:
    """One assignment of a workbook with what its sheet would change."""

    assignment: Any
    version: int
    differences: list[operations.Difference]


def _page(compared: Any = None, reasons: Any = ()) -> str:
    return render_template("reviews/sheets.html", compared=compared, reasons=reasons, open=len(_open()))


@bp.get("/reviews/sheets")
@access(reviewer)
def sheets_page() -> str:
    return _page()


@bp.post("/reviews/sheets")
@access(reviewer)
def read_sheets() -> ResponseReturnValue:
    """Check a workbook and show what it would change. Nothing is written."""
    file = request.files.get("sheet")
    try:
        if file is None or not file.filename:
            raise Refused([_reason("", Bilingual("Choose a file first.", "ファイルを選択してください。"))])
        return _page(_compare(exchange.read(file.stream)))
    except Refused as refusal:
        return _page(reasons=refusal.reasons), 422


def _reason(name: str, words: Any) -> Reason:
    text = Bilingual(words.en, words.ja) if isinstance(words, Bilingual) else Bilingual(str(words), str(words))
    return Reason("sheet", Bilingual(f"{name}: {text.en}", f"{name}: {text.ja}") if name else text, "sheet")


def _compare(incoming: list[exchange.Incoming]) -> list[Compared]:
    """Every sheet against what is stored. Raises Refused with all that is wrong in any of them."""
    wrong: list[Reason] = []
    compared = []
    for one in incoming:
        assignment = queries.get_for(current_user, one.assignment_id)
        if assignment is None:
            words = Bilingual("This is none of your reviews.", "担当する評価ではありません。")
            wrong.append(_reason(one.name, words))
            continue
        version = assignment.review.version if assignment.review else 0
        try:
            texts = _checked(assignment, one)
            differences = operations.compare_fields(
                assignment, texts, one.version, actor=current_user, arrived=arrived_at()
            )
            compared.append(Compared(assignment, version, differences))
        except Refused as refusal:
            wrong += [_reason(one.name, reason.message) for reason in refusal.reasons]
        except (OutOfOrder, Forbidden):
            words = Bilingual("This review cannot be written now.", "現在この評価は記入できません。")
            wrong.append(_reason(one.name, words))
    if wrong:
        raise Refused(wrong)
    return compared


def _checked(assignment: Any, one: exchange.Incoming) -> dict[str, str]:
    """The texts of a sheet as its fields take them. Raises Refused with every answer that does not fit."""
    form = filled(assignment, sent(one.texts, one.version))
    unknown = [name for name in one.texts if name == "version" or name not in form]
    if unknown:
        words = Bilingual("It holds a question that is not asked here.", "この公募にない設問が含まれています。")
        raise Refused([_reason("", words)])
    if not form.validate():
        raise Refused([_reason("", f"{label}: {message}") for _name, label, message in form.reasons()])
    return {name: text for name, text in form.texts().items() if name in one.texts}


def _confirmed() -> dict[int, tuple[int, dict[str, str]]]:
    """Assignment -> (version that the preview showed, texts to store), as the preview's form sends them."""
    found: dict[int, tuple[int, dict[str, str]]] = {}
    for name, value in request.form.items():
        match = _FIELD.fullmatch(name)
        if match and match[1] == "v" and value.isdecimal() and len(value) < 10:
            found[int(match[2])] = (int(value), {})
    for name, value in request.form.items():
        match = _FIELD.fullmatch(name)
        if match and match[1] == "f" and match[3] and int(match[2]) in found:
            if request.form.get(f"k-{match[2]}-{match[3]}", "sheet") == "sheet":
                found[int(match[2])][1][match[3]] = value
    return found


@bp.post("/reviews/sheets/confirm")
@access(reviewer)
def confirm_sheets() -> ResponseReturnValue:
    """Store what the preview showed: all of it or nothing. What changed since the preview is shown once more."""
    wanted = _confirmed()
    if len(wanted) > exchange.MAX_SHEETS:
        abort(400)
    try:
        incoming = []
        for assignment_id, (version, texts) in sorted(wanted.items()):
            assignment = queries.get_for(current_user, assignment_id, lock=True) or abort(404)
            incoming.append(exchange.Incoming(assignment.application.number, assignment_id, version, texts))
        compared = _compare(incoming)
        if any(difference.contested for one in compared for difference in one.differences):
            return _page(compared, [_("Something changed since the preview: see both values below.")]), 409
        for one, source in zip(compared, incoming, strict=True):
            texts = {difference.field: difference.sent for difference in one.differences}
            operations.save_fields(one.assignment, texts, source.version, {}, actor=current_user, arrived=arrived_at())
    except Refused as refusal:
        return _page(reasons=refusal.reasons), 422
    flash(_("The sheets are stored as drafts. Look at each review, then send it."))
    return redirect(url_for("reviews.mine"), 303)
