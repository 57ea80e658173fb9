"""Who is told when somebody joins a consortium: an organisation, a person who acts for one, somebody named in a share."""

from collections.abc import Callable

#: Told at once (the application's key): floors above add their own.
JOINED: list[Callable[[int], None]] = []


def joined(application_id: int) -> None:
    for listener in JOINED:
        listener(application_id)
