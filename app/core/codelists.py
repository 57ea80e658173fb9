"""Code lists shipped as data files: CSV with ``code,name_en,name_ja,source`` and whatever else a list carries."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Code:
    """One entry: its code, its name in both languages, where it comes from, and the list's further columns."""

    code: str
    name: Bilingual
    source: str
    extra: dict[str, str]

    @property
    def label(self) -> Bilingual:
        return self.name


@cache
def load(path: Path) -> dict[str, Code]:
    """Read a list in the file's order."""
    with open(path, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {
        row["code"]: Code(
            row["code"],
            Bilingual(row["name_en"], row["name_ja"]),
            row.get("source", ""),
            {key: value for key, value in row.items() if key not in ("code", "name_en", "name_ja", "source")},
        )
        for row in rows
    }
