"""A body with an account and a piece, and programs that call for its people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client
from tests.people import County, make_county

from zhijian.content import actions as content
from zhijian.lib import clock
from zhijian.organisations.actions import create_api_token
from zhijian.organisations.enums import Role
from zhijian.registry.actions.accounts import take_numbers
from zhijian.registry.models import Account
from zhijian.registry.queries import fill_search_fields

if TYPE_CHECKING:
    from django.http import HttpResponse

    from zhijian.content.models import Article
    from zhijian.organisations.models import Organisation, User

ROOT = "/api/v1"


@dataclass
class Program:
    """A program with a token: asks and gets (status, what came back)."""

    token: str

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return read(Client().get(f"{ROOT}{path}", query, headers=self._headers()))

    def post(self, path: str, data: Any, *, key: str | None = None) -> tuple[int, Any]:
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        headers = self._headers() | ({} if key is None else {"Idempotency-Key": key})
        return read(Client().post(f"{ROOT}{path}", body, content_type="application/json", headers=headers))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def read(answer: HttpResponse) -> tuple[int, Any]:
    """Return status and JSON; an answer that is no JSON fails here."""
    return answer.status_code, json.loads(answer.content)


@dataclass
class Office:
    county: County
    editor: User
    stranger: User
    account: Account
    article: Article
    program: Program
    outsider: Program


def make_account(body: Organisation, name: str) -> Account:
    row = Account(
        organisation=body, number=take_numbers(1)[0], platform="wechat", kind="subscription",
        platform_group=f"wechat-{name}", name=name, phone="0599-7654321", contact="李联系",
        created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    fill_search_fields(row)
    row.save()
    return row


def program_of(person: User) -> Program:
    return Program(create_api_token(actor=person, name="单位网站"))


def make_office() -> Office:
    """Make 水务局 with an editor and a program of theirs; the outsider works at 教育局."""
    county = make_county()
    editor = county.person("editor", county.water, Role.EDITOR)
    stranger = county.person("stranger", county.school, Role.EDITOR, Role.HOST_OFFICER)
    return Office(
        county=county,
        editor=editor,
        stranger=stranger,
        account=make_account(county.water, "云岭水务"),
        article=content.import_pasted(
            actor=editor, organisation=county.water, text="停水通知\n\n本周六上午八时停水，请提前备水。"
        ),
        program=program_of(editor),
        outsider=program_of(stranger),
    )
