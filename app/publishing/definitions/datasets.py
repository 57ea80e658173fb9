"""The archive of public datasets: tables, code lists, a dictionary of every column, terms of use, checksums."""

from collections.abc import Mapping
from typing import Any

from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.clusters.choices import FIELDS
from app.core.exchange import show
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS, ORG_TYPES, PREFECTURES
from app.outcomes.choices import DevState, Stage
from app.projects.choices import ProjectStatus
from app.publishing.definitions.bundles import Table, to_csv
from app.publishing.definitions.recompute import MANIFEST, manifest_of

#: The version of the layout; a new one may add columns, never change what one means.
LAYOUT = "1.0"
_KEY = ("award_no", "number of the award", "採択番号")
COLUMNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "awards": (
        _KEY,
        ("programme", "programme (code list)", "事業(コード)"),
        ("frame", "sub-stream of the call", "枠"),
        ("fiscal_year", "fiscal year of adoption, April to March", "採択年度"),
        ("adopted_on", "day of adoption", "採択日"),
        ("title_ja", "title in Japanese", "課題名"),
        ("title_en", "title in English", "課題名(英語)"),
        ("region", "bureau (code list)", "地域(コード)"),
        ("field", "fields separated by ; (code list)", "分野(コード、;区切り)"),
        ("amount_yen", "amount in yen; empty means not recorded", "金額(円)。空欄は記録なし"),
        ("started_on", "day of the start", "開始日"),
        ("completed_on", "day of completion", "完了日"),
        ("status", "state of the project (code list)", "状態(コード)"),
        ("synthetic", "1: made up for demonstration", "1は試験用の架空データ"),
    ),
    "award_members": (
        _KEY,
        ("role", "role (code list)", "役割(コード)"),
        ("corporate_number", "corporate number", "法人番号"),
        ("name_ja", "name in Japanese", "機関名"),
        ("name_en", "name in English", "機関名(英語)"),
        ("org_type", "kind of organisation (code list)", "機関種別(コード)"),
        ("prefecture", "prefecture, JIS X 0401", "都道府県(JIS X 0401)"),
        ("valid_from", "part of the project from", "参加開始日"),
        ("valid_to", "until before", "参加終了日(その日を含まない)"),
    ),
    "award_amounts": (
        _KEY,
        ("fiscal_year", "fiscal year", "年度"),
        ("amount_yen", "agreed amount of all partners in yen", "全機関の合計額(円)"),
    ),
    "outcomes": (
        _KEY,
        ("fiscal_year", "fiscal year of the observation", "観測年度"),
        ("dev_state", "last development state of the year (code list)", "年度末の開発状況(コード)"),
        ("stage", "last commercialization stage of the year, 0 to 5", "年度末の事業化段階(0~5)"),
    ),
    "first_reached": (
        _KEY,
        *((f"{e}_on", f"first day on which {e} was observed", f"{e}を最初に確認した日") for e in ("E0", "E1", "E2", "E3", "E4")),
    ),
    "clusters": (
        ("cluster_code", "code of the cluster project", "クラスターコード"),
        ("name_ja", "name in Japanese", "名称"),
        ("name_en", "name in English", "名称(英語)"),
        ("phase", "phase of the programme", "期"),
        ("bureau", "bureau (code list)", "経済産業局(コード)"),
        ("fields", "fields separated by ;", "分野(;区切り)"),
        ("valid_from", "from", "開始日"),
        ("valid_to", "until before", "終了日(その日を含まない)"),
    ),
    "cluster_membership_counts": (
        ("cluster_code", "code of the cluster project", "クラスターコード"),
        ("as_of", "day of the count", "基準日"),
        ("companies", "member companies; empty: one or two", "参加企業数。空欄は1~2"),
        ("universities", "member universities; empty: one or two", "参加大学数。空欄は1~2"),
        ("others", "other members; empty: one or two", "その他の参加機関数。空欄は1~2"),
        ("all", "all members; empty where a part is withheld", "合計。内訳に非表示がある場合は空欄"),
    ),
    "metrics": (
        ("figure", "number of the published figure", "数値番号"),
        ("status", "published or superseded", "公表・差替え済みの別"),
        ("definition", "definition", "定義"),
        ("definition_version", "version of the definition", "定義の版"),
        ("unit", "unit of numerator and denominator", "単位"),
        ("programme", "programme", "事業"),
        ("fiscal_years", "fiscal years A..B", "年度の範囲"),
        ("population", "population", "対象"),
        ("reference", "day or rule of reference", "基準"),
        ("as_of", "as of", "基準日"),
        ("known_at", "known at", "把握時点"),
        ("numerator", "k", "分子"),
        ("denominator", "n", "分母"),
        ("unknown", "u, in the unit of k", "不明"),
        ("rate", "k / n", "率"),
        ("lower", "lower bound k / n", "下限"),
        ("upper", "upper bound (k + u) / n", "上限"),
        ("wilson_low", "Wilson interval 95 %, low", "ウィルソン区間(95%)下端"),
        ("wilson_high", "Wilson interval 95 %, high", "ウィルソン区間(95%)上端"),
        ("data_sha256", "digest of the data counted", "データのSHA-256"),
        ("public_sha256", "digest of the public bundle's manifest", "公表用マニフェストのSHA-256"),
        ("published_at", "published at (UTC)", "公表日時(UTC)"),
        ("replaces", "figure that it replaced", "差し替えた数値番号"),
    ),
    "codelists": (
        ("scheme", "name of the list", "コード表"),
        ("code", "code", "コード"),
        ("ja", "meaning in Japanese", "意味(日本語)"),
        ("en", "meaning in English", "意味(英語)"),
    ),
    "dictionary": (
        ("file", "file", "ファイル"),
        ("column", "column", "列"),
        ("ja", "meaning in Japanese", "意味(日本語)"),
        ("en", "meaning in English", "意味(英語)"),
    ),
}  # fmt: skip


def _codelists() -> Table:
    enums: dict[str, Any] = {
        "programme": Programme, "role": MemberRole, "status": ProjectStatus, "dev_state": DevState, "stage": Stage,
    }  # fmt: skip
    rows: Table = [(name, str(m.value), m.label.ja, m.label.en) for name, kind in enums.items() for m in kind]
    lists = {"region": BUREAUS, "field": FIELDS, "org_type": ORG_TYPES, "prefecture": PREFECTURES}
    return rows + [(name, code, e.name.ja, e.name.en) for name, entries in lists.items() for code, e in entries.items()]


def files(
    tables: Mapping[str, Table], title: Bilingual, licence: Bilingual, code: str, as_of: str, note: Bilingual
) -> dict[str, bytes]:
    """Every file of the archive by its name, with a manifest of checksums."""
    dictionary: Table = [(f"{name}.csv", c, ja, en) for name, columns in COLUMNS.items() for c, en, ja in columns]
    every = {**tables, "codelists": _codelists(), "dictionary": dictionary}
    found = {}
    for name, rows in every.items():
        shown = ([_cell(cell) for cell in row] for row in rows)
        found[f"{name}.csv"] = b"\xef\xbb\xbf" + to_csv([column[0] for column in COLUMNS[name]], shown)
    found["LICENCE.txt"] = f"{licence.ja}\n\n{licence.en}\n".encode()
    found["README.txt"] = (
        f"{title.ja} / {title.en}\n{code}, layout {LAYOUT}, as of {as_of}\n\n{note.ja}\n{note.en}\n\n"
        "列の意味は dictionary.csv、コードは codelists.csv を参照。manifest.sha256 はSHA-256の一覧です。\n"
        "Columns: dictionary.csv. Codes: codelists.csv. Checksums: manifest.sha256.\n"
    ).encode()
    found[MANIFEST] = manifest_of(found)
    return found


def _cell(value: Any) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return str(int(value)) if isinstance(value, bool) else show(value)
