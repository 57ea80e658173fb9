"""Frozen versions of a report: what a reader may see of one, and what changed from one to the next."""

import hashlib
import json
from collections.abc import Collection
from typing import Any


def canonical(content: dict[str, Any]) -> str:
    """The one way in which a content is written down, for its digest."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def for_reader(content: dict[str, Any], organisations: Collection[int] | None) -> dict[str, Any]:
    """The content without the cost detail of other partners; ``None`` stands for the office, which sees all."""
    if organisations is None:
        return content
    parts = [
        part if part["organisation_id"] in organisations else {k: v for k, v in part.items() if k != "private"}
        for part in content["parts"]
    ]
    return {**content, "parts": parts}


def flat(content: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Every text of a content under (group, key): sections, results by milestone, parts by organisation, files."""
    found: dict[tuple[str, str], str] = {("section", key): _text(value) for key, value in content["sections"].items()}
    for result in content["results"]:
        for key in ("achievement", "value", "note", "forecast_on", "actual_on", "progress_pct"):
            found[f"result-{result['position']}", key] = _text(result.get(key))
    for part in content["parts"]:
        group = f"part-{part['organisation_id']}"
        found |= {(group, key): _text(part.get(key)) for key in PART_FIELDS}
        for item, yen in part.get("private", {}).get("costs", {}).items():
            found[group, f"cost-{item}"] = _text(yen)
        if "private" in part:
            found[group, "costs_note"] = _text(part["private"]["costs_note"])
    for file in content["files"]:
        found["file", file["sha256"]] = file["name"]
    return found


PART_FIELDS = ("work", "deviations", "staff_hours", "spend_yen", "assets", "ip", "meetings", "next_period")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """(group, key, text before, text after) of everything that differs, in the order of the later version."""
    old, new = flat(before), flat(after)
    keys = [*new, *(key for key in old if key not in new)]
    return [(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key, "") != new.get(key, "")]
