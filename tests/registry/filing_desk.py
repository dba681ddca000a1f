"""Filing as people do it: forms of each kind that pass, papers, and signing to the end."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.organisations.models import Organisation, User
from zhijian.organisations.queries import holders
from zhijian.registry.actions import create_filing, import_ledger_file, submit_filing
from zhijian.registry.models import Account
from zhijian.review.actions import sign
from zhijian.review.enums import Decision
from zhijian.review.queries import current_review, current_stage

if TYPE_CHECKING:
    from tests.registry.world import World

    from zhijian.registry.models import Filing

OPENING: dict[str, Any] = {
    "platform": "weibo", "kind": "weibo", "name": "东溪教育", "positioning": "发布教育政策，办理入学报名。",
    "grounds": "家长多用这个平台。", "leader": "李一", "contact": "王二", "phone": "0596-1234567",
    "reviewers": "初审王二，终审李一", "undertaking": True,
}  # fmt: skip
NOTICE = {"notice_title": "关于东溪教育的公告", "notice_text": "东溪县教育局的账号有变动。特此公告。"}
PLAN = "内容转存档案室，粉丝引到主账号，私信中的个人信息删除。"


def picture() -> bytes:
    """Return a small PNG, as a screenshot of the platform's page."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#c00").save(out, "PNG")
    return out.getvalue()


def proof(body: Organisation, actor: User) -> dict[str, str]:
    """Keep a picture as the platform's proof of cancellation; return it as an attachment."""
    row = store_paper(actor=actor, organisation=body, name="注销成功.png", data=picture())
    return {"slot": "proof", "sha256": row.sha256, "name": row.name}


def form_of(kind: str, /, **more: Any) -> dict[str, Any]:
    """Return a form of a kind that passes every rule, changed by `more`."""
    today = clock.today().isoformat()
    forms: dict[str, dict[str, Any]] = {
        "opening": OPENING, "late": OPENING,
        "change": {"grounds": "职责调整。", "happened_on": today, **NOTICE},
        "freeze": {"grounds": "人员不足。", "happened_on": today, "redirect": "东溪发布", **NOTICE},
        "resume": {"grounds": "已配备人员。", **NOTICE},
        "closing": {"grounds": "使用率低。", "followers_plan": PLAN, **NOTICE},
        "merging": {"grounds": "职能相近。", "followers_plan": PLAN, **NOTICE},
        "deregister": {"happened_on": today, "grounds": "平台处理较快。", **NOTICE},
        "exemption": {"platform": "weibo", "kind": "weibo", "grounds": "普通话和闽南话分开播。", "undertaking": True},
    }  # fmt: skip
    return {**forms[kind], **more}


def filed(
    actor: User, kind: str, /, *, account: Account | None = None, body: Organisation | None = None, **more: Any
) -> Filing:
    """Write and send a filing."""
    filing = create_filing(
        actor=actor, kind=kind, form=form_of(kind, **more), account_id=account.pk if account else None,
        organisation_id=body.pk if body else None,
    )  # fmt: skip
    return submit_filing(actor=actor, filing_id=filing.pk)


def sign_all(filing: Filing, *, stages: int = 9) -> None:
    """Sign the stages that wait, each by somebody who may, at most `stages` of them."""
    for _ in range(stages):
        review = current_review(thing_kind="registry.filing", thing_id=filing.pk)
        assert review is not None
        stage = current_stage(review)
        if stage is None:
            break
        people = holders(organisation=stage.organisation, roles=stage.roles).exclude(pk__in=review.author_ids)
        signed = review.stages.values("signatures__person")
        person = people.exclude(pk__in=[row["signatures__person"] for row in signed if row["signatures__person"]])
        actor = User.objects.get(pk=person.order_by("pk").values_list("pk", flat=True)[0])
        sign(
            review_id=review.pk, decision=Decision.APPROVE, version_hash=review.version_hash,
            gates={gate["code"]: True for gate in stage.gates}, comment="", actor=actor,
        )  # fmt: skip
    filing.refresh_from_db()


def approved(actor: User, kind: str, /, **more: Any) -> Filing:
    """Write, send and sign a filing to its end."""
    filing = filed(actor, kind, **more)
    sign_all(filing)
    return filing


def imported(world: World, *rows: str) -> list[Account]:
    """Load accounts by a ledger of 主办单位,平台,账号名称,账号ID,状态; return them as they were made."""
    last = max([0, *Account.objects.values_list("pk", flat=True)])
    content = "\n".join(["主办单位,平台,账号名称,账号ID,状态", *rows]).encode()
    import_ledger_file(actor=world.supervisor, organisation=world.county, file_name="台账.csv", content=content)
    return list(Account.objects.filter(pk__gt=last).order_by("pk"))
