"""Verbs of reports and datasets: order, make (the worker, step by step), try again, publish, discard."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from app.core import audit, numbering, outbox, pdf, storage, taken
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import reading, session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.publishing import policy, queries
from app.publishing.choices import FileRole, PublicationKind, PublicationStatus
from app.publishing.definitions import datasets, disclosure, telling, workbooks
from app.publishing.definitions.bundles import packed
from app.publishing.definitions.questions import digest
from app.publishing.models import Publication, PublicationFigure, PublicationFile
from app.publishing.workflow import PUBLICATION

KIND = "publication"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A report over more years than this is refused: its tables would not fit a page, nor its making the worker.
MOST_YEARS = 40


@dataclass(frozen=True)
class DatasetsWanted:
    as_of: date
    min_evidence: int
    licence: Bilingual
    update: Bilingual


def _no(code: str, en: str, ja: str, where: str) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def latest_known() -> date:
    """The last day that is over: what was recorded until then does not change any more."""
    return today() - timedelta(days=1)


def _order(kind: PublicationKind, title: Bilingual, parameters: dict[str, Any], steps: int, actor: Any) -> Publication:
    taken.order(actor, f"publishing.order_{kind.value}", json.dumps(parameters, ensure_ascii=False))
    year = fiscal_year(today())
    letter = "R" if kind is PublicationKind.report else "D"
    row = Publication(
        code=f"{letter}{year}-{numbering.next_number(f'publication:{letter}:{year}'):04d}", kind=kind,
        title_en=title.en, title_ja=title.ja, parameters=parameters, steps=steps, ordered_by_id=actor.actor_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(row, "order", actor, to_status=row.status.value, data=parameters)
    _queue(row)
    return row


def _queue(row: Publication) -> None:
    outbox.put(KIND, {"publication_id": row.id}, f"publication:{row.id}:{row.attempt}")


def order_report(title: Bilingual, asked: queries.ReportQuestion, actor: Any) -> Publication:
    """Order a programme report in both languages with its workbook. Raises Forbidden; Refused for days that are not over
    and for too many years."""
    if not policy.is_officer(actor):
        raise Forbidden("report")
    reasons = []
    if asked.as_of > today():
        reasons.append(_no("as-of-future", "The as-of date lies in the future.", "基準日が未来の日付です。", "as_of"))
    if asked.known_at > latest_known():
        reasons.append(_no("known-at-open", "That day is not over.", "終了していない日は指定できません。", "as_of"))
    if asked.last_year - asked.first_year >= MOST_YEARS:
        reasons.append(
            _no(
                "too-many-years", f"A report covers at most {MOST_YEARS} fiscal years.",
                f"報告書の対象は{MOST_YEARS}年度以内です。", "first",
            )
        )  # fmt: skip
    if reasons:
        raise Refused(reasons)
    return _order(PublicationKind.report, title, asked.data(), 4, actor)


def order_datasets(title: Bilingual, wanted: DatasetsWanted, actor: Any) -> Publication:
    """Order the public datasets of a day that is over. Raises Forbidden, Refused."""
    if not policy.is_officer(actor):
        raise Forbidden("datasets")
    if wanted.as_of > latest_known():
        raise Refused([_no("as-of-open", f"The latest day is {latest_known()}.", f"最も遅い日は{latest_known()}です。", "as_of")])  # fmt: skip
    parameters = {
        "as_of": wanted.as_of.isoformat(),
        "min_evidence": wanted.min_evidence,
        "licence": {"en": wanted.licence.en, "ja": wanted.licence.ja},
        "update": {"en": wanted.update.en, "ja": wanted.update.ja},
        "layout": datasets.LAYOUT,
    }
    return _order(PublicationKind.datasets, title, parameters, 2, actor)


# --- the worker ------------------------------------------------------------------------------------------------------


def make(item: outbox.OutboxItem) -> None:
    """The outbox's handler: every step is on record before the next begins; a failure is shown and can be tried again."""
    key = item.payload["publication_id"]
    row = queries.publication(key, lock=True)
    if row is None or row.status not in (PublicationStatus.ordered, PublicationStatus.making):
        return
    PUBLICATION.apply(row, "begin", SYSTEM)
    row.step, row.error = 0, ""
    session.commit()
    try:
        (_make_report if row.kind is PublicationKind.report else _make_datasets)(key)
    except OperationalError:  # the database is away or busy: the outbox tries again
        raise
    except Exception as error:
        session.rollback()
        row = queries.publication(key, lock=True)
        assert row is not None
        row.error = f"{type(error).__name__}: {error}"[:1000]
        PUBLICATION.apply(row, "fail", SYSTEM, reason=row.error)


def _step(key: int) -> Publication:
    """Note that a step is done."""
    row = queries.publication(key, lock=True)
    assert row is not None
    row.step += 1
    session.commit()
    return row


def _keep(row: Publication, role: FileRole, data: bytes, name: str, media_type: str) -> None:
    file = storage.keep(data, name=name, media_type=media_type, created_by_id=row.ordered_by_id)
    session.add(PublicationFile(publication_id=row.id, role=role, file_id=file.id))
    session.flush()


def _made(key: int) -> Publication:
    row = queries.publication(key, lock=True)
    assert row is not None
    row.step, row.made_at = row.steps, now()
    return row


def _make_report(key: int) -> None:
    with reading():
        row = queries.publication(key)
        assert row is not None
        asked = queries.report_question(row.parameters)
        head = {"code": row.code, "title": {"en": row.title_en, "ja": row.title_ja}}
        found = queries.report(asked, row.code)
        session.commit()
    content = head | found.content
    _step(key)
    documents = {}
    for role, locale in ((FileRole.pdf_ja, "ja"), (FileRole.pdf_en, "en")):
        documents[role] = pdf.printed(
            "publishing/report", locale, {"content": content, "digest": digest(content), "tell": telling}
        )
        _step(key)
    book, tables = workbooks.write(content, found.records), workbooks.write(content)
    cells = disclosure.packed(found.cells)
    row = _made(key)
    for role, data in documents.items():
        _keep(row, role, data, f"{row.code}-{role.value[-2:]}.pdf", "application/pdf")
    _keep(row, FileRole.workbook, book, f"{row.code}-records.xlsx", XLSX)
    _keep(row, FileRole.tables, tables, f"{row.code}.xlsx", XLSX)
    row.cells_file = storage.keep(
        cells, name=f"{row.code}-cells.json.gz", media_type="application/gzip", created_by_id=row.ordered_by_id
    )
    row.content, row.project_ids, row.sha256 = content, found.project_ids, digest(content)
    figures = [f["snapshot_id"] for f in content["figures"] if f["snapshot_id"]]
    session.add_all(PublicationFigure(publication_id=row.id, snapshot_id=figure) for figure in figures)
    PUBLICATION.apply(row, "finish", SYSTEM, data={"sha256": row.sha256})


NOTE = Bilingual(
    "Outcomes are those with evidence of level {level} or higher, as known at the end of the day. Money that firms earned "
    "is not included. Of proposals only the abstracts of adopted ones are included. Names of sole proprietors are not.",
    "成果は証拠水準{level}以上のもので、基準日の終わりに把握していた内容です。企業の売上等の金額は含みません。提案書については、"
    "採択されたものの概要のみを含みます。個人事業主の名称は含みません。",
)


def _make_datasets(key: int) -> None:
    with reading():
        row = queries.publication(key)
        assert row is not None
        asked, code, title = row.parameters, row.code, Bilingual(row.title_en, row.title_ja)
        tables = queries.datasets(date.fromisoformat(asked["as_of"]), asked["min_evidence"])
        session.commit()
    _step(key)
    licence, update = (Bilingual(asked[name]["en"], asked[name]["ja"]) for name in ("licence", "update"))
    note = NOTE.format(level=asked["min_evidence"])
    files = datasets.files(tables, datasets.About(code, title, asked["as_of"], licence, update, note))
    data = packed(files)
    row = _made(key)
    _keep(row, FileRole.datasets, data, f"{code}.zip", "application/zip")
    row.content = {"rows": {name: len(rows) for name, rows in tables.items()}}
    row.sha256 = digest({name: digest(content.decode()) for name, content in files.items()})
    PUBLICATION.apply(row, "finish", SYSTEM, data={"sha256": row.sha256})


# --- letting out -----------------------------------------------------------------------------------------------------


def retry(row: Publication, actor: Any) -> None:
    """Order a failed one again. Raises OutOfOrder, Forbidden."""
    PUBLICATION.check(row, "retry", actor)
    row.attempt, row.step = row.attempt + 1, 0
    PUBLICATION.apply(row, "retry", actor)
    _queue(row)


def release(row: Publication, replaces: str, reason: Bilingual, actor: Any) -> None:
    """Publish what another officer ordered; an older one that it replaces is superseded, with the reason in both
    languages. Raises OutOfOrder, Forbidden, Refused."""
    queries.one_at_a_time()
    PUBLICATION.check(row, "publish", actor)
    if replaces:
        older = queries.published_publication(replaces)
        if older is None or older.kind is not row.kind:
            raise Refused([_no("replaces-unknown", "No published one of this kind has this number.", "この番号の公表物はありません。", "replaces")])  # fmt: skip
        if not (reason.en and reason.ja):
            raise Refused([_no("replaces-reason", "Say in both languages why it is replaced.", "差替えの理由を両言語で記入してください。", "reason_ja")])  # fmt: skip
        older = queries.publication(older.id, lock=True)
        assert older is not None
        if older.status is not PublicationStatus.published:
            raise OutOfOrder(older, "supersede", older.status)
        PUBLICATION.apply(older, "supersede", actor, reason=reason.en, data={"by": row.code})
        row.replaces_id, row.replaces_reason_en, row.replaces_reason_ja = older.id, reason.en, reason.ja
    row.published_by_id, row.published_at = actor.actor_id, now()
    PUBLICATION.apply(row, "publish", actor, data={"sha256": row.sha256})


def drop(row: Publication, reason: str, actor: Any) -> None:
    """Discard what was never public. Raises OutOfOrder, Forbidden."""
    PUBLICATION.apply(row, "discard", actor, reason=reason)
