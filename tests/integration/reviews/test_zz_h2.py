from app.core.db import session
from app.reviews import operations, queries
from app.reviews.views import reviewer as view
from tests.factories import chain, proposals
import time
import sys, app.applications.queries.dossier
dmod = sys.modules["app.applications.queries.dossier"]
from collections import defaultdict
T = defaultdict(float)
def timed(mod, name, label=None):
    f = getattr(mod, name)
    def g(*a, **k):
        t = time.perf_counter()
        try: return f(*a, **k)
        finally: T[label or name] += time.perf_counter() - t
    setattr(mod, name, g)
def test_prof(app, client_for, monkeypatch):
    application = proposals.under_review()
    a = chain.assigned(application); operations.answer(a, "accept", a.reviewer)
    session.commit()
    b = client_for(a.reviewer)
    for _ in range(3): b.get(f"/reviews/{a.id}")
    import app.core.http as http
    timed(view, "render_template"); timed(view, "_proposal"); timed(view.queries, "get_for"); timed(view.queries, "phase_of"); timed(view, "filled"); timed(view.ASSIGNMENT.__class__, "available"); timed(dmod, "dossier_of"); timed(view.pool, "note_read")
    import app.reviewers.queries as rq
    timed(sys.modules["app.reviews.queries.assignments"].reviewers, "conflicts")
    timed(dmod.answers, "of", "answers.of")
    session.expunge_all() if False else None
    n=40
    T.clear(); t=time.perf_counter()
    for _ in range(n): super(type(b), b).open(f"/reviews/{a.id}")
    print("total", (time.perf_counter()-t)/n*1000)
    for k,v in T.items(): print(f"{k:20} {v/n*1000:.2f}")
