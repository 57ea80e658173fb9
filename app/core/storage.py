"""Files: stored under their hash, flushed to disk before the row that names them.

Receiving has two steps, so that a slow file delays nobody else: ``receive`` examines and writes the bytes without the
database; ``accept`` adds the row in the caller's transaction.
"""

import hashlib
import os
import re
import threading
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import contents, outbox
from app.core.clock import now
from app.core.contents import EXTENSIONS, MAX_FILE_BYTES, PDF
from app.core.db import Code, Keyed, Model, UTCDateTime, session
from app.core.i18n import Bilingual

MAX_NAME = 120  # characters
_root: Path | None = None


def configure(folder: Path) -> None:
    global _root
    _root = folder


def root() -> Path:
    """The folder of all stored files (made when missing)."""
    assert _root is not None
    _root.mkdir(parents=True, exist_ok=True)
    return _root


class ScanState(StrEnum):
    """What the virus scanner said of a file."""

    not_required = "not_required"  # made by this house itself
    skipped = "skipped"  # no scanner was configured when it came
    waiting = "waiting"
    clean = "clean"
    infected = "infected"
    failed = "failed"  # the scanner could not judge it

    @property
    def label(self) -> Bilingual:
        return {
            "not_required": Bilingual("made by this system", "本システムで作成"),
            "skipped": Bilingual("not checked for viruses", "ウイルス検査なし"),
            "waiting": Bilingual("waiting for the virus check", "ウイルス検査待ち"),
            "clean": Bilingual("checked, no virus found", "ウイルス検査済み(問題なし)"),
            "infected": Bilingual("a virus was found", "ウイルスを検出"),
            "failed": Bilingual("could not be checked for viruses", "ウイルス検査ができませんでした"),
        }[self.value]


class StoredFile(Keyed, Model):
    """One file as it was received or made. ``name`` is for people and never becomes a path.

    ``media_type`` is what the content was found to be, never what the sender called it. ``damaged_at`` is when the
    nightly check found the bytes lost or altered.
    """

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_scan_state", "scan_state", "id"),)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]  # bytes
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(255))
    pages: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    scan_state: Mapped[ScanState] = mapped_column(Code(ScanState), default=ScanState.not_required)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signature: Mapped[str | None] = mapped_column(String(200))
    damaged_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    @property
    def infected(self) -> bool:
        return self.scan_state == ScanState.infected

    @property
    def servable(self) -> bool:
        """May it be handed out? Never with a virus, and nothing unscanned while a scanner is configured."""
        if scanning():
            return self.scan_state in (ScanState.clean, ScanState.not_required)
        return not self.infected

    @property
    def previewable(self) -> bool:
        """A PDF without scripts (checked when it came) that may be handed out."""
        return self.media_type == PDF and self.servable


@dataclass(frozen=True)
class Received:
    """An examined file whose bytes lie on the disk already; no row names it yet."""

    sha256: str
    size: int
    media_type: str
    name: str
    pages: int | None


def scanning() -> bool:
    """Is a virus scanner configured?"""
    return bool(current_app.config.get("CLAMD_URL"))


def path_of(sha256: str) -> Path:
    assert _root is not None and re.fullmatch(r"[0-9a-f]{64}", sha256)
    return _root / sha256[:2] / sha256


def display_name(name: str, extension: str = "") -> str:
    """The file name as people gave it, without folders, control characters or direction marks.

    With an extension the name ends in it, whatever it ended in before: ``plan.pdf.exe`` becomes ``plan.pdf.exe.pdf``.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(" " if unicodedata.category(c) in ("Zl", "Zp") else c for c in plain)
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip().strip(".").strip()
    if extension and plain.lower().endswith(extension):
        plain, extension = plain[: -len(extension)], plain[-len(extension) :]
    return (plain[: MAX_NAME - len(extension)] or "file") + extension


def _write(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(digest)
    if target.exists() and target.stat().st_size == len(data):
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with open(temporary, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, target)
    except OSError:  # a full disk is not made fuller by what is left of the attempt
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def keep(data: bytes, *, name: str, media_type: str, created_by_id: int | None, pages: int | None = None) -> StoredFile:
    """Store bytes that this house made, durably; the row becomes visible with the caller's commit."""
    row = StoredFile(
        sha256=_write(data),
        size=len(data),
        media_type=media_type,
        name=display_name(name),
        pages=pages,
        created_by_id=created_by_id,
    )
    session.add(row)
    session.flush()
    return row


def receive(stream: IO[bytes], name: str, kinds: Collection[str] = tuple(EXTENSIONS)) -> Received:
    """Examine an uploaded file and write it durably, without touching the database.

    Raises Refused for anything that is not a sound and harmless file of one of these kinds, of at most 20 MB.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    found = contents.examine(data, kinds)
    shown = display_name(name, EXTENSIONS[found.media_type])
    return Received(_write(data), len(data), found.media_type, shown, found.pages)


def accept(received: Received, *, created_by_id: int | None) -> StoredFile:
    """The row of a received file, in the caller's transaction; with a scanner configured the worker scans it next."""
    row = StoredFile(
        sha256=received.sha256,
        size=received.size,
        media_type=received.media_type,
        name=received.name,
        pages=received.pages,
        created_by_id=created_by_id,
        scan_state=ScanState.waiting if scanning() else ScanState.skipped,
    )
    session.add(row)
    session.flush()
    if row.scan_state == ScanState.waiting:
        outbox.put("scan", {"file_id": row.id}, f"scan:{row.id}")
    return row


def keep_pdf(stream: IO[bytes], *, name: str, created_by_id: int | None) -> StoredFile:
    """Receive and accept an uploaded PDF at once; raises Refused for anything that is not a sound, plain PDF."""
    return accept(receive(stream, name, (PDF,)), created_by_id=created_by_id)


def open_file(row: StoredFile) -> bytes:
    """The stored bytes; raises FileNotFoundError or ValueError when they are lost or altered."""
    data = path_of(row.sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise ValueError(f"stored file {row.id} no longer matches its hash")
    return data
