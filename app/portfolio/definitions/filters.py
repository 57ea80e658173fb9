"""The registry of filters: key, label, how it is filled in, its codes. Their conditions are in ``queries.conditions``.

A filter whose ``grouping`` is set is also a row or column of a cross table and opens each of its cells, so a cell and
the list behind it are the same condition by construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.analytics.definitions import Verdict
from app.applications.choices import MemberRole
from app.calls.choices import FrameCode, Programme
from app.clusters.choices import FIELDS
from app.core.i18n import Bilingual
from app.flags.definitions import RULES
from app.organisations.choices import BUREAUS, ORG_TYPES, PREFECTURES
from app.outcomes.choices import DevState, Stage
from app.portfolio.choices import Kind
from app.projects.choices import ProjectStatus, Regime

#: The code of "has no value": never a code of any list.
NONE = "none"
UNKNOWN = Bilingual("not known", "不明")
#: A project that the definition does not count at all: withdrawn, or not completed by then.
OUTSIDE = "outside"


@dataclass(frozen=True)
class Filter:
    """``codes`` maps codes to labels. ``closed``: no other code is possible (an unknown one is refused in words);
    open lists show a foreign code as it is stored. ``missing`` is what a project without the value is called."""

    key: str
    label: Bilingual
    kind: Kind
    group: str
    codes: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = True
    missing: Bilingual | None = None
    grouping: bool = False
    hint: Bilingual | None = None

    def name_of(self, code: str) -> str:
        """The label of a code for people."""
        if code == NONE and self.missing is not None:
            return str(self.missing)
        return str(self.codes.get(code, code))


GROUPS = {
    "what": Bilingual("The project", "プロジェクト"),
    "when": Bilingual("Time and money", "時期・金額"),
    "who": Bilingual("Who takes part, and where", "参加機関・所在地"),
    "came": Bilingual("What came of it", "成果"),
}


def _labels(codes: Any) -> dict[str, Any]:
    return {str(code.value): getattr(code, "short", code.label) for code in codes}


def _names(codes: Mapping[str, Any]) -> dict[str, Any]:
    return {code: entry.name for code, entry in codes.items()}


_VERDICTS = {**_labels(Verdict), OUTSIDE: Bilingual("not counted", "対象外")}

FILTERS: dict[str, Filter] = {
    f.key: f
    for f in (
        Filter("text", Bilingual("Number or title", "番号・課題名"), Kind.text, "what"),
        Filter("programme", Bilingual("Programme", "事業"), Kind.choice, "what", _labels(Programme), grouping=True),
        Filter(
            "frame", Bilingual("Frame", "枠"), Kind.choice, "what", _labels(FrameCode), closed=False,
            missing=Bilingual("no frame", "枠なし"), grouping=True,
        ),
        Filter("status", Bilingual("State", "状態"), Kind.choice, "what", _labels(ProjectStatus), grouping=True),
        Filter(
            "regime", Bilingual("Regime", "委託・補助の別"), Kind.choice, "what", _labels(Regime), missing=UNKNOWN,
            grouping=True,
        ),
        Filter(
            "region", Bilingual("Bureau", "経済産業局"), Kind.choice, "what", _names(BUREAUS), closed=False,
            missing=UNKNOWN, grouping=True,
        ),
        Filter(
            "field", Bilingual("Field (any of its fields)", "分野(いずれか)"), Kind.choice, "what", _names(FIELDS),
            closed=False, missing=UNKNOWN,
        ),
        Filter(
            "main_field", Bilingual("Main field (the first named)", "主分野(最初に記載の分野)"), Kind.choice, "what",
            _names(FIELDS), closed=False, missing=UNKNOWN, grouping=True,
        ),
        Filter("adopted", Bilingual("Fiscal year of adoption", "採択年度"), Kind.years, "when", grouping=True),
        Filter(
            "completed", Bilingual("Fiscal year of completion", "完了年度"), Kind.years, "when",
            missing=Bilingual("not completed", "未完了"), grouping=True,
        ),
        Filter("amount", Bilingual("Amount", "金額"), Kind.yen, "when", missing=UNKNOWN),
        Filter(
            "organisation", Bilingual("Organisation (number or name)", "機関(法人番号・名称)"), Kind.text, "who",
            hint=Bilingual("A corporate number, the key, or a part of the name.", "法人番号、機関キー、又は名称の一部。"),
        ),
        Filter(
            "role", Bilingual("In the role", "役割"), Kind.choice, "who", _labels(MemberRole),
            hint=Bilingual("Of that organisation; of anybody when none is named.", "上の機関の役割。機関の指定がなければ誰でも可。"),
        ),
        Filter("org_type", Bilingual("Kind of a participant", "参加機関の種別"), Kind.choice, "who", _names(ORG_TYPES), closed=False),
        Filter(
            "seat", Bilingual("Prefecture of the leading organisation", "代表機関の都道府県"), Kind.choice, "who",
            _names(PREFECTURES), closed=False, missing=UNKNOWN, grouping=True,
        ),
        Filter("prefecture", Bilingual("Prefecture of any participant", "参加機関の都道府県"), Kind.choice, "who", _names(PREFECTURES)),
        Filter(
            "cluster", Bilingual("Cluster membership", "クラスター参加"), Kind.choice, "who", _VERDICTS, grouping=True
        ),
        Filter(
            "reached", Bilingual("Reached the level", "事業化水準への到達"), Kind.choice, "came", _VERDICTS, grouping=True
        ),
        Filter(
            "stage", Bilingual("Latest stage", "最新の事業化段階"), Kind.choice, "came", _labels(Stage),
            missing=Bilingual("nothing heard", "報告なし"), grouping=True,
        ),
        Filter(
            "dev_state", Bilingual("Latest development state", "最新の開発状況"), Kind.choice, "came", _labels(DevState),
            missing=Bilingual("nothing heard", "報告なし"), grouping=True,
        ),
        Filter("flag", Bilingual("Open flag", "未解決のフラグ"), Kind.choice, "came", {code: rule.title for code, rule in RULES.items()}),
    )
}  # fmt: skip
GROUPINGS = {key: f for key, f in FILTERS.items() if f.grouping}
#: These rest on what was observed, or on who belonged to a cluster: their answer needs a date (``Facts``).
ON_OUTCOMES = frozenset({"reached", "stage", "dev_state"})
ON_CLUSTERS = frozenset({"cluster"})
