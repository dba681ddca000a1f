"""Every act of this room; tasks, pages and the rooms above call these."""

from zhijian.inspection.actions.appeals import appeal, decide_appeal, why_not_appeal, why_not_decide
from zhijian.inspection.actions.entering import enter_verdict, why_not_enter
from zhijian.inspection.actions.orders import (
    Due,
    answer_order,
    issue_order,
    order_deadline,
    why_not_answer,
    why_not_order,
)
from zhijian.inspection.actions.proofs import Proof
from zhijian.inspection.actions.rechecking import recheck_by_person, why_not_recheck
from zhijian.inspection.actions.running import carry_on_run, stalled_runs, start_run
from zhijian.inspection.actions.telling import tell_due_orders

__all__ = [
    "Due",
    "Proof",
    "answer_order",
    "appeal",
    "carry_on_run",
    "decide_appeal",
    "enter_verdict",
    "issue_order",
    "order_deadline",
    "recheck_by_person",
    "stalled_runs",
    "start_run",
    "tell_due_orders",
    "why_not_answer",
    "why_not_appeal",
    "why_not_decide",
    "why_not_enter",
    "why_not_order",
    "why_not_recheck",
]
