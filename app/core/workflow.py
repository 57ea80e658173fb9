"""State machines as data: a frozen table of transitions, applied in one place, written down in the record."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.core import audit
from app.core.db import engine_at_work, session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused


@contextmanager
def _engine() -> Iterator[None]:
    token = engine_at_work.set(True)
    try:
        yield
    finally:
        engine_at_work.reset(token)


@dataclass(frozen=True)
class Transition:
    """``event`` leads from any of ``sources`` to ``target``; ``may`` decides who, ``needs`` what must hold.

    ``may(actor, subject) -> bool``; each need is ``need(subject) -> Iterable[Reason]`` (empty when met).
    """

    event: str
    sources: frozenset[StrEnum]
    target: StrEnum
    may: Callable[[Any, Any], bool]
    needs: tuple[Callable[[Any], Iterable[Reason]], ...] = ()
    label: Any = None


@dataclass(frozen=True)
class Machine:
    """The life of one kind of thing."""

    name: str
    states: type[StrEnum] | tuple[StrEnum, ...]  # a tuple where two machines share one list of codes
    initial: StrEnum
    transitions: tuple[Transition, ...]
    _table: dict[tuple[StrEnum, str], Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table: dict[tuple[StrEnum, str], Transition] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (source, transition.event) in table:
                    raise ValueError(f"{self.name}: {transition.event} from {source} is declared twice")
                table[source, transition.event] = transition
        object.__setattr__(self, "_table", table)

    @property
    def events(self) -> list[str]:
        return list(dict.fromkeys(transition.event for transition in self.transitions))

    def transition(self, status: StrEnum, event: str) -> Transition | None:
        return self._table.get((status, event))

    def available(self, subject: Any, actor: Any) -> list[str]:
        """The events that this actor may fire now (needs aside): the buttons of a page."""
        answers: dict[Any, bool] = {}  # several events often ask the same predicate, and it may ask the database
        found = []
        for transition in self.transitions:
            if subject.status not in transition.sources:
                continue
            if transition.may not in answers:
                answers[transition.may] = transition.may(actor, subject)
            if answers[transition.may]:
                found.append(transition.event)
        return found

    def missing(self, subject: Any, event: str) -> list[Reason]:
        """What would still be refused if the event were fired now."""
        transition = self.transition(subject.status, event)
        if transition is None:
            return []
        return [reason for need in transition.needs for reason in need(subject)]

    def check(self, subject: Any, event: str, actor: Any) -> Transition:
        """The transition if it may be fired; raises OutOfOrder, Forbidden or Refused otherwise."""
        transition = self.transition(subject.status, event)
        if transition is None:
            raise OutOfOrder(subject, event, subject.status)
        if not transition.may(actor, subject):
            raise Forbidden(f"{self.name}: {event}")
        reasons = [reason for need in transition.needs for reason in need(subject)]
        if reasons:
            raise Refused(reasons)
        return transition

    def apply(
        self,
        subject: Any,
        event: str,
        actor: Any,
        *,
        reason: str | None = None,
        on_behalf_of: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> audit.Event:
        """Fire the event: check, change the status, bump the version, write the record.

        Raises OutOfOrder (wrong state), Forbidden (wrong actor) or Refused (needs unmet, all of them listed).
        """
        transition = self.check(subject, event, actor)
        return self._move(subject, event, transition.target, actor, reason, on_behalf_of, data)

    def restore(self, subject: Any, status: StrEnum, actor: Any, *, reason: str) -> audit.Event:
        """Put a thing that has a history elsewhere (an import) into its state, on the record."""
        return self._move(subject, "restored", status, actor, reason, None, None)

    def _move(
        self,
        subject: Any,
        event: str,
        target: StrEnum,
        actor: Any,
        reason: str | None,
        on_behalf_of: str | None,
        data: dict[str, Any] | None,
    ) -> audit.Event:
        before = subject.status
        with _engine():
            subject.status = target
        session.flush()  # the version check must speak now, and a new row needs its key
        return audit.record(
            subject,
            event,
            actor,
            from_status=before.value if before else None,
            to_status=target.value,
            reason=reason,
            on_behalf_of=on_behalf_of,
            data=data,
        )

    def mermaid(self) -> str:
        """The machine as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        finals = set(self.states)
        for transition in self.transitions:
            for source in sorted(transition.sources):
                finals.discard(source)
                lines.append(f"    {source.value} --> {transition.target.value}: {transition.event}")
        lines += [f"    {state.value} --> [*]" for state in sorted(finals)]
        return "\n".join(lines) + "\n"


def sources(*states: StrEnum) -> frozenset[StrEnum]:
    return frozenset(states)
