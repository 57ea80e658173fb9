"""The copy that reviewers get while names are hidden, and words that an officer has blotted out."""

import io
from typing import Any

from app.applications.models import Application
from app.core import audit, pdf
from app.core.db import session
from app.core.errors import Forbidden
from app.reviews import queries
from app.reviews.models import BlindCopy, BlindWord
from app.reviews.operations.gates import recuse, refuse

LONGEST_WORD = 100


def order_copy(application: Application, locale: str, actor: Any) -> BlindCopy:
    """Order the copy of what the application holds now, unless it was ordered before; the worker prints it."""
    content, sha256 = queries.blind.copy_of(application.id, locale)
    found = queries.blind.made_copy(application.id, locale, sha256)
    if found is not None:
        return found
    document = pdf.order(
        "reviews/given", locale, {"given": content}, name=f"{application.number}.pdf",
        dedupe_key=f"blind:{application.id}:{locale}:{sha256}",
    )  # fmt: skip
    row = BlindCopy(application_id=application.id, locale=locale, sha256=sha256, document_id=document.id)
    session.add(row)
    session.flush()
    audit.record(row, "blind copy ordered", actor, data={"application": application.id, "sha256": sha256})
    return row


def add_word(application: Application, word: str, actor: Any) -> BlindWord:
    """Blot out one more word in everything that blind reviewers get of this application, from now on."""
    if not actor.has_role("officer"):
        raise Forbidden("blind words")
    recuse(application, actor)
    if len(word) < 2:
        raise refuse("word-short", "Give a word of two letters or more.", "2文字以上で入力してください。", "word")
    if any(row.word == word for row in queries.blind.words(application.id)):
        raise refuse("word-there", "This word is blotted out already.", "登録済みの語句です。", "word")
    row = BlindWord(application_id=application.id, word=word, by_id=actor.id)
    session.add(row)
    session.flush()
    audit.record(application, "blind word added", actor)
    return row


def remove_word(application: Application, row: BlindWord, actor: Any) -> None:
    if not actor.has_role("officer"):
        raise Forbidden("blind words")
    recuse(application, actor)
    session.delete(row)
    session.flush()
    audit.record(application, "blind word removed", actor)


def without_metadata(data: bytes) -> bytes:
    """A PDF without what tells of its makers: document information, XMP, embedded files, notes' authors."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as document:
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        for key in ("/Metadata", "/PieceInfo", "/AF", "/Collection"):
            if key in document.Root:
                del document.Root[key]
        named = document.Root.get("/Names")
        if isinstance(named, pikepdf.Dictionary) and "/EmbeddedFiles" in named:
            del named["/EmbeddedFiles"]
        for held in document.objects:
            _clean(held)
        out = io.BytesIO()
        document.remove_unreferenced_resources()
        document.save(out, deterministic_id=True)
        return out.getvalue()


def _clean(held: Any) -> None:
    """An object and what lies directly in it: its own metadata, and of a note on a page who wrote it when."""
    import pikepdf

    if isinstance(held, pikepdf.Array):
        inside = list(held)
    elif isinstance(held, (pikepdf.Dictionary, pikepdf.Stream)):
        keys = ["/Metadata", "/PieceInfo", "/AF"]
        if "/Subtype" in held and "/Rect" in held:
            keys += ["/M", "/CreationDate", "/NM"]
            keys += ["/T"] if held.get("/Subtype") not in ("/Widget", "/Link") else []
        for key in keys:
            if key in held:
                del held[key]
        inside = [held[key] for key in held.keys()]
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            _clean(one)
