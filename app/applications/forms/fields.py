"""Fields that only applications need."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from stdnum.jp import cn
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectMultipleField

from app.applications.definitions import is_number
from app.applications.merging import as_text
from app.core import money
from app.core.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    VersionField,
    _Typed,
)
from app.core.i18n import _l

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_JSIC = re.compile(r"[0-9]{4}", re.ASCII)


class SignedYenField(_Typed):
    """Whole yen that may be negative: -1,500,000 or △1,500,000."""

    message = _l("Write a whole number of yen, such as 1,500,000 or -1,500,000.")

    def read(self, text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).strip()
        negative = plain[:1] in ("-", "−", "△", "▲")
        amount = money.parse_yen(plain[1:] if negative else plain)
        return -amount if negative else amount

    def show(self, value: int) -> str:
        return f"{value:,}"


class CorporateNumberField(_Typed):
    """Thirteen digits whose first checks the others; full width, spaces, hyphens and a leading T are read."""

    message = _l(
        "This is not a corporate number: 13 digits, of which the first checks the others. Compare it once more."
    )

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip().removeprefix("T").replace("-", "").replace(" ", "")
        if not re.fullmatch(r"[0-9]{13}", plain, re.ASCII) or not cn.is_valid(plain):
            raise ValueError("not a corporate number")
        return plain


class JsicField(_Typed):
    """A four-digit class of the industrial classification."""

    message = _l("Write the four digits of the industrial class (JSIC), such as 2711.")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not _JSIC.fullmatch(plain):
            raise ValueError("not a class")
        return plain


class AddressField(_Typed):
    """An address of mail, kept in lower case."""

    message = _l("This is not an e-mail address. Write it as name@example.jp.")

    def read(self, text: str) -> str:
        plain = text.strip().lower()
        if len(plain) > 254 or not _ADDRESS.fullmatch(plain):
            raise ValueError("not an address")
        return plain


class TargetField(_Typed):
    """A plain decimal number, kept as text so that it stays exact."""

    message = _l("Write a number, such as 0.5 or 1200.")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not is_number(plain):
            raise ValueError("not a number")
        return format(Decimal(plain.replace(",", "")), "f")


def shown_fields(form: BaseForm) -> dict[Any, str]:
    """Label and text of every field, for the page that compares two versions."""
    found: dict[Any, str] = {}
    for field in form:
        if field.name == "version":
            continue
        if isinstance(field, BooleanField):
            found[field.label.text] = "✓" if field.data else "–"
        elif isinstance(field, (ChoiceField, RadioField, SelectMultipleField)):
            chosen = field.data if isinstance(field.data, list) else [field.data]
            named = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
            found[field.label.text] = ", ".join(named.get(str(c), str(c)) for c in chosen if c not in (None, ""))
        else:
            text = field._value() if hasattr(field, "_value") else field.data
            found[field.label.text] = str(text or "")
    return found


class SectionForm(BaseForm):
    """A part of a draft: knows the version of the application that the person was looking at."""

    version = VersionField()

    def shown(self) -> dict[Any, str]:
        return shown_fields(self)

    def texts(self) -> dict[str, str]:
        """The canonical text of each field, comparable with what is stored (queries.parts)."""
        return {field.name: as_text(field.data) for field in self if field.name != "version"}

    def long_fields(self) -> set[str]:
        """Fields in which the changes of two people can be joined."""
        return {field.name for field in self if isinstance(field, LongTextField)}

    def formdata(self, texts: Mapping[str, str], version: int) -> MultiDict[str, str]:
        """The same texts as a browser would send them with this form."""
        sent: MultiDict[str, str] = MultiDict({"version": str(version)})
        for field in self:
            text = texts.get(field.name, "")
            if field.name == "version" or (isinstance(field, BooleanField) and not text):
                continue
            if isinstance(field, SelectMultipleField):
                sent.setlist(field.name, [code for code in text.split(";") if code])
            else:
                sent.add(field.name, text)
        return sent
