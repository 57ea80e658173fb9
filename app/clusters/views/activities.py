"""Pages of network activities and of incubation."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clusters import operations, policy, queries
from app.clusters.choices import ActivityKind, AttendeeRole, ResultKind, TrainingProgramme
from app.clusters.forms import ActivityForm, AttendanceForm, FacilityForm, ManagerForm, ResultForm
from app.clusters.operations.activities import ActivityValues, FacilityValues
from app.clusters.queries.activities import Wanted
from app.clusters.views import bp
from app.clusters.views.reading import code_asked, day_asked, day_or_none, is_staff, refuse, text_asked
from app.core.access import access, role, signed_in
from app.core.errors import Refused
from app.core.i18n import _
from app.organisations.choices import PREFECTURES

recorder = role("officer", "cluster_manager")


@bp.get("/network-activities")
@access(signed_in)
def activities() -> str:
    wanted = Wanted(text_asked("cluster"), code_asked(ActivityKind, "kind"), day_or_none("since"), day_or_none("until"))
    return render_template(
        "clusters/activities.html",
        page=queries.activities.page(wanted, request.args.get("after"), request.args.get("before")),
        counts=queries.activities.counts_by_kind(wanted),
        wanted=wanted,
        asked=request.args,
        kinds=ActivityKind,
        clusters=queries.listed(),
    )


def _activity(activity_id: int, *, write: bool = False) -> Any:
    row = queries.activities.get(activity_id)
    if row is None or (write and not policy.may_record_any(current_user, queries.activities.clusters_of(row))):
        abort(404)
    return row


def _detail(row: Any, status: int = 200, **forms: Any) -> ResponseReturnValue:
    clusters = queries.activities.clusters_of(row)
    may_record = policy.may_record_any(current_user, clusters)
    sees = is_staff() or any(policy.may_see_members(current_user, cluster) for cluster in clusters)
    return render_template(
        "clusters/activity.html",
        row=row,
        clusters=clusters,
        heads=queries.activities.heads(row),
        attendances=queries.activities.attendances(row) if sees else (),
        results=queries.activities.results(row) if sees else (),
        sees=sees,
        may_record=may_record,
        attendance_form=forms.get("attendance_form") or AttendanceForm(data={"persons": 1}),
        result_form=forms.get("result_form") or ResultForm(),
    ), status


@bp.get("/network-activities/<int:activity_id>")
@access(signed_in)
def activity(activity_id: int) -> ResponseReturnValue:
    return _detail(_activity(activity_id))


def _offered(form: ActivityForm) -> dict[str, Any]:
    clusters = {cluster.cluster_code: cluster for cluster in queries.listed()}
    form.clusters.choices = [(code, f"{cluster.name} ({cluster.phase})") for code, cluster in clusters.items()]
    return clusters


def _form_page(form: ActivityForm, row: Any, status: int = 200) -> ResponseReturnValue:
    return render_template("clusters/activity_form.html", form=form, row=row), status


def _save(row: Any) -> ResponseReturnValue:
    form = ActivityForm(request.form)
    clusters = _offered(form)
    if form.validate():
        chosen = [clusters[code] for code in form.clusters.data or ()]
        if not policy.may_record_any(current_user, chosen):
            form.refuse("clusters", _("Choose your own cluster, and others that held it with you."))
            return _form_page(form, row, 422)
        try:
            saved = operations.activities.save(
                row, chosen, ActivityValues(**form.values()), form.version.data, current_user
            )
            flash(_("The activity was saved."))
            return redirect(url_for("clusters.activity", activity_id=saved.id), 303)
        except Refused as refusal:
            refuse(form, refusal, "kind")
    return _form_page(form, row, 422)


@bp.get("/network-activities/add")
@access(recorder)
def activity_add() -> ResponseReturnValue:
    own = sorted(policy.scopes(current_user) or ())
    form = ActivityForm(data={"country": "JP", "clusters": [text_asked("cluster")] if text_asked("cluster") else own})
    _offered(form)
    return _form_page(form, None)


@bp.post("/network-activities/add", endpoint="activity_add_post")
@access(recorder)
def activity_add_post() -> ResponseReturnValue:
    return _save(None)


@bp.get("/network-activities/<int:activity_id>/edit")
@access(recorder)
def activity_edit(activity_id: int) -> ResponseReturnValue:
    row = _activity(activity_id, write=True)
    codes = [cluster.cluster_code for cluster in queries.activities.clusters_of(row)]
    form = ActivityForm(obj=row, data={"clusters": codes})
    _offered(form)
    return _form_page(form, row)


@bp.post("/network-activities/<int:activity_id>/edit", endpoint="activity_edit_post")
@access(recorder)
def activity_edit_post(activity_id: int) -> ResponseReturnValue:
    return _save(_activity(activity_id, write=True))


def _there(row: Any, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("clusters.activity", activity_id=row.id, _anchor=anchor), 303)


@bp.post("/network-activities/<int:activity_id>/attendances")
@access(recorder)
def attendance_add(activity_id: int) -> ResponseReturnValue:
    row, form = _activity(activity_id, write=True), AttendanceForm(request.form)
    if form.validate():
        try:
            added = operations.activities.add_attendance(
                row, form.organisation.data, AttendeeRole(str(form.role.data)), form.persons.data,
                form.person_name.data or "", current_user,
            )  # fmt: skip
            flash(_("The name waits to be matched.") if added.name_id else _("The attendance was added."))
            return _there(row, "attendances")
        except Refused as refusal:
            refuse(form, refusal, "organisation")
    return _detail(row, 422, attendance_form=form)


@bp.post("/network-activities/<int:activity_id>/attendances/<int:attendance_id>/remove")
@access(recorder)
def attendance_remove(activity_id: int, attendance_id: int) -> ResponseReturnValue:
    row = _activity(activity_id, write=True)
    one = queries.activities.attendance(row, attendance_id) or abort(404)
    operations.activities.remove_attendance(row, one, current_user)
    return _there(row, "attendances")


@bp.post("/network-activities/<int:activity_id>/results")
@access(recorder)
def result_add(activity_id: int) -> ResponseReturnValue:
    row, form = _activity(activity_id, write=True), ResultForm(request.form)
    if form.validate():
        try:
            operations.activities.add_result(
                row, ResultKind(str(form.result_kind.data)), form.firm.data, form.partner.data or "",
                form.agreed_on.data, form.amount_yen.data, form.note.data or "", current_user,
            )  # fmt: skip
            flash(_("The result was added."))
            return _there(row, "results")
        except Refused as refusal:
            refuse(form, refusal, "firm")
    return _detail(row, 422, result_form=form)


@bp.post("/network-activities/<int:activity_id>/results/<int:result_id>/remove")
@access(recorder)
def result_remove(activity_id: int, result_id: int) -> ResponseReturnValue:
    row = _activity(activity_id, write=True)
    one = queries.activities.result(row, result_id) or abort(404)
    operations.activities.remove_result(row, one, current_user)
    return _there(row, "results")


# --- incubation -------------------------------------------------------------------------------------------------------


@bp.get("/incubation")
@access(signed_in)
def incubation() -> str:
    day, wrong = day_asked()
    return render_template(
        "clusters/incubation.html",
        rows=queries.activities.facilities(None, day),
        prefectures=PREFECTURES,
        may_record=lambda cluster: policy.may_record(current_user, cluster),
        day=day,
        wrong=wrong,
    )


def _facility_form(formdata: Any = None, **values: Any) -> tuple[FacilityForm, dict[str, Any]]:
    form = FacilityForm(formdata, **values)
    scopes = policy.scopes(current_user)
    clusters = {c.cluster_code: c for c in queries.listed() if scopes is None or c.cluster_code in scopes}
    form.cluster.offer([*form.cluster.choices, *((code, c.name) for code, c in clusters.items())])
    return form, clusters


def _facility(facility_id: int) -> Any:
    row = queries.activities.facility(facility_id)
    return row if row is not None and policy.may_record(current_user, row.cluster) else abort(404)


def _facility_page(form: FacilityForm, row: Any, status: int = 200, manager: Any = None) -> ResponseReturnValue:
    return render_template(
        "clusters/facility.html",
        form=form,
        row=row,
        managers=queries.activities.managers(row) if row else (),
        manager_form=manager or ManagerForm(),
    ), status


def _save_facility(row: Any) -> ResponseReturnValue:
    form, clusters = _facility_form(request.form)
    if form.validate():
        cluster = clusters.get(form.cluster.data or "")
        if not policy.may_record(current_user, cluster):
            form.refuse("cluster", _("Choose your own cluster."))
            return _facility_page(form, row, 422)
        try:
            operations.activities.save_facility(
                row, cluster, FacilityValues(**form.values()), form.version.data, current_user
            )
            flash(_("The facility was saved."))
            return redirect(url_for("clusters.incubation"), 303)
        except Refused as refusal:
            refuse(form, refusal, "name_ja")
    return _facility_page(form, row, 422)


@bp.get("/incubation/add")
@access(recorder)
def facility_add() -> ResponseReturnValue:
    return _facility_page(_facility_form()[0], None)


@bp.post("/incubation/add", endpoint="facility_add_post")
@access(recorder)
def facility_add_post() -> ResponseReturnValue:
    return _save_facility(None)


@bp.get("/incubation/<int:facility_id>/edit")
@access(recorder)
def facility_edit(facility_id: int) -> ResponseReturnValue:
    row = _facility(facility_id)
    return _facility_page(_stored_form(row), row)


def _stored_form(row: Any) -> FacilityForm:
    code, operator = (row.cluster.cluster_code if row.cluster else ""), (row.operator.org_key if row.operator else "")
    names = ("name_ja", "name_en", "prefecture", "opened_on", "closed_on", "tenants", "version")
    data = {name: getattr(row, name) for name in names}
    return _facility_form(None, data={**data, "cluster": code, "operator": operator})[0]


@bp.post("/incubation/<int:facility_id>/edit", endpoint="facility_edit_post")
@access(recorder)
def facility_edit_post(facility_id: int) -> ResponseReturnValue:
    return _save_facility(_facility(facility_id))


@bp.post("/incubation/<int:facility_id>/managers")
@access(recorder)
def manager_add(facility_id: int) -> ResponseReturnValue:
    row, form = _facility(facility_id), ManagerForm(request.form)
    if form.validate():
        try:
            programme = TrainingProgramme(str(form.programme.data)) if form.programme.data else None
            operations.activities.add_manager(
                row, form.person_name.data, form.qualified_on.data, programme, current_user
            )
            flash(_("The incubation manager was added."))
            return redirect(url_for("clusters.facility_edit", facility_id=row.id), 303)
        except Refused as refusal:
            refuse(form, refusal, "qualified_on")
    return _facility_page(_stored_form(row), row, 422, form)
