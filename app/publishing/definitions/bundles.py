"""What anybody needs to count a figure anew: data, parameters, definitions in words, the answer, and a script.

Two bundles are made of a figure. The office's holds the records as they stand, with their keys. The public one holds no
more than the count needs, and nothing by which a record is recognised:
- keys of projects and organisations are replaced by keyed hashes whose key stays in the house, anew for each figure;
- no name, title, region, field, amount, product or source is in it;
- days are moved to the beginning of their fiscal year, one day on for each later day of the same project and year, so
  that order and years remain; where the cell of a single year is small, all projects are moved to the same year;
- of participation it says who was a member on the reference date, not from when until when;
- figures in yen have none, because the amounts would name the projects.
"""

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.core.fiscal import fiscal_year, fiscal_year_start
from app.publishing.definitions import recompute
from app.publishing.definitions.suppression import cohorts_tell

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
        "公表用:プロジェクト・機関のキーは鍵付きハッシュに置き換え、日付は年度の初めに寄せ、計算に不要な項目は除いています。",
        "Public: keys of projects and organisations are keyed hashes, days are moved to the beginning of their fiscal year, "
        "and what the count does not need is left out.",
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
) -> dict[str, bytes] | None:
    """The public bundle made from the office's data; None for figures in yen."""
    if asked["definition"] in ("PR-6a", "PR-6b"):
        return None
    hidden = _Hidden(salt)
    answer = dict(answer)
    years = answer.get("cohorts") or []
    year_tells = cohorts_tell(years)
    if year_tells:
        del answer["cohorts"]
    move = (lambda year: asked["first_year"]) if year_tells else (lambda year: year)
    if asked["definition"].startswith("E"):
        tables, columns = _outcomes(data, asked, hidden, move), COLUMNS
        renamed = {key: hidden.project(key) for key, _verdict, _weight in units}
    else:
        tables, renamed = _participation(data, asked, hidden, move)
        columns = COLUMNS | _STATED
    told = [(renamed[key], verdict, weight) for key, verdict, weight in units]
    return files_of(code, "public", asked, words, data_files(tables, columns), answer, told)


def _programme(asked: Mapping[str, Any]) -> str:
    return "" if asked["programme"] == "all" else str(asked["programme"])


def _outcomes(data: Mapping[str, bytes], asked: Mapping[str, Any], hidden: _Hidden, move: Any) -> dict[str, Table]:
    """Every day stands for its fiscal year and for its place among the project's days of that year. No day moves
    forward, so that what was due and what was known remain so."""
    files = dict(data)
    units, _spells = recompute.commercialization(files, dict(asked))
    due = {key: years[0] for key, _verdict, _weight, years in units}
    days: dict[str, list[date]] = {}
    observations = [
        row
        for row in recompute.rows(files, "observations")
        if row["project_key"] in due
        and row["observed_on"] <= asked["as_of"]
        and row["recorded_on"] <= asked["known_at"]
    ]
    for row in observations:
        days.setdefault(row["project_key"], []).append(date.fromisoformat(row["observed_on"]))

    def moved(key: str, day: date) -> date:
        year = fiscal_year(day)
        earlier = {d for d in days.get(key, ()) if d < day and fiscal_year(d) == year}
        return fiscal_year_start(year - due[key] + move(due[key])) + timedelta(days=len(earlier))

    projects: Table = []
    for row in recompute.rows(files, "projects"):
        if (key := row["project_key"]) in due:
            seen_from = row["observed_from"]
            back = due[key] - move(due[key])
            entry = fiscal_year_start(fiscal_year(date.fromisoformat(seen_from)) - back) if seen_from else ""
            completed = fiscal_year_start(due[key] - back)
            projects.append((hidden.project(key), _programme(asked), "completed", "", "", completed, entry, ""))
    told: Table = []
    for row in observations:
        observed = moved(row["project_key"], date.fromisoformat(row["observed_on"]))
        key, state, stage = hidden.project(row["project_key"]), row["dev_state"], row["stage"]
        told.append((key, observed, asked["known_at"], state, stage, row["evidence_level"]))
    return {"projects": projects, "observations": told}


def _participation(
    data: Mapping[str, bytes], asked: Mapping[str, Any], hidden: _Hidden, move: Any
) -> tuple[dict[str, Table], dict[str, str]]:
    """Projects, places and organisations with who was a member; and what each unit is called now."""
    files, name = dict(data), asked["definition"]
    register = recompute.Register(files, asked["reference"])
    if name == "PR-8":
        listed = [row["org_key"] for row in recompute.rows(files, "list_members")]
        told: Table = [(hidden.org(org), "company", register.verdict(org, register.day)) for org in listed]
        renamed = {org: hidden.org(org) for org in listed}
        return {"organisations": told, "list_members": [(key,) for key in renamed.values()]}, renamed
    population = recompute.population(files, dict(asked))
    places = recompute.places_of(files, register, population)
    status = "adopted" if asked["population"] == "adopted" else "completed"
    projects: Table = []
    for key, row in population.items():
        year = fiscal_year_start(move(int(row["year"])))
        adopted, completed = (year, "") if status == "adopted" else ("", year)
        projects.append((hidden.project(key), _programme(asked), status, adopted, "", completed, "", ""))
    order = {org: n for n, org in enumerate(sorted({place.org for place in places}))} if name == "PR-2" else {}
    tables: dict[str, Table] = {"projects": projects}
    renamed = {key: hidden.project(key) for key in population} if name in ("PR-1", "PR-2", "PR-3") else {}
    if name == "PR-7":
        units = recompute.participation(files, dict(asked))
        renamed = {org: hidden.org(org) for org, _verdict, _weight, _years in units}
        tables["organisations"] = [(key, "company", "yes") for key in renamed.values()]
        places = [place for place in places if place.org in renamed]
    elif name in ("PR-4", "PR-5"):
        for place in places:
            key, org = hidden.project(place.project), hidden.org(place.org)
            renamed[place.org if name == "PR-4" else f"{place.project}/{place.org}"] = (
                org if name == "PR-4" else f"{key}/{org}"
            )
    tables["places"] = [
        (
            hidden.project(place.project), hidden.org(place.org), place.rank if order else "",
            order.get(place.org, ""), place.verdict, "",
        )
        for place in places
    ]  # fmt: skip
    return tables, renamed
