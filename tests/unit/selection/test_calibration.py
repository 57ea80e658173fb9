"""Severity and merit told apart: known cases, the closed form, an independent REML, the same answer every time."""

import warnings

import numpy as np
import pytest

from app.selection.definitions.calibration import Calibration, Line, Observation, calibrate, groups

MERITS = {p: 3.0 + 0.25 * (p % 7) - 0.1 * (p % 3) for p in range(24)}
SEVERITIES = {100: -0.9, 101: -0.3, 102: 0.0, 103: 0.2, 104: 0.4, 105: 0.6}


def sparse(noise: float = 0.0, seed: int = 1, proposals: int = 24, each: int = 3) -> list[Observation]:
    """Each proposal read by ``each`` of the reviewers in turn, so that strict ones do not read the same proposals."""
    rng, found = np.random.default_rng(seed), []
    reviewers = list(SEVERITIES)
    for p in range(proposals):
        for k in range(each):
            r = reviewers[(p + k * (1 + p % 2)) % len(reviewers)]
            found.append(Observation(p, r, MERITS[p % 24] + SEVERITIES[r] + noise * float(rng.standard_normal())))
    return found


def crossed(noise: float = 0.4, seed: int = 3) -> tuple[np.ndarray, list[Observation]]:
    rng = np.random.default_rng(seed)
    y = 3 + rng.normal(0, 0.6, (15, 1)) + rng.normal(0, 0.5, (1, 6)) + rng.normal(0, noise, (15, 6))
    return y, [Observation(i, 100 + j, float(y[i, j])) for i in range(15) for j in range(6)]


def by_proposal(found: Calibration) -> dict[int, float]:
    return {s.proposal: s.adjusted for s in found.standings}


def test_known_severities_are_recovered_where_nothing_else_disturbs() -> None:
    found = calibrate(sparse())
    assert found.thin is None
    effects = {s.reviewer: s.effect for s in found.severities}
    mean = sum(SEVERITIES.values()) / len(SEVERITIES)
    assert effects == pytest.approx({r: s - mean for r, s in SEVERITIES.items()}, abs=0.01)
    adjusted, middle = by_proposal(found), sum(MERITS.values()) / len(MERITS)
    shift = sum(adjusted.values()) / len(adjusted) - middle
    assert adjusted == pytest.approx({p: m + shift for p, m in MERITS.items()}, abs=0.01)


def test_the_raw_ranking_is_wrong_where_the_adjusted_one_is_right() -> None:
    found = calibrate(sparse(0.02))
    true = sorted(MERITS, key=lambda p: -MERITS[p])
    raw = {s.proposal: s.raw for s in found.standings}
    adjusted = by_proposal(found)

    def swapped(scores: dict[int, float]) -> int:
        return sum(
            MERITS[a] - MERITS[b] > 0.05 and scores[a] < scores[b]
            for i, a in enumerate(true) for b in true[i + 1 :]
        )  # fmt: skip

    assert swapped(raw) > 5 and swapped(adjusted) == 0


def test_a_balanced_design_agrees_with_the_closed_form() -> None:
    """Searle, Casella, McCulloch: mean squares of the two-way table give REML's variances and the shrunken means."""
    y, observations = crossed()
    a, b = y.shape
    rows, columns, grand = y.mean(axis=1), y.mean(axis=0), y.mean()
    error = ((y - rows[:, None] - columns[None, :] + grand) ** 2).sum() / ((a - 1) * (b - 1))
    var_p = (b * ((rows - grand) ** 2).sum() / (a - 1) - error) / b
    var_r = (a * ((columns - grand) ** 2).sum() / (b - 1) - error) / a
    found = calibrate(observations)
    assert (found.variance_error, found.variance_proposals, found.variance_reviewers) == pytest.approx(
        (error, var_p, var_r), rel=1e-4
    )
    shrunk = grand + b * var_p / (b * var_p + error) * (rows - grand)
    assert [s.adjusted for s in found.standings] == pytest.approx(list(shrunk), abs=1e-5)
    severities = a * var_r / (a * var_r + error) * (columns - grand)
    assert [s.effect for s in found.severities] == pytest.approx(list(severities), abs=1e-5)
    assert sorted(range(15), key=lambda i: -rows[i]) == [
        s.proposal for s in sorted(found.standings, key=lambda s: s.rank)
    ]


def test_an_independent_reml_finds_the_same_variances_and_effects() -> None:
    import pandas
    from statsmodels.regression.mixed_linear_model import MixedLM

    observations = sparse(0.35, seed=11)
    table = pandas.DataFrame(
        {"y": [o.score for o in observations], "p": [o.proposal for o in observations],
         "r": [o.reviewer for o in observations], "one": 1}
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = MixedLM.from_formula(
            "y ~ 1", groups="one", vc_formula={"p": "0 + C(p)", "r": "0 + C(r)"}, data=table
        ).fit(reml=True)
    found = calibrate(observations)
    assert [found.variance_proposals, found.variance_reviewers] == pytest.approx(list(fitted.vcomp), rel=0.02)
    assert found.variance_error == pytest.approx(fitted.scale, rel=0.02)
    effects = fitted.random_effects[1]
    for standing in found.standings:
        theirs = float(fitted.params["Intercept"] + effects[f"p[C(p)[{standing.proposal}]]"])
        assert standing.adjusted == pytest.approx(theirs, abs=0.01)


def test_the_bootstrap_is_the_same_every_time_and_whatever_the_order() -> None:
    observations = sparse(0.4)
    line = Line(places=6)
    first = calibrate(observations, line)
    assert first == calibrate(list(reversed(observations)), line)
    assert first != calibrate(observations, line, seed=5)
    for s in first.standings:
        assert s.low is not None and s.high is not None and s.above is not None
        assert s.low < s.adjusted < s.high and 0 <= s.above <= 1
        assert s.rank_low is not None and s.rank_high is not None and s.rank_low <= s.rank <= s.rank_high
    assert sum(s.above or 0 for s in first.standings) == pytest.approx(6)  # six places in each draw


def test_the_zone_of_indifference_is_where_chance_decides() -> None:
    found = calibrate(sparse(0.3), Line(places=8))
    inside = [s for s in found.standings if s.undecided(0.1, 0.9)]
    assert inside and len(inside) < len(found.standings)
    assert all(3 <= s.rank <= 16 for s in inside)
    assert all((s.above or 0) > 0.9 for s in found.standings if s.rank == 1)
    assert not any(s.undecided(0.1, 0.9) for s in calibrate(sparse(0.3)).standings)  # no line, no zone


def test_a_line_drawn_by_the_budget_adds_up_what_was_asked() -> None:
    observations = sparse(0.001)
    asked = {p: 10 for p in range(24)}
    found = calibrate(observations, Line(budget_yen=50, asked_yen=asked))
    assert sum(s.above or 0 for s in found.standings) == pytest.approx(5)
    none = calibrate(observations, Line(budget_yen=5, asked_yen=asked))
    assert all(s.above == 0 for s in none.standings)


def test_intervals_hold_what_they_promise() -> None:
    """Over many rounds drawn from the model, the 90 % interval holds the true score in about 90 of 100 cases."""
    held = total = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        merit, severity = 3 + rng.normal(0, 0.5, 40), rng.normal(0, 0.4, 10)
        rows = [
            Observation(p, 100 + r, float(merit[p] + severity[r] + rng.normal(0, 0.4)))
            for p in range(40) for r in rng.choice(10, 3, replace=False)
        ]  # fmt: skip
        found = calibrate(rows, draws=300)
        centre = severity.mean()
        for s in found.standings:
            assert s.low is not None and s.high is not None
            held += s.low <= merit[s.proposal] + centre <= s.high
            total += 1
    assert 0.84 < held / total < 0.96


def test_groups_that_share_nothing_are_too_thin() -> None:
    apart = [*sparse(0.3), *(Observation(o.proposal + 500, o.reviewer + 500, o.score) for o in sparse(0.3, 7))]
    assert groups(apart) == 2 and groups(sparse()) == 1
    found = calibrate(apart)
    assert found.thin == "disconnected" and "2" in str(found.why_thin and found.why_thin.en)
    assert all(s.adjusted == s.raw and s.low is None and s.above is None for s in found.standings)


@pytest.mark.parametrize(
    ("observations", "why"),
    [
        ([], "no-scores"),
        ([Observation(1, 1, 3.0)], "no-scores"),
        ([Observation(p, r, 3.0 + p + r) for p in (1, 2) for r in (1, 2)], "few-reviews"),
        ([Observation(p, r, 3.0 + p) for p in (1, 2, 3) for r in (1, 2)], "no-freedom"),
        ([Observation(p, r, float(1 + (p * 7 + r * 5) % 3)) for p in range(9) for r in range(9)], "no-difference"),
    ],
)
def test_too_thin_says_why_and_changes_nothing(observations: list[Observation], why: str) -> None:
    found = calibrate(observations)
    assert found.thin == why and found.why_thin is not None and found.why_thin.ja
    assert all(s.adjusted == s.raw for s in found.standings) and all(s.effect == 0 for s in found.severities)


def test_one_reviewer_with_a_single_review_does_not_stop_the_rest() -> None:
    found = calibrate([*sparse(0.3), Observation(0, 999, 1.0)])
    assert found.thin is None
    effect = {s.reviewer: s.effect for s in found.severities}
    assert -2 < effect[999] < 0  # shrunken: one review is not believed whole


def test_the_severities_of_a_large_round_are_recovered() -> None:
    rng = np.random.default_rng(0)
    merit, severity = 3 + rng.normal(0, 0.5, 1_130), rng.normal(0, 0.4, 200)
    rows = [
        Observation(p, 10_000 + r, round(float(merit[p] + severity[r] + rng.normal(0, 0.5)), 2))
        for p in range(1_130) for r in rng.choice(200, 3, replace=False)
    ]  # fmt: skip
    found = calibrate(rows, Line(places=300))
    assert found.thin is None and len(found.standings) == 1_130
    assert found.variance_reviewers == pytest.approx(0.16, rel=0.4)
