"""The text of a PDF as a reader would copy it: enough for documents that this house makes."""

import re
from io import BytesIO
from typing import Any

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


def _characters(font: Any) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {}
    found: dict[int, str] = {}
    cmap = font["/ToUnicode"].read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in _PAIR.findall(block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, text in _RANGE.findall(block):
            first = ord(bytes.fromhex(text.decode()).decode("utf-16-be"))
            found |= {code: chr(first + code - int(low, 16)) for code in range(int(low, 16), int(high, 16) + 1)}
    return found


def text_of(data: bytes) -> str:
    """All text of all pages, in the order in which it is drawn."""
    pieces: list[str] = []
    with pikepdf.open(BytesIO(data)) as document:
        for page in document.pages:
            fonts = {name: _characters(font) for name, font in page.resources.get("/Font", {}).items()}
            current: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    current = fonts.get(str(operands[0]), {})
                elif str(operator) in ("Tj", "TJ"):
                    shown = operands[0] if str(operator) == "TJ" else [operands[0]]
                    for part in shown:
                        if isinstance(part, pikepdf.String):
                            raw = bytes(part)
                            codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
                            pieces += [current.get(code, "") for code in codes]
                elif str(operator) == "ET":
                    pieces.append("\n")
    return "".join(pieces)


def metadata_of(data: bytes) -> str:
    """Everything that a PDF says of itself: document information and XMP."""
    with pikepdf.open(BytesIO(data)) as document:
        said = [f"{key}={value}" for key, value in document.docinfo.items()] if "/Info" in document.trailer else []
        if "/Metadata" in document.Root:
            said.append(document.Root.Metadata.read_bytes().decode())
    return "\n".join(said)
