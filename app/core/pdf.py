"""Documents as PDF: queued with their data, rendered by the worker, from our own templates and fonts only."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import outbox, storage
from app.core.clock import now
from app.core.db import Json, Keyed, Model, UTCDateTime, session
from app.core.i18n import in_locale

#: How far the printing thread steps back: who hands in at the deadline must not wait for a letter.
NICE = 10


class Document(Keyed, Model):
    """A document that has been ordered; ``file`` is there once the worker has made it."""

    __tablename__ = "document"
    template: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(5))
    context: Mapped[dict[str, Any]] = mapped_column(Json)
    name: Mapped[str] = mapped_column(String(200))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    file: Mapped[storage.StoredFile | None] = relationship()


def order(
    template: str, locale: str, context: dict[str, Any], *, name: str, dedupe_key: str, owner_id: int | None = None
) -> Document:
    """Order a document in the running transaction. ``context`` is plain JSON and is frozen with the order."""
    row = Document(
        template=template, locale=locale, context=context, name=name, dedupe_key=dedupe_key, owner_id=owner_id
    )
    session.add(row)
    session.flush()
    outbox.put("pdf", {"document_id": row.id}, f"pdf:{dedupe_key}")
    return row


def fonts() -> list[tuple[str, int]]:
    """The Japanese fonts' file addresses with their weights."""
    import noto_cjk_sans_jp_bold
    import noto_cjk_sans_jp_regular

    found = []
    for module, weight in ((noto_cjk_sans_jp_regular, 400), (noto_cjk_sans_jp_bold, 700)):
        path = next(Path(module.__file__).parent.rglob("*.otf"))
        found.append((path.resolve().as_uri(), weight))
    return found


def render(template: str, locale: str, context: dict[str, Any]) -> bytes:
    """Render one of our templates to PDF bytes. Nothing outside the font files is ever fetched."""
    import weasyprint

    allowed = {address for address, _ in fonts()}

    class Fetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in allowed:
                raise ValueError("a document fetches nothing but its fonts")
            return super().fetch(url, headers)

    with in_locale(locale):
        html = render_template(f"pdf/{template}.html", fonts=fonts(), locale=locale, **context)
    fetcher = Fetcher(allowed_protocols=["file"], allow_redirects=False)
    return bytes(weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf())


def _step_back() -> None:
    """Rendering takes a second of a processor and gives way to everything else. The thread alone does: a worker that
    gave way while it holds the database's lock would let everybody wait."""
    if sys.platform == "linux":  # where a priority is a thread's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


_printer = ThreadPoolExecutor(1, "printer", initializer=_step_back)


def printed(template: str, locale: str, context: dict[str, Any]) -> bytes:
    """``render`` in the thread that gives way to everything else; for the worker, without a transaction of its own."""
    return _printer.submit(copy_context().run, render, template, locale, context).result()


def make(item: outbox.OutboxItem) -> None:
    """Make an ordered document (the outbox's handler for ``pdf``)."""
    document = session.get_one(Document, item.payload["document_id"])
    if document.file_id is not None:
        return
    template, locale, context = document.template, document.locale, document.context
    session.commit()  # rendering takes seconds; the database's lock is not held meanwhile
    data = printed(template, locale, context)
    document.file = storage.keep(
        data, name=document.name, media_type="application/pdf", created_by_id=document.owner_id
    )
    current_app.logger.info("document %s made", document.id)
