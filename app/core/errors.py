"""What can be wrong with a wish, said so that the person can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong: a code for programs, words for the reader, the place where it can be mended."""

    code: str
    message: Any  # text, lazy text or Bilingual: str() gives the reader's language
    where: str | None = None  # a form field, or an anchor on the page that mends it

    def __str__(self) -> str:
        return str(self.message)


class Refused(Exception):
    """The wish breaks a rule. Nothing was written. HTTP 422."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(reason.code for reason in self.reasons))


class OutOfOrder(Exception):
    """The thing is not in a state that allows this. HTTP 409, naming the present state."""

    def __init__(self, subject: Any, event: str, status: Any) -> None:
        self.subject, self.event, self.status = subject, event, status
        super().__init__(f"{event} is not possible from {status}")


class Stale(Exception):
    """Somebody else changed it meanwhile. HTTP 409; ``mine`` and ``theirs`` are shown side by side.

    Both map a field's label to the text that was typed and the text that is stored.
    """

    def __init__(self, mine: dict[Any, Any], theirs: dict[Any, Any], back: str | None = None) -> None:
        self.mine, self.theirs, self.back = mine, theirs, back
        super().__init__("changed meanwhile")


class Forbidden(Exception):
    """The actor may know of the thing but not do this to it. HTTP 403."""


class NotFound(Exception):
    """Not there, or not for this actor to know of: both look the same. HTTP 404."""
