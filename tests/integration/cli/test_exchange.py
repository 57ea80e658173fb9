"""Files in and out: the fixed point, all or nothing, and every fault at its line and column."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.cli.exchange import KINDS
from app.clusters.models import Membership
from app.core import exchange, numbering
from app.core.audit import Event
from app.core.db import session
from app.organisations.models import Organisation
from app.projects.models import Project
from config import load_settings

pytestmark = pytest.mark.both_databases

FILES = {
    "organisations": [
        "org_key,corporate_number,name_ja,name_en,org_type,prefecture,jsic,jsic_revision,capital_yen,employees,established_on,closed_on,cluster_match",
        "é-1,,合成企業,,company_sme,13,2661,11,1000000000000,300,1950-04-01,,matched",
        'a-2,4000012090001,"経済,産業""省",\'=HYPERLINK(1),national_government,,,,,,,2020-03-31,unmatched',
        "Z-3,,,'@name,company_small,47,F,11,0,0,,,matched",
    ],
    "clusters": ["cluster_code,name_en,name_ja,phase,bureau,fields,valid_from,valid_to", "c1,One,一,1,kanto,it;bio,2001-04-01,2006-04-01", "c2,Two,二,2,kinki,,2006-04-01,"],
    "cluster_links": ["from_code,to_code,kind", ",c2,new", "c1,,ended", "c1,c2,merges"],
    "memberships": ["org_key,cluster_code,valid_from,valid_to,evidence", "a-2,c1,2001-04-01,2002-04-01,", "a-2,c1,2003-04-01,,'-form 3", "é-1,c2,2006-04-01,,"],
    "cluster_areas": ["cluster_code,area_code,name_en,name_ja,places,valid_from,valid_to,source", "c2,tama,TAMA,,,2006-04-01,,'=slides"],
    "new_businesses": [
        "business_key,cluster_code,org_key,name_en,name_ja,type,kind,started_on,evidence,distinct_from",
        "b1,c1,Z-3,Gear module,,product,actual,2005-04-01,catalogue,",
        "b2,c2,Z-3,Gear modules,,product,forecast,2009-04-01,,b1",
    ],
    "projects": [
        "project_key,programme,frame,title_en,title_ja,region,field,adopted_on,started_on,completed_on,status,amount_yen,observed_from",
        "p1,consortium_rd,general,Title,題,kanto,robots;it,2003-07-01,2003-08-01,2005-03-31,completed,100000000,",
        "p2,new_collaboration,,,,,,2005-07-01,,,adopted,,2006-04-01",
    ],
    "participants": ["project_key,org_key,role,allocation_yen,valid_from,valid_to", "p1,a-2,managing_organisation,5,,", "p1,é-1,implementer,,,2004-04-01", "p1,é-1,implementer,7,2004-04-01,"],
    "outcomes": ["project_key,observed_on,recorded_on,dev_state,stage,evidence_level,product_key,source", "p1,2006-03-31,2006-05-01,launched,4,2,x,survey", "p1,2006-03-31,2006-06-01,launched,3,2,,"],
    "products": [
        "product_key,number,name_ja,name_en,kind,org_key,first_sale_on,withdrawn_on,event_on,recorded_on,evidence_level,source",
        "x,1,歯車,,product,é-1,,,2006-03-31,2006-05-01,2,survey", "x,2,歯車,'-Gear,product,é-1,2006-02-01,,2006-03-31,2006-06-01,3,",
        "y,1,,Survey,service,,,2007-03-31,2006-03-31,2006-05-01,0,",
    ],
    "attributions": [
        "product_key,number,project_key,share,valid_from,recorded_on,evidence_level,source",
        "x,1,p1,10000,2003-08-01,2006-05-01,2,", "x,2,p1,5000,2006-04-01,2006-07-01,2,split", "x,3,p2,5000,2006-04-01,2006-07-01,2,split",
    ],
    "sales": [
        "product_key,number,fiscal_year,sales_yen,cost_yen,export_yen,recorded_on,evidence_level,source",
        "x,1,2005,1000000000000,,,2006-05-01,2,", "x,2,2005,10,5,0,2006-06-01,3,accounts",
    ],
    "population_lists": ["list_code,name_en,name_ja,unit,as_of", "l1,List,リスト,company,2006-03-31"],
    "population_members": ["list_code,org_key", "l1,a-2", "l1,é-1"],
    "awards": ["funder,award_no,title_en,title_ja,abstract,corporate_numbers,people,amount_yen,starts_on,ends_on", "Agency,A-1,Title,題,,4000012090001,山田 太郎;J. Doe,1000,2026-04-01,2028-03-31", "Agency,A-2,,題名,,,,,,"],
    "org_profiles": [
        "org_key,fiscal_year,jsic,capital_yen,employees,large_company_share_pct,officers_from_large_pct,sales_yen,operating_profit_yen,net_profit_yen,rd_cost_yen,source",
        "é-1,2004,2661,,290,,,900000000000,-5,'-1000000000000,0,accounts", "é-1,2005,,,300,10,0,,,,,", "Z-3,2004,F,0,0,,,0,0,0,,'=x",
    ],
    "industry_series": [
        "source,industry,fiscal_year,item,value", "Statistics,26,2004,sales,123456789", "Statistics,26,2004,net_profit,'-17", "Statistics,F,2005,employees,0",
    ],
}  # fmt: skip


def text(kind: str, *rows: str) -> bytes:
    return "\n".join((FILES[kind][0], *rows)).encode()


def run(kind: str, data: bytes | str, **options: Any) -> exchange.Report:
    return exchange.run(KINDS[kind], data.encode() if isinstance(data, str) else data, **options)


def load_all() -> None:
    for kind in KINDS:
        report = run(kind, "\n".join(FILES[kind]))
        assert report.good, (kind, report.errors)
        assert report.created == report.rows == len(FILES[kind]) - 1


def faults(kind: str, *rows: str) -> set[tuple[int, str, str]]:
    return {(e.line, e.column, e.code) for e in run(kind, text(kind, *rows)).errors}


def exported(kind: str) -> str:
    return "".join(exchange.write(KINDS[kind]))


def test_export_import_export_is_a_fixed_point(app: Flask) -> None:
    load_all()
    before = {kind: exported(kind) for kind in KINDS}
    nested = session.begin_nested()
    for table in (
        "industry_series",
        "org_profile_year",
        "funding_award",
        "sales_year",
        "attribution",
        "product_version",
        "product",
        "observation",
        "participant",
        "population_member",
        "population_list",
        "membership",
        "new_business",
        "cluster_area",
        "cluster_link",
        "cluster",
        "project",
        "organisation",
    ):
        session.execute(exchange.select(func.count()).select_from(Organisation))
        session.connection().exec_driver_sql(f"delete from {table}")
    for kind in KINDS:
        report = run(kind, before[kind])
        assert report.good and report.created == report.rows
    assert {kind: exported(kind) for kind in KINDS} == before
    nested.rollback()


def test_twice_changes_nothing(app: Flask) -> None:
    load_all()
    version = numbering.version()
    events = session.scalar(select(func.count()).select_from(Event))
    for kind in KINDS:
        report = run(kind, "\n".join(FILES[kind]))
        assert report.good and report.unchanged == report.rows and not report.created and not report.updated
    assert numbering.version() == version
    assert session.scalar(select(func.count()).select_from(Event)) == events


def test_keys_come_in_the_order_of_their_characters(app: Flask) -> None:
    load_all()
    assert [line.split(",")[0] for line in exported("organisations").splitlines()[1:]] == ["Z-3", "a-2", "é-1"]


def test_formulas_are_guarded_and_come_back_as_they_were(app: Flask) -> None:
    load_all()
    row = session.scalar(select(Organisation).where(Organisation.org_key == "a-2"))
    assert row is not None and row.name_en == "=HYPERLINK(1)"
    assert ",'=HYPERLINK(1)," in exported("organisations")
    for value in ("=1", "+1", "-1", "@x", "＝1", "'=1", "''-", "\tx", "\rx", "plain", "it's", "'quoted'"):
        assert exchange.unguard(exchange.guard(value)) == value
        assert not exchange.guard(value).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings_and_any_order_of_columns(app: Flask, encoding: str) -> None:
    data = "valid_to,name_ja,bureau,phase,fields,cluster_code,name_en,valid_from\r\n,関東①,kanto,1,,k,,\r\n".encode(
        encoding
    )
    assert run("clusters", data).created == 1
    assert "k,,関東①,1,kanto,,," in exported("clusters")


def test_an_update_changes_the_named_rows_only_and_puts_states_on_record(app: Flask) -> None:
    load_all()
    changed = FILES["projects"][2].replace("adopted,,", "running,9,")
    report = run("projects", text("projects", changed))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 0)
    p1, p2 = session.scalars(select(Project).order_by(Project.project_key)).all()
    assert (p1.status, p1.version, p2.status, p2.version, p2.amount_yen) == ("completed", 1, "running", 2, 9)
    events = session.scalars(select(Event).where(Event.subject_type == "project").order_by(Event.id)).all()
    assert [(e.subject_id, e.from_status, e.to_status) for e in events[-1:]] == [(p2.id, "adopted", "running")]
    assert {(e.subject_id, e.to_status) for e in events[:-1]} == {(p1.id, "completed"), (p2.id, "adopted")}
    # A second membership of the same organisation leaves the first alone.
    before = session.scalar(select(func.count()).select_from(Membership))
    assert run("memberships", text("memberships", "a-2,c1,2001-04-01,2002-05-01,x")).updated == 1
    assert session.scalar(select(func.count()).select_from(Membership)) == before


def test_corporate_numbers_may_change_hands_inside_a_file(app: Flask) -> None:
    load_all()
    rows = [row.replace("a-2,4000012090001", "a-2,") for row in FILES["organisations"][1:]]
    rows[0] = rows[0].replace("é-1,,", "é-1,4000012090001,")
    report = run("organisations", text("organisations", *rows))
    assert report.good and report.updated == 2
    again = run("organisations", text("organisations", FILES["organisations"][2]))
    assert {e.code for e in again.errors} == {"duplicate-corporate-number"}


def test_one_bad_row_and_nothing_is_written(app: Flask) -> None:
    load_all()
    before = exported("memberships")
    report = run("memberships", text("memberships", "Z-3,c1,2001-04-01,,", "nobody,c1,2001-04-01,,"))
    assert [(e.line, e.column, e.code) for e in report.errors] == [(3, "org_key", "unknown-key")]
    assert (report.rows, report.created) == (2, 0) and exported("memberships") == before


def test_dry_run_counts_and_writes_nothing(app: Flask) -> None:
    report = run("clusters", "\n".join(FILES["clusters"]), dry_run=True)
    assert report.created == 2 and exported("clusters").count("\n") == 1


def test_faults_stand_at_their_line_and_column(app: Flask) -> None:
    load_all()
    good = FILES["organisations"][1]
    assert faults(
        "organisations", good.replace("é-1,", "x,4000012090002")[:0] + "x,4000012090002,名,,company_sme,13,,,,,,,"
    ) == {(2, "corporate_number", "bad-corporate-number")}
    assert faults("organisations", "x,４000012090001,名,,company_sme,13,,,,,,,") == {
        (2, "corporate_number", "bad-corporate-number")
    }
    assert faults("organisations", "x,,,,company_sme,,,,,,,,") == {(2, "name_ja", "required")}
    assert faults("organisations", "x,,名,,firm,48,toolong,,1000000000001,-1,2005-02-30,2005-13-01,maybe") == {
        (2, "org_type", "unknown-code"), (2, "prefecture", "unknown-code"), (2, "jsic", "bad-code"), (2, "capital_yen", "bad-amount"),
        (2, "employees", "bad-number"), (2, "established_on", "bad-date"), (2, "closed_on", "bad-date"), (2, "cluster_match", "unknown-code"),
    }  # fmt: skip
    for amount in ("1e400", "NaN", "-1", "0.5", "1_000", "9" * 5000, "٣"):
        assert faults("organisations", f"x,,名,,company_sme,,,,{amount},,,,") == {(2, "capital_yen", "bad-amount")}
    assert faults("organisations", "x,,名\x00,,company_sme,,,,,,,,") == {(2, "name_ja", "bad-character")}
    assert faults("organisations", f"x,,{'名' * 201},,company_sme,,,,,,,,") == {(2, "name_ja", "too-long")}
    assert faults("organisations", good, good) == {(3, "org_key", "duplicate-key")}
    assert faults("organisations", "x,,名,,company_sme,,,,,,2005-01-02,2005-01-01,") == {(2, "closed_on", "bad-period")}
    assert faults("organisations", '"x') == {(2, "", "csv")}
    assert faults("organisations", "x,y") == {(2, "", "row-length")}
    assert faults("organisations", 'x,,"' + "a" * 140_000 + '",,company_sme,,,,,,,,') == {(2, "", "csv")}
    assert faults("memberships", "a-2,c1,2001-04-02,2001-04-02,") == {(2, "valid_to", "bad-period")}
    assert faults("memberships", "a-2,c1,1500-01-01,,") == {(2, "valid_from", "bad-date")}
    assert faults("organisations", "old,,名,,company_sme,,,,,,0578-01-01,,") == set()
    assert faults("participants", "p1,é-1,boss,,,") == {(2, "role", "unknown-code")}
    assert faults("participants", "p9,é-1,adviser,,2005-01-01,2004-01-01", "p1,x,adviser,,,") == {
        (2, "valid_to", "bad-period"), (2, "project_key", "unknown-key"), (3, "org_key", "unknown-key"),
    }  # fmt: skip
    assert faults("projects", "p,consortium_rd,,,,,nofield,2003-07-01,2003-08-01,2003-07-31,done,,") == {
        (2, "field", "unknown-code"),
        (2, "status", "unknown-code"),
    }
    assert faults("projects", "p,consortium_rd,,,,,,2003-07-01,2003-08-01,2003-07-31,completed,,") == {
        (2, "completed_on", "bad-period")
    }
    assert faults("projects", ",,,,,,,,,,,,") == {
        (2, c, "required") for c in ("project_key", "programme", "adopted_on", "status")
    }
    assert faults("outcomes", "p1,2006-03-31,2006-05-01,sold,6,4,,") == {
        (2, "dev_state", "unknown-code"),
        (2, "stage", "bad-number"),
        (2, "evidence_level", "bad-number"),
    }
    assert faults("outcomes", *[FILES["outcomes"][1]] * 2) == {(3, "project_key", "duplicate-key")}
    assert faults("cluster_links", "c1,,continues", ",,new", "zz,c2,renamed") == {
        (2, "to_code", "required"),
        (3, "to_code", "required"),
        (4, "from_code", "unknown-key"),
    }
    assert faults("population_members", "l9,a-2") == {(2, "list_code", "unknown-key")}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", {(1, "", "empty-file")}),
        (b"\xef\xbb\xbf", {(1, "", "empty-file")}),
        (b"\n\n", {(1, "", "empty-file")}),
        (b"list_code,org_key\nl\xff\xfe,x\n", {(2, "", "encoding")}),
        ("list_code,org_key\nl,x\n".encode("utf-16"), {(1, "", "encoding")}),
        (b"\xef\xbb\xbflist_code,org_key\nl,\x8a\x94\n", {(2, "", "encoding")}),
        (b"list_code\n", {(1, "org_key", "missing-column")}),
        (b"list_code,org_key,foo\n", {(1, "foo", "unknown-column")}),
        (b"list_code,org_key,org_key\n", {(1, "org_key", "duplicate-column")}),
        (b"\n\nList_Code,org_key\n", {(3, "List_Code", "unknown-column"), (3, "list_code", "missing-column")}),
        (b'"list_code,org_key\nl,x', {(1, "", "csv")}),
    ],
)  # fmt: skip
def test_files_that_are_no_such_files(app: Flask, data: bytes, found: Any) -> None:
    report = run("population_members", data)
    assert {(e.line, e.column, e.code) for e in report.errors} == found
    json.dumps(report.data())


def test_surrogates_and_ten_thousand_columns(app: Flask) -> None:
    bad = "list_code,org_key\nl,\ud800\n".encode("utf-8", "surrogatepass")
    assert not run("population_members", bad).good
    wide = ",".join(f"c{n}" for n in range(10_000)).encode()
    report = run("organisations", wide)
    assert len(report.errors) == exchange.MAX_PROBLEMS + 1
    assert report.errors[-1].code == "too-many-errors" or not report.good


def test_header_alone_is_good(app: Flask) -> None:
    assert run("outcomes", FILES["outcomes"][0]).good


def test_many_organisations_in_seconds(app: Flask) -> None:
    from time import process_time

    rows = [f"o{n},,企業{n},Firm {n},company_sme,13,2661,11,10000000,30,1990-04-01,,matched" for n in range(12_000)]
    start = process_time()
    assert run("organisations", text("organisations", *rows)).created == 12_000
    assert process_time() - start < 12


def test_commands(app: Flask, tmp_path: Any) -> None:
    runner = app.test_cli_runner()
    file = tmp_path / "c.csv"
    file.write_text("\n".join(FILES["clusters"]), encoding="utf-8-sig")
    for created, unchanged in ((2, 0), (0, 2)):
        found = runner.invoke(args=["import", "clusters", str(file)])
        assert found.exit_code == 0
        wanted = {"kind": "clusters", "rows": 2, "created": created, "updated": 0, "unchanged": unchanged, "errors": []}
        assert json.loads(found.stdout) == wanted
    out = tmp_path / "out.csv"
    assert runner.invoke(args=["export", "clusters", str(out)]).exit_code == 0
    assert out.read_bytes() == runner.invoke(args=["export", "clusters"]).stdout_bytes
    assert out.read_text(encoding="utf-8") == "\n".join(FILES["clusters"]) + "\n"
    file.write_text("cluster_code\n")
    bad = runner.invoke(args=["import", "clusters", str(file)])
    assert bad.exit_code == 1 and json.loads(bad.stdout)["errors"][0]["column"] == "name_en"
    words = runner.invoke(args=["import", "clusters", str(file), "--format", "text"])
    assert words.exit_code == 1 and f"{file}:1: name_en:" in words.stderr
    assert runner.invoke(args=["import", "nothing", str(file)]).exit_code == 2
    assert runner.invoke(args=["import", "clusters", str(tmp_path / "none.csv")]).exit_code == 2
    assert runner.invoke(args=["export", "clusters", str(tmp_path / "no" / "x.csv")]).exit_code == 1


def test_the_demonstration_leaves_other_records_alone(app: Flask) -> None:
    """./run start loads it into an empty database only, and starts all the same on one that is in use."""
    load_all()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo", "load"]).exit_code == 1
    found = runner.invoke(args=["demo", "load", "--unless-filled"])
    assert found.exit_code == 0 and "not loaded" in found.stdout


def test_a_database_that_nobody_made(tmp_path: Any) -> None:
    settings = load_settings({"APP_ENV": "test", "SECRET_KEY": "t" * 40, "INSTANCE_PATH": str(tmp_path)})
    runner = create_app(settings).test_cli_runner()
    for arguments in (
        ["export", "projects"],
        ["rates", "curve", "--level=E1", "--fy=1997..2004", "--as-of=2006-03-31"],
    ):
        found = runner.invoke(args=arguments)
        assert found.exit_code == 1 and found.stdout == ""
        assert found.stderr.startswith("Error: the database") and "db upgrade" in found.stderr


def test_dates_of_files_are_dates(app: Flask) -> None:
    load_all()
    assert session.scalar(select(func.min(Membership.valid_from))) == date(2001, 4, 1)
