"""What waits for a person now: gathered from every feature, for the start page."""

from datetime import date, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.agreements.exports import tasks_for as awards_for
from app.applications import policy as application_policy
from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.assigning import queries as assigning
from app.calls import queries as calls
from app.changes import queries as changes
from app.clusters import queries as clusters
from app.core import outbox
from app.core.clock import now, today
from app.core.fiscal import fiscal_year, jst
from app.core.i18n import Bilingual
from app.core.tasks import Task, by_date, counted
from app.correspondence import queries as correspondence
from app.doubles import queries as doubles
from app.flags import queries as flags
from app.flags.definitions import RULES
from app.milestones import queries as milestones
from app.milestones.exports import row_duties
from app.money.exports import tasks_for as money_for
from app.organisations.queries import resolving as names
from app.outcomes import queries as outcomes
from app.pages import queries
from app.panels import queries as panels
from app.reviewers import queries as reviewers
from app.reviews import queries as reviews
from app.reviews.choices import AssignmentStatus
from app.surveys import queries as surveys


def waiting_for(actor: Any) -> list[Task]:
    """Everything that waits for this person, dated things first."""
    tasks: list[Task] = []
    for role, gather in (
        (Role.applicant, _applicant),
        (Role.reviewer, _reviewer),
        (Role.officer, _officer),
        (Role.cluster_manager, _cluster_manager),
        (Role.admin, _admin),
    ):
        if actor.has_role(role):
            tasks += gather(actor)
    tasks += awards_for(actor) + money_for(actor)
    if actor.has_role(Role.officer):
        tasks += _flags(actor)
    return by_date(tasks)


def _day(instant: Any) -> date:
    return jst(instant).date()


def _project(project: Any) -> Bilingual:
    key, title = project.project_key, project.title
    return Bilingual(f"{key} {title.en}", f"{key} {title.ja}")


def _applicant(actor: Any) -> list[Task]:
    tasks = []
    for line in applications.mine(actor):
        row = line.application
        if not application_policy.is_open(row):
            continue
        about, arguments = f"{row.number} {row.title}", {"application_id": row.id}
        closes_at = application_policy.deadline(row).closes_at
        if row.status == ApplicationStatus.correcting:
            what = Bilingual("Hand in the correction", "訂正版を提出する")
            tasks.append(Task(what, about, "applications.detail", arguments, _day(line.correction_due or closes_at)))
            continue
        due = _day(closes_at)
        if closes_at <= now():
            continue
        if line.unconfirmed:
            tasks.append(
                Task(Bilingual("Confirm your organisation’s share", "自機関の分担内容を確認する"), about,
                     "applications.detail", arguments, due)
            )  # fmt: skip
        if line.lead:
            what = (
                Bilingual(
                    f"Complete the draft: {line.missing} open points", f"申請書を完成させる(未充足{line.missing}件)"
                )
                if line.missing
                else Bilingual("Submit the application", "申請書を提出する")
            )
            tasks.append(Task(what, about, "applications.detail", arguments, due))
    for application_id, number, title, n in correspondence.unread(actor):
        what = Bilingual(f"Read the programme office’s messages ({n})", f"事業事務局からのメッセージを読む({n}件)")
        tasks.append(Task(what, f"{number} {title}", "correspondence.thread", {"application_id": application_id}))
    for row, until in panels.answers.waiting_for(actor):
        what = Bilingual("Answer the reviews", "評価に回答する")
        about, arguments = f"{row.number} {row.title}", {"application_id": row.id}
        tasks.append(Task(what, about, "panels.answer", arguments, _day(until) if until else None))
    for report in milestones.awaited_from(actor, today() + timedelta(days=30)):
        what = Bilingual("Write the milestone report", "マイルストーン報告書を提出する")
        tasks.append(Task(what, _project(report.project), "milestones.report", {"report_id": report.id}, report.due_on))
    for duty in row_duties(actor, 30):
        about = f"{duty.project} {duty.detail}"
        tasks.append(Task(duty.what, about, duty.endpoint, duty.arguments, duty.on))
    for change in changes.returned_to(actor):
        what = Bilingual("Correct a change request that was sent back", "差し戻された変更申請を修正する")
        tasks.append(Task(what, _project(change.project), "changes.detail", {"request_id": change.id}))
    for follow_up in outcomes.awaited_from(actor, today()):
        what = Bilingual("Report the commercialization status", "事業化状況を報告する")
        arguments = {"follow_up_id": follow_up.id}
        whose = follow_up.organisation
        key, year = follow_up.project.project_key, follow_up.fiscal_year
        en, ja = (whose.name_en, whose.name_ja) if whose else ("", "")
        owed = Bilingual(f"{key} FY{year} {en}".strip(), f"{key} {year}年度 {ja}".strip())
        tasks.append(Task(what, owed, "outcomes.follow_up", arguments, follow_up.due_on))
    for asked in surveys.tasks_of(actor):
        what = Bilingual("Answer a survey", "調査に回答する")
        tasks.append(Task(what, asked.wave.title, "surveys.own", {"asked_id": asked.id}, asked.wave.closes_on))
    return tasks


def _reviewer(actor: Any) -> list[Task]:
    year = fiscal_year(today())
    about = Bilingual(f"FY{year}", f"{year}年度")
    asked = []
    if reviewers.profile_of(actor.id) is None:
        asked.append(Task(Bilingual("Fill in your profile", "プロフィールを登録する"), about, "reviewers.me"))
    if reviewers.declaration_of(actor.id, year) is None:
        asked.append(Task(Bilingual("Declare your ties", "利害関係を申告する"), about, "reviewers.me"))
    words = {
        AssignmentStatus.invited: Bilingual("Accept or decline a review", "審査依頼に回答する"),
        AssignmentStatus.accepted: Bilingual("Write a review", "評価を提出する"),
    }
    for line in panels.discussions.lines_of(actor):
        if line.unread:
            what = Bilingual(f"Read the discussion ({line.unread} new)", f"討議を読む(新着{line.unread}件)")
            arguments = {"application_id": line.application_id}
            asked.append(Task(what, f"{line.number} {line.title}", "panels.discussion", arguments))
    for meeting in panels.meetings.upcoming(actor):
        what = Bilingual("Take part in the panel meeting", "審査委員会に出席する")
        asked.append(
            Task(what, meeting.call.title, "panels.meeting", {"meeting_id": meeting.id}, _day(meeting.starts_at))
        )
    waiting = reviews.waiting_for(actor)
    titles, days = reviews.titles(waiting), assigning.answer_days([a.id for a in waiting])
    requests = [a for a in waiting if a.status == AssignmentStatus.invited]
    if len(requests) > 1:  # they are answered together, on one page
        what = Bilingual(f"Answer the requests for reviews ({len(requests)})", f"審査依頼に回答する({len(requests)}件)")
        day = min(days.get(a.id, a.due_on) for a in requests)
        asked.append(Task(what, _calls_of(requests), "reviews.mine", due_on=day))
        waiting = [a for a in waiting if a.status != AssignmentStatus.invited]
    return asked + [
        Task(words[a.status], f"{a.application.number} {titles[a.application_id]}", "reviews.detail",
             {"assignment_id": a.id}, days.get(a.id, a.due_on))
        for a in waiting
    ]  # fmt: skip


def _calls_of(assignments: Any) -> Bilingual:
    titles = {a.application.call.title: None for a in assignments}
    return Bilingual(", ".join(t.en for t in titles), "、".join(t.ja for t in titles))


def _officer(actor: Any) -> list[Task]:
    tasks = []
    for application in queries.to_screen(actor):
        what = Bilingual("Screen an application", "形式審査を行う")
        tasks.append(
            Task(
                what,
                f"{application.number} {application.title}",
                "applications.detail",
                {"application_id": application.id},
            )
        )
    for call, n in calls.waiting_by_call():
        what = Bilingual(f"Answer questions on a call ({n})", f"公募に関する質問に回答する({n}件)")
        tasks.append(Task(what, call.title, "calls.waiting_questions"))
    if n := correspondence.waiting_count(actor):
        what = Bilingual("Answer messages of applicants", "申請者からのメッセージに回答する")
        tasks.append(Task(what, counted(n, "thread", "threads"), "correspondence.waiting"))
    if n := doubles.open_count(actor):
        what = Bilingual("Look at possible double funding", "重複の疑いを確認する")
        tasks.append(Task(what, counted(n, "case", "cases"), "doubles.waiting"))
    if n := reviewers.to_judge_count(actor):
        what = Bilingual("Judge possible conflicts of interest", "利益相反の可能性を判断する")
        tasks.append(Task(what, counted(n, "case", "cases"), "reviewers.waiting"))
    for meeting in panels.meetings.of_the_day():
        what = Bilingual("Lead through the panel meeting", "審査委員会を進行する")
        tasks.append(
            Task(what, meeting.call.title, "panels.meeting", {"meeting_id": meeting.id}, _day(meeting.starts_at))
        )
    if n := panels.discussions.unread_for_office(actor):
        what = Bilingual("Read new posts on proposals", "提案に関する討議の新着を読む")
        tasks.append(Task(what, counted(n, "discussion", "discussions"), "panels.discussions"))
    for call, n in queries.short_of_reviewers(actor):
        what = Bilingual(f"Assign reviewers (proposals short of them: {n})", f"審査員を割り当てる(不足{n}件)")
        tasks.append(Task(what, call.title, "assigning.needed", {"call_id": call.id}))
    for call, n in queries.to_confirm(actor):
        what = Bilingual(f"Confirm decisions ({n})", f"決裁を行う({n}件)")
        tasks.append(Task(what, call.title, "selection.decision_list", {"call_id": call.id, "state": "proposed"}))
    for row in milestones.to_judge_rows(actor):
        what = Bilingual("Judge a milestone or deliverable", "マイルストーン・成果物の達成報告を確認する")
        tasks.append(Task(what, f"{row.project.project_key} {row.goal}", "milestones.row", {"milestone_id": row.id}))
    if n := milestones.extensions_waiting(actor):
        what = Bilingual("Decide on later due dates of reports", "報告書の提出期限延長を判断する")
        about = counted(n, "case", "cases")
        tasks.append(Task(what, about, "milestones.listing", {"extension": "asked"}))
    if n := names.waiting_count():
        what = Bilingual("Match names with the register", "名称を機関登録と照合する")
        tasks.append(Task(what, counted(n, "name", "names"), "organisations.names"))
    if n := changes.waiting(actor):
        what = Bilingual("Decide on change requests", "変更申請を審査する")
        tasks.append(Task(what, counted(n, "request", "requests"), "changes.waiting"))
    for report in milestones.to_judge(actor):
        what = Bilingual("Judge a milestone report", "マイルストーン報告書を確認する")
        tasks.append(Task(what, _project(report.project), "milestones.report", {"report_id": report.id}))
    for follow_up in outcomes.to_verify(actor):
        what = Bilingual("Verify a commercialization report", "事業化状況報告を確認する")
        tasks.append(Task(what, _project(follow_up.project), "outcomes.follow_up", {"follow_up_id": follow_up.id}))
    return tasks


def _flags(actor: Any) -> list[Task]:
    tasks = []
    for code, n in flags.counts(actor).items():
        if code in RULES and RULES[code].attention:
            title = RULES[code].title
            what = Bilingual(f"Look at flags: {n}", f"フラグを確認する({n}件)")
            tasks.append(Task(what, title, "flags.index", {"rule": code}))
    return tasks


def _cluster_manager(actor: Any) -> list[Task]:
    what = Bilingual("Keep the membership list", "参加企業名簿を更新する")
    scopes = accounts.scopes(actor, Role.cluster_manager)
    kept = [cluster for cluster in clusters.listed() if cluster.cluster_code in scopes] if scopes else []
    return [Task(what, cluster.name, "clusters.month", {"code": cluster.cluster_code}) for cluster in kept]


def _admin(actor: Any) -> list[Task]:
    if not (n := outbox.failed_count()):
        return []
    return [Task(Bilingual("Letters or documents failed", "送信・作成に失敗したものがあります"), str(n), "pages.mail")]


def open_calls() -> list[Any]:
    return list(calls.open_at(now()))
