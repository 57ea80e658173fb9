"""The public datasets once more, in the shapes that others read: JSON, 360Giving and CommonGrants (domain.md 13).

Both packages are made of the same public tables as the CSV files, and of nothing else. 360Giving 1.4 knows one list of
recipients for a grant: here these are all members of the consortium, the managing organisation first. It requires an
amount, so awards without a recorded one are in the other files only. CommonGrants 0.4 has no code for Japanese corporate
numbers: they stand among ``otherIds``.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid5

from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.core.i18n import Bilingual
from app.projects.choices import ProjectStatus

Rows = Sequence[Mapping[str, Any]]
#: Identifiers of awards as UUIDs: the same award has the same one in every edition.
_SPACE = UUID("5b1c4f0e-6f0d-4a56-9f0b-0d7f6a2c9e11")
FUNDER = Bilingual("Ministry of Economy, Trade and Industry", "経済産業省")
_STATUS = {
    ProjectStatus.adopted: "awarded", ProjectStatus.running: "awarded", ProjectStatus.completed: "completed",
    ProjectStatus.terminated: "cancelled",
}  # fmt: skip
#: Who stands first among the recipients.
_FIRST = (MemberRole.managing_organisation, MemberRole.core_company, MemberRole.lead_company)


def plain(value: Any) -> Any:
    """A cell as JSON: days as YYYY-MM-DD, codes as their text, nothing as null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if value == "" else value


def to_json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, map(plain, row), strict=True)) for row in rows]


def _members(rows: Rows) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if not any(row["name_ja"] == known["name_ja"] for known in found[row["award_no"]]):
            found[row["award_no"]].append(row)
    place = {role.value: number for number, role in enumerate(_FIRST)}
    return {key: sorted(some, key=lambda row: place.get(row["role"], len(place))) for key, some in found.items()}


def _name(row: Mapping[str, Any]) -> str:
    return row["name_ja"] or row["name_en"] or "個人事業主 (name not published)"


def _both(row: Mapping[str, Any], name: str) -> str:
    return " / ".join(text for text in (row[f"{name}_ja"], row[f"{name}_en"]) if text)


def giving(awards: Rows, members: Rows, title: Bilingual, as_of: str) -> dict[str, Any]:
    """A 360Giving package."""
    of, grants = _members(members), []
    for award in awards:
        if award["amount_yen"] is None:
            continue
        key = award["award_no"]
        recipients = [
            {
                "id": f"JP-JCN-{m['corporate_number']}" if m["corporate_number"] else f"renkei-{key}-{number}",
                "name": _name(m),
            }
            for number, m in enumerate(of.get(key, ()), 1)
        ]
        programme = Programme(award["programme"])
        grant = {
            "id": f"renkei-{key}",
            "title": _both(award, "title") or key,
            "description": award["abstract"] or _both(award, "title") or key,
            "currency": "JPY",
            "amountAwarded": award["amount_yen"],
            "awardDate": award["adopted_on"],
            "recipientOrganization": recipients or [{"id": f"renkei-{key}-0", "name": "–"}],
            "fundingOrganization": [{"id": "renkei-meti", "name": f"{FUNDER.ja} / {FUNDER.en}"}],
            "grantProgramme": [{"code": programme.value, "title": f"{programme.label.ja} / {programme.label.en}"}],
            "dateModified": as_of,
        }
        if award["started_on"]:
            grant["actualDates"] = [{"startDate": award["started_on"], "endDate": award["completed_on"]}]
        grants.append(grant)
    return {"version": "1.4", "title": f"{title.ja} / {title.en}", "issued": as_of, "grants": grants}


def _organisation(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": _name(row), "orgType": row["org_type"]}
    if row["corporate_number"]:
        found["identifiers"] = {"otherIds": {"org:jp:corporate-number": {"id": row["corporate_number"]}}}
    return found


def _custom(name: str, value: Any, kind: str, description: str) -> dict[str, Any]:
    return {"name": name, "fieldType": kind, "value": value, "description": description}


def common(awards: Rows, members: Rows, as_of: str) -> dict[str, Any]:
    """Awards as CommonGrants lists them."""
    of, items = _members(members), []
    for award in awards:
        key, some = award["award_no"], of.get(award["award_no"], [])
        status = ProjectStatus(award["status"])
        item: dict[str, Any] = {
            "id": str(uuid5(_SPACE, key)),
            "title": _both(award, "title") or key,
            "description": award["abstract"],
            "status": {"value": _STATUS[status], "customValue": status.value, "description": status.label.en},
            "funding": {"awardedAmount": {"amount": str(award["amount_yen"]), "currency": "JPY"}}
            if award["amount_yen"] is not None
            else {},
            "keyDates": {"awardDate": {"name": "Adopted", "eventType": "singleDate", "date": award["adopted_on"]}},
            "funders": [{"name": f"{FUNDER.ja} / {FUNDER.en}"}],
            "recipientOrganizations": {
                "primary": _organisation(some[0]) if some else None,
                "otherOrgs": {f"member-{n}": _organisation(m) for n, m in enumerate(some[1:], 2)},
            },
            "customFields": {
                "awardNo": _custom("awardNo", key, "string", "Number of the award"),
                "programme": _custom("programme", award["programme"], "string", "Programme (codelists)"),
                "frame": _custom("frame", award["frame"], "string", "Sub-stream of the call"),
                "fiscalYear": _custom("fiscalYear", award["fiscal_year"], "integer", "Fiscal year of adoption"),
                "region": _custom("region", award["region"], "string", "Bureau (codelists)"),
                "field": _custom("field", award["field"], "string", "Fields, separated by ;"),
            },
            "createdAt": award["adopted_on"],
            "lastModifiedAt": as_of,
        }
        if award["started_on"]:
            item["keyDates"]["periodOfPerformance"] = {
                "name": "Period of performance", "eventType": "dateRange", "startDate": award["started_on"],
                "endDate": award["completed_on"],
            }  # fmt: skip
        items.append(item)
    page = {"page": 1, "pageSize": len(items), "totalItems": len(items), "totalPages": 1}
    return {
        "status": 200, "message": "Success", "items": items, "paginationInfo": page,
        "sortInfo": {"sortBy": "awardNo", "sortOrder": "asc"}, "filterInfo": {"filters": {}},
    }  # fmt: skip
