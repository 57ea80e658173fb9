"""Files for tests: sound Office files of a few parts, and every way in which one can be wrong."""

import struct
import zipfile
from io import BytesIO
from typing import Any

import pikepdf

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{TYPES}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{TYPES}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{TYPES}.presentationml.presentation.main+xml"),
}


def office(
    kind: str = "docx",
    main_type: str | None = None,
    types: str = "",
    relations: str = "",
    more: dict[str, bytes] | None = None,
    without: str = "",
) -> bytes:
    """A small Office file; ``types`` and ``relations`` are added as XML, ``more`` as parts."""
    part, usual = MAIN[kind]
    folder = part.split("/")[0]
    parts: dict[str, bytes] = {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{part}" ContentType="{main_type or usual}"/>{types}</Types>'
        ).encode(),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{REL}/officeDocument" Target="{part}"/></Relationships>'
        ).encode(),
        part: b"<document/>",
        f"{folder}/_rels/x.rels": f"<Relationships>{relations}</Relationships>".encode(),
        **(more or {}),
    }
    parts.pop(without, None)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def relation(kind: str, target: str, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r9" Type="{REL}/{kind}" Target="{target}"{mode}/>'


def override(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'


def locked(data: bytes) -> bytes:
    """The same archive with its parts marked as encrypted."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", changed, place + at)
            struct.pack_into("<H", changed, place + at, flags | 1)
            place = changed.find(mark, place + 4)
    return bytes(changed)


def pdf(change: Any = None, pages: int = 1, **options: Any) -> bytes:
    """A PDF; ``change`` may do something to it, ``options`` go to the writer (encryption)."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        if change:
            change(made)
        out = BytesIO()
        made.save(out, **options)
    return out.getvalue()


def large_pdf(size: int, seed: bytes = b"") -> bytes:
    """A sound PDF of about this many bytes."""

    def fill(made: Any) -> None:
        made.Root.Filling = made.make_stream((seed + bytes(range(256))) * (size // 256))

    return pdf(fill, compress_streams=False)
