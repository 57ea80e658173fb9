"""What every change of a draft asks first: its state, the actor, the deadline, the version."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.applications import policy, queries
from app.applications.choices import WRITABLE, ApplicationStatus
from app.applications.models import (
    Application,
)
from app.calls import policy as calls
from app.calls.models import Call
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual


def reason(code: str, en: str, ja: str, where: str | None = None) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([reason(code, en, ja, where)])


def in_time(subject: Call | Application, arrived: datetime, *, handing_in: bool = False) -> None:
    """Raises Refused, with the time that holds here, unless the call accepts at this instant.

    For an application its own extensions count; for handing in also a grace. A call is given where none exists yet.
    """
    call, limit, begun_at = subject, None, None
    if isinstance(subject, Application):
        call, limit = subject.call, policy.deadline(subject)
        begun_at = subject.created_at if handing_in else None
    assert isinstance(call, Call)
    if calls.accepts(call, arrived, limit, handing_in=begun_at):
        return
    if calls.phase(call, arrived) is calls.Phase.forthcoming:
        opens = f"{jst(call.opens_at):%Y-%m-%d %H:%M:%S} JST"
        raise refuse("call-not-open", f"The call opens at {opens}.", f"受付は {opens} に始まります。")
    closes_at = limit.closes_at if limit else call.closes_at
    closed, came = f"{jst(closes_at):%Y-%m-%d %H:%M:%S} JST", f"{jst(arrived):%Y-%m-%d %H:%M:%S} JST"
    raise refuse(
        "call-closed",
        f"The call closed at {closed}; your request reached us at {came}. Nothing was saved. What you typed is still"
        " below, so that you can copy it.",
        f"この公募は {closed} に締め切られました(到着 {came})。保存されていません。入力内容は下に残っています。",
    )


def still_draft(application: Application, verb: str) -> None:
    """Raises OutOfOrder unless the consortium writes at present."""
    if application.status not in WRITABLE:
        raise OutOfOrder(application, verb, application.status)


def check_open(
    application: Application, arrived: datetime, part: str | None = None, *, handing_in: bool = False
) -> None:
    """Raises OutOfOrder or Refused unless this part may be changed at this instant, by whomever.

    A draft until its closing time; a correction of the lead's own likewise; one that was sent back until its date, and
    only in the parts that were named. ``part`` None asks for no part in particular.
    """
    still_draft(application, "edit")
    correction = queries.open_correction(application.id) if application.status == ApplicationStatus.correcting else None
    if correction is None or not correction.sent_back or correction.due_at is None:
        in_time(application, arrived, handing_in=handing_in)
        return
    if arrived >= correction.due_at:
        due = f"{jst(correction.due_at):%Y-%m-%d %H:%M} JST"
        raise refuse(
            "correction-late",
            f"The correction had to be handed in before {due}. The earlier version stands.",
            f"訂正の期限({due})を過ぎています。従前の提出内容が有効です。",
        )
    if part is not None and part not in correction.parts:
        raise refuse(
            "not-sent-back",
            "This section was not sent back for correction; it stays as it was handed in.",
            "この項目は訂正の対象外です。提出時の内容のままとなります。",
        )


def editable(
    application: Application, actor: Any, version: int | None, arrived: datetime, verb: str, part: str = "consortium"
) -> None:
    """What every change of the proposal by its lead asks first."""
    still_draft(application, verb)
    if not policy.may_write(actor, application):
        raise Forbidden(verb)
    check_open(application, arrived, part)
    if version is not None and version != application.version:
        raise Stale({}, {})


def lead_name(application: Application) -> str:
    """The organisation on whose behalf its people act, as the record of events names it."""
    return application.lead_organisation.name_ja or application.lead_organisation.name_en


def touch(application: Application) -> None:
    """Bump the version of the proposal, also when only rows below it have changed."""
    flag_modified(application, "title_en")
    session.flush()


def recount(application: Application) -> None:
    application.total_yen = sum(line.amount_yen for m in application.members for line in m.budget_lines)
