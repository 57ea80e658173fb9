"""Verbs of applications: start, fill in, invite, confirm, submit, withdraw, screen."""

from app.applications.operations.answers import publish_questions, save_answers
from app.applications.operations.consortium import (
    MAX_MEMBERS,
    ONLY_ONCE,
    NewOrganisation,
    add_member,
    change_role,
    remove_member,
)
from app.applications.operations.corrections import correct, give_up, lapse, send_back
from app.applications.operations.drafting import (
    LEAD_ROLES,
    MAX_MILESTONES,
    Basics,
    Milestone,
    Plan,
    save_basics,
    save_milestones,
    save_plan,
    start,
)
from app.applications.operations.files import attach, detach
from app.applications.operations.gates import check_open
from app.applications.operations.office import screen
from app.applications.operations.people import (
    INVITATION_LIFE,
    LETTERS_PER_DAY,
    accept_invitation,
    check_invitation,
    close_offer,
    end_person,
    give_right,
    has_account,
    invite,
    join_with_new_account,
    offer_lead,
    sign_of_life,
    withdraw_invitation,
)
from app.applications.operations.shares import Share, confirm_share, open_costs, save_share
from app.applications.operations.submitting import at_closing, hand_in_insured, insure, submit, withdraw

__all__ = [
    "INVITATION_LIFE",
    "LEAD_ROLES",
    "LETTERS_PER_DAY",
    "MAX_MEMBERS",
    "MAX_MILESTONES",
    "ONLY_ONCE",
    "Basics",
    "Milestone",
    "NewOrganisation",
    "Plan",
    "Share",
    "accept_invitation",
    "add_member",
    "at_closing",
    "attach",
    "change_role",
    "check_invitation",
    "check_open",
    "close_offer",
    "confirm_share",
    "correct",
    "detach",
    "end_person",
    "give_right",
    "give_up",
    "hand_in_insured",
    "has_account",
    "insure",
    "invite",
    "join_with_new_account",
    "lapse",
    "offer_lead",
    "open_costs",
    "publish_questions",
    "remove_member",
    "save_answers",
    "save_basics",
    "save_milestones",
    "save_plan",
    "save_share",
    "screen",
    "send_back",
    "sign_of_life",
    "start",
    "submit",
    "withdraw",
    "withdraw_invitation",
]
