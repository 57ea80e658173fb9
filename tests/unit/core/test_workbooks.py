"""Workbooks that people send: what unpacks to more cells than fit is refused before the reader makes one of them (ASVS 5.2.3)."""

import time
import zipfile
from io import BytesIO

import openpyxl
import pytest

from app.core.workbooks import open_book


def _book(**parts: bytes) -> bytes:
    """A sound workbook of one sheet, with ``cells`` written into it and ``after`` put behind its cells."""
    plain, out = BytesIO(), BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    book.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in before.infolist():
            data = before.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(
                    b"</sheetData>", parts.get("cells", b"") + b"</sheetData>" + parts.get("after", b"")
                )
            archive.writestr(info.filename, data)
    return out.getvalue()


def _merged(ref: str) -> bytes:
    return f'<mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'.encode()


def _linked(ref: str) -> bytes:
    return f'<hyperlinks><hyperlink ref="{ref}" location="x"/></hyperlinks>'.encode()


@pytest.mark.parametrize(
    "parts",
    [
        {"after": _merged("A1:XFD1048576")},
        {"after": _merged("A1:&#88;FD1048576")},
        {"after": _merged("A:XFD")},
        {"after": _linked("A1:XFD1048576")},
        {"cells": b'<row r="9">' + b"<c/>" * 4_000_000 + b"</row>"},
        {"cells": b'<row r="9">' + b"<x/>" * 4_000_000 + b"</row>"},
    ],
    ids=["merged", "merged in references", "whole columns", "linked", "cells", "elements"],
)
def test_a_few_kilobytes_do_not_become_billions_of_cells(parts: dict[str, bytes]) -> None:
    data, begun = _book(**parts), time.process_time()
    assert len(data) < 50_000
    with pytest.raises((ValueError, TypeError)):
        open_book(data, 20_000_000)
    assert time.process_time() - begun < 5


def test_what_people_merge_and_link_is_read() -> None:
    sheet = open_book(_book(after=_merged("A1:C3") + _linked("E1:F2")), 20_000_000).active
    assert sheet["A1"].value == "a" and sheet.max_row == 3
