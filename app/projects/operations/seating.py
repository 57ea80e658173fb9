"""Who acts for an organisation that joined a project after its award, and with which right."""

from typing import Any

from app.accounts import queries as accounts
from app.applications.choices import Right
from app.core import audit, mail
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound, Reason, Refused
from app.core.i18n import Bilingual
from app.projects import policy, queries
from app.projects.models import ParticipantPerson, Project


def _refuse(code: str, en: str, ja: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), "email")])


def name_person(project: Project, organisation_id: int, email: str, right: Right, actor: Any) -> ParticipantPerson:
    """Name somebody of an organisation that joined later, or give another right.

    The lead's people do this while nobody signs for the organisation; after that those who sign for it do (otherwise the
    lead could let somebody in who reads its costs). Only people who act for the organisation can be named.
    """
    joined = {one.id: one for one in queries.joined_organisations(project)}
    if organisation_id not in joined:
        raise NotFound("organisation")
    if not policy.may_name(actor, project, organisation_id):
        raise Forbidden("name")
    user = accounts.by_email(email)
    if (
        user is None
        or not user.active
        or not user.has_role("applicant")
        or not queries.acts_by_affiliation(user.id, organisation_id)
    ):
        raise _refuse(
            "not-of-organisation",
            "Nobody with this address acts for the organisation here. The person signs up first and names the organisation.",
            "この機関に所属する利用者にこのアドレスの方はいません。先に利用者登録と所属機関の登録が必要です。",
        )
    row = queries.person_later(project.id, organisation_id, user.id)
    if row is not None and right is not Right.sign:
        _not_the_last(project, row)
    if row is None:
        row = ParticipantPerson(
            project_id=project.id, organisation_id=organisation_id, user_id=user.id, named_by_id=actor.actor_id
        )
        session.add(row)
    row.right, row.ended_at = right, None
    session.flush()
    data = {"organisation": organisation_id, "person": user.id, "right": right.value}
    event = audit.record(project, "person named", actor, data=data)
    mail.queue(
        "agreements/notice", user.email, user.locale, f"named:{row.id}:{event.id}", name=user.name,
        project=project.project_key, project_id=project.id,
        headline=Bilingual("You act for your organisation in this project", "貴機関の担当者として登録されました"),
        what=Bilingual(f"Your right: {right.label.en}.", f"権限:{right.label.ja}"),
    )  # fmt: skip
    return row


def end_person(project: Project, organisation_id: int, user_id: int, actor: Any) -> None:
    """Somebody no longer acts for the organisation here."""
    if not policy.may_name(actor, project, organisation_id):
        raise Forbidden("end")
    row = queries.person_later(project.id, organisation_id, user_id)
    if row is None or row.ended_at is not None:
        raise NotFound("person")
    _not_the_last(project, row)
    row.ended_at = now()
    session.flush()
    audit.record(project, "person ended", actor, data={"organisation": organisation_id, "person": user_id})


def _not_the_last(project: Project, row: ParticipantPerson) -> None:
    others = [
        one
        for one in queries.people_later(project.id)
        if one.organisation_id == row.organisation_id
        and one.right is Right.sign
        and one.id != row.id
        and queries.still_acts(one)
    ]
    if row.right is Right.sign and row.ended_at is None and queries.still_acts(row) and not others:
        raise _refuse(
            "last-signer",
            "Somebody must be left who signs for the organisation. Name another person first.",
            "署名できる担当者が1名以上必要です。先に後任を登録してください。",
        )
