"""How well a proposal's topic fits a reviewer: shared fields, and words in common, from 0 to 100.

Texts are compared by the cosine of their character bigrams and trigrams, weighted by how rare each is (TF-IDF): that
works for Japanese, which writes no spaces, as for English. What is common to both is named as the reason.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIELD_POINTS = 40  # at most, for the field
TEXT_POINTS = 60  # at most, for the texts
#: Cosines of texts about the same thing seldom exceed this; it earns all the points of the text.
FULL = 0.35
TERMS = 3  # named as the reason
_RUNS = re.compile(r"[a-z0-9]+|[぀-ヿ㐀-鿿々ー]+")
_TERM = re.compile(r"[a-z][a-z0-9-]{3,}|[゠-ヿー]{3,}|[㐀-鿿々]{2,}")
#: Words that every proposal holds.
COMMON = frozenset(
    ("development", "research", "technology", "system", "based", "using", "with", "from", "that", "this", "which", "into",
     "project", "product", "products", "method", "japan", "high", "開発", "研究", "技術", "事業", "製品", "利用", "活用", "実用化",
     "システム", "低", "高", "及", "等", "新規", "地域", "企業", "大学", "製造", "方法", "装置", "用")
)  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """What a proposal or a reviewer is about: codes of fields, and a text (title and abstract, or keywords)."""

    id: int
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Fits:
    """Points by (proposal, reviewer) position; ``field`` and ``text`` are the parts of ``points``."""

    points: Any
    field: Any
    text: Any


def plain(text: str) -> str:
    """Width, case and katakana forms made equal."""
    return unicodedata.normalize("NFKC", text).lower()


def grams(text: str) -> list[str]:
    """Bigrams of Japanese runs, trigrams of both; a Latin word counts with its edges."""
    found = []
    for run in _RUNS.findall(plain(text)):
        if run[0].isascii():
            padded = f" {run} "
            found += [padded[i : i + 3] for i in range(len(padded) - 2)]
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)] + [run[i : i + 3] for i in range(len(run) - 2)]
    return found


def terms(text: str) -> set[str]:
    """Words of a text that say what it is about."""
    return set(_TERM.findall(plain(text))) - COMMON


def shared(proposal: Topic, reviewer: Topic) -> list[str]:
    """Terms that both texts hold (one inside the other counts), the longest first; at most three."""
    mine, theirs = terms(proposal.text), terms(reviewer.text)
    common = {a if len(a) <= len(b) else b for a in mine for b in theirs if a == b or _inside(a, b)}
    kept = [t for t in common if not any(t != other and t in other for other in common)]
    return sorted(kept, key=lambda term: (-len(term), term))[:TERMS]


def _inside(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return short in long and (len(short) >= 5 if short[0].isascii() else True)


def fits(proposals: Sequence[Topic], reviewers: Sequence[Topic]) -> Fits:
    """Every proposal against every reviewer; 1,130 by 200 takes about a second."""
    import numpy as np

    shape = (len(proposals), len(reviewers))
    field, text = np.zeros(shape), np.zeros(shape)
    for code in {code for reviewer in reviewers for code in reviewer.fields}:
        there = [i for i, proposal in enumerate(proposals) if code in proposal.fields]
        at_home = [j for j, reviewer in enumerate(reviewers) if code in reviewer.fields]
        field[np.ix_(there, at_home)] = FIELD_POINTS
    cosines = _cosines([p.text for p in proposals], [r.text for r in reviewers])
    if cosines is not None:
        text = np.clip(cosines / FULL, 0.0, 1.0) * TEXT_POINTS
    return Fits(np.rint(field + text).astype(int), field.astype(int), np.rint(text).astype(int))


def _cosines(first: Sequence[str], second: Sequence[str]) -> Any:
    """Cosines of TF-IDF weights. Only grams of the second side are looked up: all others add nothing to a product,
    they only count in the length of a text."""
    import numpy as np

    counted = [_counts(text) for text in (*first, *second)]
    frequency: dict[str, int] = {}
    for counts in counted:
        for gram in counts:
            frequency[gram] = frequency.get(gram, 0) + 1
    n = len(counted)
    weight = {gram: math.log((1 + n) / (1 + often)) + 0.1 for gram, often in frequency.items()}
    known: dict[str, int] = {}
    for counts in counted[len(first) :]:
        for gram in counts:
            known.setdefault(gram, len(known))
    if not known or not first:
        return None
    dense = np.zeros((len(known), len(second)), dtype=np.float32)
    for j, counts in enumerate(counted[len(first) :]):
        length = _length(counts, weight)
        for gram, times in counts.items():
            dense[known[gram], j] = (1 + math.log(times)) * weight[gram] / length
    found = np.zeros((len(first), len(second)))
    for i, counts in enumerate(counted[: len(first)]):
        pairs = [(known[gram], (1 + math.log(times)) * weight[gram]) for gram, times in counts.items() if gram in known]
        if pairs:
            places, values = zip(*pairs, strict=True)
            row = np.asarray(values, dtype=np.float32) @ dense[list(places)]
            found[i] = row / _length(counts, weight)
    return found


def _counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for gram in grams(text):
        counts[gram] = counts.get(gram, 0) + 1
    return counts


def _length(counts: dict[str, int], weight: dict[str, float]) -> float:
    return math.sqrt(sum(((1 + math.log(times)) * weight[gram]) ** 2 for gram, times in counts.items())) or 1.0
