"""The benchmark index: firms against their industries, free to vary for the office, fixed for managers."""

from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask_login import current_user
from werkzeug.exceptions import abort

from app.core.access import access, role
from app.core.clock import today
from app.surveys import exports, policy, queries
from app.surveys.choices import Measure
from app.surveys.definitions.published import BLOCKS, CAUTIONS
from app.surveys.forms import IndexForm
from app.surveys.views import bp
from app.surveys.views.results import csv, staff

lookers = role("officer", "auditor", "admin", "cluster_manager")
SHOWN_YEARS = 5


class Asked:
    """The question of a page: what the address says, and for managers only cluster and figure of it."""

    def __init__(self) -> None:
        self.everything = policy.sees_records(current_user)
        self.clusters = {one.cluster_code: one for one in queries.waves.clusters_for(current_user)}
        self.sources = queries.figures.sources()
        span = queries.figures.years_on_record()
        first, last = (max(span[0], span[1] - SHOWN_YEARS + 1), span[1]) if span else (2000, 2004)
        plain = {
            "measure": Measure.sales.value, "on": today(), "first": first, "last": max(last, first + 1), "base": first,
            "source": self.sources[0] if self.sources else None, "cluster": None if self.everything else next(iter(self.clusters), None),
        }  # fmt: skip
        typed = {k: v for k, v in request.args.items() if v and (self.everything or k in ("cluster", "measure"))}
        self.form = IndexForm(data=plain)
        if typed:
            shown = {k: v.isoformat() if isinstance(v, date) else str(v) for k, v in plain.items() if v is not None}
            self.form = IndexForm(_multi({**shown, **typed}), data=plain)
        source = self.form.source.data or ""
        measure = Measure(self.form.measure.data) if self.form.measure.data in set(Measure) else Measure.sales
        industries = sorted(queries.figures.series(source, measure))
        self.form.offer(list(self.clusters.values()), self.sources, industries, self.everything)
        self.good = not typed or self.form.validate()
        self.measure = measure

    def answer(self, with_large: bool = False) -> Any:
        f = self.form
        cluster = self.clusters.get(f.cluster.data or "")
        if not self.everything and cluster is None:
            abort(404)
        left_out = frozenset([f.without.data] if f.without.data else [])
        return queries.figures.answer(
            cluster, f.on.data, self.measure, f.first.data, f.last.data, f.base.data, f.source.data or "",
            with_large=with_large, without=left_out,
        )  # fmt: skip


def _multi(values: dict[str, str]) -> Any:
    from werkzeug.datastructures import MultiDict

    return MultiDict(values)


@bp.get("/benchmark")
@access(lookers)
def benchmark() -> Any:
    asked = Asked()
    if not asked.good:
        return render_template("surveys/benchmark.html", asked=asked, found=None, blocks=BLOCKS, cautions=CAUTIONS), 422
    found = asked.answer()
    return render_template(
        "surveys/benchmark.html", asked=asked, found=found, large=asked.answer(True) if asked.everything else None,
        told=asked.everything or found.may_tell, blocks=BLOCKS, cautions=CAUTIONS,
    )  # fmt: skip


@bp.get("/benchmark.csv")
@access(lookers)
def benchmark_csv() -> Response:
    asked = Asked()
    found = asked.answer() if asked.good else abort(404)
    f = asked.form
    words = [("figure", asked.measure.value), ("cluster", f.cluster.data or "all"), ("members_as_of", f.on.data),
             ("base_year", f.base.data), ("statistics", f.source.data or ""), ("left_out", f.without.data or "")]  # fmt: skip
    return csv(exports.index(found, words, asked.everything or found.may_tell), "benchmark.csv")


@bp.get("/benchmark/firms")
@access(staff)
def benchmark_firms() -> str:
    asked = Asked()
    found = asked.answer("large" in request.args) if asked.good else abort(404)
    page = queries.figures.records(found, request.args.get("after") or request.args.get("before"))
    names = queries.figures.names([firm.key for firm in page.rows])
    return render_template("surveys/firms.html", asked=asked, found=found, page=page, names=names)
