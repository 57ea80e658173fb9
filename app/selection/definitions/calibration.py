"""Strict and lenient reviewers: an additive severity model with shrinkage, and how sure a rank is.

**Model.** A review's weighted score is ``score = mean + proposal + reviewer + error``. Proposals and reviewers are crossed
random effects; the three variances are estimated by restricted maximum likelihood (REML), the effects by their best
linear unbiased predictors from Henderson's mixed-model equations (C. R. Henderson, Biometrics 31, 1975, 423-447;
S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components*, Wiley 1992, ch. 6-7). Both kinds of effects are shrunk:
a reviewer with three reviews moves a score less than one with twenty, and a proposal with one review is believed less
than one with four. Fixed effects (a plain two-way analysis of variance) were left aside: with three reviews a proposal
they correct a score by the full noise of reviewers who wrote little.

**How sure.** A parametric bootstrap with a fixed seed: effects and errors are drawn from the fitted model, the
equations are solved anew for each draw, and the error of that prediction is laid on the prediction from the real
scores. The variances are held at their estimates, so the intervals leave out that these too are estimated.

**Too thin.** Where the scores cannot carry this, the answer says why and the adjusted score is the raw mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import Bilingual

SEED = 19972004
DRAWS = 500
FEWEST_REVIEWS = 3  # a reviewer with fewer tells little of his own severity
#: More than this share of reviewers with too few reviews, and severity is not told from chance.
FEW_REVIEWERS_SHARE = 0.25
#: A variance this small beside the error's is none; this many degrees of freedom must be left for the error.
NOTHING = 1e-4
FEWEST_FREE = 3
COVERAGE = (0.05, 0.95)

THIN = {
    "no-scores": Bilingual("There are too few submitted reviews.", "提出済みの評価が不足しています。"),
    "disconnected": Bilingual(
        "The reviewers fall into {n} groups that share no proposal, so that groups cannot be compared.",
        "審査員が共通の提案を持たない{n}つの集団に分かれているため、集団間の比較ができません。",
    ),
    "few-reviews": Bilingual(
        "{n} of {of} reviewers have fewer than {k} reviews, too few to tell their severity from chance.",
        "審査員{of}名のうち{n}名の評価件数が{k}件未満で、評価の厳しさを偶然と区別できません。",
    ),
    "no-freedom": Bilingual(
        "There are hardly more reviews than proposals and reviewers together, so that severity, merit and chance cannot"
        " be told apart.",
        "評価件数が提案数と審査員数の合計をほとんど上回らないため、厳しさ・提案の優劣・偶然を区別できません。",
    ),
    "no-difference": Bilingual(
        "The scores do not tell proposals apart from chance.", "評点からは提案間の差を偶然と区別できません。"
    ),
}


@dataclass(frozen=True)
class Observation:
    """One submitted review: its proposal, its reviewer, the weighted score in points (1 to 5)."""

    proposal: int
    reviewer: int
    score: float


@dataclass(frozen=True)
class Line:
    """Where fundable ends: so many places, or so many yen (asked amounts added up in order of rank), or nowhere."""

    places: int | None = None
    budget_yen: int | None = None
    asked_yen: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What is known of one proposal. Scores in points, ranks from 1, ``above`` the probability of being above the line."""

    proposal: int
    reviews: int
    raw: float
    adjusted: float
    low: float | None = None
    high: float | None = None
    rank: int = 0
    rank_low: int | None = None
    rank_high: int | None = None
    above: float | None = None

    def undecided(self, lower: float, upper: float) -> bool:
        """In the zone of indifference: chance alone could put it on either side of the line."""
        return self.above is not None and lower <= self.above <= upper


@dataclass(frozen=True)
class Severity:
    """One reviewer: positive is lenient, negative is strict, in points; 0 where the scores are too thin."""

    reviewer: int
    reviews: int
    mean: float
    effect: float


@dataclass(frozen=True)
class Calibration:
    """The whole answer; ``thin`` names the reason when nothing was adjusted."""

    mean: float
    variance_proposals: float
    variance_reviewers: float
    variance_error: float
    standings: tuple[Standing, ...]
    severities: tuple[Severity, ...]
    thin: str | None = None
    thin_values: Mapping[str, int] = field(default_factory=dict)

    @property
    def why_thin(self) -> Bilingual | None:
        return THIN[self.thin].format(**self.thin_values) if self.thin else None


def groups(observations: Sequence[Observation]) -> int:
    """Into how many parts that share neither a proposal nor a reviewer the reviews fall."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for o in observations:
        parent[root(("p", o.proposal))] = root(("r", o.reviewer))
    return len({root(node) for node in list(parent)})


class _Design:
    """The observations as arrays: row keys, counts, sums."""

    def __init__(self, observations: Sequence[Observation]) -> None:
        import numpy as np
        from scipy.sparse import csr_array, vstack

        self.proposals = sorted({o.proposal for o in observations})
        self.reviewers = sorted({o.reviewer for o in observations})
        place_p = {key: i for i, key in enumerate(self.proposals)}
        place_r = {key: i for i, key in enumerate(self.reviewers)}
        self.p = np.array([place_p[o.proposal] for o in observations], dtype=np.intp)
        self.r = np.array([place_r[o.reviewer] for o in observations], dtype=np.intp)
        self.y = np.array([o.score for o in observations], dtype=float)
        self.n, self.np, self.nr = len(self.y), len(self.proposals), len(self.reviewers)
        self.count_p = np.bincount(self.p, minlength=self.np).astype(float)
        self.count_r = np.bincount(self.r, minlength=self.nr).astype(float)
        every, ones = np.arange(self.n), np.ones(self.n)
        self.of_proposal = csr_array((ones, (self.p, every)), shape=(self.np, self.n))
        of_reviewer = csr_array((ones, (self.r, every)), shape=(self.nr, self.n))
        #: Rows: the mean, then each reviewer.
        self.of_rest = vstack([csr_array(np.ones((1, self.n))), of_reviewer]).tocsr()
        #: How often they meet each proposal (columns).
        self.met = (self.of_rest @ self.of_proposal.T).tocsr()

    def sums(self, y: Any) -> tuple[Any, Any]:
        """Right-hand sides for one or many score vectors (columns): over mean and reviewers, over proposals."""
        return self.of_rest @ y, self.of_proposal @ y


class _Equations:
    """Henderson's equations for given ratios of variance to the error's, proposals absorbed."""

    def __init__(self, design: _Design, ratio_p: float, ratio_r: float) -> None:
        import numpy as np
        from scipy.linalg import cho_factor

        self.design, self.ratio_p, self.ratio_r = design, ratio_p, ratio_r
        self.diagonal = design.count_p + 1 / ratio_p
        core = np.zeros((1 + design.nr, 1 + design.nr))
        core[0, 0] = design.n
        core[0, 1:] = core[1:, 0] = design.count_r
        core[np.arange(1, 1 + design.nr), np.arange(1, 1 + design.nr)] = design.count_r + 1 / ratio_r
        self.weighed = design.met.multiply(1 / self.diagonal).tocsr()
        self.factor = cho_factor(core - (self.weighed @ design.met.T).toarray(), lower=True)

    def solve(self, y: Any) -> tuple[Any, Any, Any]:
        """Mean, effects of proposals, effects of reviewers (columns as in ``y``)."""
        from scipy.linalg import cho_solve

        above, below = self.design.sums(y)
        upper = cho_solve(self.factor, above - self.weighed @ below)
        by = below - self.design.met.T @ upper
        proposals = (by.T / self.diagonal).T
        return upper[0], proposals, upper[1:]

    def unexplained(self, y: Any) -> float:
        """y'Py in units of the error variance: what REML divides by n - 1."""
        mean, proposals, reviewers = self.solve(y)
        return float(y @ (y - mean - proposals[self.design.p] - reviewers[self.design.r]))

    def deviance(self, y: Any) -> tuple[float, Any]:
        """Minus twice the restricted log-likelihood (error variance profiled out, constants left away), and its slope
        by the logarithms of the two ratios."""
        import numpy as np
        from scipy.linalg import cho_solve

        d = self.design
        mean, proposals, reviewers = self.solve(y)
        left = max(float(y @ (y - mean - proposals[d.p] - reviewers[d.r])), 1e-300)
        logdet = float(np.log(self.diagonal).sum() + 2 * np.log(np.diag(self.factor[0])).sum())
        logdet += d.np * float(np.log(self.ratio_p)) + d.nr * float(np.log(self.ratio_r))
        inverse = cho_solve(self.factor, np.eye(1 + d.nr))
        trace_r = float(np.trace(inverse)) - float(inverse[0, 0])
        trace_p = float((1 / self.diagonal).sum() + (self.weighed.multiply(inverse @ self.weighed)).sum())
        scale = (d.n - 1) / left
        slope = [
            d.np - (trace_p + scale * float(proposals @ proposals)) / self.ratio_p,
            d.nr - (trace_r + scale * float(reviewers @ reviewers)) / self.ratio_r,
        ]
        return (d.n - 1) * float(np.log(left / (d.n - 1))) + logdet, np.array(slope)


#: Ratios of a variance to the error's are looked for between e^-14 and e^14 (no error at all: the upper end).
_LIMIT = 14.0


def _ratios(design: _Design, y: Any) -> tuple[float, float]:
    """REML estimates of the ratios of the proposals' and the reviewers' variance to the error's."""
    import numpy as np
    from scipy.optimize import minimize

    def cost(logs: Any) -> tuple[float, Any]:
        try:
            return _Equations(design, float(np.exp(logs[0])), float(np.exp(logs[1]))).deviance(y)
        except np.linalg.LinAlgError:
            return 1e12, np.zeros(2)

    best = None
    for start in ((0.0, -1.0), (3.0, 3.0)):
        found = minimize(
            cost, start, jac=True, method="L-BFGS-B", bounds=((-_LIMIT, _LIMIT),) * 2,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 200},
        )  # fmt: skip
        if best is None or found.fun < best.fun - 1e-9:
            best = found
    assert best is not None
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def _thin(design: _Design, parts: int, fewest: int) -> tuple[str, dict[str, int]] | None:
    if design.n < 2 or design.np < 2 or design.nr < 2:
        return "no-scores", {}
    if parts > 1:
        return "disconnected", {"n": parts}
    few = int((design.count_r < fewest).sum())
    if few > FEW_REVIEWERS_SHARE * design.nr:
        return "few-reviews", {"n": few, "of": design.nr, "k": fewest}
    if design.n - (design.np + design.nr - 1) < FEWEST_FREE:
        return "no-freedom", {}
    return None


def calibrate(
    observations: Sequence[Observation],
    line: Line | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    fewest: int = FEWEST_REVIEWS,
) -> Calibration:
    """Adjusted scores, severities, intervals and probabilities; the same for the same input, always.

    ``fewest`` is the number of reviews below which a reviewer's severity counts as unknown.
    """
    import numpy as np

    if not observations:
        return Calibration(0.0, 0.0, 0.0, 0.0, (), (), "no-scores")
    observations = sorted(observations, key=lambda o: (o.proposal, o.reviewer, o.score))
    design = _Design(observations)
    raw = np.bincount(design.p, design.y, design.np) / design.count_p
    harsh = np.bincount(design.r, design.y, design.nr) / design.count_r
    thin = _thin(design, groups(observations), fewest)
    if thin is None:
        ratio_p, ratio_r = _ratios(design, design.y)
        if ratio_p < NOTHING:
            thin = "no-difference", {}
    if thin is not None:
        order = _ranks(raw[:, None])[:, 0]
        plain = tuple(
            Standing(key, int(design.count_p[i]), float(raw[i]), float(raw[i]), rank=int(order[i]))
            for i, key in enumerate(design.proposals)
        )
        silent = tuple(
            Severity(key, int(design.count_r[j]), float(harsh[j]), 0.0) for j, key in enumerate(design.reviewers)
        )
        return Calibration(float(design.y.mean()), 0.0, 0.0, 0.0, plain, silent, *thin)
    equations = _Equations(design, ratio_p, ratio_r)
    mean, proposals, reviewers = equations.solve(design.y)
    error = equations.unexplained(design.y) / (design.n - 1)
    adjusted = float(mean) + proposals
    drawn = _drawn(equations, adjusted, max(error, 0.0), draws, seed)
    return Calibration(
        float(mean), ratio_p * error, ratio_r * error, error,
        _standings(design, raw, adjusted, drawn, line),
        tuple(
            Severity(key, int(design.count_r[j]), float(harsh[j]), float(reviewers[j]))
            for j, key in enumerate(design.reviewers)
        ),
    )  # fmt: skip


def _drawn(equations: _Equations, adjusted: Any, error: float, draws: int, seed: int) -> Any:
    """Draws of the true scores (proposals by draws), given the scores that were given."""
    import numpy as np

    design, rng = equations.design, np.random.default_rng(seed)
    p = rng.standard_normal((design.np, draws)) * (error * equations.ratio_p) ** 0.5
    r = rng.standard_normal((design.nr, draws)) * (error * equations.ratio_r) ** 0.5
    y = p[design.p] + r[design.r] + rng.standard_normal((design.n, draws)) * error**0.5
    mean, found, _reviewers = equations.solve(y)
    return adjusted[:, None] + p - (mean + found)


def _ranks(scores: Any) -> Any:
    """Places from 1 in each column, the best score first; equal scores share the better place."""
    import numpy as np

    order = np.argsort(-scores, axis=0, kind="stable")
    ranked = np.empty(scores.shape, dtype=int)
    for column in range(scores.shape[1]):
        way = order[:, column]
        values = scores[way, column]
        place = np.arange(1, len(way) + 1)
        same = np.concatenate(([False], np.isclose(values[1:], values[:-1], rtol=0, atol=1e-9)))
        place[same] = 0
        ranked[way, column] = np.maximum.accumulate(place)
    return ranked


def _above(drawn: Any, keys: Sequence[int], line: Line) -> Any:
    """How often each proposal lies above the line; None where there is no line."""
    import numpy as np

    order = np.argsort(-drawn, axis=0, kind="stable")
    inside = np.zeros(drawn.shape, dtype=bool)
    if line.places is not None:
        rows = order[: line.places]
        np.put_along_axis(inside, rows, True, axis=0)
    elif line.budget_yen is not None:
        asked = np.array([float(line.asked_yen.get(key, 0)) for key in keys])
        fits = np.cumsum(asked[order], axis=0) <= line.budget_yen
        np.put_along_axis(inside, order, fits, axis=0)
    else:
        return None
    return inside.mean(axis=1)


def _standings(design: _Design, raw: Any, adjusted: Any, drawn: Any, line: Line | None) -> tuple[Standing, ...]:
    import numpy as np

    low, high = np.quantile(drawn, COVERAGE, axis=1)
    ranks = _ranks(adjusted[:, None])[:, 0]
    low_rank, high_rank = np.quantile(_ranks(drawn), COVERAGE, axis=1, method="nearest")
    above = _above(drawn, design.proposals, line) if line else None
    return tuple(
        Standing(
            key, int(design.count_p[i]), float(raw[i]), float(adjusted[i]), float(low[i]), float(high[i]),
            int(ranks[i]), int(low_rank[i]), int(high_rank[i]), None if above is None else float(above[i]),
        )
        for i, key in enumerate(design.proposals)
    )  # fmt: skip
