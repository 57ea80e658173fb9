"""What leaves the house as a file: who took it, what was asked, how many rows (B31). One record for all doors.

Whoever works for the programme is on record here: the office, administrators, managers of clusters, reviewers. What
applicants take of their own is not. A file's name and what it holds are not kept, only its address and its size.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit import Actor
from app.core.clock import now
from app.core.db import Keyed, Model, UTCDateTime, session
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual

KEEPERS = ("officer", "auditor", "admin", "cluster_manager", "reviewer")
ORDER, LIST, STORED = "order", "list", "stored"
_KINDS = {"text/csv": "csv", "application/zip": "zip", "application/pdf": "pdf", "application/json": "json"}


@dataclass(frozen=True)
class Limits:
    """From how many rows or files a day administrators are told; how many big files and orders an hour are let through.

    ``big`` is the number of rows above which a file is one."""

    rows_a_day: int = 50_000
    files_a_day: int = 300
    big: int = 1_000
    big_an_hour: int = 30
    orders_an_hour: int = 20


limits = Limits()


def configure(**values: int) -> None:
    global limits
    limits = replace(Limits(), **values)


class FileTaken(Keyed, Model):
    """One file that was handed out or ordered. ``row_count`` is empty where a file has no rows. Only ever added."""

    __tablename__ = "file_taken"
    __table_args__ = (Index("ix_file_taken_user", "user_id", "at"), Index("ix_file_taken_at", "at"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    sort: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    what: Mapped[str] = mapped_column(String(100))
    asked: Mapped[str] = mapped_column(String(2000))
    row_count: Mapped[int | None]


#: Floors above are told of every file, in the transaction in which it is written down.
HEARD: list[Callable[[FileTaken], object]] = []


def rows(number: int) -> None:
    """Say how many rows the file of this answer has, where it is made while it is sent."""
    g.rows_taken = number


def stored() -> None:
    """Say that this answer hands out a stored file, not a list."""
    if has_request_context():
        g.stored_taken = True


def order(actor: Actor, what: str, asked: str) -> None:
    """Write down that a file is ordered from the worker. Raises Refused when somebody orders too many in an hour."""
    if actor.actor_id is None:
        return
    if _lately(actor.actor_id, FileTaken.sort == ORDER) >= limits.orders_an_hour:
        raise Refused([too_many()])
    _add(FileTaken(user_id=actor.actor_id, sort=ORDER, kind="pdf", what=what, asked=asked[:2000], row_count=None))


def too_many() -> Reason:
    return Reason(
        "too-many-files",
        Bilingual(
            "You have taken or ordered many files within an hour. Wait a while; administrators see the record.",
            "1時間に取得又は依頼したファイルが多すぎます。しばらく待ってからやり直してください(取得の記録は管理者が確認できます)。",
        ),
    )


def _lately(user_id: int, *conditions: Any) -> int:
    since = now() - timedelta(hours=1)
    query = select(func.count()).where(FileTaken.user_id == user_id, FileTaken.at > since, *conditions)
    return session.scalar(query) or 0


def _add(row: FileTaken) -> None:
    session.add(row)
    session.flush()
    for listener in HEARD:
        listener(row)


def _rows_of(response: Response) -> int | None:
    known = g.get("rows_taken")
    if known is not None:
        return int(known)
    if response.mimetype != "text/csv" or response.is_streamed:
        return None
    return max(0, response.get_data().count(b"\n") - 1)


def _kind(response: Response) -> str:
    mimetype = response.mimetype or ""
    return "xlsx" if mimetype.endswith("spreadsheetml.sheet") else _KINDS.get(mimetype, "other")


def _asked() -> str:
    sent = [(key, value) for key, value in request.form.items(multi=True) if key not in ("csrf_token", "password")]
    path = request.full_path.rstrip("?")
    return (f"{path}{'&' if '?' in path else '?'}{urlencode(sent)}" if sent else path)[:2000]


def notice(
    response: Response, later: Callable[[Callable[[], Any]], None], refuse: Callable[[Reason], Response]
) -> Response:
    """Look at an answer before it leaves: a file is written down; too many big ones are not handed out."""
    disposition = response.headers.get("Content-Disposition", "")
    if response.status_code != 200 or not disposition.startswith("attachment") or not current_user.is_authenticated:
        return response
    if not current_user.has_role(*KEEPERS):
        return response
    count, sort = _rows_of(response), STORED if g.get("stored_taken") else LIST
    values = {
        "user_id": current_user.actor_id, "sort": sort, "kind": _kind(response), "what": request.endpoint or "",
        "asked": _asked(), "row_count": count,
    }  # fmt: skip
    big = count is not None and count > limits.big
    if big and _lately(current_user.actor_id, FileTaken.row_count > limits.big) >= limits.big_an_hour:
        return refuse(too_many())
    if request.method == "POST":
        _add(FileTaken(**values))
    else:
        later(lambda: _add(FileTaken(**values)))
    return response
