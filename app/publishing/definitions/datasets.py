"""The archive of public datasets: tables, code lists, a dictionary of every column, terms of use, checksums."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.applications.choices import MemberRole
from app.calls.choices import Programme
from app.clusters.choices import FIELDS
from app.core.exchange import show
from app.core.i18n import Bilingual
from app.organisations.choices import BUREAUS, ORG_TYPES, PREFECTURES
from app.outcomes.choices import DevState, Stage
from app.projects.choices import ProjectStatus
from app.publishing.definitions import packages
from app.publishing.definitions.bundles import Table, to_csv
from app.publishing.definitions.recompute import MANIFEST, manifest_of

#: The version of the layout; a new one may add columns, never change what one means.
LAYOUT = "1.1"
#: What the form begins with; the office changes it as it sees fit.
USUAL = {
    "licence_ja": "出典(事業名、データ番号、基準日)を記載すれば、複製・改変・再配布を含め自由に利用できます。加工した場合はその旨を記載してください。",
    "licence_en": "Free to use, copy, change and pass on if the source is named (programme, number of the data, as-of day). "
    "Say so where you have changed something.",
    "update_ja": "年1回、年度終了後の報告が出そろった後に新しい版を公表します。以前の版も引き続き入手できます。",
    "update_en": "A new edition comes once a year, after the reports on the fiscal year are in. Older editions stay available.",
}
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
        ("abstract", "abstract of the adopted proposal", "採択された提案の概要"),
    ),
    "award_members": (
        _KEY,
        ("role", "role (code list)", "役割(コード)"),
        ("corporate_number", "corporate number; empty for sole proprietors", "法人番号。個人事業主は空欄"),
        ("name_ja", "name in Japanese; empty for sole proprietors", "機関名。個人事業主は空欄"),
        ("name_en", "name in English; empty for sole proprietors", "機関名(英語)。個人事業主は空欄"),
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


@dataclass(frozen=True)
class About:
    """What is said of a set of data: whose terms apply, how often it is made anew, what it leaves out."""

    code: str
    title: Bilingual
    as_of: str
    licence: Bilingual
    update: Bilingual
    note: Bilingual


#: What stands beside the tables: (file, English, Japanese).
EXTRA = (
    ("dataset.json", "the set itself: title, day, terms, update, files with rows and columns", "データセットの説明(題名、基準日、利用条件、更新、各ファイルの行数・列)"),
    ("360giving.json", "awards with a recorded amount as a 360Giving package; recipients are all members of the consortium", "360Giving形式の採択一覧(金額の記録があるもの。受領機関は全参加機関)"),
    ("commongrants.json", "awards as a CommonGrants list", "CommonGrants形式の採択一覧"),
    ("LICENCE.txt", "terms of use", "利用条件"),
    ("README.txt", "where to begin", "はじめに"),
    ("manifest.sha256", "checksums of every file", "全ファイルのチェックサム"),
)  # fmt: skip


def files(tables: Mapping[str, Table], about: About) -> dict[str, bytes]:
    """Every file of the archive by its name, with a manifest of checksums: each table as CSV and as JSON."""
    dictionary: Table = [(f"{name}.csv", c, ja, en) for name, columns in COLUMNS.items() for c, en, ja in columns]
    every = {**tables, "codelists": _codelists(), "dictionary": dictionary}
    found, plain = {}, {}
    for name, rows in every.items():
        columns = [column[0] for column in COLUMNS[name]]
        shown = ([_cell(cell) for cell in row] for row in rows)
        found[f"{name}.csv"] = b"\xef\xbb\xbf" + to_csv(columns, shown)
        plain[name] = packages.records(columns, rows)
        found[f"{name}.json"] = packages.to_json(plain[name])
    awards, members = plain["awards"], plain["award_members"]
    found["360giving.json"] = packages.to_json(packages.giving(awards, members, about.title, about.as_of))
    found["commongrants.json"] = packages.to_json(packages.common(awards, members, about.as_of))
    found["dataset.json"] = packages.to_json(_described(every, about))
    found["LICENCE.txt"] = f"{about.licence.ja}\n\n{about.licence.en}\n".encode()
    found["README.txt"] = (
        f"{about.title.ja} / {about.title.en}\n{about.code}, layout {LAYOUT}, as of {about.as_of}\n\n"
        f"{about.note.ja}\n{about.note.en}\n\n更新 / Update\n{about.update.ja}\n{about.update.en}\n\n"
        "各表はCSVとJSONで同じ内容です。列の意味は dictionary.csv、コードは codelists.csv を参照。"
        "manifest.sha256 はSHA-256の一覧です。\n"
        "Each table stands as CSV and as JSON. Columns: dictionary.csv. Codes: codelists.csv. "
        "Checksums: manifest.sha256.\n\n" + "".join(f"{name}: {ja} / {en}\n" for name, en, ja in EXTRA)
    ).encode()
    found[MANIFEST] = manifest_of(found)
    return found


def _described(tables: Mapping[str, Table], about: About) -> dict[str, Any]:
    def both(words: Bilingual) -> dict[str, str]:
        return {"ja": words.ja, "en": words.en}

    listed = [
        {
            "name": name, "files": [f"{name}.csv", f"{name}.json"], "rows": len(rows),
            "columns": [{"name": c, "ja": ja, "en": en} for c, en, ja in COLUMNS[name]],
        }
        for name, rows in tables.items()
    ]  # fmt: skip
    return {
        "number": about.code, "layout": LAYOUT, "title": both(about.title), "as_of": about.as_of,
        "licence": both(about.licence), "update": both(about.update), "note": both(about.note), "tables": listed,
    }  # fmt: skip


def _cell(value: Any) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return str(int(value)) if isinstance(value, bool) else show(value)
