"""A calendar file (RFC 5545): whole-day entries, UTF-8, lines of at most 75 octets."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from app.milestones.definitions.duties import Duty

OCTETS = 75


def escape(text: str) -> str:
    """Text as a property value: backslash, semicolon, comma and line ends are escaped."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """A content line broken so that no part is longer than 75 octets and no character is torn."""
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS:
            parts.append(" ")  # the blank that opens a continued line counts too
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n".join(parts)


def calendar(
    duties: Iterable[Duty], name: str, stamp: datetime, words: Callable[[Duty], str], address: Callable[[Duty], str]
) -> bytes:
    """The file. ``stamp`` stays the same from read to read, so that an unchanged calendar has an unchanged digest."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Renkei//Due dates//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escape(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]  # fmt: skip
    moment = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for duty in duties:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{duty.uid}@renkei.example",
            f"DTSTAMP:{moment}",
            f"DTSTART;VALUE=DATE:{duty.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{duty.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escape(words(duty))}",
            f"URL:{address(duty)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return ("\r\n".join(fold(line) for line in lines) + "\r\n").encode()
