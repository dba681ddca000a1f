"""Every permission of the product, `area:thing:verb`. A convention test holds that each has exactly one rule."""

from enum import StrEnum


class Permission(StrEnum):
    ORGANISATION_MANAGE = "organisations:organisation:manage"
    PERSON_MANAGE = "organisations:person:manage"
    ROLE_GRANT = "organisations:role:grant"
    SECOND_FACTOR_RESET = "organisations:second_factor:reset"
    AUDIT_READ = "audit:event:read"
    AUDIT_VERIFY = "audit:seal:verify"

    LEDGER_IMPORT = "registry:ledger:import"
    ACCOUNT_EDIT = "registry:account:edit"
    ACCOUNT_CHECK = "registry:account:check"
    ACCOUNT_EXPORT = "registry:account:export"
    FILING_CREATE = "registry:filing:create"
    FILING_SUBMIT = "registry:filing:submit"
    FILING_WITHDRAW = "registry:filing:withdraw"
    ACCOUNT_REGISTER = "registry:account:register"

    CENSUS_ASK = "census:campaign:ask"
    CENSUS_LAYOUT_KEEP = "census:layout:keep"
    CENSUS_FILL = "census:sheet:fill"
    CENSUS_SIGN = "census:sheet:sign"
    CENSUS_RETURN = "census:sheet:return"
    CENSUS_COMPARE = "census:comparison:make"
    CENSUS_EXPORT = "census:report:export"

    IMPOSTOR_REPORT = "impostors:case:report"
    IMPOSTOR_HANDLE = "impostors:case:handle"
    NAME_ALLOW = "impostors:name:allow"

    LINK_RECORD = "proof:link:record"

    VENDOR_MANAGE = "vendors:contract:manage"

    RESOURCES_KEEP = "resources:record:keep"
    LANGUAGE_MODEL_SET_UP = "knowledge:language_model:set_up"
    LANGUAGE_MODEL_CONSENT = "knowledge:language_model:consent"
    ALLOWANCE_PROPOSE = "knowledge:allowance:propose"
    ALLOWANCE_DECIDE = "knowledge:allowance:decide"
    LOOKBACK_RUN = "lookback:lookback:run"
    LOOKBACK_FIGURES = "lookback:figures:view"
    LOOKBACK_SET_ASIDE = "lookback:finding:set_aside"
    DRIVE_RUN = "drives:drive:run"
    DRIVE_ANSWER = "drives:target:answer"
    DRIVE_DECIDE = "drives:target:decide"

    REFORM_RUN = "reform:reform:run"

    REVIEW_SIGN = "review:stage:sign"
    REVIEW_DELEGATE = "review:stage:delegate"
    REVIEW_WITHDRAW = "review:review:withdraw"

    FILE_UPLOAD = "files:file:upload"
    FILE_CHECK = "workbench:file:check"

    NOTIFY_CHANNEL_MANAGE = "notify:channel:manage"

    DUTY_VIEW = "duty:roster:view"
    DUTY_ROSTER_MANAGE = "duty:roster:manage"
    DUTY_SWAP = "duty:shift:swap"
    DUTY_ALARM_HANDLE = "duty:alarm:handle"
    DUTY_LOG_WRITE = "duty:log:write"
    DUTY_HAND_OVER = "duty:handover:write"

    TERM_WRITE = "knowledge:term:write"
    TERM_APPROVE = "knowledge:term:approve"
    QUESTION_WRITE = "knowledge:question:write"
    QUESTION_KEEP = "knowledge:question:keep"
    CONFLICT_SETTLE = "knowledge:conflict:settle"

    SERVICE_WRITE = "services:service:write"
    SERVICE_PUBLISH = "services:service:publish"

    ARTICLE_VIEW = "content:article:view"
    ARTICLE_CREATE = "content:article:create"
    ARTICLE_EDIT = "content:article:edit"
    ARTICLE_SUBMIT = "content:article:submit"
    ARTICLE_DISCARD = "content:article:discard"
    ARTICLE_HAND_OVER = "content:article:hand_over"
    FINDING_WAIVE = "content:finding:waive"

    CONNECTION_MANAGE = "channels:connection:manage"
    CONNECTION_VIEW = "channels:connection:view"

    DELIVERY_VIEW = "publishing:delivery:view"
    DELIVERY_PLAN = "publishing:delivery:plan"
    DELIVERY_CANCEL = "publishing:delivery:cancel"
    DELIVERY_RESOLVE = "publishing:delivery:resolve"
    DELIVERY_HAND_OFF = "publishing:delivery:hand_off"
    STRAY_CLEAN = "publishing:stray:clean"

    CASE_VIEW = "inbox:case:view"
    CASE_RECEIVE = "inbox:case:receive"
    CASE_ACCEPT = "inbox:case:accept"
    CASE_HANDLE = "inbox:case:handle"
    CASE_ASSIGN = "inbox:case:assign"
    CASE_RETURN = "inbox:case:return"
    CASE_CHASE = "inbox:case:chase"
    CASE_EXTEND = "inbox:case:extend"
    ANSWER_WRITE = "inbox:answer:write"
    CONTACT_REVEAL = "inbox:contact:reveal"
    CONTACT_DESTROY = "inbox:contact:destroy"
    PUBLICATION_WRITE = "inbox:publication:write"
    PUBLICATION_HIDE = "inbox:publication:hide"

    INSPECTION_RUN = "inspection:run:start"
    VERDICT_ENTER = "inspection:verdict:enter"
    ORDER_ISSUE = "inspection:order:issue"
    ORDER_ANSWER = "inspection:order:answer"
    FINDING_RECHECK = "inspection:finding:recheck"
    FINDING_APPEAL = "inspection:finding:appeal"
    APPEAL_DECIDE = "inspection:appeal:decide"

    BULLETIN_WRITE = "assessment:bulletin:write"

    SOURCE_MANAGE = "observation:source:manage"
    SOURCE_TRUST = "observation:source:trust"
    LOOK_RECORD = "observation:look:record"
    HISTORY_IMPORT = "observation:history:import"
