"""Counts a published figure anew, from the files beside this script, and compares.

    python3 recompute.py             in the folder into which the bundle was unpacked
    python3 recompute.py BUNDLE.zip  on the bundle itself

Needs Python 3.9 or newer and nothing else: no package, no network, none of the publisher's software. It shares no line
with the software that made the figure; it is a second reading of the same definitions. The answer is 0 when every file
is as it was packed and every number comes out the same, and 1 with words otherwise.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import zipfile
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

MANIFEST = "manifest.sha256"
#: A published bundle says only that it is one.
COMPANIES = {"company_large", "company_sme", "company_small", "sole_proprietor", "company"}
ORDER = {"no": 0, "unknown": 1, "yes": 2}
STAGES = {"E0": 1, "E2": 3, "E3": 4, "E4": 5}
CLOSE = 1e-9


# --- reading ---------------------------------------------------------------------------------------------------------


def manifest_of(files: dict[str, bytes]) -> bytes:
    """One line for each file but the manifest: its SHA-256, two spaces, its name; in the order of the names."""
    names = sorted(name for name in files if name != MANIFEST)
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names).encode()


def load(place: Path) -> dict[str, bytes]:
    """Every file of the bundle by its name."""
    if place.is_dir():
        return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}
    with zipfile.ZipFile(place) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def altered(files: dict[str, bytes]) -> list[str]:
    """What is not as it was packed."""
    if MANIFEST not in files:
        return [f"the file {MANIFEST} is missing"]
    listed = {}
    for line in files[MANIFEST].decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    found = [f"{name} is missing" for name in sorted(set(listed) - set(files))]
    for name in sorted(set(files) - {MANIFEST}):
        if name not in listed:
            found.append(f"{name} does not belong to the bundle")
        elif hashlib.sha256(files[name]).hexdigest() != listed[name]:
            found.append(f"{name} was altered")
    if not found and files[MANIFEST] != manifest_of(files):
        found.append(f"{MANIFEST} was altered")
    return found


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """The lines of a CSV file as they stand there; none where the bundle has no such file."""
    data = files.get(f"data/{name}.csv")
    return [] if data is None else list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def sure(text: str) -> date:
    return date.fromisoformat(text)


def fiscal_year(when: date) -> int:
    """April to March, named by the year in which it begins."""
    return when.year if when.month >= 4 else when.year - 1


def years_later(when: date, years: int) -> date:
    """The same day some years on; 29 February becomes the 28th where there is no 29th."""
    try:
        return when.replace(year=when.year + years)
    except ValueError:
        return when.replace(year=when.year + years, day=28)


# --- who is a member -------------------------------------------------------------------------------------------------


class Register:
    """Organisations with their memberships."""

    def __init__(self, files: dict[str, bytes], reference: str) -> None:
        self.kind, _, text = reference.partition(":")
        self.day = day(text)
        self.organisations = {row["org_key"]: row for row in rows(files, "organisations")}
        self.spans: dict[str, list[tuple[date, date | None]]] = {}
        for row in rows(files, "memberships"):
            self.spans.setdefault(row["org_key"], []).append((sure(row["valid_from"]), day(row["valid_to"])))

    def belongs(self, org: str, when: date) -> bool:
        for start, end in self.spans.get(org, []):
            if start <= when and (self.kind == "ever" or end is None or when < end):
                return True
        return False

    def verdict(self, org: str, when: date | None) -> str:
        """yes, no or unknown; a published bundle states it, another has the dates to judge by."""
        row = self.organisations[org]
        if "member" in row:
            return row["member"]
        if when is None:
            return "unknown"
        if self.belongs(org, when):
            return "yes"
        return "unknown" if row["cluster_match"] == "unmatched" and org not in self.spans else "no"

    def reference_of(self, project: dict[str, str]) -> date | None:
        if self.kind in ("fixed", "ever"):
            return self.day
        return day(project[{"adoption": "adopted_on", "start": "started_on", "completion": "completed_on"}[self.kind]])


class Place:
    """One company in one project."""

    def __init__(self, project: str, org: str, rank: int, order: str, verdict: str, allocation: int) -> None:
        self.project, self.org, self.rank, self.order = project, org, rank, order
        self.verdict, self.allocation = verdict, allocation


RANKS = {"core_company": 0, "lead_company": 1}


def places_of(files: dict[str, bytes], register: Register, projects: dict[str, dict[str, str]]) -> list[Place]:
    """Every company that took part on the day of adoption, once for each project."""
    found = []
    stated = rows(files, "places")
    for row in stated:
        rank, order = int(row["rank"] or 0), row["order"].zfill(9)
        found.append(
            Place(row["project_key"], row["org_key"], rank, order, row["member"], int(row["allocation_yen"] or 0))
        )
    if stated:
        return found
    together: dict[tuple[str, str], Place] = {}
    for row in rows(files, "participants"):
        project = projects.get(row["project_key"])
        if project is None or register.organisations[row["org_key"]]["org_type"] not in COMPANIES:
            continue
        adopted, start, end = sure(project["adopted_on"]), day(row["valid_from"]), day(row["valid_to"])
        if (start and start > adopted) or (end and end <= adopted):
            continue
        key = (row["project_key"], row["org_key"])
        if key not in together:
            verdict = register.verdict(row["org_key"], register.reference_of(project))
            together[key] = Place(key[0], key[1], 2, key[1], verdict, 0)
        place = together[key]
        place.rank = min(place.rank, RANKS.get(row["role"], 2))
        place.allocation += int(row["allocation_yen"] or 0)
    return list(together.values())


# --- what is counted: (key, verdict, weight, fiscal years in which it stands) ----------------------------------------


def population(files: dict[str, bytes], asked: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The projects of the question with the fiscal year under which they stand."""
    found = {}
    for row in rows(files, "projects"):
        if asked["population"] == "adopted":
            fits, basis = row["status"] != "withdrawn", day(row["adopted_on"])
        else:
            fits, basis = row["status"] == "completed", day(row["completed_on"])
        if not fits or basis is None or (asked["programme"] != "all" and row["programme"] != asked["programme"]):
            continue
        year = fiscal_year(basis)
        if asked["first_year"] <= year <= asked["last_year"]:
            found[row["project_key"]] = dict(row, year=str(year))
    return found


def majority(verdicts: list[str]) -> str:
    yes, unknown, n = verdicts.count("yes"), verdicts.count("unknown"), len(verdicts)
    if 2 * yes >= n:
        return "yes"
    return "unknown" if 2 * (yes + unknown) >= n else "no"


def participation(files: dict[str, bytes], asked: dict[str, Any]) -> list[Any]:
    """PR-1 to PR-8."""
    name = asked["definition"]
    projects = population(files, asked)
    register = Register(files, asked["reference"])
    if name == "PR-8":
        listed = [row["org_key"] for row in rows(files, "list_members")]
        return [(org, register.verdict(org, register.day), 1, []) for org in listed]
    places = places_of(files, register, projects)
    if name == "PR-7":
        busy = {place.org for place in places}
        return [
            (org, "yes" if org in busy else "no", 1, [])
            for org, row in register.organisations.items()
            if row["org_type"] in COMPANIES and register.verdict(org, register.day) == "yes"
        ]
    if name in ("PR-5", "PR-6b"):
        return [
            (
                p.project + "/" + p.org,
                p.verdict,
                p.allocation if name == "PR-6b" else 1,
                [int(projects[p.project]["year"])],
            )
            for p in places
        ]
    if name == "PR-4":
        firms: dict[str, list[Place]] = {}
        for place in places:
            firms.setdefault(place.org, []).append(place)
        return [
            (
                org,
                max((p.verdict for p in held), key=ORDER.__getitem__),
                1,
                sorted({int(projects[p.project]["year"]) for p in held}),
            )
            for org, held in firms.items()
        ]
    by_project: dict[str, list[Place]] = {key: [] for key in projects}
    for place in places:
        by_project[place.project].append(place)
    found = []
    for key, held in by_project.items():
        if not held:
            verdict = "no"
        elif name == "PR-2":
            verdict = min(held, key=lambda p: (p.rank, p.order)).verdict
        elif name == "PR-3":
            verdict = majority([p.verdict for p in held])
        else:
            verdict = max((p.verdict for p in held), key=ORDER.__getitem__)
        weight = int(projects[key]["amount_yen"] or 0) if name == "PR-6a" else 1
        found.append((key, verdict, weight, [int(projects[key]["year"])]))
    return found


def commercialization(files: dict[str, bytes], asked: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """E0 to E4: the units, and of each (entry, time, how it ended) for the curve."""
    as_of, known_at = sure(asked["as_of"]), day(asked["known_at"] or "")
    due = {
        key: row
        for key, row in population(files, dict(asked, population="completed")).items()
        if years_later(sure(row["completed_on"]), asked["lag"]) <= as_of
    }
    heard: dict[str, list[dict[str, str]]] = {key: [] for key in due}
    for row in rows(files, "observations"):
        late = known_at is not None and sure(row["recorded_on"]) > known_at
        if row["project_key"] in heard and not late and sure(row["observed_on"]) <= as_of:
            heard[row["project_key"]].append(row)

    def reaches(row: dict[str, str]) -> bool:
        if asked["definition"] == "E1":
            return row["dev_state"] in ("productization", "launched")
        return int(row["stage"]) >= STAGES[asked["definition"]]

    units, spells = [], []
    for key, project in due.items():
        counting = [row for row in heard[key] if int(row["evidence_level"]) >= asked["min_evidence"]]
        reached = min((sure(row["observed_on"]) for row in counting if reaches(row)), default=None)
        stopped = min((sure(row["observed_on"]) for row in counting if row["dev_state"] == "stopped"), default=None)
        last = max((sure(row["observed_on"]) for row in counting), default=None)
        verdict = "unknown" if not heard[key] else "yes" if reached else "no"
        units.append((key, verdict, 1, [int(project["year"])]))
        year = int(project["year"])
        entry = max(0, fiscal_year(sure(project["observed_from"])) - year) if project["observed_from"] else 0
        if reached is not None and (stopped is None or reached <= stopped):
            spells.append((entry, max(0, fiscal_year(reached) - year), "event"))
        elif stopped is not None:
            spells.append((entry, max(0, fiscal_year(stopped) - year), "competing"))
        else:
            spells.append((entry, max(0, fiscal_year(last) - year) if last else 0, "censored"))
    return units, spells


def curve(spells: list[Any]) -> list[dict[str, Any]]:
    """Cumulative incidence with competing ends, year by year; at equal t events come before censoring."""
    points = []
    free, naive, reached, ended = 1.0, 1.0, 0.0, 0.0
    for t in range(max((time for _e, time, _how in spells), default=-1) + 1):
        at_risk = sum(1 for entry, time, _how in spells if entry <= t <= time)
        here = [how for entry, time, how in spells if time == t and entry <= time]
        events, competing = here.count("event"), here.count("competing")
        if at_risk:
            reached += free * events / at_risk
            ended += free * competing / at_risk
            free *= 1 - (events + competing) / at_risk
            naive *= 1 - events / at_risk
        points.append(
            {"t": t, "at_risk": at_risk, "events": events, "competing": competing, "censored": here.count("censored"),
             "cif": reached, "cif_competing": ended, "survival": free, "km_naive": 1 - naive}
        )  # fmt: skip
    return points


# --- the answer ------------------------------------------------------------------------------------------------------


def wilson(k: int, n: int) -> dict[str, float | None]:
    if n == 0:
        return {"low": None, "high": None}
    z, p = NormalDist().inv_cdf(0.975), k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {"low": 0.0 if k == 0 else max(0.0, centre - half), "high": 1.0 if k == n else min(1.0, centre + half)}


def counted(files: dict[str, bytes], asked: dict[str, Any]) -> list[Any]:
    """The units: (key, verdict, weight, fiscal years in which it stands)."""
    return commercialization(files, asked)[0] if asked["definition"].startswith("E") else participation(files, asked)


def computed(files: dict[str, bytes], asked: dict[str, Any]) -> dict[str, Any]:
    """Everything that the bundle states as expected, counted from its data."""
    spells: list[Any] = []
    if asked["definition"].startswith("E"):
        units, spells = commercialization(files, asked)
    else:
        units = participation(files, asked)
    sums = {verdict: sum(weight for _k, v, weight, _y in units if v == verdict) for verdict in ORDER}
    k, n, u = sums["yes"], sum(sums.values()), sums["unknown"]
    yen = asked["definition"] in ("PR-6a", "PR-6b")
    share = k / n if n else None
    found: dict[str, Any] = {
        "numerator": k, "denominator": n, "unknown": u, "rate": share, "lower": share,
        "upper": (k + u) / n if n else None, "interval": None if yen else wilson(k, n),
    }  # fmt: skip
    cohorts: dict[int, dict[str, int]] = {}
    for _key, verdict, weight, years in units:
        for year in years:
            cohorts.setdefault(year, {"yes": 0, "unknown": 0, "no": 0})[verdict] += weight
    found["cohorts"] = [[year, c["yes"], c["unknown"], c["no"]] for year, c in sorted(cohorts.items())]
    if asked["definition"].startswith("E"):
        found["responded"] = n - u
        found["response_rate"] = (n - u) / n if n else None
        found["rate_respondents"] = k / (n - u) if n - u else None
        found["curve"] = curve(spells)
    found["units"] = sorted([key, verdict, weight] for key, verdict, weight, _years in units)
    return found


def differences(expected: Any, counted: Any, where: str = "") -> list[str]:
    """Where two answers differ, in words."""
    if isinstance(expected, dict) and isinstance(counted, dict):
        found = []
        for name in expected:
            inside = f"{where}.{name}" if where else name
            if name not in counted:
                found.append(f"{inside} is not counted here")
            else:
                found += differences(expected[name], counted[name], inside)
        return found
    if isinstance(expected, list) and isinstance(counted, list):
        if len(expected) != len(counted):
            return [f"{where}: {len(expected)} published, {len(counted)} counted"]
        found = []
        for n, (one, other) in enumerate(zip(expected, counted)):  # noqa: B905 - "strict" came with Python 3.10
            found += differences(one, other, f"{where}[{n}]")
        return found
    if isinstance(expected, float) and isinstance(counted, (int, float)):
        return [] if abs(expected - counted) <= CLOSE else [f"{where}: {expected!r} published, {counted!r} counted"]
    return [] if expected == counted else [f"{where}: {expected!r} published, {counted!r} counted"]


def expected_of(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["expected.json"].decode("utf-8"))
    listed = csv.reader(io.StringIO(files["units.csv"].decode("utf-8"), newline=""))
    next(listed)
    found["units"] = sorted([key, verdict, int(weight)] for key, verdict, weight in listed)
    return found


def main(arguments: list[str]) -> int:
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    say = sys.stdout.write
    try:
        files = load(place)
        wrong = altered(files)
        if not wrong:
            asked = json.loads(files["parameters.json"].decode("utf-8"))["question"]
            wrong = differences(expected_of(files), computed(files, asked))
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        say(f"NOT THE SAME: the bundle cannot be read ({type(error).__name__}: {error})\n")
        return 1
    if wrong:
        say(f"NOT THE SAME: {len(wrong)} difference(s)\n")
        for line in wrong[:50]:
            say(f"  {line}\n")
        return 1
    expected = expected_of(files)
    say("THE SAME: {} of {}, unknown {}\n".format(expected["numerator"], expected["denominator"], expected["unknown"]))
    say(f"manifest {hashlib.sha256(files[MANIFEST]).hexdigest()} (compare it with the page)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
