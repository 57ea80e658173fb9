"""What an applicant keeps: one ZIP with the exact content, the sealed parts one may read, the dossier, every file."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from app.applications.models import Application, Submission
from app.applications.queries import Standing
from app.core import storage

PORTION = 256 * 1024
READ_ME = """\
{receipt}

content.json            the exact text whose SHA-256 is on the receipt: {sha256}
sealed/member-N.json    cost detail of member N; its SHA-256 stands in content.json under members / sealed_sha256
dossier.pdf             the same for reading
files/                  the documents that were attached
manifest.json           size and SHA-256 of every file in this archive

Check:  sha256sum content.json

content.json            受領証に記載の SHA-256 の対象となる本文: {sha256}
sealed/member-N.json    参加機関 N の経費内訳。SHA-256 は content.json の members / sealed_sha256 に記載
dossier.pdf             閲覧用の提案書
files/                  添付書類
manifest.json           この ZIP に含まれる各ファイルのサイズと SHA-256
"""


def sealed_for(submission: Submission, standing: Standing, application: Application) -> list[Any]:
    """The sealed parts that this reader may open: the lead those that were open to it then and are now."""
    return [part for part in submission.sealed if standing.agency or _is_open(part, standing, application)]


def _is_open(part: Any, standing: Standing, application: Application) -> bool:
    member = next((m for m in application.members if m.id == part.member_id), None)
    content = json.loads(part.content)
    if member is None or member.organisation_id != content["organisation_id"]:  # SQLite gives a freed number again
        return False
    if member.id in standing.member_ids:
        return True
    return standing.lead and member.lead_fills and bool(content.get("open_to_lead"))


def _files(application: Application, submission: Submission) -> Iterator[tuple[str, storage.StoredFile]]:
    """The attachments of this version under names that cannot clash or leave the folder."""
    rows = json.loads(submission.snapshot)["attachments"]
    by_digest = {a.file.sha256: a.file for a in application.attachments}
    for number, row in enumerate(rows, 1):
        file = by_digest.get(row["sha256"])
        if file is not None:
            yield f"files/{number:02d}-{storage.display_name(row['name'])}", file


def pack(application: Application, submission: Submission, standing: Standing) -> IO[bytes]:
    """The archive in a temporary file, rewound. A file that storage has lost is named in the manifest, not left out."""
    out: IO[bytes] = TemporaryFile()
    manifest: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            manifest.append({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})

        put("content.json", submission.snapshot.encode())
        for part in sealed_for(submission, standing, application):
            put(f"sealed/member-{part.member_id}.json", part.content.encode())
        document = submission.document if standing.agency else submission.shared_document
        if document is not None and document.file is not None:
            put("dossier.pdf", storage.open_file(document.file))
        for name, file in _files(application, submission):
            if not file.servable:  # with a virus, or still to be scanned: named, but handed out nowhere
                state = file.scan_state.value
                manifest.append({"name": name, "size": file.size, "sha256": file.sha256, "left_out": state})
                continue
            try:
                put(name, storage.open_file(file))
            except (FileNotFoundError, ValueError):
                manifest.append({"name": name, "size": file.size, "sha256": file.sha256, "lost": True})
        put("README.txt", READ_ME.format(receipt=submission.receipt_number, sha256=submission.sha256).encode())
        text = json.dumps(
            {"receipt_number": submission.receipt_number, "files": manifest}, ensure_ascii=False, indent=1
        )
        archive.writestr(zipfile.ZipInfo("manifest.json"), text.encode(), zipfile.ZIP_DEFLATED)
    out.seek(0)
    return out


def portions(archive: IO[bytes]) -> Iterator[bytes]:
    """The archive piece by piece; closed at the end."""
    with archive:
        while data := archive.read(PORTION):
            yield data
