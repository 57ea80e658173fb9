"""The researcher number of e-Rad: eight digits whose first checks the others."""

import re
import unicodedata

_DIGITS = re.compile(r"[0-9]{8}", re.ASCII)


def plain_number(text: str) -> str:
    """The number without spaces and hyphens, in narrow digits."""
    return unicodedata.normalize("NFKC", text).replace("-", "").replace(" ", "").strip()


def fits(text: str) -> bool:
    """Is this a researcher number? The rule was derived from known numbers (domain 11): warn by it, never refuse."""
    plain = plain_number(text)
    if not _DIGITS.fullmatch(plain):
        return False
    first, *others = (int(digit) for digit in plain)
    return first == sum(digit * (1 + place % 2) for place, digit in enumerate(others)) % 10
