"""Saved views and the record of exports."""

from typing import Any

from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.portfolio import policy, queries
from app.portfolio.choices import FileKind, Kept
from app.portfolio.definitions.asked import Pairs
from app.portfolio.models import PortfolioExport, SavedView

#: A file of more rows than this needs a reason, which stands in the record (B31). Set by the composition root.
REASON_ABOVE = 1_000


def _refuse_taken(owner_id: int, name: str, besides: int | None = None) -> None:
    other = queries.kept.named(owner_id, name)
    if other is not None and other.id != besides:
        words = Bilingual("You have a view of this name already.", "同じ名前の表示条件がすでにあります。")
        raise Refused([Reason("view-name-taken", words, "name")])


def keep_view(name: str, shared: bool, page: Kept, pairs: Pairs, actor: Any) -> SavedView:
    """Keep a question under a name, for oneself or for the office. Raises Refused when one has that name already."""
    if not policy.may_keep_views(actor):
        raise Forbidden("views")
    _refuse_taken(actor.actor_id, name)
    row = SavedView(
        owner_id=actor.actor_id, name=name, shared=shared, page=page, pairs=[list(pair) for pair in pairs],
        changed_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "kept", actor, data={"name": name, "shared": shared})
    return row


def _changing(view: SavedView, version: int, actor: Any, mine: dict[Any, Any], back: str) -> None:
    if not policy.may_change_view(actor, view):
        raise Forbidden("view")
    if view.version != version:
        label = Bilingual("Name", "名前")
        raise Stale(mine or {label: view.name}, {label: view.name}, back)


def change_view(
    view: SavedView,
    version: int,
    actor: Any,
    back: str,
    *,
    name: str | None = None,
    shared: bool | None = None,
    asked: tuple[Kept, Pairs] | None = None,
) -> None:
    """Rename a view, share it or take it back, or put another question into it. What is None stays.

    Raises Forbidden for those who may not, Stale when somebody changed it meanwhile, Refused for a taken name. Only
    its owner takes a shared view back: for everybody else it would vanish.
    """
    _changing(view, version, actor, {Bilingual("Name", "名前"): name} if name else {}, back)
    before = {"name": view.name, "shared": view.shared, "pairs": view.pairs}
    if name is not None:
        _refuse_taken(view.owner_id, name, view.id)
        view.name = name
    if shared is not None and shared != view.shared:
        if view.owner_id != actor.actor_id:
            raise Forbidden("view")
        view.shared = shared
    if asked is not None:
        view.page, view.pairs = asked[0], [list(pair) for pair in asked[1]]
    view.changed_at, view.changed_by_id = now(), actor.actor_id
    session.flush()
    audit.record(view, "changed", actor, data={"before": before})


def delete_view(view: SavedView, version: int, actor: Any, back: str) -> None:
    """Give up one's own view. Raises Forbidden or Stale."""
    if not policy.may_delete_view(actor, view):
        raise Forbidden("view")
    _changing(view, version, actor, {}, back)
    audit.record(view, "deleted", actor, data={"name": view.name, "shared": view.shared, "pairs": view.pairs})
    session.delete(view)
    session.flush()


def note_export(
    page: Kept, kind: FileKind, pairs: Pairs, sentence: str, rows: int, reason: str, actor: Any
) -> PortfolioExport:
    """Write down that a file is handed out, before it is. Raises Refused when a large one comes without a reason."""
    if rows > REASON_ABOVE and not reason:
        words = Bilingual(
            f"This file has {rows:,} rows. Say what it is needed for: above {REASON_ABOVE:,} rows a reason is recorded.",
            f"{rows:,}行のファイルです。{REASON_ABOVE:,}行を超える場合は、利用目的を入力してください(記録されます)。",
        )
        raise Refused([Reason("export-reason", words, "reason")])
    row = PortfolioExport(
        user_id=actor.actor_id, page=page, file_kind=kind, pairs=[list(pair) for pair in pairs], sentence=sentence[:4000],
        row_count=rows, reason=reason,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "exported", actor, reason=reason or None, data={"rows": rows, "page": page.value})
    return row
