"""The language model of the installation: what is set, and whose texts may go there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.connectors.language_model.client import host_of
from zhijian.knowledge.models import ModelSetting
from zhijian.knowledge.queries.terms import line_of
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from django.db.models import QuerySet


def model_setting() -> ModelSetting | None:
    """Return what is set, consented to or not; None before anybody set anything."""
    return ModelSetting.objects.select_related("consented_by", "changed_by").first()


def model_for(organisation: Organisation) -> ModelSetting | None:
    """Return the model this body's texts may be sent to; None without consent, or where the body is not let in."""
    return ModelSetting.objects.filter(consented_by__isnull=False, bodies__overlap=line_of(organisation)).first()


def bodies_let_in(row: ModelSetting) -> list[str]:
    """Name the bodies that may use the model, those below them included."""
    return list(Organisation.objects.filter(pk__in=row.bodies).values_list("name", flat=True))


def bodies_to_choose() -> QuerySet[Organisation]:
    """Return the bodies an administrator of everything may let in."""
    return Organisation.objects.filter(is_active=True)


def consent_sentence(row: ModelSetting) -> str:
    """Return what a consent says, word for word."""
    where = "互联网上" if row.is_public else "单位网络里"
    return (
        f"采编人员按下“请模型看一遍”时，可以把这一篇的标题、摘要和正文发给{where}的模型“{row.name}”（{row.address}）。"
        f"可以使用的单位：{'、'.join(bodies_let_in(row)) or '没有'}（含下级单位）。"
        "不按不发；有涉密、内部资料或个人信息问题没有处理的稿件不发。"
    )


def source_of(row: ModelSetting) -> str:
    """Name the model and its host."""
    return f"{row.name}（{host_of(row.address)}）"
