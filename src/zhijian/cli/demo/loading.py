"""Loading the demonstration: all of it, or all over again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zhijian.audit.actions import seal_events
from zhijian.cli.demo.accounts import import_accounts, upload_waiting_ledger
from zhijian.cli.demo.answering import make_answers_and_services
from zhijian.cli.demo.asking import ask_bodies
from zhijian.cli.demo.bodies import make_bodies
from zhijian.cli.demo.changing import change_accounts, plan_a_reform
from zhijian.cli.demo.contracting import hire_vendors
from zhijian.cli.demo.equipping import equip_bodies
from zhijian.cli.demo.filings import make_filings, make_terms
from zhijian.cli.demo.imitating import tell_of_impostors
from zhijian.cli.demo.inspecting import inspect_accounts
from zhijian.cli.demo.lookback import look_back
from zhijian.cli.demo.messages import receive_messages
from zhijian.cli.demo.moments import FIRST_DAY, moment_on
from zhijian.cli.demo.observing import observe_accounts
from zhijian.cli.demo.people import make_people
from zhijian.cli.demo.platforms import connect_accounts, sandbox_for_loading
from zhijian.cli.demo.proving import look_whether_accounts_lead_back, publish
from zhijian.cli.demo.removing import empty_database
from zhijian.cli.demo.sending import Sender, hand_over, send_on_website, send_on_wechat
from zhijian.cli.demo.tidying import tidy_up
from zhijian.cli.demo.watchkeeping import keep_watch
from zhijian.cli.demo.writing import write_pieces
from zhijian.cli.problems import StartupProblem
from zhijian.lib import clock
from zhijian.lookback.actions import fold_days
from zhijian.organisations.actions import found_installation
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import installation

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.cli.demo.writing import Written

GOVERNMENT: Final = "墨溪县人民政府（演示）"


def load(*, say: Callable[[str], None]) -> None:
    """Load the demonstration county; what a killed load left is cleared away first, a whole one stays as it is.

    Raises StartupProblem in an installation of somebody's own, and in production.
    """
    if settings.IS_PRODUCTION:
        raise StartupProblem("正式运行不装演示县。请去掉 ZHIJIAN_MODE=production，或另建一个数据目录。")
    founded = installation()
    if founded is not None and not founded.is_demonstration:
        raise StartupProblem("这里已是一套正式建立的安装，不能再装演示县。请换一个数据目录：ZHIJIAN_DATA=目录 make run")
    if founded is not None:
        say("演示县已经装好。")
        return
    if Organisation.objects.exists():
        say("上次没有装完，清掉重来……")
        empty_database()
    _load(say)


def _load(say: Callable[[str], None]) -> None:
    with transaction.atomic():
        sender, written = _make_everything(say)
    send_on_website(sender, written, say)
    hand_over(sender, written)
    _use_sandbox(sender, written, say)
    with clock.at(moment_on(FIRST_DAY)):
        found_installation(government_name=GOVERNMENT, is_demonstration=True)
    publish(say)
    while seal_events():
        pass
    say("演示县已装好。")


def _make_everything(say: Callable[[str], None]) -> tuple[Sender, list[Written]]:
    with clock.at(moment_on(FIRST_DAY)):
        bodies = make_bodies()
        people = make_people(bodies)
    say(f"  单位 {len(bodies)} 个，人员 {len(people)} 位")
    with clock.at(moment_on(FIRST_DAY - 3)):
        import_accounts(bodies, people)
        connections = connect_accounts(bodies, people)
    make_terms(bodies, people)
    make_filings(bodies, people)
    change_accounts(bodies, people)
    keep_watch(bodies, people)
    hire_vendors(bodies, people, say)
    equip_bodies(bodies, people, say)
    ask_bodies(bodies, people, say)
    tidy_up(bodies, people, say)
    with clock.at(moment_on(1)):
        upload_waiting_ledger(bodies, people)
    say("  账号、备案、用语已建立")
    make_answers_and_services(bodies, people, say)
    receive_messages(bodies, people, say)
    observe_accounts(bodies, people, say)
    inspect_accounts(bodies, people, say)
    look_back(bodies, people, say)
    tell_of_impostors(bodies, people, say)
    look_whether_accounts_lead_back(people, say)
    plan_a_reform(bodies, people)
    written = write_pieces(bodies, people, say)
    fold_days(days=FIRST_DAY)
    return Sender(people, connections, None), written


def _use_sandbox(sender: Sender, written: list[Written], say: Callable[[str], None]) -> None:
    """Send on the pretend WeChat; where it cannot run, its accounts stay connected and wait for a probe."""
    try:
        with sandbox_for_loading() as bench:
            sender.bench = bench
            send_on_wechat(sender, bench, written)
            say("  微信沙箱已发布几篇，一篇定时，一篇待核实")
    except OSError as error:
        say(f"  平台沙箱没有启动（{error.strerror or error}），微信部分先不装。启动后可在“平台接入”里检测。")
