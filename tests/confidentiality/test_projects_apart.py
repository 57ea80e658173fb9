"""A partner's costs at every address of the house, asked by those they do not concern; looking changes nothing.

B of the cases: no page, workbook or file tells one partner's lines, vouchers or notes to another partner, to the lead or
to anybody outside the project (new addresses are covered by themselves). C42: no GET changes anything.
"""

import re
import zipfile
from io import BytesIO
from typing import Any

from app.applications.choices import Right
from app.applications.models import MemberPerson
from app.changes import operations as changes
from app.core.db import session
from app.flags import operations as flags
from app.flags import queries as flag_queries
from app.milestones import operations as milestones
from app.milestones import queries as reports
from app.money import operations as money_verbs
from tests.factories import chain, money, proposals
from tests.factories.people import organisation, person
from tests.support import dump

MARK, YEN = "KJQXZVWYPF", 7_654_321
#: Numbers that are drawn for the record of who looked.
COUNTERS = ("series",)


def _planted() -> tuple[dict[str, int], dict[str, Any]]:
    """(what stands in the addresses, the people); every text and amount of the partner carries a mark."""
    project = chain.running_project()
    contract = chain.award_of(project).contracts[0]
    lead_org, partner_org = money.organisations(project)
    lead, partner = money.people(project)
    hostile = f"{MARK} <b>&\"'"
    row = money.expense(contract, partner, partner_org, voucher=f"{MARK}-1", payee=hostile, description=hostile)
    amounts = {"gross_yen": YEN, "net_yen": YEN}
    money.expense(contract, partner, partner_org, cost_item="EQ", voucher=f"{MARK}-2", payee=MARK, **amounts)
    money.expense(contract, lead, lead_org)
    payment = money_verbs.advance(contract, 100_000, "wages", money.ACCOUNT, lead)
    member = next(m for m in project.application.members if m.organisation_id not in (lead_org, partner_org))  # type: ignore[union-attr]
    third = proposals.person_of(member)
    if third is None:
        third = person("applicant")
        session.add(MemberPerson(member_id=member.id, user_id=third.id, right=Right.sign))
    report = reports.reports_of(project.id)[0]
    said = milestones.PartData("work", "none", 3, {"MAT": 1_000, "LAB": YEN}, hostile, "", "", "", "")
    part = milestones.save_part(report, partner_org, said, 0, partner)
    milestones.confirm_part(report, partner_org, "A. Partner", part.version, partner)
    request = changes.open_request(project, lead)
    flags.refresh([project.id])
    session.flush()
    values = {
        "project_id": project.id, "contract_id": contract.id, "expense_id": row.id, "payment_id": payment.id,
        "organisation_id": partner_org, "report_id": report.id, "request_id": request.id,
        "milestone_id": reports.milestones_of(project.id)[0].id, "flag_id": flag_queries.of_project(project.id)[0].id,
    }  # fmt: skip
    return values, {"lead": lead, "partner": partner, "third": third}


def _addresses(app: Any, values: dict[str, int]) -> list[str]:
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if "GET" in (rule.methods or ()) and "static" not in rule.endpoint:
            path = re.sub(r"<any\(([^,)]+)[^)]*\):\w+>", lambda m: m[1].strip(), rule.rule)
            path = re.sub(r"<int:(\w+)>", lambda m: str(values.get(m[1], 1)), path)
            found += [] if "<" in path else [path]
    return found


def _text(answer: Any) -> str:
    """All that an answer says, a workbook's parts too."""
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return str(data.decode("utf-8", "replace"))


def test_no_address_tells_a_partners_lines_and_none_changes_anything(app: Any, client_for: Any) -> None:
    values, people = _planted()
    people |= {
        "stranger": person("applicant", of=organisation()), "manager": person("cluster_manager", scope="x"),
        "admin": person("admin"), "reviewer": chain.reviewer(), "auditor": person("auditor"),
    }  # fmt: skip
    session.commit()
    every, told = _addresses(app, values), {}
    for name, who in people.items():
        browser, before = client_for(who), dump.digests((*dump.RECORDS, *COUNTERS))
        for path in every:
            answer = browser.get(path)
            text = _text(answer)
            answer.close()
            assert answer.status_code < 500 and '<b>&"' not in text, (name, path)
            if MARK in text or f"{YEN:,}" in text or str(YEN) in text:
                told.setdefault(name, []).append(path)
        assert dump.digests((*dump.RECORDS, *COUNTERS)) == before, name
    assert set(told) == {"partner", "auditor"}, told  # the lead sees each partner's total, neither a line nor an item
    assert any(path.endswith(".xlsx") for path in told["partner"]), "the mark would show"
