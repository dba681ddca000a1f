"""The two bodies side by side, with a way to knock at doors as anybody and to see that nothing moved."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests.isolation.reading import bytes_of, told_by, words_with
from tests.isolation.routes import all_routes
from tests.isolation.watching import Watch, rows_now, watch
from tests.isolation.world import Party, Worlds, address_values, furnish, make_worlds, related_ids
from tests.registry.world import workbook

from zhijian.content.document import canonical_json, from_blocks, paragraph
from zhijian.content.document.nodes import node
from zhijian.files.queries import read_bytes
from zhijian.proof.actions import publish_register
from zhijian.review.models import Review

if TYPE_CHECKING:
    from tests.isolation.routes import Route

    from zhijian.organisations.models import User


SHUT = {401, 403, 404, 405}


@dataclass
class Answer:
    """What came back: the status, where it leads, everything it tells, the bytes as sent, the template context.

    `changed` names what is no more as it was among the rows of the neighbour.
    """

    status: int
    place: str
    text: str
    body: bytes
    context: Any
    changed: list[str]

    @property
    def reasons(self) -> Any:
        """The sentences of a refusal, without the address the page repeats."""
        return self.context.get("reasons") if self.context else self.text


@dataclass
class Seen:
    """What a body's own people find: the statuses by route, and every marked word."""

    statuses: dict[str, set[int]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


@dataclass
class Neighbours:
    worlds: Worlds
    watch: Watch
    pictures: list[bytes]
    form: bytes
    json: bytes
    fields: set[str]
    clients: dict[int, Client] = field(default_factory=dict)
    _seen: Seen | None = None

    @property
    def ours(self) -> Party:
        return self.worlds.ours

    @property
    def all_rounder(self) -> User:
        return self.ours.all_rounder

    @property
    def theirs(self) -> Party:
        return self.worlds.theirs

    @property
    def seen(self) -> Seen:
        """What the neighbour's own people see of their rows, asked for once."""
        if self._seen is None:
            self._seen = Seen()
            values = own_values(self.theirs)
            for route in all_routes():
                addresses = list(route.addresses(values))
                for person in self.theirs.insiders:
                    for address in addresses if person is self.theirs.all_rounder else addresses[:1]:
                        self._look(self._seen, route, person, address)
        return self._seen

    def _look(self, seen: Seen, route: Route, person: User, address: str) -> None:
        answer = self.ask(person, address)
        seen.statuses.setdefault(route.name, set()).add(answer.status)
        seen.words |= words_with(self.theirs.mark, answer.text)

    def sign_in(self, person: User | None) -> None:
        """Give a person a browser with a session; None: a visitor without one."""
        client = self.clients[person.pk if person else 0] = Client(raise_request_exception=False)
        if person:
            client.force_login(person)

    def ask(
        self, person: User | None, address: str, *, method: str = "GET", data: Any = None, json: bool = False
    ) -> Answer:
        """Make one request and take back whatever it changed for the asker."""
        client = self.clients[person.pk if person else 0]
        cookies = client.cookies.copy()
        kind = "application/json" if json else MULTIPART_CONTENT
        with transaction.atomic():
            if method == "GET":
                answer = client.get(address, data or {})
            else:
                answer = client.generic(method, address, data or b"", content_type=kind)
            body = bytes_of(answer)
            told = Answer(
                answer.status_code, answer.get("Location", ""), told_by(answer, body), body, answer.context,
                self.changes() if method == "POST" and answer.status_code not in SHUT else [],
            )  # fmt: skip
            transaction.set_rollback(True)
        client.cookies = cookies
        # Somebody who is not signed in any more finds nothing, and the walk would be about nobody.
        assert person is None or not told.place.startswith("/sign-in/?next"), address
        return told

    def changes(self) -> list[str]:
        """Return the tables whose rows of the neighbour are no more what they were, or are joined by new ones."""
        return self.watch.changes()


def own_values(party: Party) -> dict[str, list[Any]]:
    """Return what stands in addresses for this body's rows, the register numbers of the directory included."""
    return {**address_values(party), "number": [account.number for account in party.accounts.values()]}


def settle() -> Neighbours:
    """Build both bodies, ours first, and watch the rows of theirs from then on."""
    worlds = make_worlds()
    furnish(worlds, worlds.ours)
    before = rows_now()
    furnish(worlds, worlds.theirs)
    watched = watch(worlds.theirs.body, before, rows_now())
    picture = worlds.theirs.picture
    assert picture is not None
    form = form_about(worlds.theirs)
    found = Neighbours(
        worlds, watched, [read_bytes(picture.sha256)], as_form(form), json.dumps(json_about(worlds.theirs)).encode(),
        set(form),
    )  # fmt: skip
    publish_register()
    for person in (None, worlds.overseer, *worlds.ours.people.values(), *worlds.theirs.people.values()):
        found.sign_in(person)
    watched.begin()
    return found


def as_form(fields: dict[str, Any]) -> bytes:
    """Return fields as a browser posts them; written once, sent many times."""
    return encode_multipart(BOUNDARY, fields)


def form_about(party: Party) -> dict[str, Any]:
    """Return one form that fits every page and names the rows of `party` wherever a row can be named."""
    values, related = address_values(party), dict(related_ids(party))
    assert party.picture is not None
    picture = node("image", file=party.picture.sha256, alt="现场")
    waiting = Review.objects.filter(organisation=party.body, state="open").first()
    assert waiting is not None
    gates = {f"gate_{gate['code']}": "on" for stage in waiting.stages.all() for gate in stage.gates}
    file = workbook(("台账", [["主办单位", "平台", "账号名称"], [party.body.name, "抖音", "云岭抖音"]]))
    things = {
        "organisation": values["organisation_id"], "user": values["user_id"], "account": values["account_id"],
        "article": values["article_id"], "revision": related["revision"], "connection": values["connection_id"],
        "delivery": values["delivery_id"], "filing": values["filing_id"], "review": values["review_id"],
        "term": values["term_id"], "ledger": values["ledger_id"], "stray": values["stray_id"],
        "person": values["user_id"], "backup": values["user_id"], "return_shift": values["shift_id"],
    }  # fmt: skip
    named = {name: ids[0] for name, ids in things.items()}
    named |= {f"{name}_id": ids[0] for name, ids in things.items()}
    named |= {f"{name}s": ids for name, ids in things.items()} | {f"{name}_ids": ids for name, ids in things.items()}
    return {
        **named, **gates, "body": party.body.pk, "parent": party.body.pk, "chosen": related["revision"],
        "piece": related["revision"], "pieces": related["revision"], "finding": "x@title:title:0",
        "version_hash": waiting.version_hash, "decision": "approve", "comment": "同意", "reason": "试一试",
        "marked_field": "name", "base_number": "1", "number": "1", "note": "改", "gives_up_review": "on",
        "title": "改过的标题", "author": "改", "digest": "改", "item_class": "ordinary", "origin": "original",
        "source_name": "", "source_url": "", "cover": party.picture.sha256, "text": "改过的文字。", "html": "",
        "document": canonical_json(from_blocks([paragraph("改过的文字。"), picture])), "body_text": "改过的文字。",
        "wrong": "错写的词", "right": "对写的词", "kind": "wording", "severity": "error", "message": "改",
        "source": "通知",
        "exceptions": "", "valid_from": "", "valid_to": "2027-01-01", "trial_text": "试一试", "lines": "错写 → 对写",
        "article": values["article_id"], "at": "", "name": "改过的名称",
        "username": "somebody-new", "display_name": "新人", "short_name": "改过",
        "password": "xin-jin-ren-yuan-26", "code": "999999", "level": "county", "policy_pack": "",
        "is_of_vendor": "",
        "role": "editor", "includes_subtree": "on", "platform": "douyin", "positioning": "发布政策。",
        "grounds": "群众常用。", "leader": "李一", "contact": "王二", "phone": "0599-7000000", "reviewers": "王二",
        "undertaking": "on", "submit": "1", "platform_uid": "gh_0000099999", "handle": "yunling", "url": "",
        "verified_subject": "", "opened_on": "2026-01-01", "certified_until": "", "seen": "", "followers": "1",
        "vendor": "", "update_frequency": "", "remark": "", "is_main": "on", "skip_faulty": "1", "sheet": "0",
        "row": "1", "notice": "0", "drop": "0", "way": "hand", "app_id": "wx0000099999", "secret": "0123456789abcdef",
        "token": "abc123", "aes_key": "", "hub": "", "scheduled_at": "", "when": "now", "urls": "https://weibo.com/1/2",
        "verdict": "is_out", "next": "/desk/", "theme": "dark", "q": "", "platform_kind": "douyin:douyin",
        "cover_off": "", "cover_file": "", "proof": "", "path": "/desk/articles/", "listing": "articles",
        "query": "q=1", "view": values["view_id"], "act": "plan", "elder": "1", "days": "30", "old": "1", "new": "1",
        "file": SimpleUploadedFile("台账.xlsx", file),
        "division": party.body.pk, "right_body": party.body.pk, "right_address": "云岭路 1 号",
        "photos": party.picture.sha256, "place": "云岭路口", "latitude": "26.1", "longitude": "118.1",
        "key": "ABCDEFGH2345",
        "seconds": "30", "most_characters": "3000", "bodies": party.body.pk, "drops_key": "", "is_public": "",
        "typos": "",
        "question": "怎么办？", "answer": "这样办。", "similar": "", "topic": "water", "basis": "通知",
        "basis_number": "",
        "is_confidential": "", "confidentiality": "public",
        "basis_url": "", "audience": "people", "how": "到窗口办。", "hours": "", "materials": "", "entrance_url": "",
        "words": "", "address": "", "fee": "", "host": "mail.example.cn", "port": "25", "security": "none",
        "sender": "a@example.cn", "kinds": "system", "email": "", "quiet_from": "", "quiet_to": "",
        "way_system": "inside", "way_inspection": "inside", "way_duty": "inside", "way_returned": "inside",
        "way_publishing": "inside", "way_review": "inside", "way_alarm": "inside", "way_inbox": "inside",
        "month": "2026-11", "replace": "on", "handover": "无", "order_1": "1", "section_0": "改过的一节。",
        "starts_at": "2026-11-02T08:30", "ends_at": "2026-11-03T08:30", "method": "hand", "legality": "own",
        "sees_all": "on", "sees_all_basis": "后台", "every_hours": "24", "looked_at": "2026-11-02T08:30",
        "last_post_at": "", "looked_back_to": "2026-10-02", "published_at": "时间", "covers_from": "2026-01-01",
        "covers_to": "2026-02-01", "complete": "on", "result": "pass", "quarter": "3", "year": "2026",
        "count_again": "on", "state": "absent", "picture": "",
        "scope": party.body.pk, "levels": "county", "layout": f"own:{values['layout_id'][0]}", "guidance": "改",
        "problem_kinds": "surplus", "due_on": "2099-12-31", "remind_days": "3", "base_version": "0", "version": "2",
        "problems": "surplus", "problem_note": "改", "measure": "keep", "measure_on": "", "not_ours": "on",
        "sheet_per_body": "on", "against": "national", "dump": values["dump_id"][0], "file_format": "xlsx",
        "signed_only": "on",
        "file_plan": "", "file_undertaking": "", "file_other": "", "file_certificate": "", "file_proof": "",
        "missing": "", "name_taken_by": "", "effective_on": "2026-03-02", "successor": party.body.pk,
        "happened_on": "2026-03-02", "followers_plan": "存档。", "redirect": "", "notice_title": "公告",
        "notice_text": "改过的文字。", "new_name": "改过的名称", "target": values["account_id"][0],
        "delegate": values["user_id"][0], "first_day": "2026-03-02", "last_day": "2099-03-02",
        "table": "", "names": "云岭县水务局", "expires_on": "",
        "credit_code": "91999901MA0000002T", "responsible": "王二", "begins_on": "2026-01-01", "ends_on": "2099-01-01",
        "forbids_subcontracting": "on", "duties": "写稿", "use": "menu", "is_ours": "on", "contract": "",
        "leader_name": "李一", "leader_post": "局长", "leader_phone": "0599-7000000", "unit": "办公室", "budget": "5.5",
        "budget_source": "预算", "staff_count": "2", "staff_names": "王二", "issuer": "发证局", "holder": "水务局",
        "issued_on": "2026-01-01", "in_force_from": "2026-01-02", "review_by": "2099-01-01", "paper": "",
        "day": "2026-01-02", "contact_name": "卢一", "contact_phone": "0755-1", "contact_mail": "", "asked": "改",
        "came_of": "改", "follow_up_on": "",
        "drive": values["drive_id"][0], "into_drive": values["drive_id"][0], "into": values["account_id"][0],
        "accepted": "yes", "by": "all", "categories": "typo", "rule_id": "confusable.jie-zhi-mu-qian",
    }  # fmt: skip


def json_about(party: Party) -> dict[str, Any]:
    """Return the same for pages and operations that read JSON."""
    assert party.picture is not None
    blocks = [{"type": "image", "attrs": {"file": party.picture.sha256, "alt": "现场"}}]
    return {
        "organisation_id": party.body.pk, "text": "改过的文字。", "title": "改过的标题", "digest": "", "version": 1,
        "document": {"type": "doc", "content": blocks},
    }  # fmt: skip
