"""What an uploaded file is, by its content: a plain PDF or a plain Office file, or a refusal in words.

Neither the name nor the media type that the sender gives is looked at. Nothing here knows the database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual

MAX_FILE_BYTES = 20_000_000
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
#: Every kind that is taken, with the ending its name gets. The media type we serve comes from here alone.
EXTENSIONS = {PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx", PPTX: ".pptx"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Office files and of encrypted new ones
ZIP_END = b"PK\x05\x06"


@dataclass(frozen=True)
class Content:
    """What a file was found to be; pages where the kind has them."""

    media_type: str
    pages: int | None = None


def refuse(code: str, en: str, ja: str) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), "file")])


def examine(data: bytes, kinds: Collection[str] = tuple(EXTENSIONS)) -> Content:
    """The kind of these bytes. Raises Refused for an empty, too large, broken, protected or active file."""
    from app.core import office

    if not data:
        raise refuse("file-empty", "The file is empty.", "ファイルが空です。")
    if len(data) > MAX_FILE_BYTES:
        raise refuse("file-size", "The file is larger than 20 MB.", "ファイルが20MBを超えています。")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if set(kinds) == {PDF}:
        raise refuse(
            "file-type", "This is not a PDF file, whatever its name says.", "PDFファイルではありません(内容で判定)。"
        )
    if data.startswith(b"PK\x03\x04"):
        return Content(office.kind_of(data))
    if data.startswith(OLE):
        raise _old_office(data)
    if b"%PDF-" in data[:1024] or ends_as_zip(data):
        raise refuse(
            "file-two-kinds",
            "Something stands before the beginning of this file. Save it anew and upload that.",
            "ファイルの先頭に余分なデータがあります。保存し直したファイルを添付してください。",
        )
    raise refuse(
        "file-type",
        "This is neither a PDF nor a Word, Excel or PowerPoint file (docx, xlsx, pptx), whatever its name says.",
        "PDFでもWord・Excel・PowerPointファイル(docx・xlsx・pptx)でもありません(内容で判定)。",
    )


def ends_as_zip(data: bytes) -> bool:
    """Does an archive end exactly where these bytes end?"""
    at = data.rfind(ZIP_END, max(0, len(data) - 65_557))
    return at >= 0 and at + 22 <= len(data) and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)


def encrypted() -> Refused:
    return refuse(
        "file-encrypted",
        "The file is protected by a password or encrypted. Save it without protection.",
        "ファイルがパスワード等で保護(暗号化)されています。保護を外して保存してください。",
    )


def _old_office(data: bytes) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return encrypted()
    return refuse(
        "file-old-office",
        "This is a file of an old Office format (doc, xls, ppt). Save it as docx, xlsx, pptx or PDF.",
        "旧形式のOfficeファイル(doc・xls・ppt)です。docx・xlsx・pptx又はPDFで保存し直してください。",
    )


# --- PDF ------------------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Content:
    import pikepdf

    if ends_as_zip(data):
        raise refuse(
            "file-two-kinds",
            "This file is a PDF and an archive at once. Save it anew as a plain PDF.",
            "PDFと圧縮ファイルの両方として読めるファイルです。通常のPDFとして保存し直してください。",
        )
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:  # also where only changing or printing is locked
                raise encrypted()
            pages = len(pdf.pages)
            active = is_active(pdf)
    except pikepdf.PasswordError:
        raise encrypted() from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, KeyError):  # parts of wrong kinds
        raise refuse("file-broken", "The PDF cannot be read.", "PDFを読み取れません。") from None
    if pages == 0:
        raise refuse("file-broken", "The PDF has no pages.", "PDFにページがありません。")
    if active:
        raise refuse(
            "file-active",
            "The PDF holds a script or an automatic action. Print it to a plain PDF first.",
            "PDFにスクリプトまたは自動動作が含まれています。通常のPDFとして保存し直してください。",
        )
    return Content(PDF, pages)


_ACTIVE = ("/JavaScript", "/Launch", "/ImportData")
#: What must not happen by itself when the file is opened; a reader who presses a link decides alone.
_CALLING_OUT = (*_ACTIVE, "/URI", "/SubmitForm", "/GoToR", "/GoToE")


def is_active(pdf: Any) -> bool:
    """A script, a program to start, or something that starts by itself, anywhere among the objects of a PDF."""
    from pikepdf import Array

    root = pdf.Root
    if "/AA" in root or "/JavaScript" in root.get("/Names", {}) or _acts(root.get("/OpenAction"), _CALLING_OUT):
        return True
    if "/XFA" in root.get("/AcroForm", {}):
        return True
    for page in pdf.pages:
        if "/AA" in page:
            return True
        for note in page.get("/Annots", Array()):
            if "/AA" in note or _acts(note.get("/A")):
                return True
    return any(_active_object(thing) for thing in pdf.objects)


def _active_object(thing: Any) -> bool:
    """An object that is an action, or holds one at any depth: of a bookmark, a field, a note, a page.

    What it only refers to is an object of its own and is looked at by itself.
    """
    from pikepdf import Array, Dictionary, Stream

    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Array):
            inside = list(one)
        elif isinstance(one, (Dictionary, Stream)):
            if "/JS" in one or str(one.get("/S", "")) in _ACTIVE:
                return True
            inside = [one[key] for key in one.keys()]
        else:
            continue
        waiting += [child for child in inside if isinstance(child, (Array, Dictionary)) and not child.is_indirect]
    return False


def _acts(action: Any, kinds: tuple[str, ...] = _ACTIVE) -> bool:
    """Is an action, or one that follows it, of these kinds? (A place to go to is an array.)"""
    from pikepdf import Array, Dictionary

    waiting, seen = [action], 0
    while waiting:
        one, seen = waiting.pop(), seen + 1
        if seen > 100:  # actions that follow each other in a circle
            return True
        if isinstance(one, Dictionary):
            if str(one.get("/S", "")) in kinds:
                return True
            following = one.get("/Next")
            waiting += list(following) if isinstance(following, Array) else [following]
    return False
