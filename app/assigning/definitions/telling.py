"""Plans in words: why none is possible, what would have to give way, why a pair was made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.assigning.choices import Level
from app.core.i18n import Bilingual
from app.reviewers.choices import ReviewerKind

_GROUPS = {
    "demand": Bilingual("every proposal gets the reviews asked for", "1件当たりの審査員数"),
    "high": Bilingual("the greatest load of each reviewer", "審査員1人当たりの担当件数の上限"),
    "low": Bilingual("the least load of each reviewer", "審査員1人当たりの担当件数の下限"),
    "bad": Bilingual("reviewers who do not sit together", "同席を避ける審査員の組合せ"),
}
MOST = 40


def condition(key: str) -> Bilingual:
    """A group of conditions, such as ``mix:business``."""
    kind, _, which = key.partition(":")
    if kind == "mix":
        label = ReviewerKind(which).label
        return Bilingual(f"the mix: {label.en}", f"構成条件:{label.ja}")
    return _GROUPS[kind]


def relaxation(rows: Sequence[Sequence[Any]], numbers: Mapping[int, str], names: Mapping[int, str]) -> list[Bilingual]:
    """What would have to give way at least, the dearest kind first. ``rows`` are kind, key, amount, extra."""
    found = []
    for kind, key, by, extra in rows[:MOST]:
        if kind == "demand":
            who = numbers.get(key, str(key))
            found.append(Bilingual(f"{who}: {by} reviewers fewer", f"{who}: 審査員を{by}名減らす"))
        elif kind == "mix":
            who, label = numbers.get(key, str(key)), ReviewerKind(extra).label
            found.append(Bilingual(f"{who}: without {by} from “{label.en}”", f"{who}: 「{label.ja}」{by}名なしとする"))
        elif kind == "bad":
            who = numbers.get(key, str(key))
            pair = " / ".join(names.get(int(one), one) for one in str(extra).split(":"))
            found.append(Bilingual(f"{who}: {pair} together", f"{who}: {pair}の同席を認める"))
        elif kind == "high":
            who = names.get(key, str(key))
            found.append(Bilingual(f"{who}: {by} reviews more than the limit", f"{who}: 上限を{by}件引き上げる"))
        else:
            who = names.get(key, str(key))
            found.append(Bilingual(f"{who}: {by} reviews fewer than the least", f"{who}: 下限を{by}件引き下げる"))
    if len(rows) > MOST:
        rest = len(rows) - MOST
        found.append(Bilingual(f"and {rest} more", f"ほか{rest}件"))
    return found


def why(reasons: Mapping[str, Any]) -> list[Bilingual]:
    """Why a pair was made, part by part."""
    found = []
    if reasons.get("worked"):
        found.append(Bilingual("work has begun", "評価着手済み"))
    if reasons.get("field"):
        found.append(Bilingual(f"same field ({reasons['field']})", f"分野が一致({reasons['field']})"))
    if reasons.get("text"):
        terms = "、".join(reasons.get("terms", ()))
        shown = Bilingual(f": {terms.replace('、', ', ')}", f":{terms}") if terms else Bilingual("", "")
        found.append(Bilingual(f"topic ({reasons['text']}){shown.en}", f"内容が近い({reasons['text']}){shown.ja}"))
    if reasons.get("level"):
        label, wish = Level(reasons["level"]).label, f"{reasons.get('wish', 0):+d}"
        found.append(Bilingual(f"wish: {label.en} ({wish})", f"希望:{label.ja}({wish})"))
    if reasons.get("mix"):
        kind = ReviewerKind(reasons["mix"]).label
        found.append(Bilingual(f"needed as “{kind.en}”", f"「{kind.ja}」枠として必要"))
    if reasons.get("load"):
        found.append(Bilingual(f"{reasons['load']} reviews in all", f"担当計{reasons['load']}件"))
    return found


def histogram(loads: Mapping[Any, int], people: int) -> list[tuple[int, int]]:
    """(load, how many people have it), from 0 to the greatest."""
    counts = Counter(loads.values())
    counts[0] += max(0, people - len(loads))
    return [(load, counts[load]) for load in range(max(counts, default=0) + 1)]
