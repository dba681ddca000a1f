"""What screening finds in a text, how an answer is reviewed, and who is right when we are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.inbox.queries.cases import receiving_bodies
from zhijian.inbox.queries.clocks import rules_of
from zhijian.knowledge.queries import judge_writing, ruleset_for
from zhijian.lib.errors import Refused
from zhijian.policy.queries import NoValue, review_route
from zhijian.registry.queries import platform_label, public_accounts
from zhijian.review.routes import Route, route_for
from zhijian.screening import Severity

if TYPE_CHECKING:
    from zhijian.inbox.models import Case
    from zhijian.organisations.models import Organisation
    from zhijian.screening import Finding

NAME = "答复审核"
MOST_ACCOUNTS = 3


def findings_in(organisation: Organisation, text: str) -> list[Finding]:
    """Return what the rules of a body find in a text, and probable typing errors."""
    return judge_writing(organisation=organisation, text=text, ruleset=ruleset_for(organisation))


def blocking_of(organisation: Organisation, text: str) -> tuple[list[str], list[str]]:
    """Return the words that need mending or a reason, and among them those that are serious errors."""
    found = [one for one in findings_in(organisation, text) if one.severity.blocks]
    return [one.excerpt for one in found], [one.excerpt for one in found if one.severity is Severity.VETO]


def route_of(case: Case) -> Route:
    """Return the review route of an answer at the body that has the case (policy `review.routes`). Raises Refused."""
    return route_at(case.organisation, "confidential_answer" if case.is_confidential else "answer")


def route_at(organisation: Organisation, item_class: str) -> Route:
    """Return the route of a class at a body. Raises Refused when no pack has one."""
    try:
        rule = review_route(rules_of(organisation), item_class=item_class, level=organisation.level)
    except NoValue as error:
        raise Refused("规则包里没有留言答复的审核流程，请联系系统管理员。") from error
    return route_for(rule, organisation=organisation, name=NAME)


def right_address_of(organisation: Organisation) -> str:
    """Return how to find a body, from what is public: its full name, its official accounts, whether it takes messages.

    The person who answers completes it (telephone, counter, hours); the reviewers look at it with the answer.
    """
    rows = public_accounts().filter(organisation_id=organisation.pk).order_by("-is_main", "platform", "pk")
    accounts = [f"{platform_label(row.platform, row.kind)}“{row.name}”" for row in rows[:MOST_ACCOUNTS]]
    parts = [organisation.name]
    if accounts:
        parts.append(f"官方账号：{'、'.join(accounts)}")
    if receiving_bodies().filter(pk=organisation.pk).exists():
        parts.append("也可以在本站“写留言”里选择这个单位")
    return "；".join(parts) + "。"
