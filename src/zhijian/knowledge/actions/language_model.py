"""Setting the language model up, trying it, consenting to it, stopping it, and asking it about a text."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.language_model import client
from zhijian.knowledge.models import ModelSetting, ModelTurn
from zhijian.knowledge.queries.language_model import bodies_to_choose, model_for
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.lib.fetching import configured_guard
from zhijian.lib.sealing import SealBroken, sealer_in

if TYPE_CHECKING:
    from zhijian.connectors.language_model.asking import Opinion
    from zhijian.lib.sealing import Sealer
    from zhijian.organisations.models import Organisation, User

THING_KIND: Final = "knowledge.language_model"
TRIAL_TEXT: Final = "各单位要提前布署防汛工作，按装好排水设备。"
MOST_AT_ONCE: Final = 3
"""People whose questions are under way at one time: the others' pages need the same workers."""
MARGIN: Final = timedelta(seconds=10)
TORN: Final = re.compile("[\ud800-\udfff]")
"""Halves of characters, which cannot be sent as UTF-8."""
IS_TORN: Final = "文字里有残缺的字符（多半是半个表情符号），没有发出。请删去后再请模型看。"
NOT_SET: Final = "大模型还没有设置。请系统管理员先填写地址和模型名称。"
NOT_OPEN: Final = "大模型没有启用，或者没有让本单位使用，文字没有发出。要用请联系系统管理员。"


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """The setting as a person writes it. An empty key leaves the one there is, but for another address."""

    address: str
    name: str
    seconds: int = 30
    most_characters: int = 3_000
    is_public: bool = False
    bodies: tuple[int, ...] = ()
    key: str = field(default="", repr=False)
    drops_key: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What the model made of our own sentence, and in how many seconds."""

    opinions: list[Opinion]
    seconds: float


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Which text of which thing goes out, for the log: never the text itself."""

    kind: str
    pk: int
    version: int
    organisation: Organisation


@transaction.atomic
def set_up_model(*, actor: User, draft: ModelDraft) -> ModelSetting:
    """Keep the setting. What was consented to is void once the address, name, network or bodies change.

    Raises Refused with every reason.
    """
    require(Permission.LANGUAGE_MODEL_SET_UP, actor=actor)
    problems = _problems(draft)
    if problems:
        raise Refused(problems)
    row = ModelSetting.objects.select_for_update().first() or ModelSetting()
    key = _kept_key(row, draft)
    before = (row.address, row.name, row.is_public, sorted(row.bodies))
    row.address, row.name, row.is_public = draft.address.strip().rstrip("/"), draft.name.strip(), draft.is_public
    row.bodies, row.seconds, row.most_characters = sorted(draft.bodies), draft.seconds, draft.most_characters
    row.key = _sealer().seal(key.encode(), place=_place(row)) if key else b""
    row.changed_by, row.changed_at = actor, clock.now()
    is_void = row.consented_by is not None and before != (row.address, row.name, row.is_public, row.bodies)
    if is_void:
        _drop_consent(row)
    row.save()
    told = {"seconds": row.seconds, "characters": row.most_characters, "public": row.is_public}
    _record(EventName.LANGUAGE_MODEL_CHANGED, row, actor, {**told, "has_key": bool(key), "consent_void": is_void})
    return row


def why_not_try(*, actor: User, row: ModelSetting | None) -> list[str]:
    """Give every reason why this person cannot try the model."""
    return why_not(Permission.LANGUAGE_MODEL_SET_UP, actor=actor) + ([] if row else [NOT_SET])


def try_model(*, actor: User) -> Trial:
    """Send one fixed sentence of ours, which needs no consent. Raises Refused with what is the matter."""
    with transaction.atomic():
        row = ModelSetting.objects.select_for_update().first()
        reasons = why_not_try(actor=actor, row=row)
        if reasons or row is None:
            raise Refused(reasons)
        model = _model_of(row)
        _take_turn(actor, row)
        _record(EventName.LANGUAGE_MODEL_TRIED, row, actor, {})
    try:
        began = time.monotonic()
        opinions = client.ask(model, TRIAL_TEXT, guard=configured_guard())
        return Trial(opinions, time.monotonic() - began)
    except PlatformError as error:
        raise Refused(error.hint_zh) from error
    finally:
        _end_turn(actor)


def why_not_consent(*, actor: User, row: ModelSetting | None) -> list[str]:
    """Give every reason why this person cannot let texts go to the model."""
    reasons = why_not(Permission.LANGUAGE_MODEL_CONSENT, actor=actor)
    if row is None:
        return [*reasons, NOT_SET]
    if not reasons and row.changed_by_id == actor.pk:
        reasons.append("设置是您自己填写的，请另一位安全管理员看过以后同意。")
    if row.consented_by is not None:
        reasons.append("已经同意了，大模型正在使用。")
    if not row.bodies:
        reasons.append("还没有选哪些单位可以用。请系统管理员先选。")
    return reasons


@transaction.atomic
def consent_to_model(*, actor: User, stamp: str) -> ModelSetting:
    """Let texts go to the model as it is set now; `stamp` is that of the setting the page showed.

    Raises Refused with every reason, also when the setting was changed after the page was opened.
    """
    row = ModelSetting.objects.select_for_update().first()
    reasons = why_not_consent(actor=actor, row=row)
    if row is not None and row.stamp != stamp:
        reasons.append("设置刚刚改过，请刷新页面，看清楚再决定。")
    if reasons or row is None:
        raise Refused(reasons)
    row.consented_by, row.consented_at = actor, clock.now()
    row.consented_address, row.consented_name, row.consented_bodies = row.address, row.name, row.bodies
    row.save()
    _record(EventName.LANGUAGE_MODEL_CONSENTED, row, actor, {})
    return row


def why_not_stop(*, actor: User, row: ModelSetting | None) -> list[str]:
    """Give every reason why this person cannot stop the model; either administrator may."""
    if row is None or row.consented_by is None:
        return ["大模型没有启用。"]
    both = (Permission.LANGUAGE_MODEL_SET_UP, Permission.LANGUAGE_MODEL_CONSENT)
    reasons = [why_not(permission, actor=actor) for permission in both]
    return [] if not all(reasons) else ["大模型由最上级单位的系统管理员或安全管理员停用。"]


@transaction.atomic
def stop_model(*, actor: User) -> ModelSetting:
    """Take the consent back: from now on no text leaves. Raises Refused."""
    row = ModelSetting.objects.select_for_update().first()
    reasons = why_not_stop(actor=actor, row=row)
    if reasons or row is None:
        raise Refused(reasons)
    _drop_consent(row)
    row.save()
    _record(EventName.LANGUAGE_MODEL_STOPPED, row, actor, {})
    return row


def ask_model(*, actor: User, asked: AskedOf, text: str) -> tuple[ModelSetting, list[Opinion]]:
    """Send a text to the model and return who answered what. Rights to the thing are the caller's to ask for.

    The question is written down and committed before anything leaves; nothing is locked while the model thinks. Raises
    Refused with every reason, or with what went wrong.
    """
    if TORN.search(text):
        raise Refused(IS_TORN)
    with transaction.atomic():
        ModelSetting.objects.select_for_update().first()
        row = model_for(asked.organisation)
        if row is None or len(text) > row.most_characters:
            raise Refused(NOT_OPEN if row is None else f"文字超过 {row.most_characters:,} 字，没有发出。")
        model = _model_of(row)
        _take_turn(actor, row)
        _record_asked(EventName.LANGUAGE_MODEL_ASKED, actor, asked, {"address": row.address, "characters": len(text)})
    opinions: list[Opinion] = []
    problem = "broken_off"
    try:
        opinions = client.ask(model, text, guard=configured_guard())
        problem = ""
    except PlatformError as error:
        problem = error.code
        raise Refused(error.hint_zh) from error
    finally:
        _end_turn(actor)
        told = {"opinions": len(opinions), "problem": problem}
        with transaction.atomic():
            _record_asked(EventName.LANGUAGE_MODEL_ANSWERED, actor, asked, told)
    return row, opinions


def _problems(draft: ModelDraft) -> list[str]:
    model = client.LanguageModel(draft.address.strip(), draft.name, is_public=draft.is_public)
    known = bodies_to_choose().filter(pk__in=draft.bodies).count() == len(set(draft.bodies))
    address = client.address_problem(model, configured_guard())
    checks = [
        (bool(address), address),
        (not draft.name.strip() or not draft.name.isprintable(), "请填模型名称，与模型服务上的一致。"),
        (not (draft.key.isascii() and draft.key.isprintable()), "密钥只能是英文字母、数字和符号，请核对。"),
        (not known, "选的单位里有不存在或已撤销的，请重新选择。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def _kept_key(row: ModelSetting, draft: ModelDraft) -> str:
    """Return the key that stands from now on: a key typed for one address is never sent to another."""
    if draft.key or draft.drops_key or not row.key or row.address != draft.address.strip().rstrip("/"):
        return "" if draft.drops_key else draft.key
    return _key_of(row)


def _model_of(row: ModelSetting) -> client.LanguageModel:
    return client.LanguageModel(row.address, row.name, _key_of(row), float(row.seconds), row.is_public)


def _key_of(row: ModelSetting) -> str:
    try:
        return _sealer().open(bytes(row.key), place=_place(row)).decode() if row.key else ""
    except SealBroken as broken:
        raise Refused("密钥打不开：数据目录里的 seal_key 换过或丢失。请恢复备份，或重新填写密钥。") from broken


def _sealer() -> Sealer:
    return sealer_in(settings.ZHIJIAN_DATA)


def _place(row: ModelSetting) -> str:
    return f"{THING_KIND} {row.address}"


def _drop_consent(row: ModelSetting) -> None:
    row.consented_by, row.consented_at, row.consented_address, row.consented_name = None, None, "", ""
    row.consented_bodies = []


def _take_turn(actor: User, row: ModelSetting) -> None:
    """Let a person ask, one question at a time; the caller holds the lock of the setting."""
    now = clock.now()
    waiting = list(ModelTurn.objects.filter(until__gt=now).values_list("person_id", flat=True))
    if actor.pk in waiting:
        raise Refused("您上一次请模型看的还没有答复，请等它答完。")
    if len(waiting) >= MOST_AT_ONCE:
        raise Refused("有几位同事正在请模型看，请过一会儿再试。")
    until = now + timedelta(seconds=row.seconds) + MARGIN
    ModelTurn.objects.update_or_create(person=actor, defaults={"until": until})


def _end_turn(actor: User) -> None:
    ModelTurn.objects.filter(person=actor).delete()


def _record(event: EventName, row: ModelSetting, actor: User, data: dict[str, object]) -> None:
    record(
        event, actor=actor, organisation_id=actor.organisation_id, thing_kind=THING_KIND, thing_id=row.pk,
        data={"address": row.address, "model": row.name, "bodies": row.bodies, **data},
    )  # fmt: skip


def _record_asked(event: EventName, actor: User, asked: AskedOf, data: dict[str, object]) -> None:
    record(
        event, actor=actor, organisation_id=asked.organisation.pk, thing_kind=asked.kind, thing_id=asked.pk,
        data={"version": asked.version, **data},
    )  # fmt: skip
