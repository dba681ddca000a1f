"""Judging the rows of a ledger against the register: whose they are, what would change, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope, holds_role
from zhijian.registry.actions.accounts import fields_by_filing
from zhijian.registry.actions.bodies import BodyIndex
from zhijian.registry.enums import LIVE_STATES, AccountState, Outcome
from zhijian.registry.importing.tables import Problem
from zhijian.registry.models import Account, PastName
from zhijian.registry.queries.filing_kinds import CHANGEABLE
from zhijian.registry.queries.filings import OFFICERS
from zhijian.registry.queries.ruling import Ruling, platform_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import User
    from zhijian.registry.models import Ledger, LedgerRow

# The fields of an account a ledger may change; an empty cell never empties a field.
CARRIED = (
    "name", "kind", "platform_uid", "handle", "url", "positioning", "is_main", "state", "verified_subject",
    "certified_until", "opened_on", "followers", "leader", "contact", "phone", "vendor", "update_frequency", "remark",
)  # fmt: skip
DATES = ("certified_until", "opened_on")
Place = tuple[int, str]


# What a ledger calls 在用 although there is a filing or a registration still to come: no contradiction.
_AS_GOOD_AS_IN_USE = (AccountState.ACTIVE, AccountState.UNFILED, AccountState.APPROVED)


class Supervised:
    """Tells which bodies a person supervises: theirs are the entries nobody else signs."""

    def __init__(self, person: User) -> None:
        self._person = person
        self._known: dict[int, bool] = {}

    def __call__(self, body: Organisation | None) -> bool:
        if body is None:
            return False
        if body.pk not in self._known:
            self._known[body.pk] = holds_role(actor=self._person, roles=[Role.SUPERVISING_OFFICER], organisation=body)
        return self._known[body.pk]


@dataclass(slots=True)
class Known:
    """The accounts a chunk of rows could mean, by each way to find them."""

    by_uid: dict[tuple[str, str], Account] = field(default_factory=dict)
    by_handle: dict[tuple[int, str, str], Account] = field(default_factory=dict)
    by_name: dict[tuple[int, str, str], Account] = field(default_factory=dict)
    holders: dict[Place, str] = field(default_factory=dict)


class Judge:
    """Judges the rows of one ledger in order, by the bodies of whoever has the step run.

    It remembers what earlier rows said, so every row passes it once.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        bodies = bodies_in_scope(actor=ledger.acting, roles=OFFICERS)
        self.index = BodyIndex(bodies, areas=Organisation.objects.filter(kind__in=["government", "office"]))
        self.ruling = Ruling()
        self.supervised = Supervised(ledger.acting)
        self._seen: dict[tuple[object, ...], LedgerRow] = {}
        self._mains: dict[int, LedgerRow] = {}
        self._places: dict[Place, str] = {}

    def judge(self, rows: Sequence[LedgerRow]) -> None:
        """Set organisation, account, changes and outcome of each row, and add the problems it has here."""
        for row in rows:
            row.problems = [problem for problem in row.problems if not problem.get("judged")]
            row.notices = [notice for notice in row.notices if not notice.get("judged")]
            self._find_body(row)
        known = _known(rows)
        for row in rows:
            self._judge_row(row, known)

    def _find_body(self, row: LedgerRow) -> None:
        row.organisation = None
        name = row.values.get("body")
        if not name:
            return
        found = self.index.find(name, near=self._near(row))
        if len(found) == 1:
            row.organisation = found[0]
        elif found:
            names = "、".join(_path_name(body, self.index) for body in found[:5])
            self._wrong(row, "body", f"“{name}”有 {len(found)} 个单位叫这个名字：{names}。请写全称。", "ambiguous")
        else:
            alike = self.index.alike(name)
            hint = f"是不是{'、'.join(alike)}？" if alike else ""
            sentence = f"在您管理的单位里没有“{name}”。{hint}先在“单位与人员”里建立该单位，或改正名称。"
            self._wrong(row, "body", sentence, "unknown_body")

    def _near(self, row: LedgerRow) -> Organisation:
        above = row.values.get("supervising")
        found = self.index.find(above, near=self.ledger.organisation) if above else []
        return found[0] if len(found) == 1 else self.ledger.organisation

    def _judge_row(self, row: LedgerRow, known: Known) -> None:
        row.account, row.changes = None, {}
        if row.organisation is None or row.problems:
            row.outcome = Outcome.FAULTY
            return
        account = self._find_account(row, known)
        if account is not None:
            self._refuse_end(row, account)
        if not self.supervised(row.organisation):
            self._leave_to_filings(row, account)
        self._refuse_repeats(row, account)
        self._refuse_second_main(row)
        if row.problems:
            row.outcome = Outcome.FAULTY
            return
        row.account = account
        row.changes = changes_of(account, row.values) if account else {}
        if not self.supervised(row.organisation):
            row.changes.pop("state", None)
        row.outcome = (Outcome.UPDATE if row.changes else Outcome.SAME) if account else Outcome.NEW
        self._tell_surplus(row, known)

    def _find_account(self, row: LedgerRow, known: Known) -> Account | None:
        values, body = row.values, row.organisation_id
        platform, uid = values["platform"], values.get("platform_uid", "")
        account = known.by_uid.get((platform, uid)) if uid else None
        if account is not None:
            self._refuse_other_body(row, account)
            return account
        handle = values.get("handle", "")
        found = known.by_handle.get((body or 0, platform, handle)) if handle else None
        found = found or known.by_name.get((body or 0, platform, values["name"]))
        if found is None or not uid or found.platform_uid in {"", uid, handle} or found.handle == uid:
            return found
        label = platform_label(platform, values.get("kind", ""))
        self._wrong(
            row, "platform_uid",
            f"登记册里“{found.name}”在{label}的标识是 {found.platform_uid}，台账写的是 {uid}。"
            "填错了请改正；换了账号请先注销旧账号。", "other_id",
        )  # fmt: skip
        return None

    def _refuse_other_body(self, row: LedgerRow, account: Account) -> None:
        if account.organisation_id == row.organisation_id:
            return
        if account.organisation_id in self.index.bodies:
            owner = self.index.bodies[account.organisation_id].name
            sentence = f"这个账号已登记在{owner}名下。主办单位填错了请改正；确实变了请办理变更备案。"
        else:
            sentence = "这个账号标识已被您管理范围以外的单位登记。请核对标识，或联系上级主管单位。"
        self._wrong(row, "platform_uid", sentence, "other_body")

    def _refuse_end(self, row: LedgerRow, account: Account) -> None:
        """A ledger ends no account and brings none back: both are filed, the end with the platform's proof."""
        told = row.values.get("state")
        if told in (None, "", account.state):
            return
        if told == AccountState.DEREGISTERED:
            sentence = (
                f"登记册里“{account.name}”是“{account.get_state_display()}”。注销要凭平台证明办注销备案，不能用台账改。"
            )
            self._wrong(row, "state", sentence, "end_by_filing")
        elif account.state == AccountState.DEREGISTERED:
            sentence = f"“{account.name}”已注销。重新使用要办开设备案，不能用台账改。"
            self._wrong(row, "state", sentence, "end_by_filing")

    def _leave_to_filings(self, row: LedgerRow, account: Account | None) -> None:
        """A body's own ledger files nothing: what is filed changes by a filing, and a new account is not filed yet."""
        if account is None:
            self._tell(row, "由主办单位导入的新账号先登记为“未备案”。请逐个补办备案，或请主管单位导入。")
            if row.values.get("state") == AccountState.DEREGISTERED:
                self._wrong(row, "state", "已注销的旧账号由主管单位登记。请删去这一行。", "end_by_filing")
            return
        changes = changes_of(account, row.values)
        bound = fields_by_filing(actor=self.ledger.acting, account=account)
        filed = [name for name in CHANGEABLE if name in bound and changes.get(name, [""])[0]]
        for name in filed:
            sentence = f"登记册里是“{changes[name][0]}”。{CHANGEABLE[name]}变了要办变更备案，不能用台账改。"
            self._wrong(row, name, sentence, "by_filing")
        if "state" in changes and account.state not in _AS_GOOD_AS_IN_USE:
            sentence = f"登记册里是“{account.get_state_display()}”。状态变了要办备案，不能用台账改。"
            self._wrong(row, "state", sentence, "by_filing")
        elif "state" in changes and changes["state"][1] != AccountState.ACTIVE:
            sentence = "停更、关停要办备案，不能用台账改。"
            self._wrong(row, "state", sentence, "by_filing")

    def _refuse_repeats(self, row: LedgerRow, account: Account | None) -> None:
        uid = row.values.get("platform_uid")
        name_key = ("name", row.organisation_id, row.values["platform"], row.values["name"])
        keys: list[tuple[object, ...]] = [("uid", row.values["platform"], uid)] if uid else []
        keys += [("account", account.pk)] if account is not None else []
        first = next((self._seen[key] for key in keys if key in self._seen), None)
        namesake = self._seen.get(name_key)
        if namesake is not None and not (uid and namesake.values.get("platform_uid")):
            first = first or namesake
        if first is not None:
            where = f"“{first.sheet}”表第 {first.row} 行" if first.sheet else f"第 {first.row} 行"
            self._wrong(row, "name", f"与{where}是同一个账号。请只留一行。", "repeated")
            return
        self._seen.update(dict.fromkeys([*keys, name_key], row))

    def _refuse_second_main(self, row: LedgerRow) -> None:
        if not row.values.get("is_main") or row.problems:
            return
        first = self._mains.setdefault(row.organisation_id or 0, row)
        if first is not row:
            self._wrong(row, "is_main", f"第 {first.row} 行已是该单位的主账号。主账号只能有一个。", "second_main")

    def _tell_surplus(self, row: LedgerRow, known: Known) -> None:
        body = row.organisation
        if body is None or row.values.get("state") == AccountState.DEREGISTERED:
            return
        place = (body.pk, self.ruling.group(body, row.values["platform"], row.values.get("kind", "")).code)
        holder = known.holders.get(place) or self._places.get(place)
        if row.outcome == Outcome.NEW and holder:
            sentence = f"该单位在这个平台已有“{holder}”。导入后两个都登记，并记下“同一平台多于一个账号”的问题。"
            self._tell(row, sentence)
        self._places.setdefault(place, row.values["name"])

    @staticmethod
    def _tell(row: LedgerRow, sentence: str) -> None:
        row.notices = [*row.notices, {"sentence": sentence, "judged": True}]

    def _wrong(self, row: LedgerRow, field_code: str, sentence: str, code: str) -> None:
        letter = row.letters.get(field_code, "")
        problem = Problem(row.sheet, row.row, letter, field_code, sentence, code).as_json()
        row.problems = [*row.problems, {**problem, "judged": True}]


def _path_name(body: Organisation, index: BodyIndex) -> str:
    above = index.bodies.get(body.parent_id or 0)
    return f"{body.name}（{above.short_name}）" if above else body.name


def _known(rows: Sequence[LedgerRow]) -> Known:
    """Load every account the rows could mean, and who holds the places of their bodies, in four queries."""
    known = Known()
    uids = {row.values["platform_uid"] for row in rows if row.values.get("platform_uid")}
    bodies = {row.organisation_id for row in rows if row.organisation_id}
    for account in Account.objects.filter(platform_uid__in=uids):
        known.by_uid[account.platform, account.platform_uid] = account
    names = {row.values["name"] for row in rows if row.values.get("name")}
    handles = {row.values["handle"] for row in rows if row.values.get("handle")}
    past = PastName.objects.filter(account__organisation_id__in=bodies, name__in=names).select_related("account")
    for old in past:
        known.by_name[old.account.organisation_id, old.account.platform, old.name] = old.account
    meant = Account.objects.filter(Q(name__in=names) | Q(handle__in=handles), organisation_id__in=bodies)
    for account in meant.order_by("pk"):
        live = account.state in LIVE_STATES
        for index, key in ((known.by_handle, account.handle), (known.by_name, account.name)):
            place = (account.organisation_id, account.platform, key)
            if key and (live or place not in index):
                index[place] = account
    holders = Account.objects.filter(organisation_id__in=bodies, holds_place=True, state__in=LIVE_STATES)
    for body, group, name in holders.values_list("organisation_id", "platform_group", "name"):
        known.holders[body, group] = name
    return known


def changes_of(account: Account, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Return `{field: [before, after]}` for what the row would change, in JSON values; empty cells change nothing."""
    changes: dict[str, list[Any]] = {}
    for name in CARRIED:
        after = values.get(name)
        before = getattr(account, name)
        if isinstance(before, date):
            before = before.isoformat()
        if after not in (None, "") and after != before:
            changes[name] = [before, after]
    return changes


def set_value(account: Account, name: str, value: Any) -> None:
    """Set one field of an account from a JSON value."""
    setattr(account, name, date.fromisoformat(value) if name in DATES and isinstance(value, str) else value)
