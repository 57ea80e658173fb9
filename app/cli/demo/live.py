"""The living part of the demonstration: accounts, calls, and applications and projects in every state.

Everything is done through the ordinary verbs, as people would do it; only the dates are set back afterwards, so that
a call can have closed last month. Dates follow from the day on which the demonstration is loaded.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pikepdf
from flask import current_app
from sqlalchemy import select

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.accounts.models import User
from app.agreements import operations as agreements
from app.agreements.models import Award
from app.applications import operations as applications
from app.applications import queries as application_queries
from app.applications.choices import MemberRole
from app.applications.models import Application, MemberPerson, Submission
from app.calls import operations as calls
from app.calls import workflow as call_workflow
from app.calls.choices import Programme
from app.calls.models import Call
from app.cli.demo import after_award, agreeing, rounds, surveys
from app.cli.demo.answers import example_answers
from app.clusters.models import Cluster, Membership
from app.core import storage
from app.core.audit import SYSTEM
from app.core.clock import JST, now, today
from app.core.db import session
from app.core.fiscal import add_years, fiscal_year, fiscal_year_end
from app.flags import operations as flags
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.milestones.choices import Achievement
from app.organisations.choices import ClusterMatch
from app.organisations.models import Affiliation, Organisation, OrgProfileYear
from app.outcomes import operations as outcomes
from app.outcomes import queries as outcome_queries
from app.outcomes.choices import DevState
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.projects.models import Project
from app.reviewers import operations as reviewers
from app.reviewers.choices import ReviewerKind
from app.reviews import operations as reviews
from app.reviews.choices import Outcome

CONSORTIUM, COLLABORATION = Programme.consortium_rd, Programme.new_collaboration
#: (key, type, English, Japanese, JSIC, prefecture, employees, capital): invented organisations of the live calls.
ORGANISATIONS = (
    ("live-foundation", "foundation_association", "Synthetic Industry Promotion Foundation", "合成産業振興財団", None, "13", 40, None),
    ("live-gear", "company_sme", "Synthetic Gear Works", "合成歯車製作所", "2594", "13", 85, 48_000_000),
    ("live-sensor", "company_sme", "Synthetic Sensor Systems", "合成センサシステム", "2919", "20", 120, 90_000_000),
    ("live-soft", "company_small", "Synthetic Soft Lab", "合成ソフト研究所", "3911", "27", 14, 10_000_000),
    ("live-foods", "company_sme", "Synthetic Foods", "合成食品工業", "0971", "23", 60, 30_000_000),
    ("live-university", "national_university", "Synthetic University of Technology", "合成工科大学", None, "13", None, None),
    ("live-institute", "public_testing_institute", "Synthetic Prefectural Testing Institute", "合成県工業試験場", None, "20", None, None),
    ("live-panel", "private_university", "Synthetic Panel University", "合成審査大学", None, "26", None, None),
)  # fmt: skip
DEMO_ACCOUNTS = (
    ("applicant", "合成 申請子", Role.applicant, "", ("live-foundation", "live-gear")),
    ("partner", "合成 連携男", Role.applicant, "", ("live-sensor",)),
    ("reviewer", "合成 審査一", Role.reviewer, "", ("live-panel",)),
    ("reviewer2", "合成 審査二", Role.reviewer, "", ("live-panel",)),
    ("reviewer3", "合成 審査三", Role.reviewer, "", ("live-sensor",)),
    ("officer", "合成 担当花", Role.officer, "", ()),
    ("officer2", "合成 担当次", Role.officer, "", ()),
    ("admin", "合成 管理", Role.admin, "", ()),
    ("auditor", "合成 監査", Role.auditor, "", ()),
    ("cluster", "合成 推進", Role.cluster_manager, "*", ()),
)
OFFICERS = ("officer", "officer2")
ACADEMIC, BUSINESS, PUBLIC = ReviewerKind.academic, ReviewerKind.business, ReviewerKind.public
#: The pool: (account, name, kind, romanised, employer outside of the register, fields, most reviews in a call). The last
#: one has not declared ties yet, so that what is unknown can be seen.
POOL = (
    ("reviewer", "合成 審査一", ACADEMIC, "Gosei Shinsaichi", "", ("robots", "manufacturing"), None),
    ("reviewer2", "合成 審査二", ACADEMIC, "Gosei Shinsaji", "", ("manufacturing", "st_nano_materials"), 8),
    ("reviewer3", "合成 審査三", BUSINESS, "Gosei Shinsazo", "", ("information_appliances", "semiconductors"), 6),
    ("reviewer4", "合成 審査四", BUSINESS, "Gosei Shinsashi", "架空精密機器株式会社", ("robots", "manufacturing"), 6),
    ("reviewer5", "合成 審査五", BUSINESS, "Gosei Shinsago", "架空キャピタル株式会社", ("business_support", "it"), 5),
    ("reviewer6", "合成 審査六", ACADEMIC, "Gosei Shinsaroku", "学校法人架空学園", ("bio", "st_life_science"), 5),
    ("reviewer7", "合成 審査七", PUBLIC, "Gosei Shinsashichi", "架空県産業支援センター", ("environment", "energy"), None),
    ("reviewer8", "合成 審査八", ACADEMIC, "Gosei Shinsahachi", "国立大学法人架空大学", ("it", "robots"), 8),
    ("reviewer9", "合成 審査九", BUSINESS, "Gosei Shinsaku", "㈱架空自動車部品", ("manufacturing",), 4),
    ("reviewer10", "合成 審査十", PUBLIC, "Gosei Shinsaju", "架空市工業研究所", ("st_nano_materials",), 6),
    ("reviewer11", "合成 審査十一", ACADEMIC, "Gosei Shinsajuichi", "架空工業高等専門学校", ("robots", "energy"), 6),
    ("reviewer12", "合成 審査十二", BUSINESS, "Gosei Shinsajuni", "架空食品開発合同会社", ("health_care", "bio"), 3),
)  # fmt: skip
#: People without a password who act for the other members.
OTHERS = (
    ("university", "合成 教授", ("live-university",)),
    ("institute", "合成 技師", ("live-institute",)),
    ("soft", "合成 技術", ("live-soft",)),
    ("foods", "合成 食品", ("live-foods",)),
)
TOPICS = (
    ("Quiet planetary gear for steering", "操舵用静音遊星歯車の開発"),
    ("Self-powered wear sensor", "自己発電型摩耗センサの開発"),
    ("Bearing diagnosis by sound", "音響による軸受診断技術の開発"),
    ("Freeze-dried food with sensors in the line", "センサ内蔵ラインによる凍結乾燥食品の事業化"),
    ("Remote maintenance service for small factories", "中小工場向け遠隔保全サービスの事業化"),
    ("Recycled magnet material", "再生磁石材料の開発"),
    ("Compact heat storage", "小型蓄熱装置の開発"),
    ("Inspection of thin films by light", "光学式薄膜検査装置の開発"),
)


@dataclass
class Cast:
    """The people and organisations of the demonstration, by short name."""

    people: dict[str, User]
    organisations: dict[str, Organisation]

    def of(self, organisation: Organisation) -> User:
        """The person who acts for an organisation."""
        owner = {"live-foundation": "applicant", "live-gear": "applicant", "live-sensor": "partner"}
        key = organisation.org_key
        return self.people[owner.get(key, key.removeprefix("live-"))]


def load() -> None:
    """Make all of it in the running transaction."""
    cast = _cast()
    year = fiscal_year(today())
    _long_completed(cast, year)
    award = _running(cast, year)
    _in_review(cast, year)
    _open_calls(cast, year)
    _after_award(cast, award, year)
    rounds.load(cast.people["officer"], cast.people["officer2"])
    flags.refresh()


def publish() -> None:
    """One figure, proposed by one officer and let out by the other. It commits on its own, when all else is stored."""
    officer, second = (
        session.scalars(select(User).where(User.email == f"{name}@demo.example")).one() for name in OFFICERS
    )
    after_award.publish(after_award.propose(officer), second)


def _cast() -> Cast:
    organisations = {}
    for key, kind, en, ja, jsic, prefecture, employees, capital in ORGANISATIONS:
        row = Organisation(
            org_key=key, org_type=kind, name_en=en, name_ja=ja, jsic=jsic, jsic_revision="11" if jsic else None,
            prefecture=prefecture, employees=employees, capital_yen=capital, is_synthetic=True,
            cluster_match=ClusterMatch.matched,
        )  # fmt: skip
        session.add(row)
        organisations[key] = row
    session.flush()
    for row in organisations.values():
        if row.employees and row.capital_yen:
            session.add(
                OrgProfileYear(
                    organisation_id=row.id, fiscal_year=fiscal_year(today()), jsic=row.jsic,
                    capital_yen=row.capital_yen, employees=row.employees,
                )
            )  # fmt: skip
    tama = session.scalars(
        select(Cluster).where(Cluster.phase == 2, Cluster.bureau == "kanto").order_by(Cluster.cluster_code)
    ).first()
    people: dict[str, User] = {}
    shared = accounts.hash_password(current_app.config["DEMO_PASSWORD"])  # one password for all, hashed once
    for name, shown, role, scope, keys in DEMO_ACCOUNTS:
        people[name] = accounts.create_user(
            f"{name}@demo.example", shown, roles=[(role, tama.cluster_code if scope and tama else "")], actor=SYSTEM,
            locale="ja", is_demo=True,
        )  # fmt: skip
        people[name].password_hash = shared
        _affiliate(people[name], [organisations[key] for key in keys])
    for name, shown, keys in OTHERS:
        people[name] = accounts.create_user(
            f"{name}@member.example", shown, roles=[(Role.applicant, "")], actor=SYSTEM, locale="ja"
        )
        _affiliate(people[name], [organisations[key] for key in keys])
    _pool(people, organisations)
    if tama is not None:  # from Phase II on, so that the census of December 2005 stays as it was
        for key in ("live-gear", "live-sensor"):
            session.add(
                Membership(
                    organisation_id=organisations[key].id, cluster_id=tama.id, valid_from=date(2006, 4, 1),
                    evidence="synthetic registration",
                )
            )  # fmt: skip
    session.flush()
    return Cast(people, organisations)


def _pool(people: dict[str, User], organisations: dict[str, Organisation]) -> None:
    """Profiles, employers and this year's declarations of the reviewers; one of them holds shares of a member."""
    for name, shown, kind, roman, employer, fields, limit in POOL:
        if name not in people:
            people[name] = accounts.create_user(
                f"{name}@demo.example", shown, roles=[(Role.reviewer, "")], actor=SYSTEM, locale="ja"
            )
        user = people[name]
        data = reviewers.ProfileData(kind, fields=fields, name_roman=roman, load_limit=limit)
        reviewers.save_profile(user, data, 0, user)
        if employer:
            reviewers.add_employer(user, reviewers.EmployerData(None, employer, starts_on=date(2015, 4, 1)), user)
        if name == "reviewer5":
            reviewers.declare_interest(user, organisations["live-soft"], "capital", "出資先(合成)")
        if name != POOL[-1][0]:
            reviewers.declare_year(user, no_ties=name != "reviewer5")


def _affiliate(user: User, organisations: list[Organisation]) -> None:
    for organisation in organisations:
        session.add(Affiliation(user_id=user.id, organisation_id=organisation.id, valid_from=date(2000, 4, 1)))
    session.flush()


def _closing(day: date) -> datetime:
    """Calls close at 17:00:00 in Japan."""
    return datetime.combine(day, time(17), JST)


def _call(programme: Programme, year: int, opens: date, closes: date) -> Call:
    """A published call whose window may lie in the past."""
    call = calls.create_from_template(
        programme, year, now() - timedelta(days=1), now() + timedelta(days=1), actor=SYSTEM
    )
    call_workflow.MACHINE.apply(call, "publish", SYSTEM)
    calls.publish_questions(call, "", actor=SYSTEM)
    call.opens_at, call.closes_at = datetime.combine(opens, time(9), JST), _closing(closes)
    suffix_ja = f"({year}年度 第{call.round}回・合成)"
    call.title_en, call.title_ja = (
        f"{call.title_en}, FY{year} round {call.round} (synthetic)",
        call.title_ja + suffix_ja,
    )
    call.budget_yen = 300_000_000
    session.flush()
    return call


def _pdf(title: str) -> BytesIO:
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = title
        pdf.save(out, deterministic_id=True)
    out.seek(0)
    return out


def _draft(
    cast: Cast, call: Call, lead: str, members: list[tuple[str, MemberRole]], topic: int, at: datetime
) -> Application:
    """A draft with its members, each with a person who may act for it."""
    lead_organisation = cast.organisations[lead]
    actor = cast.of(lead_organisation)
    application = applications.start(call, lead_organisation.id, actor=actor, arrived=at)
    application.is_synthetic = True
    session.flush()
    for key, role in members:
        organisation = cast.organisations[key]
        member = applications.add_member(application, organisation, role, application.version, actor=actor, arrived=at)
        session.add(MemberPerson(member_id=member.id, user_id=cast.of(organisation).id))
    session.flush()
    _basics(application, topic, actor, at)
    return application


def _basics(application: Application, topic: int, actor: User, at: datetime) -> None:
    call = application.call
    consortium = call.programme == CONSORTIUM
    start = date(call.fiscal_year, 10, 1)
    end = fiscal_year_end(call.fiscal_year + 1) if consortium else add_years(start, 3) - timedelta(days=1)
    en, ja = TOPICS[topic % len(TOPICS)]
    applications.save_basics(
        application,
        applications.Basics(
            frame_id=call.frames[0].id, title_en=en, title_ja=ja,
            abstract=f"{ja}。地域の企業と研究機関が共同で取り組む合成(架空)の提案です。",
            field="robots", starts_on=start, ends_on=end,
            seed_technology="合成工科大学の薄膜技術(特許出願中・架空)",
            novelty=("new_product",), novelty_text="国内初の製品(架空)",
            combination_text="機械加工と電子計測という異なる分野の経営資源を組み合わせる。", has_written_rules=True,
        ),
        application.version, actor=actor, arrived=at,
    )  # fmt: skip


def _complete(cast: Cast, application: Application, at: datetime) -> None:
    """Fill in everything that the rules ask for, and let every member confirm its share."""
    actor = cast.of(application.lead_organisation)
    consortium = application.call.programme == CONSORTIUM
    years = application_queries.years_of(application)
    count = len(application.members)
    for index, member in enumerate(list(application.members)):
        pct = 100 // count + (100 % count if index == 0 else 0)
        first = 5_000_000 if consortium else 3_000_000
        budget = {(years[0], "LAB"): first, (years[0], "EQ"): 2_000_000, (years[1], "MAT"): 1_500_000}
        share = applications.Share(
            resources="技術者2名と試験装置(架空)", contribution_pct=pct, jsic=member.jsic,
            holds_seed=member.role in (MemberRole.project_leader, MemberRole.core_company),
            contact_name=cast.of(member.organisation).name, budget=budget,
        )  # fmt: skip
        applications.save_share(application, member, share, member.version, actor=actor, arrived=at)
    end = application.ends_on
    assert end is not None and application.starts_on is not None
    applications.save_milestones(
        application,
        [
            applications.Milestone("試作品の効率", "92", "%", fiscal_year_end(application.call.fiscal_year), None),
            applications.Milestone("耐久試験の時間", "1000", "h", end, None),
        ],
        application.version, actor=actor, arrived=at,
    )  # fmt: skip
    applications.save_plan(
        application,
        applications.Plan(
            "小型駆動モジュール(架空)", "工作機械メーカー、年間30億円規模(架空)", "コア企業が販売",
            add_years(end, 1), 30_000_000, {n: (20_000_000 * n, 6_000_000 * n) for n in range(1, 6)},
        ),
        application.version, actor=actor, arrived=at,
    )  # fmt: skip
    _answer(application, actor, at)
    for document in application.call.documents:
        if document.mandatory:
            applications.attach(
                application, document.id, _pdf(document.code), f"{document.name_ja}.pdf", actor=actor, arrived=at
            )
    for member in application.members:
        person = cast.of(member.organisation)
        applications.confirm_share(application, member, person.name, member.version, actor=person, arrived=at)


def _answer(application: Application, actor: User, at: datetime) -> None:
    """Answer the call's questionnaire, section by section."""
    content = application_queries.answers.content(application)
    assert content is not None
    facts = application_queries.answers.expression_facts(application_queries.facts(application))
    given = example_answers(content, facts)
    for section in content.sections:
        applications.save_answers(application, section.key, given, application.version, actor=actor, arrived=at)


CONSORTIUM_MEMBERS = [
    ("live-university", MemberRole.project_leader),
    ("live-sensor", MemberRole.sub_leader),
    ("live-gear", MemberRole.implementer),
]
OTHER_MEMBERS = [
    ("live-university", MemberRole.project_leader),
    ("live-foods", MemberRole.sub_leader),
    ("live-soft", MemberRole.implementer),
    ("live-institute", MemberRole.cooperator),
]
COLLABORATION_MEMBERS = [("live-sensor", MemberRole.cooperator), ("live-university", MemberRole.adviser)]


def _submitted(cast: Cast, call: Call, topic: int, *, others: bool = False) -> Application:
    """An application handed in two days before the call closes (or now, while it is open)."""
    at = min(now(), call.closes_at - timedelta(days=2))
    if call.programme == CONSORTIUM:
        members = OTHER_MEMBERS if others else CONSORTIUM_MEMBERS
        application = _draft(cast, call, "live-foundation", members, topic, at)
    else:
        application = _draft(cast, call, "live-gear", COLLABORATION_MEMBERS, topic, at)
    _complete(cast, application, at)
    lead = cast.of(application.lead_organisation)
    applications.submit(application, f"demo-{application.number}", actor=lead, arrived=at)
    application.submitted_at = at
    submission = session.scalars(select(Submission).where(Submission.application_id == application.id)).one()
    submission.arrived_at = at
    session.flush()
    return application


def _eligible(cast: Cast, application: Application) -> None:
    applications.screen(application, True, "", application.version, actor=cast.people["officer"])


def _review(cast: Cast, application: Application, name: str, score: int | None) -> None:
    """Ask a reviewer; with a score the review is also written and sent."""
    reviewer = cast.people[name]
    assignment = reviews.assign(application, reviewer, today() + timedelta(days=14), cast.people["officer"])
    if score is None:
        return
    reviews.answer(assignment, "accept", reviewer)
    scores: dict[int, int | None] = {
        c.id: max(1, min(5, score + i % 2)) for i, c in enumerate(application.call.criteria)
    }
    reviews.save(assignment, scores, "計画は具体的である。", "市場の見通しを補強してください。", 0, reviewer)
    reviews.submit(assignment, reviewer)


def _decide(cast: Cast, application: Application, outcome: Outcome, confirm: bool = True) -> None:
    decision = reviews.propose(
        application, outcome, application.total_yen * 9 // 10, "経費の一部を査定(合成)", "評価結果による(合成)", 0,
        cast.people["officer"],
    )  # fmt: skip
    if confirm:
        reviews.confirm(decision, decision.version, cast.people["officer2"])


def _project(cast: Cast, call: Call, topic: int, adopted_on: date) -> Project:
    """One adopted application of a past call as a project, besides one rejected and one in reserve."""
    first = _submitted(cast, call, topic)
    found = [(first, Outcome.adopted)]
    if call.programme == CONSORTIUM:
        found += [
            (_submitted(cast, call, topic + 5, others=True), Outcome.rejected),
            (_submitted(cast, call, topic + 6, others=True), Outcome.reserve),
        ]
    for application, outcome in found:
        _eligible(cast, application)
        _review(cast, application, "reviewer", 4 if outcome is Outcome.adopted else 2)
        _review(cast, application, "reviewer2", 3)
        _decide(cast, application, outcome)
    projects.release_results(call, cast.people["officer"])
    project = project_queries.by_application(first.id)
    assert project is not None
    project.adopted_on = adopted_on
    session.flush()
    return project


#: What a partner writes into its part of an accepted report.
PARTS_WORK = milestones.PartData(
    "担当分の試作と評価を計画どおり実施した(合成)。",
    "なし",
    320,
    {},
    "",
    "なし",
    "なし",
    "推進会議1回(合成)",
    "計画どおり継続する(合成)",
)


def _report(cast: Cast, project: Project, until: date) -> None:
    """Send and accept the milestone reports on periods that ended before a day, each partner's part with them."""
    assert project.application is not None
    lead = cast.of(project.application.lead_organisation)
    for report in milestone_queries.reports_of(project.id):
        if report.period_to >= until:
            continue
        results = tuple(
            milestones.Result(m.id, Achievement.achieved, m.target_value, "")
            if m.due_on <= report.period_to
            else milestones.Result(m.id, Achievement.partly, "", "期限に向けて実施中(合成)。")
            for m in milestone_queries.milestones_of(project.id)
        )
        data = milestones.ReportData("試作と評価を実施した(合成)。", "", 3_000_000, results)
        milestones.save(report, data, report.version, lead)
        for organisation in milestone_queries.organisations_of(project.id):
            who = cast.of(organisation)
            part = milestones.save_part(report, organisation.id, PARTS_WORK, 0, who)
            milestones.confirm_part(report, organisation.id, who.name, part.version, who)
        milestones.submit(report, lead)
        milestones.judge(report, "accept", "", cast.people["officer"])


def _reach(cast: Cast, project: Project, done: date) -> None:
    """Every milestone of a completed project was reached in time, with evidence that an officer has accepted."""
    assert project.application is not None and project.started_on is not None
    lead, officer = cast.of(project.application.lead_organisation), cast.people["officer"]
    file = storage.keep(
        _pdf("成果資料").getvalue(), name="成果資料(合成).pdf", media_type=storage.PDF, created_by_id=lead.id
    )
    for row in milestone_queries.milestones_of(project.id):
        reached = max(project.started_on, min(row.due_on, done) - timedelta(days=9))
        data = milestones.RowData(reached, reached, 100, row.target_value, "試作品で確認した(合成)。", "")
        milestones.update_row(row, data, row.version, lead)
        milestones.attach_evidence(row, file, lead)
        milestones.report_row(row, lead)
        milestones.judge_row(row, "accept", "", row.version, officer)


def _begin(cast: Cast, project: Project, begin: date, end: date) -> Award:
    """The contract or grant decision is concluded, and work begins."""
    officer, lead = cast.people["officer"], cast.people["applicant"]
    award = agreeing.conclude(project, begin, end, officer, lead, _pdf("資料").getvalue())
    milestones.start(project, begin, end, officer)
    return award


def _long_completed(cast: Cast, year: int) -> None:
    """Three years ago: a consortium project that is completed, followed up, and has sold its product."""
    call = _call(CONSORTIUM, year - 3, date(year - 3, 4, 10), date(year - 3, 5, 31))
    project = _project(cast, call, 0, date(year - 3, 8, 1))
    done = fiscal_year_end(year - 2)
    award = _begin(cast, project, date(year - 3, 10, 1), done)
    agreeing.next_year(award, cast.people["officer"], cast.people["applicant"])
    _reach(cast, project, done)
    _report(cast, project, done + timedelta(days=1))
    agreeing.close_year(award, done + timedelta(days=8), cast.people["officer"])
    agreements.complete(award, done, cast.people["officer"])
    agreements.follow(award, cast.people["officer"])
    lead = cast.people["applicant"]
    first = outcome_queries.of_project(project.id)[0]
    if outcomes.is_open(first):
        data = outcomes.FollowUpData(
            max(done, min(first.opens_on, today())), DevState.launched, 3, None, "小型駆動モジュール", done, 4_200_000, 3,
            "納品書の写し(架空)",
        )  # fmt: skip
        outcomes.save(first, data, first.version, lead)
        outcomes.submit(first, lead)
        outcomes.verify(first, 2, "", cast.people["officer"])


def _running(cast: Cast, year: int) -> Award:
    """Last year: one project of each programme is running; the consortium's latest report is late. Answers its award."""
    call = _call(CONSORTIUM, year - 1, date(year - 1, 4, 10), date(year - 1, 5, 31))
    project = _project(cast, call, 1, date(year - 1, 8, 1))
    award = _begin(cast, project, date(year - 1, 10, 1), fiscal_year_end(year))
    if today() >= date(year, 6, 1):
        agreeing.next_year(award, cast.people["officer"], cast.people["applicant"])
    due = [r for r in milestone_queries.reports_of(project.id) if r.due_on < today()]
    _report(cast, project, due[-1].period_to if due else project.adopted_on)
    call = _call(COLLABORATION, year - 1, date(year - 1, 4, 10), date(year - 1, 6, 30))
    project = _project(cast, call, 4, date(year - 1, 9, 1))
    _begin(cast, project, date(year - 1, 10, 1), date(year + 2, 9, 30))
    _report(cast, project, today() - timedelta(days=40))
    return award


def _after_award(cast: Cast, award: Award, year: int) -> None:
    """Money, changes and forecasts of the running consortium; a collaboration done years ago; clusters; the office."""
    people = after_award.People(*(cast.people[name] for name in ("officer", "officer2", "applicant", "partner")))
    paper, organisations = _pdf("証拠書類").getvalue(), cast.organisations
    after_award.at_work(award, [organisations["live-foundation"], organisations["live-sensor"]], paper, people)
    call = _call(COLLABORATION, year - 7, date(year - 7, 4, 10), date(year - 7, 6, 30))
    project = _project(cast, call, 4, date(year - 7, 9, 1))
    done = date(year - 4, 9, 30)
    award = _begin(cast, project, date(year - 7, 10, 1), done)
    _reach(cast, project, done)
    _report(cast, project, done + timedelta(days=1))
    after_award.completed(award, organisations["live-gear"], done, paper, people)
    manager = cast.people["cluster"]
    after_award.clusters(next(row.scope for row in manager.role_rows if row.scope), people.officer)
    surveys.load(next(row.scope for row in manager.role_rows if row.scope), people.officer)
    after_award.office(people.officer)


def _in_review(cast: Cast, year: int) -> None:
    """A call that closed last month: reviews under way, decisions staged, one application not eligible."""
    call = _call(CONSORTIUM, year, today() - timedelta(days=80), today() - timedelta(days=25))
    decided = _submitted(cast, call, 2)
    proposed = _submitted(cast, call, 5, others=True)
    reviewing = _submitted(cast, call, 6, others=True)
    waiting = _submitted(cast, call, 7, others=True)
    refused = _submitted(cast, call, 3, others=True)
    for application in (decided, proposed, reviewing):
        _eligible(cast, application)
    applications.screen(
        refused, False, "研究開発要素が確認できない(合成)。", refused.version, actor=cast.people["officer"]
    )
    for application, score in ((decided, 4), (proposed, 2)):
        _review(cast, application, "reviewer", score)
        _review(cast, application, "reviewer2", score)
    _review(cast, reviewing, "reviewer", None)
    _review(cast, reviewing, "reviewer2", 3)
    _decide(cast, decided, Outcome.adopted)
    _decide(cast, proposed, Outcome.rejected, confirm=False)
    assert waiting.status.value == "submitted"


def _open_calls(cast: Cast, year: int) -> None:
    """An open call of each programme, with drafts, a submission and a withdrawal."""
    closes = today() + timedelta(days=30)
    call = _call(CONSORTIUM, year, today() - timedelta(days=20), closes)
    at = now()
    _draft(cast, call, "live-foundation", CONSORTIUM_MEMBERS, 1, at)
    withdrawn = _submitted(cast, call, 7, others=True)
    applications.withdraw(withdrawn, "計画を見直すため(合成)", withdrawn.version, actor=cast.people["applicant"])
    _submitted(cast, call, 6, others=True)
    call = _call(COLLABORATION, year, today() - timedelta(days=20), closes)
    nearly = _draft(cast, call, "live-gear", COLLABORATION_MEMBERS, 3, at)
    _complete(cast, nearly, at)
    _submitted(cast, call, 4)
