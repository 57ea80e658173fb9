"""Characters as people count them: what looks like one character is one, and a line break is one."""

import unicodedata

_JOINER = "\u200d"


def count_characters(text: str) -> int:
    """How many characters a reader sees.

    The text is composed first (NFC); marks that sit on another character, variation selectors, skin tones and what a
    joiner ties to the character before it count nothing of their own; two regional letters are one flag.
    """
    count, tied, flag = 0, False, False
    for c in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        if c == _JOINER:
            tied = count > 0
            continue
        if unicodedata.category(c) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= c <= "\U0001f3ff":
            count = max(count, 1)
            continue
        regional = "\U0001f1e6" <= c <= "\U0001f1ff"
        if tied or (regional and flag):
            tied = flag = False
            continue
        count += 1
        flag = regional
    return count
