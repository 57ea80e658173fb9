"""Free-text filters: a plain substring, whatever characters people type."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """``column`` holds ``text`` (NFKC, any case for Latin letters); % and _ mean themselves."""
    plain = unicodedata.normalize("NFKC", text).strip()[:100]
    escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{escaped}%", escape="\\")  # type: ignore[no-any-return]
