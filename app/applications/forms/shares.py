"""A member's share: what it brings, its budget, and the people and subcontractors behind it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField

from app.applications.choices import PersonRole
from app.applications.forms.fields import CorporateNumberField, JsicField, SectionForm
from app.applications.forms.sections import SPARE_ROWS
from app.applications.operations import MAX_PEOPLE, MAX_SUBCONTRACTORS, Person, Share, Subcontract
from app.calls.choices import COST_ITEMS
from app.core.forms import ChoiceField, LongTextField, TextField, WholeNumberField, YenField, choices_of
from app.core.i18n import _, _l

PERSON = ("name", "reading", "role", "department", "erad_number")
SUBCONTRACTOR = ("name", "corporate_number", "task")


class ShareForm(SectionForm):
    resources = LongTextField(_l("What the organisation brings and does"))
    contribution_pct = WholeNumberField(_l("Contribution to the whole (%)"), low=0, high=100)
    jsic = JsicField(_l("Industrial class (JSIC, four digits)"))
    holds_seed = BooleanField(_l("Holds the seed technology or knowledge"))
    contact_name = TextField(_l("Contact person"))
    years: tuple[int, ...] = ()
    people_rows = 0
    subcontractor_rows = 0

    def values(self) -> Share:
        return Share(
            self.resources.data or "",
            self.contribution_pct.data,
            self.jsic.data,
            bool(self.holds_seed.data),
            self.contact_name.data or "",
            {
                (year, code): self[f"b_{year}_{code}"].data
                for year in self.years
                for code in COST_ITEMS
                if self[f"b_{year}_{code}"].data
            },
            self._people(),
            self._subcontractors(),
        )

    def _people(self) -> dict[int, Person]:
        """The rows in which anything stands, by their position."""
        found = {}
        for n in range(self.people_rows):
            name, reading, role, department, number = (self[f"p{n}_{part}"].data or "" for part in PERSON)
            if name or reading or role or department or number:
                found[n + 1] = Person(name, reading, PersonRole(role) if role else None, department, number)
        return found

    def _subcontractors(self) -> dict[int, Subcontract]:
        found = {}
        for n in range(self.subcontractor_rows):
            name, number, task = (self[f"s{n}_{part}"].data or "" for part in SUBCONTRACTOR)
            if name or number or task:
                found[n + 1] = Subcontract(name, number or None, task)
        return found


def _rows(letter: str, stored: Iterable[Any], formdata: Any, most: int) -> int:
    """How many rows the form shows: those stored and those sent, and some empty ones after the stored."""
    sent = re.compile(rf"{letter}([0-9]{{1,2}})_", re.ASCII)
    posted = [int(found[1]) + 1 for name in formdata or () if (found := sent.match(name))]
    return min(most, max([SPARE_ROWS, *posted, *(row.position + SPARE_ROWS for row in stored)]))


def _person_fields(n: int) -> dict[str, Any]:
    no = n + 1
    return {
        f"p{n}_name": TextField(_("Person %(n)d: name", n=no), limit=100),
        f"p{n}_reading": TextField(_("Person %(n)d: reading (kana or romanised)", n=no), limit=100),
        f"p{n}_role": ChoiceField(_("Person %(n)d: role", n=no), choices=choices_of(PersonRole, _("Choose"))),
        f"p{n}_department": TextField(_("Person %(n)d: department and position", n=no)),
        f"p{n}_erad_number": TextField(_("Person %(n)d: researcher number (e-Rad)", n=no), limit=20),
    }


def _subcontractor_fields(n: int) -> dict[str, Any]:
    no = n + 1
    return {
        f"s{n}_name": TextField(_("Subcontractor %(n)d: name", n=no)),
        f"s{n}_corporate_number": CorporateNumberField(_("Subcontractor %(n)d: corporate number (13 digits)", n=no)),
        f"s{n}_task": TextField(_("Subcontractor %(n)d: what it does", n=no), limit=400),
    }


def _named(member: Any, formdata: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of both tables, and what is stored in them."""
    people = _rows("p", member.named_people, formdata, MAX_PEOPLE)
    subcontractors = _rows("s", member.subcontractors, formdata, MAX_SUBCONTRACTORS)
    fields: dict[str, Any] = {"people_rows": people, "subcontractor_rows": subcontractors}
    for n in range(people):
        fields |= _person_fields(n)
    for n in range(subcontractors):
        fields |= _subcontractor_fields(n)
    stored: Mapping[str, tuple[Any, tuple[str, ...]]] = {
        "p": (member.named_people, PERSON),
        "s": (member.subcontractors, SUBCONTRACTOR),
    }
    data = {
        f"{letter}{row.position - 1}_{name}": getattr(row, name)
        for letter, (rows, names) in stored.items()
        for row in rows
        for name in names
    }
    return fields, data


def share_form(member: Any, years: list[int], formdata: Any = None) -> ShareForm:
    """The share of one member with a budget cell for each fiscal year and cost item, and rows for people and firms."""
    stored = {(line.fiscal_year, line.cost_item): line.amount_yen for line in member.budget_lines}
    every = tuple(sorted(set(years) | {year for year, _item in stored}))
    fields: dict[str, Any] = {"years": every}
    data = {
        name: getattr(member, name) for name in ("resources", "contribution_pct", "jsic", "holds_seed", "contact_name")
    }
    data["version"] = member.application.version
    for year in every:
        for code, item in COST_ITEMS.items():
            fields[f"b_{year}_{code}"] = YenField(f"FY{year} {item.name}")
            data[f"b_{year}_{code}"] = stored.get((year, code))
    named, values = _named(member, formdata)
    return type("TheShareForm", (ShareForm,), fields | named)(formdata, data=data | values)  # type: ignore[no-any-return]
