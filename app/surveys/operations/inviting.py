"""Letters with a personal link: one organisation's answers in one wave, until it closes, and nothing else."""

import secrets
from datetime import timedelta
from typing import Any

from app.core import audit, mail
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.surveys import policy, queries
from app.surveys.choices import WaveStatus
from app.surveys.models import Asked, Invitation, Wave
from app.surveys.operations.composing import refuse

LETTERS_PER_DAY = 5  # to one address, whoever sends them
AT_ONCE = 5  # links to one organisation's answers
LETTERS_PER_FIRM_AND_DAY = 4 * AT_ONCE  # to whatever addresses
AT_A_TIME = 200  # letters in one go; the worker writes the rest
REMIND_AFTER = timedelta(days=3)


def _letter(asked: Asked, email: str, locale: str, template: str, given_by: str = "", **more: Any) -> Invitation:
    """Make a link and queue the letter that holds it; the token is stored nowhere in the clear."""
    token = secrets.token_urlsafe(32)
    row = Invitation(
        asked_id=asked.id, email=email, locale=locale, token_hash=queries.waves.hashed(token), made_at=now(),
        given_by=given_by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    mail.queue(
        f"surveys/{template}", email, locale, f"survey:{row.id}", wave=asked.wave, organisation=asked.organisation.name,
        closes_on=asked.wave.closes_on, path=f"/surveys/invitations/{token}", given_by=given_by, **more,
    )  # fmt: skip
    return row


def _check_address(asked: Asked, address: str) -> None:
    if asked.wave.status is not WaveStatus.open or asked.wave.closes_on < today():
        raise refuse("wave-closed", "The survey takes no answers now.", "現在、回答を受け付けていません。", "email")
    present = queries.waves.links_of(asked.id)
    if len(present) >= AT_ONCE and address not in {row.email for row in present}:
        raise refuse(
            "links", "These answers are in enough hands: withdraw a link first.",
            "この回答の依頼先が多すぎます。先に不要なリンクを無効にしてください。", "email",
        )  # fmt: skip
    if queries.waves.letters_since(address, now() - timedelta(days=1)) >= LETTERS_PER_DAY:
        raise refuse(
            "letters", "This address has had enough letters today. Try again tomorrow.",
            "このアドレスには本日十分な数の依頼を送っています。明日以降に再度お試しください。", "email",
        )  # fmt: skip
    if queries.waves.letters_of(asked.id, now() - timedelta(days=1)) >= LETTERS_PER_FIRM_AND_DAY:
        raise refuse(
            "letters-all", "Enough letters were sent for these answers today. Try again tomorrow.",
            "本日この回答について送信できる依頼の上限に達しました。明日以降に再度お試しください。", "email",
        )  # fmt: skip
    for row in present:
        if row.email == address:
            row.withdrawn_at = now()  # a new letter replaces the old one


def invite_waiting(wave: Wave, limit: int = AT_A_TIME) -> int:
    """Write to one person of every organisation that had no letter yet; answers how many letters were queued."""
    found = queries.waves.to_invite(wave, limit)
    for asked, person in found:
        _letter(asked, person.email, person.locale, "invitation", name=person.name)
        asked.invited_at = now()
    session.flush()
    return len(found)


def invite(asked: Asked, email: str, locale: str, actor: Any) -> None:
    """Write to an address that the office or the manager names, in place of whom it wrote to before (the address was
    wrong, the person has left): those links end. Raises Forbidden, Refused."""
    if not policy.may_run(actor, asked.wave):
        raise Forbidden("invite")
    address = email.strip().lower()
    _check_address(asked, address)
    for row in queries.waves.links_of(asked.id):
        if not row.given_by:
            row.withdrawn_at = now()
    _letter(asked, address, locale, "invitation", name="")
    asked.invited_at = now()
    session.flush()
    audit.record(asked, "survey: invited", actor)


def give(asked: Asked, email: str, locale: str, actor: Any) -> None:
    """Let a colleague or an accountant answer too. Raises Forbidden, Refused."""
    _may_hand_on(asked, actor)
    address = email.strip().lower()
    _check_address(asked, address)
    _letter(asked, address, locale, "given", given_by=_who(actor))
    session.flush()
    audit.record(asked, "survey: given to somebody", actor, data={"by": _who(actor)})


def endable(asked: Asked, actor: Any) -> list[Invitation]:
    """The living links that this person may end. Who holds a link alone ends those that were handed on."""
    every = not isinstance(actor, policy.LinkHolder)
    return [row for row in queries.waves.links_of(asked.id) if every or row.given_by]


def withdraw(asked: Asked, link_id: int, actor: Any) -> None:
    """End a link: one that was handed on, and for the firm's own signed-in people also the office's. Raises Forbidden,
    NotFound."""
    _may_hand_on(asked, actor)
    row = next((one for one in endable(asked, actor) if one.id == link_id), None)
    if row is None:
        raise NotFound("link")
    row.withdrawn_at = now()
    session.flush()
    audit.record(asked, "survey: link ended", actor)


def _who(actor: Any) -> str:
    return str(actor.email)


def may_hand_on(asked: Asked, actor: Any) -> bool:
    """The firm's people, and those to whom the office wrote; not those to whom it was handed on."""
    if isinstance(actor, policy.LinkHolder):
        links = queries.waves.links_of(asked.id)
        return actor.asked_id == asked.id and any(row.email == actor.email and not row.given_by for row in links)
    return bool(actor.has_role("applicant")) and queries.waves.is_own(actor, asked.organisation_id)


def _may_hand_on(asked: Asked, actor: Any) -> None:
    if not may_hand_on(asked, actor):
        raise Forbidden("hand on")


def remind(wave: Wave, actor: Any) -> int:
    """Write again to organisations that have not answered and had no letter lately; answers how many letters."""
    if not policy.may_run(actor, wave):
        raise Forbidden("remind")
    if wave.status is not WaveStatus.open or wave.closes_on < today():
        raise refuse("wave-closed", "The survey takes no answers now.", "現在、回答を受け付けていません。")
    found = queries.waves.to_remind(wave, now() - REMIND_AFTER, AT_A_TIME)
    for asked, link in found:
        _letter(asked, link.email, link.locale, "reminder", link.given_by)
        link.withdrawn_at = asked.reminded_at = now()
    session.flush()
    if found:
        audit.record(wave, "survey: reminded", actor, data={"letters": len(found)})
    return len(found)


def check_link(row: Invitation | None) -> Invitation:
    """Raises NotFound for an unknown link, Refused for one that is ended or whose wave takes no answers."""
    if row is None:
        raise NotFound("link")
    if row.withdrawn_at is not None:
        raise refuse(
            "link-ended", "This link was replaced by a newer letter, or ended.",
            "このリンクは、新しい依頼の送信または取消しにより無効です。",
        )  # fmt: skip
    wave = row.asked.wave
    if wave.status is not WaveStatus.open or not wave.opens_on <= today() <= wave.closes_on:
        raise refuse("wave-closed", "The survey takes no answers now.", "現在、回答を受け付けていません。")
    return row


def holder(row: Invitation) -> policy.LinkHolder:
    return policy.LinkHolder(row.asked_id, row.email)
