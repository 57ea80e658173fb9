"""One member's share: filling in, confirming, its people."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, parts, policy, queries
from app.applications.choices import Right
from app.applications.forms import (
    ConfirmForm,
    InviteForm,
    PersonForm,
    RightForm,
)
from app.applications.views import bp
from app.applications.views.consortium import member_in
from app.applications.views.pages import applicant, attempt, load, section
from app.applications.views.sections import save_part
from app.calls.choices import COST_ITEMS
from app.core.access import access
from app.core.errors import OutOfOrder, Refused
from app.core.http import arrived_at
from app.core.i18n import _


def own_member(application_id: int, member_id: int, lock: bool = False) -> tuple[Any, Any]:
    """The application and a member for which the reader acts (the lead's people: any); others are not there."""
    application = load(application_id, lock)
    member = member_in(application, member_id)
    if not policy.may_read_share(current_user, application, member):
        abort(404)
    return application, member


def draft_share(application_id: int, member_id: int, lock: bool = False) -> tuple[Any, Any]:
    """The same while the application is a draft; a partner finds no other shares here."""
    application, member = own_member(application_id, member_id, lock)
    if not policy.is_open(application):
        raise OutOfOrder(application, "edit", application.status)
    return application, member


def share_page(
    application: Any, member: Any, form: Any = None, reasons: Any = (), confirm: Any = None, invite: Any = None
) -> str:
    part = parts.part_of(application, f"share-{member.id}", current_user)
    return section(
        application,
        "share",
        form or (part.form(None) if part else None),
        reasons,
        part=part,
        member=member,
        cost_items=COST_ITEMS,
        view=next(v for v in queries.dossier_of(application).members if v.id == member.id),
        years=queries.years_of(application),
        standing=queries.standing(current_user, application),
        may_confirm=policy.may_confirm_share(current_user, application, member),
        may_invite=policy.may_invite(current_user, application, member),
        may_end=policy.may_end(current_user, application, member),
        confirm=confirm or ConfirmForm(data={"version": member.version}),
        invite=invite or InviteForm(),
        invitations=[i for i in queries.invitations_of(application.id) if i.member_id == member.id],
        people=queries.acting_for(member.id),
        rights=queries.rights_of(member.id),
        right_choices=Right,
    )


@bp.get("/applications/<int:application_id>/members/<int:member_id>")
@access(applicant)
def share(application_id: int, member_id: int) -> str:
    return share_page(*draft_share(application_id, member_id))


def share_url(application: Any, member: Any) -> str:
    return url_for("applications.share", application_id=application.id, member_id=member.id)


@bp.post("/applications/<int:application_id>/members/<int:member_id>", endpoint="save_share")
@access(applicant)
def save_share(application_id: int, member_id: int) -> ResponseReturnValue:
    application, member = draft_share(application_id, member_id, lock=True)
    part = parts.part_of(application, f"share-{member.id}", current_user) or abort(403)
    return save_part(
        application,
        part,
        lambda form, reasons: share_page(application, member, form, reasons),
        share_url(application, member),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/confirm")
@access(applicant)
def confirm_share(application_id: int, member_id: int) -> ResponseReturnValue:
    application, member = draft_share(application_id, member_id, lock=True)
    form = ConfirmForm(request.form)
    return attempt(
        form,
        lambda: operations.confirm_share(
            application, member, form.name.data, form.version.data or 0, actor=current_user, arrived=arrived_at()
        ),
        lambda reasons: share_page(application, member, reasons=reasons, confirm=form),
        share_url(application, member),
    )


@bp.post("/applications/<int:application_id>/members/<int:member_id>/end-person")
@access(applicant)
def end_person(application_id: int, member_id: int) -> ResponseReturnValue:
    """In every state: who leaves an organisation must not go on reading, draft or running project."""
    application, member = own_member(application_id, member_id, lock=True)
    form = PersonForm(request.form)
    if not form.validate():
        abort(404)
    operations.end_person(application, member, form.user_id.data or 0, actor=current_user)
    return redirect(after_people(application, member), 303)


def after_people(application: Any, member: Any) -> str:
    """Where people of a member are shown: on its share while it is a draft, on the overview later."""
    if policy.is_open(application):
        return share_url(application, member)
    return url_for("applications.detail", application_id=application.id, _anchor="people")


@bp.post("/applications/<int:application_id>/members/<int:member_id>/right")
@access(applicant)
def give_right(application_id: int, member_id: int) -> ResponseReturnValue:
    """What one person may do for this member: read, write, sign."""
    application, member = own_member(application_id, member_id, lock=True)
    form = RightForm(request.form)
    if not form.validate():
        abort(404)
    try:
        operations.give_right(
            application, member, form.user_id.data or 0, Right(str(form.right.data)), actor=current_user
        )
    except Refused as refusal:
        if not policy.is_open(application):
            raise
        return share_page(application, member, reasons=refusal.reasons), 422
    flash(_("The right is changed."))
    return redirect(after_people(application, member), 303)


@bp.post("/applications/<int:application_id>/members/<int:member_id>/costs")
@access(applicant)
def open_costs(application_id: int, member_id: int) -> ResponseReturnValue:
    """The member opens its cost detail to the lead, or closes it."""
    application, member = draft_share(application_id, member_id, lock=True)
    operations.open_costs(application, member, request.form.get("to_lead") == "1", actor=current_user)
    return redirect(share_url(application, member), 303)
