from zhijian.impostors.views.allowed import allow, allowed_list, end_allowance
from zhijian.impostors.views.cases import act, case_list, case_page, evidence, letter, new_case
from zhijian.impostors.views.comparing import compare
from zhijian.impostors.views.figures import figures

__all__ = [
    "act",
    "allow",
    "allowed_list",
    "case_list",
    "case_page",
    "compare",
    "end_allowance",
    "evidence",
    "figures",
    "letter",
    "new_case",
]
