"""@mentions: which of the people who may read a post its text calls by name."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def mentioned(text: str, handles: Mapping[Key, Iterable[str]]) -> list[Key]:
    """The keys whose handle stands behind an @ in the text, in their order of appearance, each once.

    Width, case and spaces inside a name do not matter; of several that fit, the longest counts. A name that goes on
    with a Latin letter or a digit is another name, and an @ inside an address calls nobody.
    """
    plain = unicodedata.normalize("NFKC", text)
    known: list[tuple[str, re.Pattern[str], Key]] = []
    for key, names in handles.items():
        for name in names:
            parts = [re.escape(part) for part in unicodedata.normalize("NFKC", name).split()]
            if parts:
                known.append((name, re.compile(r"\s*".join(parts) + r"(?![A-Za-z0-9])", re.IGNORECASE), key))
    found: dict[Key, None] = {}
    for at in re.finditer(r"(?<![A-Za-z0-9._%+-])@\s?", plain):
        hits = [(match.end(), key) for _name, pattern, key in known if (match := pattern.match(plain, at.end()))]
        if hits:
            longest = max(end for end, _key in hits)
            found |= {key: None for end, key in hits if end == longest}  # two of one name: both are told
    return list(found)
