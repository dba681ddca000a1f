from __future__ import annotations

from django.db import models

from zhijian.reform.enums import PartKind, PlanAct, ReformState


class Reform(models.Model):
    """One reform of bodies (机构改革) under one supervising body, by one document, from one day on."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=80)
    basis = models.CharField("依据文件", max_length=200)
    effective_on = models.DateField("施行日期")
    state = models.CharField("状态", max_length=16, choices=ReformState, default=ReformState.DRAFT)
    created_by = models.ForeignKey("organisations.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "机构改革"
        indexes = [models.Index(fields=["organisation", "-created_at"], name="reform_list")]

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """What becomes of one body. `successor` takes over; `name` and `short_name` are the new ones of a renamed body."""

    reform = models.ForeignKey(Reform, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField("怎样变", max_length=16, choices=PartKind)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey("organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("新的全称", max_length=80, blank=True)
    short_name = models.CharField("新的规范简称", max_length=40, blank=True)
    old_name = models.CharField(max_length=80, blank=True)
    old_short_name = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "涉改单位"
        constraints = [models.UniqueConstraint(fields=["reform", "organisation"], name="reform_one_part_per_body")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"


class Plan(models.Model):
    """What becomes of one account of a body in reform: suggested, adjusted by a person, carried out by a filing."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="plans")
    account = models.ForeignKey("registry.Account", on_delete=models.PROTECT, related_name="+")
    act = models.CharField("处理", max_length=16, choices=PlanAct)
    target = models.ForeignKey("registry.Account", null=True, on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey("registry.Filing", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "账号处理"
        constraints = [models.UniqueConstraint(fields=["part", "account"], name="reform_account_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.get_act_display()}"
