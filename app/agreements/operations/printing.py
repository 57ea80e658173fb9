"""The contract or grant decision as a document in both languages."""

import json
from datetime import date
from typing import Any

from app.agreements.models import Contract, ContractTerms
from app.calls.choices import COST_ITEMS
from app.core import pdf
from app.core.fiscal import fiscal_year_ja, jst, wareki
from app.core.i18n import Bilingual


def order(contract: Contract, terms: ContractTerms, actor: Any, *, signed: bool = False) -> pdf.Document:
    """Order the document of one version of the terms; once signed, with the page that tells who confirmed what."""
    context = printed(json.loads(terms.text)) | {"sha256": terms.sha256, "confirmations": None}
    if signed:
        assert terms.officer_at and terms.recipient_at
        context["confirmations"] = [
            {"name": terms.officer_name, "party": context["office"], "on": _day(jst(terms.officer_at).date()),
             "at": terms.officer_at.isoformat(timespec="seconds")},
            {"name": terms.recipient_name, "party": context["recipient"], "on": _day(jst(terms.recipient_at).date()),
             "at": terms.recipient_at.isoformat(timespec="seconds")},
        ]  # fmt: skip
    state = "signed" if signed else "offered"
    return pdf.order(
        "agreements/contract", "ja", context, name=f"{contract.number}-{terms.number}-{state}.pdf",
        dedupe_key=f"contract:{terms.id}:{state}", owner_id=actor.actor_id,
    )  # fmt: skip


def printed(content: dict[str, Any]) -> dict[str, Any]:
    """The confirmed text with what only the print needs: days in both calendars, names of cost items, sums."""
    budget = [
        {**line, "item": _name(line["item"]), "year": _year(line["fiscal_year"])} for line in content["budget"]
    ]  # fmt: skip
    sums: dict[str, dict[str, Any]] = {}
    for line in budget:
        row = sums.setdefault(line["organisation"]["ja"], {"organisation": line["organisation"], "yen": 0})
        row["yen"] += line["yen"]
    return {
        **content, "budget": budget, "sums": list(sums.values()), "total_yen": sum(line["yen"] for line in budget),
        "starts": _day(date.fromisoformat(content["starts_on"])), "ends": _day(date.fromisoformat(content["ends_on"])),
        "year": _year(content["fiscal_year"]), "percent": f"{content['rate'] / 100:g}",
    }  # fmt: skip


def _day(day: date) -> dict[str, str]:
    return {"en": day.isoformat(), "ja": wareki(day)}


def _year(year: int) -> dict[str, str]:
    return {"en": f"FY{year}", "ja": fiscal_year_ja(year)}


def _name(item: str) -> dict[str, str]:
    name = COST_ITEMS[item].name if item in COST_ITEMS else Bilingual(item, item)
    return {"en": name.en, "ja": name.ja}
