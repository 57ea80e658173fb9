"""Letters by e-mail: composed from templates in the reader's language, queued in the outbox, sent by SMTP."""

import os
import re
import smtplib
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from app.core import outbox
from app.core.clock import JST, now
from app.core.db import session
from app.core.i18n import in_locale

TIMEOUT_SECONDS = 15
_SECRET = re.compile(r"(/(?:password|invitations)/)[A-Za-z0-9_-]{20,}")


def queue(template: str, to: str, locale: str, dedupe_key: str, **context: Any) -> bool:
    """Queue one letter. The template's first line is the subject; answers False if this occasion had one already."""
    return outbox.put("mail", _letter(template, to, locale, context), dedupe_key)


def queue_all(template: str, to: Iterable[tuple[str, str, str, str]], **context: Any) -> int:
    """Queue one letter to each (address, language, dedupe key, name), in two statements; answers how many were new."""
    letters = {key: _letter(template, address, locale, {**context, "name": name}) for address, locale, key, name in to}
    return outbox.put_all("mail", letters)


def preview(template: str, locale: str, **context: Any) -> str:
    """A letter as its reader would get it: the subject, an empty line, the text."""
    letter = _letter(template, "", locale, context)
    return f"{letter['subject']}\n\n{letter['body']}"


def _letter(template: str, to: str, locale: str, context: dict[str, Any]) -> dict[str, Any]:
    with in_locale(locale):
        text = render_template(f"email/{template}.txt", locale=locale, **context)
    subject, body = text.lstrip().split("\n", 1)
    return {"to": to, "subject": " ".join(subject.split())[:200], "body": body.strip() + "\n", "locale": locale}


def compose(payload: dict[str, Any], key: str) -> EmailMessage:
    name, sender = parseaddr(current_app.config["MAIL_FROM"])
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = Address(addr_spec=payload["to"])
    message["Subject"] = payload["subject"]
    message["Date"] = format_datetime(now().astimezone(JST))
    message["Message-ID"] = make_msgid(
        idstring=key.replace("@", "-at-")[:60].encode("ascii", "ignore").decode(), domain="renkei.example"
    )
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = payload["locale"]
    message.set_content(payload["body"])
    return message


def deliver(item: outbox.OutboxItem) -> None:
    """Send one queued letter; raises OSError or SMTPException when the server does not take it."""
    message = compose(item.payload, item.dedupe_key)
    target = current_app.config["MAIL_URL"]
    parts = urlsplit(target)
    if parts.scheme == "file":
        folder = Path(unquote(parts.netloc + parts.path))
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{item.id}.part"
        temporary.write_bytes(message.as_bytes())
        os.replace(temporary, folder / f"{item.id:08d}.eml")
        return
    session.commit()  # a slow mail server must not hold the database's lock
    with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=TIMEOUT_SECONDS) as server:
        if parts.scheme == "smtps":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
    item.payload = {**item.payload, "body": without_links(item.payload["body"])}


def without_links(body: str) -> str:
    """A letter's text with its single-use links made unusable: they are for the addressee alone."""
    return _SECRET.sub(r"\1…", body)


def are_read_here() -> bool:
    """Without a mail server the administrators' page is the only way to read a letter (a trial on one machine). With
    one, subject and text are for the addressee alone: both can tell who reviews what."""
    return str(current_app.config["MAIL_URL"]).startswith("file:")
