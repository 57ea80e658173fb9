"""Which of many people could be tied to which of many applications, before each such pair is looked at closely."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from app.core.names import NEAR, digits_of, near
from app.reviewers.definitions.matching import Known, Proposal

FEW = 5_000  # comparisons that need no library for tables
SLICE = 500  # names measured against all others at a time, to bound the memory


def candidate_pairs(people: Sequence[Known], proposals: Sequence[Proposal]) -> set[tuple[int, int]]:
    """(application, person) of every pair that ``match`` could find more than unknown for; a few too many do no harm.

    Names are looked up in an index; near misses among different names are measured once each, all at a time.
    """
    index = _Index(proposals)
    near_forms = _near_forms(
        {form for known in people for tie in known.ties for form in tie.party.forms.exact}, index.forms
    )
    pairs: set[tuple[int, int]] = set()
    for known in people:
        found: set[int] = set(known.applications) & index.ids
        for call_id in known.calls:
            found |= index.by_call.get(call_id, set())
        keys: list[Any] = [("org", organisation_id) for organisation_id in known.together]
        for tie in known.ties:
            forms = tie.party.forms
            keys += [("org", tie.party.organisation_id), ("number", tie.party.number)]
            keys += [("form", other) for form in forms.exact for other in (form, *near_forms.get(form, ()))]
            keys += [("sound", sound) for sound in forms.sound]
        names = [known.forms, *(declared.forms for declared in known.people)]
        keys += [("name", key) for forms in names for key in forms.keys]
        keys += [("domain", known.domain), ("erad", known.erad)]
        for key in keys:
            if key[1]:
                found |= index.by_key.get(key, set())
        pairs |= {(application_id, known.user_id) for application_id in found}
    return pairs


class _Index:
    """Applications by everything that could tie somebody to them."""

    def __init__(self, proposals: Iterable[Proposal]) -> None:
        self.ids: set[int] = set()
        self.by_call: dict[int | None, set[int]] = {}
        self.by_key: dict[tuple[str, Any], set[int]] = {}
        self.forms: set[str] = set()
        for proposal in proposals:
            self.ids.add(proposal.application_id)
            self.by_call.setdefault(proposal.call_id, set()).add(proposal.application_id)
            for key in self._keys(proposal):
                self.by_key.setdefault(key, set()).add(proposal.application_id)

    def _keys(self, proposal: Proposal) -> Iterator[tuple[str, Any]]:
        for party in proposal.parties:
            yield "org", party.organisation_id
            yield "number", party.number
            forms = party.forms
            self.forms |= forms.exact
            for form in forms.exact:
                yield "form", form
            for sound in forms.sound:
                yield "sound", sound
        for person in proposal.people:
            yield "domain", person.domain
            yield "erad", person.erad
            for key in person.forms.keys:
                yield "name", key


def _near_forms(ones: Collection[str], others: Collection[str]) -> dict[str, list[str]]:
    """Of each name the others that are near it. Names with other numbers in them never are, and are not compared."""
    found: dict[str, list[str]] = {}
    by_digits: dict[str, list[str]] = {}
    for other in others:
        by_digits.setdefault(digits_of(other), []).append(other)
    wanted: dict[str, list[str]] = {}
    for one in ones:
        wanted.setdefault(digits_of(one), []).append(one)
    for digits, first in wanted.items():
        second = by_digits.get(digits, [])
        if len(first) * len(second) < FEW:
            close = [(one, other) for one in first for other in second]
        else:
            close = _close(first, second)
        for one, other in close:
            if near(one, other):
                found.setdefault(one, []).append(other)
    return found


def _close(first: list[str], second: list[str]) -> list[tuple[str, str]]:
    """Pairs of names that are as alike as near ones are, measured all at once."""
    import numpy
    from rapidfuzz.process import cdist

    found = []
    for start in range(0, len(first), SLICE):
        part = first[start : start + SLICE]
        table = cdist(part, second, score_cutoff=NEAR, dtype=numpy.uint8)
        found += [(part[row], second[column]) for row, column in zip(*numpy.nonzero(table), strict=True)]
    return found
