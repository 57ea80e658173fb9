"""Verbs of agreements: from the set-up of an award to its closing. All take the actor, none commits."""

from app.agreements.operations.assessing import (
    agree,
    apply,
    assess,
    object_to,
    save_lines,
    send_assessment,
    take_back,
    tick,
)
from app.agreements.operations.breaking import claim_repayment, resume, revoke, suspend, terminate, withdraw
from app.agreements.operations.contracting import Terms, change_terms, confirm, offer
from app.agreements.operations.evaluating import Sheet, Verdict, decide, fill, review, schedule
from app.agreements.operations.making import awarded, corrected, prepare, project_ended
from app.agreements.operations.working import (
    begin,
    begun,
    close,
    complete,
    fix_amount,
    follow,
    inspect,
    may_complete,
    may_start,
    receive_report,
    return_report,
    settle,
)

__all__ = [
    "Sheet", "Terms", "Verdict", "agree", "apply", "assess", "awarded", "begin", "begun", "change_terms",
    "claim_repayment", "close", "complete", "confirm", "corrected", "decide", "fill", "fix_amount", "follow", "inspect",
    "may_complete", "may_start", "object_to", "offer", "prepare", "project_ended", "receive_report", "resume",
    "return_report", "review", "revoke", "save_lines", "schedule", "send_assessment", "settle", "suspend", "take_back",
    "terminate", "tick", "withdraw",
]  # fmt: skip
