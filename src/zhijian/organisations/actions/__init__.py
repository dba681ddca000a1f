"""Keeping the tree of bodies, the people and their roles."""

from __future__ import annotations

from zhijian.organisations.actions.bodies import (
    change_organisation,
    create_organisation,
    end_organisation,
    pinyin_key,
    relate,
    why_not_end,
)
from zhijian.organisations.actions.founding import (
    FirstPerson,
    found_government,
    found_installation,
)
from zhijian.organisations.actions.people import (
    create_person,
    deactivate_person,
    mark_of_vendor,
    move_person,
    reset_password,
    reset_second_factor,
    settle_own_password,
    why_not_mark,
)
from zhijian.organisations.actions.roles import (
    end_vendor_sign_in,
    grant_role,
    revoke_role,
    why_not_grant,
)
from zhijian.organisations.actions.tokens import (
    MOST_TOKEN_DAYS,
    TOKEN_DAYS,
    create_api_token,
    revoke_api_token,
)

__all__ = [
    "MOST_TOKEN_DAYS",
    "TOKEN_DAYS",
    "FirstPerson",
    "change_organisation",
    "create_api_token",
    "create_organisation",
    "create_person",
    "deactivate_person",
    "end_organisation",
    "end_vendor_sign_in",
    "found_government",
    "found_installation",
    "grant_role",
    "mark_of_vendor",
    "move_person",
    "pinyin_key",
    "relate",
    "reset_password",
    "reset_second_factor",
    "revoke_api_token",
    "revoke_role",
    "settle_own_password",
    "why_not_end",
    "why_not_grant",
    "why_not_mark",
]
