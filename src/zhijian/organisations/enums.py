from django.db import models


class Level(models.TextChoices):
    """Levels of government, from the highest down. `rank` orders them."""

    NATION = "nation", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class BodyKind(models.TextChoices):
    GOVERNMENT = "government", "人民政府"
    OFFICE = "office", "政府办公厅（室）"
    DEPARTMENT = "department", "政府部门"
    INSTITUTION = "institution", "事业单位"
    INTERNAL = "internal", "内设机构"
    MEDIA_CENTRE = "media_centre", "融媒体中心"
    PUBLICITY = "publicity", "宣传、网信部门"
    ENTERPRISE = "enterprise", "公共服务企事业单位"


class RelationKind(models.TextChoices):
    """The four lines between bodies (国办发〔2018〕123号 二): they are separate, and none is the tree itself."""

    SUPERVISING = "supervising", "主管单位"
    SECTOR = "sector", "行业主管部门"
    TERRITORIAL = "territorial", "属地管理"
    GUIDING = "guiding", "宣传、网信指导"


class Role(models.TextChoices):
    SUPERVISING_OFFICER = "supervising_officer", "主管人员"
    HOST_OFFICER = "host_officer", "主办人员"
    EDITOR = "editor", "采编"
    FIRST_REVIEWER = "first_reviewer", "初审"
    SECOND_REVIEWER = "second_reviewer", "复审"
    FINAL_REVIEWER = "final_reviewer", "终审"
    HEAD = "head", "单位负责人"
    ANSWERER = "answerer", "留言答复"
    INSPECTOR = "inspector", "巡检"
    DUTY_OFFICER = "duty_officer", "值班"
    TRAINING_OFFICER = "training_officer", "培训"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
BUSINESS_ROLES = tuple(role for role in Role if role not in ADMIN_ROLES)
REVIEWER_ROLES = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER, Role.HEAD)
SECOND_FACTOR_ROLES = (*ADMIN_ROLES, *REVIEWER_ROLES)
CONTENT_ROLES = (Role.HOST_OFFICER, Role.EDITOR, *REVIEWER_ROLES)
OWN_PEOPLE_ROLES = (*ADMIN_ROLES, *REVIEWER_ROLES, Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
"""What no sign-in of a vendor holds: who decides is one of the body's own people. The database holds the same."""
REVIEW_READERS = (*CONTENT_ROLES, Role.SUPERVISING_OFFICER)
