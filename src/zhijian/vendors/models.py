from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhijian.vendors.enums import DomainUse


class Vendor(models.Model):
    """A company as one body knows it; the same company at another body is a row of that body with the same code."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("代运营单位", max_length=120)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    contact = models.CharField("联系人", max_length=40)
    phone = models.CharField("联系电话", max_length=40)

    class Meta:
        verbose_name = "代运营单位"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "credit_code"], name="vendors_company_once_in_a_body")
        ]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """What a body has bought of a vendor, for which accounts, from when until when (both days included).

    Whether it is in force is told by the days and by `ended_on`, the last day of one ended early. `version` counts
    every change.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contracts")
    title = models.CharField("合同名称", max_length=120)
    scope = models.TextField("服务范围")
    responsible = models.CharField("本单位责任人", max_length=40)
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("到期日期")
    forbids_subcontracting = models.BooleanField("约定不得转包、分包", default=False)
    accounts = models.ManyToManyField("registry.Account", related_name="+")
    contract_paper = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    undertaking_paper = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField("提前终止日期", null=True)
    ended_reason = models.CharField("终止原因", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "代运营合同"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="vendors_contract_has_days"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | ~Q(ended_reason=""), name="vendors_contract_ended_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "ends_on"], name="vendors_contract_body")]

    def __str__(self) -> str:
        return self.title


class NamedPerson(models.Model):
    """Somebody of the vendor who may work here, and the sign-in they use, if any.

    `access_ended_at` is the moment from which they have no access by this contract.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="people")
    name = models.CharField("姓名", max_length=40)
    duties = models.CharField("可以做什么", max_length=200)
    user = models.ForeignKey("organisations.User", null=True, on_delete=models.PROTECT, related_name="+")
    access_ended_at = models.DateTimeField("停止", null=True)

    class Meta:
        verbose_name = "代运营人员"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "user"], condition=Q(access_ended_at=None), name="vendors_sign_in_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class LinkedDomain(models.Model):
    """A host that accounts link to and that hangs on the vendor: who holds it, and until when it is registered."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="domains")
    host = models.CharField("域名", max_length=253)
    use = models.CharField("用在哪里", max_length=16, choices=DomainUse)
    is_ours = models.BooleanField("域名由本单位持有", default=False)
    expires_on = models.DateField("域名到期", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    taken_off_at = models.DateTimeField("撤下", null=True)

    class Meta:
        verbose_name = "关联域名"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "host", "use"], condition=Q(taken_off_at=None), name="vendors_domain_once"
            )
        ]

    def __str__(self) -> str:
        return self.host
