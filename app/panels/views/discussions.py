"""The discussion of a proposal: for its reviewers, the rest of the panel, and the office."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access import access, role
from app.core.errors import Refused
from app.core.http import after_reading, arrived_at
from app.core.i18n import _
from app.panels import operations, policy, queries
from app.panels.choices import Audience
from app.panels.forms import MendForm, PostForm
from app.panels.views import bp
from app.reviewers import operations as pool
from app.reviewers.choices import ReadWhat

readers, writers, officer = role("reviewer", "officer", "auditor"), role("reviewer", "officer"), role("officer")


@bp.get("/panel/discussions")
@access(readers)
def discussions() -> str:
    """The threads that this reader may read; the office turns pages of those in which somebody has written."""
    if current_user.has_role("officer", "auditor"):
        page, lines = queries.discussions.office_page(
            current_user, request.args.get("after"), request.args.get("before")
        )
        return render_template("panels/discussions.html", page=page, lines=[lines[row.id] for row in page.rows])
    lines_of = queries.discussions.lines_of(current_user, arrived_at())
    return render_template("panels/discussions.html", page=None, lines=lines_of)


def _thread(application_id: int, *, lock: bool = False) -> Any:
    return queries.discussions.thread_for(current_user, application_id, arrived_at(), lock=lock) or abort(404)


@bp.get("/panel/applications/<int:application_id>/discussion")
@access(readers)
def discussion(application_id: int) -> str:
    thread = _thread(application_id)
    if not thread.seat.office:
        reader = current_user.id
        after_reading(lambda: pool.note_read(application_id, reader, ReadWhat.reviews))
    return _page(thread, PostForm())


def _page(thread: Any, form: PostForm) -> str:
    form.offer(thread.seat.writes)
    if not form.audience.data:
        form.audience.data = Audience.reviewers if Audience.reviewers in thread.seat.writes else Audience.panel
    read = queries.discussions.reading(current_user.id, thread.application_id)
    page = queries.discussions.posts(thread, request.args.get("after"), request.args.get("before"))
    rows, instant = [row[0] for row in page.rows], arrived_at()
    return render_template(
        "panels/discussion.html", thread=thread, form=form, page=page, posts=rows, read_to=read.last_read_id if read else 0,
        authors=queries.discussions.authors(thread, current_user, rows), writes=policy.may_write(thread),
        mine={row.id for row in rows if policy.may_mend(current_user, thread, row, instant)},
        earlier={row.id for row in rows if row.edited_at and policy.may_read_earlier(current_user, thread, row)},
        closes=policy.may_close(current_user, thread),
        names=queries.discussions.to_mention(thread, current_user) if policy.may_write(thread) else [],
    )  # fmt: skip


@bp.post("/panel/applications/<int:application_id>/discussion")
@access(writers)
def write_post(application_id: int) -> ResponseReturnValue:
    thread = _thread(application_id, lock=True)
    form = PostForm(request.form)
    form.offer(thread.seat.writes)
    if form.validate():
        try:
            operations.discussing.write(thread, Audience(form.audience.data), form.text.data, current_user)
            flash(_("Your post is there."))
            return redirect(url_for("panels.discussion", application_id=application_id), 303)
        except Refused as refusal:
            form.refuse("text", refusal.reasons[0].message)
    return _page(thread, form), 422


@bp.post("/panel/applications/<int:application_id>/discussion/read")
@access(readers)
def mark_discussion_read(application_id: int) -> ResponseReturnValue:
    operations.discussing.note_read(_thread(application_id), current_user)
    return redirect(url_for("panels.discussion", application_id=application_id), 303)


@bp.post("/panel/applications/<int:application_id>/discussion/<any(close,open):event>")
@access(officer)
def close_discussion(application_id: int, event: str) -> ResponseReturnValue:
    operations.discussing.close(_thread(application_id, lock=True), current_user, closing=event == "close")
    return redirect(url_for("panels.discussion", application_id=application_id), 303)


@bp.get("/panel/applications/<int:application_id>/discussion/posts/<int:post_id>")
@access(readers)
def post(application_id: int, post_id: int) -> str:
    """One post: to mend it, or to read what it said before."""
    thread = _thread(application_id)
    row = queries.discussions.post(thread, post_id) or abort(404)
    return _post_page(thread, row, MendForm(obj=row))


def _post_page(thread: Any, row: Any, form: MendForm) -> str:
    mends = policy.may_mend(current_user, thread, row, arrived_at())
    earlier = policy.may_read_earlier(current_user, thread, row)
    if not (mends or earlier):
        abort(404)
    return render_template(
        "panels/post.html", thread=thread, post=row, form=form, mends=mends,
        author=queries.discussions.authors(thread, current_user, [row])[row.id],
        edits=queries.discussions.edits_of(row.id) if earlier else [],
    )  # fmt: skip


@bp.post("/panel/applications/<int:application_id>/discussion/posts/<int:post_id>")
@access(writers)
def mend_post(application_id: int, post_id: int) -> ResponseReturnValue:
    thread = _thread(application_id, lock=True)
    row = queries.discussions.post(thread, post_id, lock=True) or abort(404)
    if row.author_id != current_user.id:
        abort(404)
    form = MendForm(request.form)
    if form.validate():
        try:
            operations.discussing.mend(
                thread, row, form.text.data, form.version.data or 0, arrived_at(), current_user
            )  # fmt: skip
            return redirect(url_for("panels.discussion", application_id=application_id), 303)
        except Refused as refusal:
            form.refuse("text", refusal.reasons[0].message)
    return _post_page(thread, row, form), 422
