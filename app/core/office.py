"""Office files (docx, xlsx, pptx): an archive of parts whose own table of contents says what it is.

Refused in words: macros, embedded objects and controls, templates fetched from elsewhere, encryption, archives that
unpack to far more than they should, and whatever is not quite an archive.
"""

import struct
import zipfile
from io import BytesIO
from typing import Any
from xml.parsers import expat

from app.core.contents import DOCX, PPTX, XLSX, encrypted, ends_as_zip, refuse
from app.core.errors import Refused

MAX_PARTS = 3_000
MAX_UNPACKED = 200_000_000  # bytes of all parts together
MAX_RATIO = 250  # unpacked to packed, of a part larger than a megabyte; text of a spreadsheet reaches about 50
PORTION = 1 << 20
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
}
_OBJECTS = ("oleobject", "activex", "/control")  # form fields (ctrlProp) do nothing without macros
#: Relationships that a program follows by itself when the file is opened.
_FOLLOWED = ("attachedtemplate", "frame", "subdocument", "oleobject", "aftchunk", "afchunk")
_FAR = ("http:", "https:", "ftp:", "mhtml:", "//", "\\\\", "file://\\\\", "file:////")


def kind_of(data: bytes) -> str:
    """The media type of an Office file. Raises Refused for everything else that begins like an archive."""
    try:
        _whole(data)
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = _parts(archive)
            defaults, overrides = _content_types(archive, parts)
            _no_macros(parts, [*defaults.values(), *overrides.values()])
            kind = _main_kind(archive, parts, defaults, overrides)
            _relations(archive, parts)
            _sound(archive, parts)
    except Refused:
        raise
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, ValueError, OSError, EOFError,
            KeyError, struct.error):  # fmt: skip
        raise _broken() from None
    except Exception as error:  # what the unpackers raise has no common parent (zlib.error, lzma.LZMAError)
        if type(error).__module__ in ("zlib", "_lzma", "lzma", "bz2"):
            raise _broken() from None
        raise
    return kind


def _broken() -> Refused:
    return refuse(
        "file-broken",
        "This archive or Office file is damaged or not complete. Save it anew.",
        "圧縮ファイル又はOfficeファイルが壊れているか不完全です。保存し直してください。",
    )


def _not_office() -> Refused:
    return refuse(
        "file-type",
        "This archive is no Word, Excel or PowerPoint file (docx, xlsx, pptx), whatever its name says.",
        "Word・Excel・PowerPointファイル(docx・xlsx・pptx)ではない圧縮ファイルです(内容で判定)。",
    )


def _whole(data: bytes) -> None:
    """One archive from the first byte to the last: nothing stands before, between or after."""
    if not ends_as_zip(data):
        raise _broken()
    at = data.rfind(b"PK\x05\x06")
    size, offset = struct.unpack("<LL", data[at + 12 : at + 20])
    if offset != 0xFFFFFFFF and size + offset != at and data[at - 20 : at - 16] != b"PK\x06\x07":
        raise _broken()


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by their lower-case names, their number and sizes within the limits."""
    found = archive.infolist()
    parts = {info.filename.lower().lstrip("/"): info for info in found}
    packed = sum(info.compress_size for info in found)
    bomb = any(info.file_size > PORTION and info.file_size > MAX_RATIO * max(info.compress_size, 1) for info in found)
    if len(found) > MAX_PARTS or sum(info.file_size for info in found) > MAX_UNPACKED or bomb or packed > 40_000_000:
        raise refuse(
            "file-bomb",
            "Unpacked, this file would be far too large. Save it anew with fewer or smaller pictures.",
            "展開後の容量又は部品の数が大きすぎます。画像などを減らして保存し直してください。",
        )
    if any(info.flag_bits & 1 for info in found):
        raise encrypted()
    if len(parts) != len(found) or any(".." in name.split("/") or "\\" in name for name in parts):
        raise _broken()
    if found and min(info.header_offset for info in found) != 0:
        raise _broken()
    return parts


class _Doctype(ValueError):
    pass


def _elements(text: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small XML part with its attributes; names without their prefix. No DTD, so no entities."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def no_doctype(*_rest: Any) -> None:
        raise _Doctype

    def element(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rsplit(":", 1)[-1], attributes))

    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = element
    parser.Parse(text, True)
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int = 8_000_000) -> bytes:
    with archive.open(info) as handle:
        data = handle.read(limit + 1)
    if len(data) > limit:
        raise _broken()
    return data


def _content_types(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]
) -> tuple[dict[str, str], dict[str, str]]:
    table = parts.get("[content_types].xml")
    if table is None:
        raise _not_office()
    defaults, overrides = {}, {}
    for name, attributes in _elements(_read(archive, table)):
        kind = attributes.get("ContentType", "").lower()
        if name == "Default":
            defaults[attributes.get("Extension", "").lower()] = kind
        elif name == "Override":
            overrides[attributes.get("PartName", "").lower().lstrip("/")] = kind
    return defaults, overrides


def _no_macros(parts: dict[str, zipfile.ZipInfo], kinds: list[str]) -> None:
    if any("vba" in name.rsplit("/", 1)[-1] and name.endswith(".bin") for name in parts) or any(
        "macroenabled" in kind or "vbaproject" in kind or "macrosheet" in kind for kind in kinds
    ) or any("/macrosheets/" in name for name in parts):  # fmt: skip
        raise refuse(
            "file-macros",
            "The file holds macros. Save it without macros (docx, xlsx, pptx) or as PDF.",
            "マクロが含まれています。マクロなしの形式(docx・xlsx・pptx)又はPDFで保存し直してください。",
        )
    if any(mark in kind for kind in kinds for mark in _OBJECTS) or any("/activex/" in name for name in parts):
        raise _objects()


def _objects() -> Refused:
    return refuse(
        "file-objects",
        "The file holds an embedded object or a control of another program. Remove it, or save the file as PDF.",
        "他のプログラムの埋め込みオブジェクト又はコントロールが含まれています。取り除くか、PDFで保存し直してください。",
    )


def _main_kind(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], defaults: dict[str, str], overrides: dict[str, str]
) -> str:
    """What the part is that the archive names as its document."""
    table = parts.get("_rels/.rels")
    if table is None:
        raise _not_office()
    for name, attributes in _elements(_read(archive, table)):
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            target = attributes.get("Target", "").lower().lstrip("/")
            kind = overrides.get(target) or defaults.get(target.rsplit(".", 1)[-1], "")
            if target in parts and kind in _MAIN:
                return _MAIN[kind]
    raise _not_office()


def _relations(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
    """No object of another program, and nothing that would be fetched from elsewhere just by opening the file."""
    for part, info in parts.items():
        if not part.endswith(".rels"):
            continue
        for name, attributes in _elements(_read(archive, info)):
            if name != "Relationship":
                continue
            kind, target = attributes.get("Type", "").lower(), attributes.get("Target", "").strip().lower()
            if any(mark in kind.rsplit("/relationships", 1)[-1] for mark in _OBJECTS):
                raise _objects()
            far = attributes.get("TargetMode", "").lower() == "external" and target.startswith(_FAR)
            if far and kind.rsplit("/", 1)[-1] in _FOLLOWED:
                raise refuse(
                    "file-remote",
                    "The file fetches a template or a part from elsewhere when it is opened. Save it as PDF.",
                    "開くと外部からテンプレート等を読み込むファイルです。PDFで保存し直してください。",
                )


def _sound(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
    """Every part unpacks to its stated size and check sum (the reader raises otherwise)."""
    for info in parts.values():
        left = info.file_size
        with archive.open(info) as handle:
            while portion := handle.read(PORTION):
                left -= len(portion)
        if left:
            raise _broken()
