"""Running the solver as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.assigning.definitions.problem import Answer, Breach, Problem

#: The package is imported without the application around it: a hundred megabytes less beside the solver's own.
HOME = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "assigning.definitions.solver"]
SECONDS = 200.0  # the solver stops by itself long before


def solved(problem: Problem) -> Answer:
    """What the solver answers. Raises RuntimeError when its process fails or hangs; its memory is gone either way."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command of ours, the data goes in by its standard input
            COMMAND, cwd=HOME, input=problem.written(), capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError("the solver took too long") from None
    if done.returncode:
        raise RuntimeError(f"the solver failed: {done.stderr[-500:]}")
    return _answer(json.loads(done.stdout))


def _answer(data: dict[str, Any]) -> Answer:
    return Answer(
        data["verdict"], tuple((a, b) for a, b in data["pairs"]), data["merit"], data["bound"],
        tuple(data["contradiction"]), tuple(Breach(**row) for row in data["breaches"]),
    )  # fmt: skip
