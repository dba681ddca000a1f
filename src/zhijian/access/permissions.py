"""Every permission of the product, `area:thing:verb`. A convention test holds that each has exactly one rule."""

from enum import StrEnum


class Permission(StrEnum):
    ORGANISATION_MANAGE = "organisations:organisation:manage"
    PERSON_MANAGE = "organisations:person:manage"
    ROLE_GRANT = "organisations:role:grant"
    AUDIT_READ = "audit:event:read"
    AUDIT_VERIFY = "audit:seal:verify"

    LEDGER_IMPORT = "registry:ledger:import"
    ACCOUNT_EDIT = "registry:account:edit"
    ACCOUNT_EXPORT = "registry:account:export"
    FILING_CREATE = "registry:filing:create"
    FILING_SUBMIT = "registry:filing:submit"
    FILING_WITHDRAW = "registry:filing:withdraw"
    ACCOUNT_REGISTER = "registry:account:register"

    REVIEW_SIGN = "review:stage:sign"
    REVIEW_WITHDRAW = "review:review:withdraw"

    FILE_UPLOAD = "files:file:upload"

    TERM_WRITE = "knowledge:term:write"
    TERM_APPROVE = "knowledge:term:approve"

    ARTICLE_VIEW = "content:article:view"
    ARTICLE_CREATE = "content:article:create"
    ARTICLE_EDIT = "content:article:edit"
    ARTICLE_SUBMIT = "content:article:submit"
    ARTICLE_DISCARD = "content:article:discard"
    FINDING_WAIVE = "content:finding:waive"

    CONNECTION_MANAGE = "channels:connection:manage"
    CONNECTION_VIEW = "channels:connection:view"

    DELIVERY_VIEW = "publishing:delivery:view"
    DELIVERY_PLAN = "publishing:delivery:plan"
    DELIVERY_CANCEL = "publishing:delivery:cancel"
    DELIVERY_RESOLVE = "publishing:delivery:resolve"
    DELIVERY_HAND_OFF = "publishing:delivery:hand_off"
    STRAY_CLEAN = "publishing:stray:clean"
