"""What anybody needs to count a figure anew: data, parameters, definitions in words, the answer, and a script.

Two bundles are made of a figure. The office's holds the records as they stand, with their keys. The public one holds no
more than the count needs, and nothing by which a record is recognised:
- keys of projects and organisations are replaced by keyed hashes whose key stays in the house, anew for each figure;
- no name, title, region, field, amount, product or source is in it, and no day: every unit stands at the beginning of its
  fiscal year, and where a single year may not be told, all stand under the first;
- of a project's outcomes it says whether it was heard of and had reached this level, not what else it reached or when;
- of participation it says what each unit counts as, not who took part with whom: other figures cannot be counted from it;
- figures in yen have none, because the amounts would name the projects.
So a public bundle tells what its figure tells, and not one thing more (CR-14).
"""

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.fiscal import fiscal_year_start
from app.publishing.definitions import recompute

Table = list[tuple[Any, ...]]
Units = Sequence[tuple[str, str, int]]

COLUMNS: dict[str, tuple[str, ...]] = {
    "projects": (
        "project_key", "programme", "status", "adopted_on", "started_on", "completed_on", "observed_from", "amount_yen",
    ),
    "participants": ("project_key", "org_key", "role", "allocation_yen", "valid_from", "valid_to"),
    "organisations": ("org_key", "org_type", "cluster_match"),
    "memberships": ("org_key", "valid_from", "valid_to"),
    "list_members": ("org_key",),
    "observations": ("project_key", "observed_on", "recorded_on", "dev_state", "stage", "evidence_level"),
}  # fmt: skip
_STATED: dict[str, tuple[str, ...]] = {
    "organisations": ("org_key", "org_type", "member"),
    "places": ("project_key", "org_key", "rank", "order", "member", "allocation_yen"),
}
_ANSWER = (
    "numerator", "denominator", "unknown", "rate", "lower", "upper", "responded", "response_rate", "rate_respondents",
)  # fmt: skip
#: The first instant that an archive can name: the same content gives the same bytes on every day.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
README = """\
{title_ja} / {title_en}
{code}

python3 recompute.py          (Python 3.9以降のみ / Python 3.9 or newer, nothing else)

このフォルダーのデータから数値を計算し直し、公表値と比較します。一致すれば終了コード0です。
The script counts the figure anew from data/ and compares it with expected.json and units.csv; 0 means the same.
manifest.sha256 のSHA-256を公表ページの値と照合してください。
Compare the SHA-256 of manifest.sha256 with the one on the page of the figure.

{about_ja}
{about_en}
"""
ABOUT = {
    "office": (
        "担当官用:記録の実際のキーを含みます。外部に渡さないでください。",
        "For the office: it holds the real keys of the records. Do not hand it on.",
    ),
    "public": (
        "公表用:プロジェクト・機関のキーは鍵付きハッシュに置き換え、日付は年度の初めに寄せ、この数値の計算に不要な項目は除いています。"
        "個別の年度を示せない場合は、すべて最初の年度に置いています。",
        "Public: keys of projects and organisations are keyed hashes, days are moved to the beginning of their fiscal year, "
        "and what this figure does not need is left out. Where single years may not be told, all stand under the first one.",
    ),
}


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Plain CSV for programs: what a cell holds is what stands there."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue().encode()


def data_files(tables: Mapping[str, Table], columns: Mapping[str, Sequence[str]] = COLUMNS) -> dict[str, bytes]:
    return {f"data/{name}.csv": to_csv(columns[name], sorted(rows, key=_text)) for name, rows in tables.items()}


def _text(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)


def expected(answer: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """What the script has to come to, besides the units."""
    found = {name: answer[name] for name in _ANSWER if name in answer}
    between = answer["interval"]
    found["interval"] = {"low": between["low"], "high": between["high"]} if between else None
    return found | dict(details)


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def files_of(
    code: str,
    form: str,
    asked: Mapping[str, Any],
    words: Mapping[str, Mapping[str, str]],
    data: Mapping[str, bytes],
    answer: Mapping[str, Any],
    units: Units,
) -> dict[str, bytes]:
    """Every file of a bundle by its name, the manifest too."""
    about_ja, about_en = ABOUT[form]
    readme = README.format(
        code=code, title_ja=words["title"]["ja"], title_en=words["title"]["en"], about_ja=about_ja, about_en=about_en
    )
    files = {
        **data,
        "README.txt": readme.encode(),
        "definitions.json": _json(words),
        "expected.json": _json(answer),
        "parameters.json": _json({"figure": code, "form": form, "question": asked}),
        "recompute.py": Path(recompute.__file__).read_bytes(),
        "units.csv": to_csv(("key", "verdict", "weight"), sorted(units)),
    }
    files[recompute.MANIFEST] = recompute.manifest_of(files)
    return files


def hash_of(files: Mapping[str, bytes]) -> str:
    """What the page of the figure shows: the digest of the manifest."""
    return hashlib.sha256(files[recompute.MANIFEST]).hexdigest()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A ZIP whose bytes depend on nothing but the files: order, times and attributes are fixed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


# --- the public bundle -----------------------------------------------------------------------------------------------


class _Hidden:
    """Keys as keyed hashes."""

    def __init__(self, salt: str) -> None:
        self._salt = bytes.fromhex(salt)

    def _hash(self, kind: str, key: str) -> str:
        return hmac.new(self._salt, f"{kind}:{key}".encode(), hashlib.sha256).hexdigest()[:20]

    def project(self, key: str) -> str:
        return self._hash("project", key)

    def org(self, key: str) -> str:
        return self._hash("organisation", key)


def public_files(
    code: str,
    asked: Mapping[str, Any],
    words: Mapping[str, Mapping[str, str]],
    data: Mapping[str, bytes],
    answer: Mapping[str, Any],
    units: Units,
    salt: str,
    years_open: bool,
) -> dict[str, bytes] | None:
    """The public bundle made from the office's data; None for figures in yen. ``years_open``: each single year may be
    told beside the total; else all units stand under the first one."""
    if asked["definition"] in ("PR-6a", "PR-6b"):
        return None
    answer = {name: value for name, value in answer.items() if name != "curve"}
    if not years_open:
        answer.pop("cohorts", None)
    found = recompute.counted(dict(data), dict(asked))
    years = {key: years[0] if years_open and years else int(asked["first_year"]) for key, _v, _w, years in found}
    make = _outcomes if asked["definition"].startswith("E") else _participation
    tables, renamed = make(asked, units, years, _Hidden(salt))
    told = [(renamed[key], verdict, weight) for key, verdict, weight in units]
    return files_of(code, "public", asked, words, data_files(tables, COLUMNS | _STATED), answer, told)


Public = tuple[dict[str, Table], dict[str, str]]


def _projects(asked: Mapping[str, Any], years: Iterable[tuple[str, int]]) -> Table:
    """(project, year) as a project that was completed, or adopted, at the beginning of that year and of which nothing
    else is said."""
    programme = "" if asked["programme"] == "all" else str(asked["programme"])
    by_adoption = asked.get("population") == "adopted"
    rows: Table = []
    for key, year in years:
        start = fiscal_year_start(year)
        adopted, completed = (start, "") if by_adoption else ("", start)
        status = "adopted" if by_adoption else "completed"
        rows.append((key, programme, status, adopted, "", completed, "", ""))
    return rows


def _outcomes(asked: Mapping[str, Any], units: Units, years: Mapping[str, int], hidden: _Hidden) -> Public:
    """Of a project nothing but this: heard of or not, the level reached or not."""
    renamed = {key: hidden.project(key) for key, _verdict, _weight in units}
    stage = recompute.STAGES.get(asked["definition"], 0)
    said = {"yes": ("launched", stage), "no": ("research", 0)}
    observations: Table = [
        (renamed[key], fiscal_year_start(years[key]), asked["known_at"], *said[verdict], asked["min_evidence"])
        for key, verdict, _weight in units
        if verdict in said
    ]
    projects = _projects(asked, ((renamed[key], years[key]) for key, _verdict, _weight in units))
    return {"projects": projects, "observations": observations}, renamed


def _participation(asked: Mapping[str, Any], units: Units, years: Mapping[str, int], hidden: _Hidden) -> Public:
    """Every unit stands alone: who took part in one project with whom, or in several, is told by no bundle."""
    name = asked["definition"]
    keys = [key for key, _verdict, _weight in units]
    org = {key: hidden.org(key) for key in keys}
    if name == "PR-8":
        told: Table = [(org[key], "company", verdict) for key, verdict, _weight in units]
        return {"organisations": told, "list_members": [(org[key],) for key in keys]}, org
    project = {key: hidden.project(key) for key in keys}
    tables: dict[str, Table] = {"projects": _projects(asked, ((project[key], years[key]) for key in keys))}
    if name == "PR-7":
        tables["organisations"] = [(org[key], "company", "yes") for key in keys]
    tables["places"] = [
        (project[key], org[key], "", "", verdict, "")
        for key, verdict, _weight in units
        if name != "PR-7" or verdict == "yes"
    ]
    if name in ("PR-4", "PR-7"):
        return tables, org
    return tables, {key: f"{project[key]}/{org[key]}" for key in keys} if name == "PR-5" else project
