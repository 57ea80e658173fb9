"""Two people, one field: a three-way merge of texts. Nothing here knows databases or pages.

For each field there are three texts: ``base`` (what the person started from), ``mine`` (what they send) and ``theirs``
(what is stored now). Whoever did not touch a field never overwrites it; two changes in different places of a long text
are joined; two changes of the same place are a conflict that a person decides.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from merge3 import Merge3

#: Words as whole, Japanese letter by letter, everything else one by one: joining the pieces gives the text back.
_PIECES = re.compile(r"[A-Za-z0-9_À-ɏ]+|\s|.", re.DOTALL)
MAX_PIECES = 10_000


def as_text(value: Any) -> str:
    """The one text for a value: empty for nothing, 1 for yes, ISO for a day, codes separated by ``;``."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, (list, tuple)):
        return ";".join(sorted(str(one) for one in value))
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed in the same place; ``base`` is None when the ancestor is not known."""

    base: str | None
    mine: str
    theirs: str


@dataclass(frozen=True)
class Outcome:
    """What to store: ``values`` of every field (mine where there is a conflict), and what happened to which."""

    values: dict[str, str]
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()  # long texts in which both changes now stand
    kept: frozenset[str] = frozenset()  # fields of which the other's change was taken, mine being untouched

    @property
    def changed(self) -> bool:
        return not self.conflicts


def join_texts(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of a text in one, or None when they touch the same place."""
    old, one, other = (_PIECES.findall(text) for text in (base, mine, theirs))
    if len(old) + len(one) + len(other) > MAX_PIECES:
        return None
    merged: list[str] = []
    for group in Merge3(old, one, other).merge_groups():
        if group[0] == "conflict":
            return None
        merged += group[1]
    return "".join(merged)


def merge_field(base: str | None, mine: str, theirs: str, *, long: bool) -> str | Conflict:
    """One field: the text to store, or the conflict."""
    if mine == theirs or mine == base:
        return theirs
    if base is not None and theirs == base:
        return mine
    if long and base is not None:
        joined = join_texts(base, mine, theirs)
        if joined is not None:
            return joined
    return Conflict(base, mine, theirs)


def merge(
    base: Mapping[str, str | None], mine: Mapping[str, str], theirs: Mapping[str, str], long: Collection[str] = ()
) -> Outcome:
    """All fields of a part. Fields that ``mine`` does not hold stay as stored."""
    values, conflicts = dict(theirs), {}
    joined: set[str] = set()
    kept: set[str] = set()
    for name, text in mine.items():
        stored = theirs.get(name, "")
        result = merge_field(base.get(name, stored), text, stored, long=name in long)
        if isinstance(result, Conflict):
            conflicts[name] = result
            values[name] = text
            continue
        values[name] = result
        if result != text:
            (kept if text == base.get(name) else joined).add(name)
    return Outcome(values, conflicts, frozenset(joined), frozenset(kept))
