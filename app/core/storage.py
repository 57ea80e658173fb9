"""Files: content checked, stored under their hash, flushed to disk before the row that names them."""

import hashlib
import os
import re
import unicodedata
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Keyed, Model, UTCDateTime, session
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual

MAX_FILE_BYTES = 20_000_000
_root: Path | None = None


def configure(folder: Path) -> None:
    global _root
    _root = folder


def root() -> Path:
    """The folder of all stored files (made when missing)."""
    assert _root is not None
    _root.mkdir(parents=True, exist_ok=True)
    return _root


class StoredFile(Keyed, Model):
    """One file as it was received or made. ``name`` is for people and never becomes a path."""

    __tablename__ = "stored_file"
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(255))
    pages: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)


def path_of(sha256: str) -> Path:
    assert _root is not None and re.fullmatch(r"[0-9a-f]{64}", sha256)
    return _root / sha256[:2] / sha256


def display_name(name: str) -> str:
    """The file name as people gave it, without folders, control characters or direction marks."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip()
    return plain[:120] or "file.pdf"


def _write(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.{id(data)}.part")
    with open(temporary, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def keep(data: bytes, *, name: str, media_type: str, created_by_id: int | None, pages: int | None = None) -> StoredFile:
    """Store bytes durably and add the row; the row becomes visible with the caller's commit."""
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


def _refuse(code: str, en: str, ja: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), "file")])


def keep_pdf(stream: IO[bytes], *, name: str, created_by_id: int | None) -> StoredFile:
    """Store an uploaded PDF; raises Refused for anything that is not a sound, plain PDF of at most 20 MB."""
    import pikepdf

    data = stream.read(MAX_FILE_BYTES + 1)
    if not data:
        raise _refuse("file-empty", "The file is empty. Choose a PDF.", "ファイルが空です。PDFを選んでください。")
    if len(data) > MAX_FILE_BYTES:
        raise _refuse("file-size", "The file is larger than 20 MB.", "ファイルが20MBを超えています。")
    if not data.startswith(b"%PDF-"):
        raise _refuse(
            "file-type", "This is not a PDF file, whatever its name says.", "PDFファイルではありません(内容で判定)。"
        )
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            active = _active_content(pdf)
    except pikepdf.PasswordError:
        raise _refuse(
            "file-encrypted",
            "The PDF is protected by a password. Save it without protection.",
            "PDFがパスワードで保護されています。保護を外して保存してください。",
        ) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, KeyError):  # parts of wrong kinds
        raise _refuse("file-broken", "The PDF cannot be read.", "PDFを読み取れません。") from None
    if pages == 0:
        raise _refuse("file-broken", "The PDF has no pages.", "PDFにページがありません。")
    if active:
        raise _refuse(
            "file-active",
            "The PDF holds a script or an automatic action. Print it to a plain PDF first.",
            "PDFにスクリプトまたは自動動作が含まれています。通常のPDFとして保存し直してください。",
        )
    return keep(data, name=name, media_type="application/pdf", created_by_id=created_by_id, pages=pages)


_ACTIVE = ("/JavaScript", "/Launch")


def _active_content(pdf: Any) -> bool:
    """A script, or something that starts by itself: of the document, of a page, of a note or a field on it."""
    root = pdf.Root
    if "/AA" in root or "/JavaScript" in root.get("/Names", {}) or _acts(root.get("/OpenAction")):
        return True
    for page in pdf.pages:
        if "/AA" in page:
            return True
        for note in page.get("/Annots", ()):
            if "/AA" in note or _acts(note.get("/A")):
                return True
    return False


def _acts(action: Any) -> bool:
    """Does an action, or one that follows it, run a script or a program? (A place to go to is an array.)"""
    from pikepdf import Array, Dictionary

    waiting, seen = [action], 0
    while waiting:
        one, seen = waiting.pop(), seen + 1
        if seen > 100:  # actions that follow each other in a circle
            return True
        if isinstance(one, Dictionary):
            if str(one.get("/S", "")) in _ACTIVE:
                return True
            following = one.get("/Next")
            waiting += list(following) if isinstance(following, Array) else [following]
    return False


def open_file(row: StoredFile) -> bytes:
    """The stored bytes; raises FileNotFoundError or ValueError when they are lost or altered."""
    data = path_of(row.sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise ValueError(f"stored file {row.id} no longer matches its hash")
    return data
