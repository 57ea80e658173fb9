"""Seconds and memory of an assignment of full size: 1,130 proposals, 200 reviewers, 3 reviews each.

    .venv/bin/python -m benchmarks.assigning [proposals reviewers]

Loads from 13 to 18, one academic and one business reviewer per proposal, 5 % conflicts, ten bad pairs, costs that grow
with the load. The solver runs as in the worker: a process of its own, whose greatest memory is printed.
"""

import json
import random
import resource
import subprocess
import sys
import time

from app.assigning.definitions import problem as p
from app.assigning.definitions.greedy import preview
from app.assigning.operations.solving import COMMAND, HOME


def problem(proposals: int = 1130, readers: int = 200, wanted: int = 3, seed: int = 7) -> p.Problem:
    """A round of random values."""
    rng = random.Random(seed)
    per = proposals * wanted / readers
    people = [
        p.Reader(
            r, ("academic", "business", "academic", "business", "other")[r % 5], int(per * 0.78), int(per * 1.08) + 1
        )
        for r in range(readers)
    ]
    edges = tuple(
        p.Edge(a, r, int(100 * rng.random() ** 2) + rng.choice((0, 0, 0, 25, 50, -50)))
        for a in range(proposals) for r in range(readers) if rng.random() > 0.05
    )  # fmt: skip
    bad = tuple((a, a + 1) for a in range(0, min(20, readers - 1), 2))
    return p.Problem(
        tuple(p.Demand(a, wanted) for a in range(proposals)), tuple(people), edges,
        {"academic": 1, "business": 1}, bad, removal=20, crowding=1,
    )  # fmt: skip


def main() -> None:
    size = [int(word) for word in sys.argv[1:3]] or [1130, 200]
    given = problem(*size)
    begin = time.monotonic()
    quick = preview(given)
    print(f"preview: {time.monotonic() - begin:.2f} s, merit {quick.merit}, {len(quick.breaches)} conditions not kept")
    begin = time.monotonic()
    done = subprocess.run(COMMAND, cwd=HOME, input=given.written(), capture_output=True, text=True, check=True)
    took = time.monotonic() - begin
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    answer = json.loads(done.stdout)
    broken = p.breaches(given, [tuple(pair) for pair in answer["pairs"]])
    print(f"optimum: {took:.2f} s, {memory:.0f} MB, {answer['verdict']}, merit {answer['merit']}, broken {len(broken)}")


if __name__ == "__main__":
    main()
