"""One new business is counted once (CR-15): its key, and what looks like the same one."""

import re
from dataclasses import dataclass
from typing import Any

from app.core import names
from app.core.i18n import Bilingual


def name_key(name_ja: str, name_en: str) -> str:
    """A business's name without width, case, kana, old kanji, spaces and signs; the Japanese one where there is one."""
    folded = re.sub(r"[\W_]+", "", names.fold(name_ja or name_en))
    return (folded or names.plain(name_ja or name_en))[:200]


def unique_key(organisation_id: int, name_ja: str, name_en: str, kind: str) -> str:
    """The key by which the register refuses a double: organisation, normalised name and type."""
    return f"{organisation_id}:{kind}:{name_key(name_ja, name_en)}"


@dataclass(frozen=True)
class Alike:
    """A record that is perhaps the same business, and why."""

    business: Any
    why: Bilingual


SAME_FIRM = Bilingual("same organisation, similar name", "同じ機関の類似した名称")
SAME_NAME = Bilingual("same name and type at another organisation", "別の機関による同じ名称・種別")
SAME_EVERYTHING = Bilingual("same organisation and name, another type", "同じ機関・名称で種別が異なる")


def alike(family: frozenset[int], name: str, kind: str, other: Any) -> Alike | None:
    """Is another record perhaps the same business? ``family``: the organisation with those it succeeded or goes on in.

    ``name`` is a ``name_key``. A person decides; only equal keys are refused outright.
    """
    if other.organisation_id in family:
        if other.name_key == name:
            return Alike(other, SAME_EVERYTHING)
        return Alike(other, SAME_FIRM) if names.near(name, other.name_key) else None
    return Alike(other, SAME_NAME) if other.name_key == name and other.type == kind else None
