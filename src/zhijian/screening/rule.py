"""What a rule is: wrong forms or a detector, what to write instead, why, since when, and in which context not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from zhijian.screening.enums import Category, Disguise, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

USUAL_DISGUISES = frozenset({Disguise.WIDTH, Disguise.CASE, Disguise.ZERO_WIDTH})
# 160 characters are longer than any wording of a rule and keep one hit within one sentence.
LONGEST_FORM = 160


class BadRule(ValueError):  # noqa: N818 - reads as what it is: a bad rule, told to the person who wrote it
    """A rule cannot be used. The sentence names the rule, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where wrong forms count. Patterns are regular expressions over folded text.

    `before`/`after` must stand directly before/after the hit, `not_before`/`not_after` must not; `near`/`not_near`
    are searched within 60 code points on both sides, inside the paragraph.
    """

    before: str = ""
    not_before: str = ""
    after: str = ""
    not_after: str = ""
    near: str = ""
    not_near: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as data.

    `wrong` are the forms to find and `right` what to write instead; with `pairwise` the n-th right form belongs to
    the n-th wrong one, and an empty right form means deleting. `unless` are right words that contain a wrong form
    (截止 inside 截止日期). A rule with a `detector` is judged by the code of that name and has no wrong forms;
    `pattern` is its regular expression where the detector takes one, `arguments` its words. In `message`, `{found}`,
    `{right}` and `{note}` are filled in. `valid_from` and `valid_to` are both inclusive. A rule that floods shows
    its first `limit` findings and tells how many there are (0: all). `owner` keeps the rule and answers for it.
    """

    id: str
    category: Category
    severity: Severity
    message: str
    source: str
    wrong: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    pairwise: bool = False
    unless: tuple[str, ...] = ()
    context: Context = Context()
    disguises: frozenset[Disguise] = USUAL_DISGUISES
    detector: str = ""
    pattern: str = ""
    arguments: tuple[str, ...] = ()
    limit: int = 0
    owner: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    examples_hit: tuple[str, ...] = ()
    examples_pass: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise BadRule(f"规则 {self.id or '（没有编号）'}：{problem}")

    def in_force(self, on: date) -> bool:
        """Tell whether the rule applies to texts judged on that day."""
        return not (self.valid_from and on < self.valid_from) and not (self.valid_to and on > self.valid_to)

    def as_data(self) -> dict[str, object]:
        """Return the rule as JSON values, the same on every machine: the rule set's version is made from it."""
        data: dict[str, object] = {name: getattr(self, name) for name in _NAMES}
        data["context"] = {name: getattr(self.context, name) for name in Context.__dataclass_fields__}
        data["disguises"] = sorted(self.disguises)
        for name in ("valid_from", "valid_to"):
            day: date | None = getattr(self, name)
            data[name] = day.isoformat() if day else ""
        return data


_NAMES = tuple(Rule.__dataclass_fields__)


def _problem(rule: Rule) -> str:
    if not rule.id or not rule.message or not rule.source:
        return "编号、说明和依据都要填写。"
    if bool(rule.wrong) == bool(rule.detector):
        return "要么写错误词形，要么写检测器，二者选一。"
    if any(not form.strip() or len(form) > LONGEST_FORM or "\n" in form for form in rule.wrong):
        return f"错误词形不能为空，不能换行，也不能超过{LONGEST_FORM}个字。"
    if rule.pairwise and len(rule.wrong) != len(rule.right):
        return "错误词形和正确词形的个数不一致。"
    return _problem_of_exceptions(rule)


def _problem_of_exceptions(rule: Rule) -> str:
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        return "生效日期晚于失效日期。"
    for word in rule.unless:
        if not any(form in word for form in rule.wrong):
            return f"例外“{word}”里没有错误词形，请删去或改正。"
    return ""


def rule_from_term(  # noqa: PLR0913 - the columns of a person's term table, all by keyword
    *,
    rule_id: str,
    wrong: str | Sequence[str],
    right: str | Sequence[str] = (),
    exceptions: Iterable[str] = (),
    severity: Severity | str = Severity.ERROR,
    category: Category | str = Category.BODY_TERM,
    message: str = "",
    source: str = "本单位用语表",
    valid_from: date | None = None,
    valid_to: date | None = None,
    disguises: Iterable[Disguise] = USUAL_DISGUISES,
) -> Rule:
    """Make a rule from a row of a term table. An exception that does not contain a wrong form is left out.

    Raises `BadRule` (its sentence is for the person who keeps the table) and `ValueError` for an unknown severity.
    """
    forms, rights = _words(wrong), _words(right)
    return Rule(
        id=rule_id,
        category=Category(category),
        severity=Severity(severity),
        message=message or ("“{found}”应写作“{right}”。" if rights else "“{found}”不宜使用，请修改。"),
        source=source,
        wrong=forms,
        right=rights,
        unless=tuple(word for word in _words(tuple(exceptions)) if any(form in word for form in forms)),
        disguises=_shared(frozenset(disguises)),
        valid_from=valid_from,
        valid_to=valid_to,
    )


@lru_cache(maxsize=1024)
def _shared(disguises: frozenset[Disguise]) -> frozenset[Disguise]:
    """Return one and the same set for equal sets: a table of many thousand terms holds it once."""
    return disguises


def _words(value: str | Sequence[str]) -> tuple[str, ...]:
    given = (value,) if isinstance(value, str) else tuple(value)
    return tuple(word.strip() for word in given if word.strip())


@dataclass(frozen=True, slots=True)
class Leader:
    """One person of the body's own table: the name and every title that may stand with it."""

    name: str
    titles: tuple[str, ...]


def rules_from_leaders(leaders: Sequence[Leader], *, rule_prefix: str = "leader") -> tuple[Rule, ...]:
    """Make the rules of a leaders' table: a wrong character in a name, a title that is not theirs, another order.

    Two rules per leader and one for the order of the table, the first first; no table is shipped. Names of fewer than
    two characters are refused with `BadRule`.
    """
    known = tuple(sorted({leader.name for leader in leaders}))
    rules: list[Rule] = []
    for number, leader in enumerate(leaders, 1):
        if len(leader.name) < 2 or not leader.titles:  # noqa: PLR2004 - a surname and a given name
            raise BadRule(f"领导人名单第{number}行：姓名至少两个字，并且要有职务。")
        rules.append(_name_rule(leader, f"{rule_prefix}.{number}.name", known))
        rules.append(_title_rule(leader, f"{rule_prefix}.{number}.title"))
    if len(known) > 1:
        rules.append(_order_rule(tuple(dict.fromkeys(leader.name for leader in leaders)), f"{rule_prefix}.order"))
    return tuple(rules)


def _name_rule(leader: Leader, rule_id: str, known: tuple[str, ...]) -> Rule:
    return Rule(
        id=rule_id,
        category=Category.LEADER_NAME_TITLE,
        severity=Severity.ERROR,
        message="“{found}”与名单里的姓名差一个字，应为“{right}”。请核对。",
        source="本单位领导人名单",
        right=(leader.name, *(name for name in known if name != leader.name)),
        detector="leader_name",
        arguments=leader.titles,
    )


def _order_rule(names: tuple[str, ...], rule_id: str) -> Rule:
    return Rule(
        id=rule_id,
        category=Category.LEADER_NAME_TITLE,
        severity=Severity.WARNING,
        message="“{found}”的次序与名单不一致，按名单应为“{right}”。请核对。",
        source="本单位领导人名单",
        detector="leader_order",
        arguments=names,
    )


def _title_rule(leader: Leader, rule_id: str) -> Rule:
    return Rule(
        id=rule_id,
        category=Category.LEADER_NAME_TITLE,
        severity=Severity.WARNING,
        message="“{found}”的职务与名单不一致。名单上是：{right}。请核对。",
        source="本单位领导人名单",
        right=(leader.name,),
        detector="leader_title",
        arguments=leader.titles,
    )
