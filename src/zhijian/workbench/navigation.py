"""The left navigation, by the work and in the users' words: a person sees only what their roles open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from zhijian.organisations.enums import BUSINESS_ROLES, CONTENT_ROLES, REVIEWER_ROLES, Role
from zhijian.organisations.queries import administers_everything

if TYPE_CHECKING:
    from zhijian.organisations.models import User

ACCOUNT_ROLES = (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER, Role.HEAD, Role.INSPECTOR)
INSPECTION_ROLES = tuple(dict.fromkeys((*ACCOUNT_ROLES, Role.DUTY_OFFICER, *CONTENT_ROLES)))
FILING_REVIEWERS = (Role.SUPERVISING_OFFICER, Role.HEAD)

LOOK_BACK_ROLES = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER, Role.INSPECTOR)


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the navigation: `roles` open it, empty means everybody who works here.

    `also` is another place that belongs to it, outside its own address. `of_all`: only for who has the role over all
    bodies.
    """

    label: str
    icon: str
    url_name: str
    roles: tuple[str, ...] = ()
    also: str = ""
    of_all: bool = False

    def opens_for(self, actor: User) -> bool:
        """Tell whether a person finds it in the navigation."""
        if self.of_all:
            return administers_everything(actor=actor, roles=self.roles)
        return not self.roles or actor.holds(*self.roles)

    def covers(self, path: str) -> int:
        """Return how many characters of an address this section covers, 0 when it lies elsewhere."""
        places = [reverse(name) for name in (self.url_name, self.also) if name]
        return max((len(place) for place in places if path.startswith(place)), default=0)


SECTIONS = (
    Section("工作台", "layout-dashboard", "workbench:home"),
    Section("采编", "edit", "content:list", CONTENT_ROLES),
    Section("审核", "checklist", "review:list", (*REVIEWER_ROLES, *FILING_REVIEWERS)),
    Section("发布", "send", "publishing:list", CONTENT_ROLES),
    Section("留言", "messages", "inbox:list", (Role.ANSWERER, Role.HEAD, Role.SUPERVISING_OFFICER)),
    Section("账号", "id-badge-2", "registry:list", (*ACCOUNT_ROLES, *CONTENT_ROLES)),
    Section("官方证明", "rosette-discount-check", "proof:list", ACCOUNT_ROLES),
    Section("仿冒账号", "shield-x", "impostors:list", (*ACCOUNT_ROLES, Role.DUTY_OFFICER)),
    Section("代运营", "signature", "vendors:list", ACCOUNT_ROLES),
    Section("保障与资质", "package", "resources:list", (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)),
    Section("看见账号", "eye", "observation:list", (*ACCOUNT_ROLES, Role.DUTY_OFFICER)),
    Section("巡检", "radar", "inspection:home", INSPECTION_ROLES),
    Section("排查", "clipboard-list", "census:list", ACCOUNT_ROLES),
    Section("清理整合", "archive", "drives:list", (Role.SUPERVISING_OFFICER, Role.HOST_OFFICER)),
    Section("通报", "report-search", "assessment:list", (*FILING_REVIEWERS, Role.INSPECTOR, *REVIEWER_ROLES)),
    Section("值守", "headset", "duty:month", BUSINESS_ROLES),
    Section("平台接入", "plug-connected", "channels:list", (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)),
    Section("答问库", "help-circle", "answers:list", (*CONTENT_ROLES, Role.ANSWERER, Role.SUPERVISING_OFFICER)),
    Section("办事", "file-check", "services:list", (*CONTENT_ROLES, Role.ANSWERER, Role.SUPERVISING_OFFICER)),
    Section("用语", "book-2", "knowledge:list", (*CONTENT_ROLES, Role.SUPERVISING_OFFICER), also="rules:list"),
    Section("检查文件", "shield-check", "workbench:check", BUSINESS_ROLES),
    Section("存量回查", "report-search", "lookback:list", LOOK_BACK_ROLES),
    Section("机构改革", "arrows-diff", "reform:list", (Role.SUPERVISING_OFFICER,)),
    Section(
        "单位与人员",
        "building-community",
        "organisations:list",
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.SUPERVISING_OFFICER),
    ),
    Section("大模型", "robot", "language_model:setting", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN), of_all=True),
    Section("操作记录", "history", "workbench:audit", (Role.AUDIT_ADMIN,)),
)


def who_works_at(path: str) -> tuple[str, list[str]]:
    """Return the name of the section an address lies in and the roles that work there; ("", []) outside of all."""
    inside = [section for section in SECTIONS if section.roles and section.covers(path)]
    if not inside:
        return "", []
    section = max(inside, key=lambda one: one.covers(path))
    return section.label, [Role(role).label for role in dict.fromkeys(section.roles)]


def sections_for(*, actor: User, path: str) -> list[dict[str, object]]:
    """Return the sections this person's roles open, the one of `path` marked as active."""
    shown = [section for section in SECTIONS if section.opens_for(actor)]
    active = max(shown, key=lambda section: section.covers(path), default=None)
    return [
        {
            "label": section.label, "icon": section.icon, "url": reverse(section.url_name),
            "active": section is active and bool(section.covers(path)),
        }
        for section in shown
    ]  # fmt: skip
