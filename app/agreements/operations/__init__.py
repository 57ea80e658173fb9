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
from app.agreements.operations.contracting import (
    PREPARING,
    Terms,
    ask_to_confirm,
    change_terms,
    changed,
    confirm,
    may_offer,
    offer,
    owe_terms,
)
from app.agreements.operations.evaluating import Sheet, Verdict, decide, fill, review, schedule
from app.agreements.operations.making import awarded, corrected, prepare, project_ended
from app.agreements.operations.working import (
    begin,
    begun,
    close,
    complete,
    end_of_work,
    fix_amount,
    follow,
    inspect,
    may_start,
    no_award,
    open_before_completion,
    receive_report,
    return_report,
    settle,
)

__all__ = [
    "PREPARING", "Sheet", "Terms", "Verdict", "agree", "apply", "ask_to_confirm", "assess", "awarded", "begin", "begun", "change_terms", "changed",
    "claim_repayment", "close", "complete", "confirm", "corrected", "decide", "end_of_work", "fill", "fix_amount", "follow", "inspect",
    "may_offer", "may_start", "no_award", "object_to", "offer", "open_before_completion", "owe_terms", "prepare", "project_ended", "receive_report", "resume",
    "return_report", "review", "revoke", "save_lines", "schedule", "send_assessment", "settle", "suspend", "take_back",
    "terminate", "tick", "withdraw",
]  # fmt: skip
