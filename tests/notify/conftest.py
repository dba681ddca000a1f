from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.notify.mailbox import Mailbox
    from tests.people import County

    from zhijian.notify.models import Channel
    from zhijian.organisations.models import User

GROUP = "group-1"
SECRET = "jia-qian-mi-yao"
PATHS = {
    "wecom": "/wecom/cgi-bin/webhook/send?key={}",
    "dingtalk": "/dingtalk/robot/send?access_token={}",
    "feishu": "/feishu/open-apis/bot/v2/hook/{}",
}


@dataclass
class Post:
    """水务局 with an officer who keeps its ways out, an editor with a mailbox, a mail server and the messengers."""

    county: County
    officer: User
    editor: User
    mailbox: Mailbox
    sandbox: str

    def mail(self, **more: Any) -> Channel:
        from zhijian.notify import actions  # noqa: PLC0415 - this file is read before Django's settings

        draft = actions.ChannelDraft(
            name="政务邮箱", host="127.0.0.1", port=self.mailbox.port, security="none",
            sender="zhijian@mail.example.cn", **more,
        )  # fmt: skip
        return actions.create_channel(actor=self.officer, organisation=self.county.water, kind="email", draft=draft)

    def bot(self, kind: str = "dingtalk", token: str = GROUP, secret: str = SECRET) -> Channel:
        from zhijian.notify import actions  # noqa: PLC0415 - as above

        facts = {"kind": kind, "token": token, "name": "值班群", "secret": SECRET, "removed": False}
        httpx2.post(f"{self.sandbox}/_ctl/bots", json=facts).raise_for_status()
        kinds = ("alarm", "review", "publishing")
        url = self.sandbox + PATHS[kind].format(token)
        draft = actions.ChannelDraft(name="值班群", url=url, secret=secret, kinds=kinds)
        return actions.create_channel(actor=self.officer, organisation=self.county.water, kind=kind, draft=draft)

    def said(self, token: str = GROUP) -> list[str]:
        bots = httpx2.get(f"{self.sandbox}/_ctl/bots").json()
        return [one["text"] for bot in bots if bot["token"] == token for one in bot["said"]]

    def send_due(self, at: datetime) -> list[tuple[str, str]]:
        """Send what is due at a moment and return state and problem of every message there is."""
        from zhijian.lib import clock  # noqa: PLC0415 - as above
        from zhijian.notify import actions  # noqa: PLC0415 - as above
        from zhijian.notify.models import Dispatch  # noqa: PLC0415 - as above
        from zhijian.notify.queries import due_dispatches  # noqa: PLC0415 - as above

        httpx2.post(f"{self.sandbox}/_ctl/clock", json={"at": at.isoformat()}).raise_for_status()
        with clock.at(at):
            for dispatch_id in due_dispatches().values_list("pk", flat=True):
                actions.run_dispatch(dispatch_id=dispatch_id)
        return [(row.state, row.problem) for row in Dispatch.objects.order_by("pk")]

    def fault(self, match: str, kind: str, **more: Any) -> None:
        httpx2.post(f"{self.sandbox}/_ctl/faults", json={"match": match, "kind": kind, **more}).raise_for_status()


@pytest.fixture(scope="session")
def sandbox_address() -> Iterator[str]:
    from zhijian.sandbox.server import running  # noqa: PLC0415 - as above

    with running() as address:
        yield address


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    from tests.notify.mailbox import running  # noqa: PLC0415 - as above

    with running() as box:
        yield box


@pytest.fixture
def post(db: None, sandbox_address: str, mailbox: Mailbox, settings: Any) -> Post:
    from tests.people import make_county  # noqa: PLC0415 - as above

    from zhijian.organisations.enums import Role  # noqa: PLC0415 - as above

    httpx2.post(f"{sandbox_address}/_ctl/reset").raise_for_status()
    settings.ZHIJIAN_SANDBOX_URL = sandbox_address
    settings.ZHIJIAN_BASE_URL = "https://zhijian.example.cn"
    county = make_county()
    officer = county.person("zhuban", county.water, Role.HOST_OFFICER)
    editor = county.person("caibian", county.water, Role.EDITOR)
    editor.email = "caibian@mail.example.cn"
    editor.save()
    return Post(county, officer, editor, mailbox, sandbox_address)
