"""A firm's answer: by a personal link without a sign-in, or signed in; one page for both."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, anyone, role
from app.core.errors import Refused
from app.core.i18n import _
from app.surveys import operations, queries
from app.surveys.choices import GROUPS, Measure, ResponseStatus, WaveKind
from app.surveys.definitions.effects import options_of
from app.surveys.forms import AddressForm, SureForm, effect_form, figures_form
from app.surveys.views import bp
from app.surveys.workflow import RESPONSE

SAID = {
    "save": lambda: _("Saved. You can come back with the same link until the last day."),
    "send": lambda: _("Sent. Thank you. You can change the answer until the last day."),
    "change": lambda: _("The answer is open for changes. It counts again when you send it."),
    "withdraw": lambda: _("The answer was taken back and deleted."),
}


class Place:
    """Where the page stands: behind a link, or with the person's own pages."""

    def __init__(self, asked: Any, actor: Any, token: str | None = None) -> None:
        self.asked, self.actor, self.token = asked, actor, token

    def url(self, what: str, **more: Any) -> str:
        key = {"token": self.token} if self.token else {"asked_id": self.asked.id}
        return url_for(f"surveys.{'link' if self.token else 'own'}{what}", **key, **more)


def _form(asked: Any, stored: Any, formdata: Any = None) -> Any:
    if asked.wave.kind is WaveKind.figures:
        return figures_form(asked.wave, stored, formdata)
    return effect_form(queries.waves.items(asked.wave), stored, formdata)


def _page(place: Place, form: Any = None, give: Any = None, sure: Any = None, reasons: Any = ()) -> str:
    asked, wave = place.asked, place.asked.wave
    stored = queries.waves.response_of(asked.id)
    items = queries.waves.items(wave) if wave.kind is WaveKind.effect else []
    writes = stored is None or stored.status is ResponseStatus.draft
    return render_template(
        "surveys/answer.html", place=place, asked=asked, wave=wave, response=stored, reasons=reasons,
        form=form if form is not None else _form(asked, stored), give=give or AddressForm(), sure=sure or SureForm(),
        events=RESPONSE.available(stored, place.actor) if stored else [],
        may_take_back=operations.answering.may_take_back(asked, place.actor), open=operations.answering.is_open(wave),
        writes=writes, links=operations.inviting.endable(asked, place.actor),
        may_give=operations.inviting.may_hand_on(asked, place.actor), groups=GROUPS, items=items, measures=Measure,
        options={item.id: options_of(item.kind, item.options) for item in items},
    )  # fmt: skip


def _take(place: Place) -> Answer:
    """Save, send, open again, take back: what the pressed button says."""
    action = next((name for name in SAID if name in request.form), "save")
    form, sure = None, None
    try:
        if action in ("save", "send"):
            stored = queries.waves.response_of(place.asked.id)
            form = _form(place.asked, stored, request.form)
            if not form.validate():
                return _page(place, form), 422
            operations.answering.save(place.asked, form.answer(), form.version.data, place.actor)
            if action == "send":
                operations.answering.send(place.asked, place.actor)
        else:
            sure = SureForm(request.form)
            if action == "withdraw" and not sure.validate():
                return _page(place, sure=sure), 422
            version = request.form.get("version", type=int)
            operations.answering.move(place.asked, action, version, place.actor)
    except Refused as refusal:
        return _page(place, form, reasons=refusal.reasons), 422
    flash(SAID[action]())
    return redirect(place.url(""), 303)


def _give(place: Place) -> Answer:
    form = AddressForm(request.form)
    if form.validate():
        try:
            operations.inviting.give(place.asked, str(form.email.data), form.locale.data or "ja", place.actor)
            flash(_("The letter is on its way. You can end its link at any time."))
            return redirect(place.url(""), 303)
        except Refused as refusal:
            form.refuse("email", refusal.reasons[0].message)
    return _page(place, give=form), 422


def _end(place: Place, link_id: int) -> Answer:
    operations.inviting.withdraw(place.asked, link_id, place.actor)
    flash(_("The link no longer works."))
    return redirect(place.url(""), 303)


# --- by a link -------------------------------------------------------------------------------------------------------


def _linked(token: str, lock: bool = False) -> Place | Answer:
    row = queries.waves.by_token(token)
    try:
        found = operations.inviting.check_link(row)
    except Refused as refusal:
        return render_template("surveys/link_ended.html", reasons=refusal.reasons), 410
    asked = queries.waves.locked(found.asked_id) if lock else found.asked
    return Place(asked, operations.inviting.holder(found), token)


@bp.get("/surveys/invitations/<token>")
@access(anyone)
def link(token: str) -> Answer:
    """Looking at it changes nothing."""
    found = _linked(token)
    return _page(found) if isinstance(found, Place) else found


@bp.post("/surveys/invitations/<token>")
@access(anyone)
def link_post(token: str) -> Answer:
    found = _linked(token, lock=True)
    return _take(found) if isinstance(found, Place) else found


@bp.post("/surveys/invitations/<token>/give")
@access(anyone)
def link_give(token: str) -> Answer:
    found = _linked(token, lock=True)
    return _give(found) if isinstance(found, Place) else found


@bp.post("/surveys/invitations/<token>/links/<int:link_id>/end")
@access(anyone)
def link_end(token: str, link_id: int) -> Answer:
    found = _linked(token, lock=True)
    return _end(found, link_id) if isinstance(found, Place) else found


# --- signed in -------------------------------------------------------------------------------------------------------


def _own(asked_id: int, lock: bool = False) -> Place:
    asked = queries.waves.own_asked(current_user, asked_id, lock=lock) or abort(404)
    return Place(asked, current_user)


@bp.get("/surveys/answers/<int:asked_id>")
@access(role("applicant"))
def own(asked_id: int) -> Answer:
    return _page(_own(asked_id))


@bp.post("/surveys/answers/<int:asked_id>")
@access(role("applicant"))
def own_post(asked_id: int) -> Answer:
    return _take(_own(asked_id, lock=True))


@bp.post("/surveys/answers/<int:asked_id>/give")
@access(role("applicant"))
def own_give(asked_id: int) -> Answer:
    return _give(_own(asked_id, lock=True))


@bp.post("/surveys/answers/<int:asked_id>/links/<int:link_id>/end")
@access(role("applicant"))
def own_end(asked_id: int, link_id: int) -> Answer:
    return _end(_own(asked_id, lock=True), link_id)
