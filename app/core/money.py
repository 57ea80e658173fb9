"""Whole yen: the limits, the parser and nothing that rounds up."""

import re
import unicodedata

MAX_YEN = 10**12
_YEN = re.compile(r"[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,13}", re.ASCII)


def parse_yen(text: str) -> int:
    """Read an amount of whole yen: full-width digits, grouping commas, a ¥ or 円 are fine.

    Raises ValueError for anything negative, fractional, above ``MAX_YEN`` or not a plain number
    (``1e400``, ``NaN``, ``1_000`` and digits of other scripts among them).
    """
    if len(text) > 40:
        raise ValueError("not an amount")
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("¥\\").removesuffix("円").strip()
    if not _YEN.fullmatch(plain):
        raise ValueError("not an amount")
    amount = int(plain.replace(",", ""))
    if amount > MAX_YEN:
        raise ValueError("too large")
    return amount
