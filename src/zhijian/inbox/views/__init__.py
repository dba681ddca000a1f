"""Staff pages of the inbox."""

from zhijian.inbox.views.acts import act, contact, destroy
from zhijian.inbox.views.answers import write_answer
from zhijian.inbox.views.cases import case_list, photo, register, show
from zhijian.inbox.views.publishing import hide, publish

__all__ = [
    "act", "case_list", "contact", "destroy", "hide", "photo", "publish", "register", "show", "write_answer",
]  # fmt: skip
