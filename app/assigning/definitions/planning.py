"""From what is known to the problem that is solved, and from its pairs to why each was made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.assigning.choices import Change
from app.assigning.definitions import wishes
from app.assigning.definitions.fit import fits, shared
from app.assigning.definitions.problem import FIXED, FREE, HELD, Demand, Edge, Problem, Reader

KINDS = ("academic", "business")


@dataclass(frozen=True)
class Parameters:
    """What an officer asks for. ``most`` is a person's load where the profile sets no lower one; prices are points."""

    wanted: int = 3
    least: int = 0
    most: int = 20
    academic: int = 1
    business: int = 1
    bad: tuple[tuple[int, int], ...] = ()
    keep: bool = True
    removal: int = 20
    crowding: int = 1
    fit: int = 100
    wish: int = 100

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "bad": [list(pair) for pair in self.bad]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Parameters":
        return cls(**{**data, "bad": tuple((a, b) for a, b in data["bad"])})

    @property
    def mix(self) -> dict[str, int]:
        return {kind: n for kind in KINDS if (n := getattr(self, kind))}


@dataclass(frozen=True)
class Model:
    """The problem with what its values were made of, by (application, person)."""

    problem: Problem
    parts: Mapping[tuple[int, int], tuple[int, int, int, int]]  # value, points of the field, of the text, of the wish
    inputs: Any = field(repr=False)


def model(inputs: Any, parameters: Parameters, excluded: Collection[tuple[int, int]] = ()) -> Model:
    """Edges for every pair that may be made: nobody in conflict, nobody who declined, nobody who cannot."""
    topic = fits(inputs.proposals, [person.topic for person in inputs.people])
    state, gone = _states(inputs, parameters, excluded)
    per = _wish_points(inputs, gone)
    weights = wishes.Weights(parameters.fit, parameters.wish)
    edges, parts = [], {}
    people = [
        (j, person.id, inputs.wishes.get(person.id, {}), per[person.id]) for j, person in enumerate(inputs.people)
    ]
    for proposal, of_fields, of_texts in zip(inputs.proposals, topic.field.tolist(), topic.text.tolist(), strict=True):
        for j, user_id, said, worth in people:
            pair = (proposal.id, user_id)
            if pair in gone:
                continue
            wish = worth.get(said.get(proposal.id), 0)
            value = wishes.value(of_fields[j] + of_texts[j], wish, weights)
            edges.append(Edge(proposal.id, user_id, value, state.get(pair, FREE)))
            parts[pair] = (value, of_fields[j], of_texts[j], wish)
    readers = tuple(_reader(person, parameters) for person in inputs.people)
    known = {reader.id for reader in readers}
    bad = tuple(pair for pair in parameters.bad if set(pair) <= known)
    demands = tuple(Demand(proposal.id, parameters.wanted) for proposal in inputs.proposals)
    problem = Problem(
        demands, readers, tuple(edges), parameters.mix, bad, parameters.removal, parameters.crowding
    )  # fmt: skip
    return Model(problem, parts, inputs)


def _reader(person: Any, parameters: Parameters) -> Reader:
    most = parameters.most if person.limit is None else min(person.limit, parameters.most)
    return Reader(person.id, person.kind, min(parameters.least, most), most, person.elsewhere)


def _states(
    inputs: Any, parameters: Parameters, excluded: Collection[tuple[int, int]]
) -> tuple[dict[tuple[int, int], int], set[tuple[int, int]]]:
    """(state of the pairs that exist, pairs that cannot be made)."""
    gone = set(inputs.blocked) | set(excluded)
    state: dict[tuple[int, int], int] = {}
    for row in inputs.held:
        pair = (row.application_id, row.reviewer_id)
        if row.status in ("declined", "conflicted"):
            gone.add(pair)
        else:
            state[pair] = FIXED if row.worked or row.status == "submitted" or parameters.keep else HELD
    for user_id, levels in inputs.wishes.items():
        gone |= {(a, user_id) for a, level in levels.items() if level == "cannot" and (a, user_id) not in state}
    return state, gone


def _wish_points(inputs: Any, gone: Collection[tuple[int, int]]) -> dict[int, dict[Any, int]]:
    shut: dict[int, int] = defaultdict(int)
    for _application, user_id in gone:
        shut[user_id] += 1
    found = {}
    for person in inputs.people:
        stated = {a: level for a, level in inputs.wishes.get(person.id, {}).items() if (a, person.id) not in gone}
        found[person.id] = wishes.points(stated, max(len(inputs.proposals) - shut[person.id], len(stated)))
    return found


def changes(made: Model, pairs: Collection[tuple[int, int]]) -> list[dict[str, Any]]:
    """Rows of a plan for these pairs: what stays, what is new, what is withdrawn, each with its reasons."""
    chosen = set(pairs)
    held = {(e.proposal, e.reader): e.state for e in made.problem.edges if e.state != FREE}
    kinds = {reader.id: reader.kind for reader in made.problem.readers}
    proposals = {topic.id: topic for topic in made.inputs.proposals}
    people = {person.id: person for person in made.inputs.people}
    loads: dict[int, int] = defaultdict(int)
    together: dict[int, list[int]] = defaultdict(list)
    for application_id, user_id in chosen:
        loads[user_id] += 1
        together[application_id].append(user_id)
    rows = []
    for pair in sorted(chosen | set(held)):
        application_id, user_id = pair
        change = Change.remove if pair not in chosen else Change.keep if pair in held else Change.add
        only = [kinds[other] for other in together[application_id]].count(kinds[user_id]) <= made.problem.mix.get(
            kinds[user_id], 0
        )  # fmt: skip
        reasons = reasons_of(made, pair, proposals[application_id], people[user_id])
        reasons |= {"load": loads[user_id], "mix": kinds[user_id] if only and change is not Change.remove else None}
        reasons["worked"] = held.get(pair) == FIXED
        rows.append(
            {"application_id": application_id, "reviewer_id": user_id, "change": change, "value": made.parts[pair][0],
             "reasons": reasons}
        )  # fmt: skip
    return rows


def reasons_of(made: Model, pair: tuple[int, int], proposal: Any, person: Any) -> dict[str, Any]:
    """Why a pair is worth what it is."""
    _value, of_field, of_text, wish = made.parts[pair]
    level = made.inputs.wishes.get(person.id, {}).get(proposal.id)
    return {
        "field": of_field, "text": of_text, "terms": shared(proposal, person.topic), "wish": wish,
        "level": level.value if level else None,
    }  # fmt: skip


def loads(rows: Sequence[Any]) -> dict[int, int]:
    """How many reviews each person has under a plan's rows."""
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.change is not Change.remove:
            found[row.reviewer_id] += 1
    return found
