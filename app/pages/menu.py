"""The main menu: what of it a reader may open, and where in it a page belongs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.i18n import _l

#: A group with at most so many entries for this reader is not folded: its entries stand in the row.
FEW = 3


@dataclass(frozen=True)
class Entry:
    """A page of the menu. ``holds`` names the blueprints and endpoints whose pages lie below it."""

    endpoint: str
    label: Any
    holds: tuple[str, ...] = ()

    def nearness(self, endpoint: str) -> int:
        """How surely this endpoint belongs here: 3 the page itself, 2 named, 1 of a blueprint named, 0 not at all."""
        if endpoint == self.endpoint:
            return 3
        return 2 if endpoint in self.holds else int(endpoint.split(".")[0] in self.holds)


@dataclass(frozen=True)
class Group:
    """Entries that are folded behind one word; without a label they always stand in the row."""

    label: Any
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Place:
    """One word of the menu as this reader sees it."""

    label: Any
    entries: Sequence[Entry]
    current: Entry | None
    folded: bool


PROJECT_PAGES = ("projects", "agreements", "milestones", "money", "changes", "outcomes")

MENU = (
    Group(None, (Entry("pages.home", _l("Home")),)),
    Group(
        _l("Calls and reviews"),
        (
            Entry("calls.index", _l("Calls"), ("calls", "questionnaires", "applications.self_check")),
            Entry("applications.mine", _l("My applications"), ("applications", "correspondence", "reviews", "panels")),
            Entry("reviews.mine", _l("My reviews"), ("reviews", "assigning", "reviewers")),
            Entry("applications.officer_list", _l("Applications"), ("applications", "correspondence", "doubles")),
            Entry("calls.waiting_questions", _l("Questions that wait for an answer"), ("calls.question",)),
            Entry("correspondence.waiting", _l("Messages that wait for an answer")),
            Entry("doubles.waiting", _l("Possible doubles"), ("doubles.of_application",)),
            Entry("doubles.awards", _l("Awards of other funders")),
            Entry("reviewers.pool", _l("Reviewers"), ("reviewers", "assigning.pool_invitation")),
            Entry("reviewers.waiting", _l("Possible conflicts")),
            Entry("panels.discussions", _l("Discussions of proposals"), ("panels",)),
            Entry("reviews.decisions", _l("Decisions"), ("reviews", "selection", "assigning")),
        ),
    ),
    Group(
        _l("Projects"),
        (
            Entry("projects.index", _l("Projects"), PROJECT_PAGES),
            Entry("projects.mine", _l("My projects"), PROJECT_PAGES),
            Entry("milestones.duties", _l("My duties"), ("milestones.calendar_page",)),
            Entry("agreements.index", _l("Awards")),
            Entry("milestones.listing", _l("Reports by due date")),
            Entry("changes.waiting", _l("Change requests")),
            Entry("money.waiting", _l("Money that waits for the office")),
            Entry(
                "outcomes.reports", _l("Yearly reports"),
                ("outcomes.follow_up", "outcomes.chase", "outcomes.response", "outcomes.terms"),
            ),
            Entry("outcomes.verification", _l("Verification of outcomes")),
            Entry("outcomes.disputes", _l("Disputes of outcomes")),
            Entry("flags.index", _l("Flags"), ("flags",)),
        ),
    ),
    Group(
        _l("Figures"),
        (
            Entry("portfolio.index", _l("Portfolio"), ("portfolio",)),
            Entry("portfolio.board", _l("Targets and actions"), (
                "portfolio.target", "portfolio.new_target", "portfolio.edit_target", "portfolio.new_action",
            )),
            Entry("analytics.index", _l("Rates"), ("analytics",)),
            Entry("surveys.index", _l("Surveys"), ("surveys",)),
            Entry("surveys.benchmark", _l("Benchmark index"), ("surveys.benchmark_firms",)),
            Entry("outcomes.ledger", _l("Outcome ledger"), ("outcomes.product",)),
            Entry("learning.criteria", _l("Learning"), ("learning",)),
            Entry("publishing.index", _l("Figures in the office"), ("publishing",)),
            Entry("publishing.reports", _l("Reports and datasets"), ("publishing.report", "publishing.preview")),
            Entry(
                "publishing.dashboard", _l("Published figures"), ("publishing.archive", "publishing.figure"),
            ),
        ),
    ),
    Group(
        _l("Registers"),
        (
            Entry("clusters.index", _l("Clusters"), ("clusters",)),
            Entry("clusters.targets", _l("Targets and pace"), ("clusters.target_edit", "clusters.target_add_all")),
            Entry(
                "clusters.activities", _l("Network activities"),
                ("clusters.activity", "clusters.activity_edit", "clusters.activity_add"),
            ),
            Entry(
                "clusters.businesses", _l("New businesses"),
                ("clusters.business", "clusters.business_list", "clusters.business_edit"),
            ),
            Entry("clusters.incubation", _l("Incubation"), ("clusters.facility_add", "clusters.facility_edit")),
            Entry("clusters.published", _l("Published figures and our records"), ("clusters.record_list",)),
            Entry("organisations.index", _l("Organisations"), ("organisations",)),
            Entry("organisations.names", _l("Names that came in"), ("organisations.name", "organisations.name_add")),
        ),
    ),
    Group(
        _l("Administration"),
        (
            Entry("pages.people", _l("People"), ("pages.person", "pages.new_person", "pages.add_person")),
            Entry("pages.mail", _l("Mail"), ("pages.letter",)),
            Entry("pages.files", _l("Stored files")),
            Entry("portfolio.taken_files", _l("Files taken out")),
        ),
    ),
    Group(None, (Entry("pages.help_index", _l("Help"), ("pages.help_topic",)),)),
)  # fmt: skip


def places(can_open: Callable[[str], bool], endpoint: str) -> list[Place]:
    """The row of the menu for a reader who stands on the page of this endpoint."""
    shown = [(g.label, [e for e in g.entries if can_open(e.endpoint)]) for g in MENU]
    found = here(can_open, endpoint)
    row: list[Place] = []
    for label, entries in shown:
        if label is not None and len(entries) > FEW:
            row.append(Place(label, entries, found if found in entries else None, True))
        else:
            row += [Place(e.label, (e,), found if found == e else None, False) for e in entries]
    return row


def here(can_open: Callable[[str], bool], endpoint: str) -> Entry | None:
    """The entry of this reader's menu below which the page lies; the first of equally near ones."""
    entries = [e for g in MENU for e in g.entries if can_open(e.endpoint)]
    nearest = max(entries, key=lambda e: e.nearness(endpoint), default=None)
    return nearest if nearest is not None and nearest.nearness(endpoint) else None
