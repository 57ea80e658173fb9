"""What a file is by its content (reliability 79): every kind that is taken, and each refusal by its code."""

import zipfile
import zlib
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from app.core import contents
from app.core.contents import DOCX, PDF, PPTX, XLSX, examine
from app.core.errors import Refused
from app.core.i18n import in_locale
from app.core.storage import display_name
from tests.factories.files import locked, office, override, pdf, relation

SCRIPT = {"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"}


def _refusal(data: bytes, kinds: Any = tuple(contents.EXTENSIONS)) -> str:
    with pytest.raises(Refused) as refusal:
        examine(data, kinds)
    (reason,) = refusal.value.reasons
    for language in ("en", "ja"):  # said in words, in both languages
        with in_locale(language):
            assert len(str(reason)) > 8
    return reason.code


@pytest.mark.parametrize(("kind", "media_type"), [("docx", DOCX), ("xlsx", XLSX), ("pptx", PPTX)])
def test_office_files_are_known_by_their_parts(kind: str, media_type: str) -> None:
    assert examine(office(kind)).media_type == media_type


def test_a_real_spreadsheet_is_taken() -> None:
    import openpyxl

    book, out = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    book.active["A1"] = "経費"
    book.active["A1"].hyperlink = "https://example.org/"
    book.save(out)
    assert examine(out.getvalue()).media_type == XLSX


def test_a_pdf_has_its_pages_counted() -> None:
    assert examine(pdf(pages=3)) == contents.Content(PDF, 3)


def _field(made: Any) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array(
            [made.make_indirect(pikepdf.Dictionary(AA=pikepdf.Dictionary(K=pikepdf.Dictionary(SCRIPT))))]
        )
    )


def _bookmark(made: Any) -> None:
    made.Root.Outlines = made.make_indirect(
        pikepdf.Dictionary(First=made.make_indirect(pikepdf.Dictionary(A=pikepdf.Dictionary(SCRIPT))))
    )


def _xfa(made: Any) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"))


def _launch(made: Any) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def _direct_field(made: Any) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([pikepdf.Dictionary(AA=pikepdf.Dictionary(K=pikepdf.Dictionary(SCRIPT)))])
    )


def _direct_bookmark(made: Any) -> None:
    made.Root.Outlines = pikepdf.Dictionary(First=pikepdf.Dictionary(A=pikepdf.Dictionary(SCRIPT)))


def _film(made: Any) -> None:
    note = pikepdf.Dictionary(A=pikepdf.Dictionary(S=pikepdf.Name.Rendition, JS="app.alert(1)"))
    made.pages[0]["/Annots"] = pikepdf.Array([note])


def _sends_by_itself(made: Any) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://example.org/")


PDFS = {
    "script in a field that is no object of its own": (pdf(_direct_field), "file-active"),
    "script behind a bookmark that is no object of its own": (pdf(_direct_bookmark), "file-active"),
    "script of a film": (pdf(_film), "file-active"),
    "sends something by itself": (pdf(_sends_by_itself), "file-active"),
    "script in a field": (pdf(_field), "file-active"),
    "script behind a bookmark": (pdf(_bookmark), "file-active"),
    "dynamic form": (pdf(_xfa), "file-active"),
    "starts a program": (pdf(_launch), "file-active"),
    "password": (pdf(encryption=pikepdf.Encryption(user="secret", owner="x")), "file-encrypted"),
    "locked without a password to open": (pdf(encryption=pikepdf.Encryption(user="", owner="x")), "file-encrypted"),
    "no pages": (pdf(pages=0), "file-broken"),
    "broken": (b"%PDF-1.7 broken", "file-broken"),
    "cut off": (pdf()[:200], "file-broken"),
    "HTML before it": (b"<html><script>1</script>\n" + pdf(), "file-two-kinds"),
    "an archive behind it": (pdf() + office(), "file-two-kinds"),
}
OFFICE = {
    "macros": (office(more={"word/vbaProject.bin": b"x"}), "file-macros"),
    "macro type": (office(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "file-macros"),
    "macro sheet": (office("xlsx", more={"xl/macrosheets/sheet1.xml": b"<x/>"}), "file-macros"),
    "workbook with macros inside": (
        office("pptx", types='<Default Extension="xlsm" ContentType="application/vnd.ms-excel.sheet.macroEnabled.12"/>'),
        "file-macros",
    ),
    "OLE object": (
        office(types=override("word/embeddings/o.bin", "application/vnd.openxmlformats-officedocument.oleObject")),
        "file-objects",
    ),
    "OLE relation": (office(relations=relation("oleObject", "embeddings/o.bin")), "file-objects"),
    "ActiveX": (office(more={"word/activeX/activeX1.xml": b"<x/>"}), "file-objects"),
    "template from elsewhere": (
        office(relations=relation("attachedTemplate", "https://evil.example/t.dotm", external=True)), "file-remote"
    ),
    "frame from a share": (
        office(relations=relation("frame", "\\\\evil\\share\\x", external=True)), "file-remote"
    ),
    "encrypted parts": (locked(office()), "file-encrypted"),
    "encrypted": (contents.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 50, "file-encrypted"),
    "old Word": (contents.OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "file-old-office"),
    "plain archive": (None, "file-type"),
    "no content types": (office(without="[Content_Types].xml"), "file-type"),
    "no relations": (office(without="_rels/.rels"), "file-type"),
    "no main part": (office(without="word/document.xml"), "file-type"),
    "slide show": (office("pptx", main_type="application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"), "file-type"),
    "script before it": (b"#!/bin/sh\necho\n" + office(), "file-two-kinds"),
    "more behind it": (office() + b"<html>", "file-broken"),
    "cut off": (office()[:-30], "file-broken"),
    "out of its folder": (office(more={"../../x": b"x"}), "file-broken"),
    "entities": (office(more={"word/_rels/y.rels": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "file-broken"),
    "too many parts": (office(more={f"word/{n}.xml": b"" for n in range(3_001)}), "file-bomb"),
    "unpacks to far more": (office(more={"word/media/a.xml": b"\0" * 5_000_000}), "file-bomb"),
}  # fmt: skip
OTHERS = {
    "nothing": (b"", "file-empty"),
    "too large": (b"%PDF-" + b"\0" * contents.MAX_FILE_BYTES, "file-size"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "file-type"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "file-type"),
    "program": (b"MZ\x90\x00" + b"\0" * 600, "file-type"),
}


@pytest.mark.parametrize(("data", "code"), [*PDFS.values(), *OFFICE.values(), *OTHERS.values()],
                         ids=[*PDFS, *OFFICE, *OTHERS])  # fmt: skip
def test_what_is_refused_and_why(data: bytes | None, code: str) -> None:
    if data is None:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("readme.txt", "x")
        data = out.getvalue()
    assert _refusal(data) == code


def test_a_damaged_part_is_found() -> None:
    data = bytearray(office(more={"word/a.xml": bytes(range(256)) * 40}))
    packed = zlib.compress(b"")[:1]
    at = data.find(b"word/a.xml") + 30
    data[at : at + 8] = packed * 8
    assert _refusal(bytes(data)) == "file-broken"


def test_harmless_things_are_taken() -> None:
    """Links, a local template, the workbook behind a chart, form fields without a script."""
    assert examine(office(relations=relation("hyperlink", "https://example.org/", external=True))).media_type == DOCX
    local = relation("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm", external=True)
    assert examine(office(relations=local)).media_type == DOCX
    chart = office("pptx", relations=relation("package", "embeddings/s.xlsx"), more={"ppt/embeddings/s.xlsx": b"PK"})
    assert examine(chart).media_type == PPTX

    def form(made: Any) -> None:
        made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]))

    assert examine(pdf(form)).pages == 1


def test_where_only_pdf_is_taken_office_is_not() -> None:
    assert _refusal(office(), (PDF,)) == "file-type"


@pytest.mark.parametrize(
    ("given", "extension", "shown"),
    [
        ("../../x", ".pdf", "x.pdf"),
        ("..\\..\\計画書.pdf", ".pdf", "計画書.pdf"),
        ("a\0.pdf", ".pdf", "a.pdf"),
        ("plan.pdf.exe", ".pdf", "plan.pdf.exe.pdf"),
        ("Plan.PDF", ".pdf", "Plan.PDF"),
        ("cod\u202efdp.exe", ".docx", "codfdp.exe.docx"),
        ("か\u3099.docx", ".docx", "が.docx"),
        ("..", ".pdf", "file.pdf"),
        ("", ".xlsx", "file.xlsx"),
        ("a\u2028b\r\nc.pdf", ".pdf", "a bc.pdf"),
        ("計" * 85 + ".pdf", ".pdf", "計" * 85 + ".pdf"),
        ("計" * 300 + ".pdf", ".pdf", "計" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_for_people(given: str, extension: str, shown: str) -> None:
    assert display_name(given, extension) == shown
