"""A look-back that ran over the county's archive, with what it found, and one that is proposed after a new term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.cli.demo.moments import moment_on
from zhijian.knowledge import actions as knowledge
from zhijian.lib import clock
from zhijian.lookback import actions, queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People

SUPERVISOR, HOST = "zhuguan", "zhuban"
TERM: Final = knowledge.TermDraft(
    wrong="政务服务大厅", right="政务服务中心", severity="warning", source="墨溪县政务服务管理办法（演示）",
    message="对外统一使用规范名称。", exceptions=("乡镇便民政务服务大厅",),
)  # fmt: skip


NEXT_TERM: Final = knowledge.TermDraft(
    wrong="县医院", right="县人民医院", severity="warning", source="墨溪县卫生健康局来函（演示）",
    message="对外使用单位全称。",
)  # fmt: skip


def look_back(bodies: Bodies, people: People, say: Callable[[str], None]) -> None:
    """Decline for the first terms, look back by a new one, set one finding aside, approve one more term."""
    supervisor, county = people[SUPERVISOR], bodies["county"]
    with clock.at(moment_on(68)):
        for row in queries.visible_look_backs(actor=supervisor).filter(state="proposed"):
            actions.dismiss(actor=supervisor, look_back_id=row.pk)
    with clock.at(moment_on(5)):
        term = knowledge.propose_term(actor=people[HOST], organisation=county, draft=TERM)
    with clock.at(moment_on(4)):
        began = actions.start_proposed(actor=supervisor, look_back_id=_approve(people, term.pk))
        done = actions.carry_on(look_back_id=began.pk)
    with clock.at(moment_on(3)):
        one = queries.visible_findings(actor=supervisor).order_by("-pk")[0]
        actions.set_aside(
            actor=supervisor, finding_id=one.pk, reason="这里指的是大厅这处场所，不是单位名称，说法没有错。"
        )
    with clock.at(moment_on(2, serial=7)):
        term = knowledge.propose_term(actor=people[HOST], organisation=county, draft=NEXT_TERM)
    with clock.at(moment_on(1, serial=7)):
        _approve(people, term.pk)
    say(f"  存量回查：查了 {done.done:,} 篇，发现 {done.found:,} 处，另有一次等决定")


def _approve(people: People, term_id: int) -> int:
    """Approve a term; return the look-back it asks for, estimated."""
    supervisor = people[SUPERVISOR]
    knowledge.approve_term(actor=supervisor, term_id=term_id, comment="情况属实，同意启用。")
    proposed = queries.visible_look_backs(actor=supervisor).get(state="proposed")
    return actions.estimate(look_back_id=proposed.pk).pk
